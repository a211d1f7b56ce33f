"""What becomes of a payload in which somebody stands who was forgotten."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.raw.erasing import Eraser
from assets.raw.forgotten import Forgotten
from assets.raw.names import normal

KEY = Forgotten(b"key")
BOTS = ("*-bot", "*[bot]")


def erase(record, *names, ids=(), is_account_only=False, is_account=False, system="desk"):
    erased = [KEY.name(normal(name), is_account_only) for name in names]
    memory = KEY.with_more([*erased, *(KEY.account(system, number) for number in ids)])
    return json.loads(Eraser(memory, BOTS, system).payload(json.dumps(record), is_account))


def test_an_account_keeps_its_kind_and_its_dates_and_nothing_else():
    account = {"login": "ann", "id": 7, "type": "User", "site_admin": False, "bio": "likes cats"}
    found = erase(
        {"user": account | {"created_at": "2026-01-01", "avatar_url": "https://x"}}, "ann"
    )
    assert found == {
        "user": {
            "login": KEY.pseudonym("ann", is_bot=False),
            "id": 7,
            "type": "User",
            "site_admin": False,
            "created_at": "2026-01-01",
        }
    }


def test_the_author_of_a_commit_keeps_when_it_was_written():
    author = {"name": "Ann Lee", "email": "ann@example.com", "date": "2026-01-01T00:00:00Z"}
    found = erase({"author": author}, "ann@example.com")["author"]
    assert found["date"] == "2026-01-01T00:00:00Z"
    assert found["name"].startswith("erased-")


def test_a_flat_row_loses_only_the_name():
    row = {"email": "ann@example.com", "Number": "1", "State": "open", "Opened": "2026-01-01"}
    found = erase(row, "ann@example.com")
    assert found.pop("email").startswith("erased-")
    assert found == {"Number": "1", "State": "open", "Opened": "2026-01-01"}


def test_the_record_of_an_account_loses_all_but_its_role_and_what_others_refer_to():
    user = {
        "id": 5,
        "name": "Ann Lee",
        "email": "a@b.cd",
        "role": "agent",
        "phone": "1",
        "tags": [],
    }
    found = erase(user, "Ann Lee", ids=["5"], is_account=True)
    assert set(found) == {"id", "name", "email", "role"}
    assert found["role"] == "agent"
    ticket = erase({"id": 5, "requester_id": 5, "group_id": 5}, "Ann Lee", ids=["5"])
    assert ticket == {"id": 5, "requester_id": found["id"], "group_id": 5}


def test_a_change_of_an_assignee_loses_both_people():
    event = {"type": "Change", "field_name": "assignee_id", "value": "5", "previous_value": "6"}
    found = erase({"events": [event]}, "ann", ids=["5"])["events"][0]
    assert found["value"].startswith("erased-")
    assert found["previous_value"] == "6"


def test_names_in_texts_and_keys_are_replaced_and_the_rest_stays():
    record = {"body": "Thanks @ann!\nann", "head": {"ref": "ann/feature"}, "reviewers": {"ann": 1}}
    gone = KEY.pseudonym("ann", is_bot=False)
    assert erase(record, "ann") == {
        "body": f"Thanks @{gone}!\n{gone}",
        "head": {"ref": f"{gone}/feature"},
        "reviewers": {gone: 1},
    }


def test_words_of_programs_stay():
    record = {"type": "acknowledge_log_entry", "via": {"channel": "web"}, "status": "open"}
    assert erase(record, "log", "web", "open") == record


def test_an_ordinary_word_is_erased_only_where_an_account_is_named():
    record = {"title": "deploy the web", "user": {"login": "web", "type": "User"}}
    found = erase(record, "web", is_account_only=True)
    assert found["title"] == "deploy the web"
    assert found["user"]["login"].startswith("erased-")


@pytest.mark.parametrize(("login", "kind"), [("ann", "erased-"), ("ann-bot", "erased-bot-")])
def test_a_pseudonym_tells_a_bot_from_a_human(login, kind):
    assert erase({"user": {"login": login}}, login)["user"]["login"].startswith(kind)


def test_two_spellings_stay_two_and_one_person_stays_one():
    logins = ["ann", "Ann", "ann"]
    found = [erase({"user": {"login": login}}, "ann")["user"]["login"] for login in logins]
    assert found[0] == found[2] != found[1]


def test_a_line_that_is_no_json_loses_the_name_too():
    memory = KEY.with_more([KEY.name("ann")])
    assert "ann" not in Eraser(memory, BOTS).payload('{"broken": "by ann')


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("by Ann Lee, yesterday"),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), values))
def test_erasing_twice_changes_nothing_more_and_no_name_is_left(record):
    once = erase(record, "ann lee")
    assert erase(once, "ann lee") == once
    assert "ann lee" not in normal(json.dumps(once, ensure_ascii=False))


def test_a_payload_without_them_stays_as_it_was_letter_for_letter():
    memory = KEY.with_more([KEY.name("ann")])
    text = '{"a":1.50,  "b":"\\u00e9"}'
    assert Eraser(memory, BOTS).payload(text) is text
