"""What `raw` keeps of old versions, and that no table changes by it."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from assets.home import Home
from assets.raw import github, newest, pagerduty, zendesk
from assets.raw.deliver import take_in
from assets.raw.feed import Feed
from assets.raw.retention import age, aged

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NOTES = Feed(
    system="desk",
    entity="notes",
    fields={
        "id": ("id",),
        "at": ("at",),
        "who": ("author.login", "author.name"),
        "first": ("labels[0].name",),
        "title": ("title",),
        "all": ("events",),
    },
    key=("id",),
    updated_at=("at",),
    texts={"title": '^Revert "'},
)


def kept(record, feed=NOTES):
    found = json.loads(aged(json.dumps(record), feed))
    assert found.pop("_kept") == "fields"
    return found


def test_what_no_figure_reads_goes():
    record = {
        "id": 1,
        "at": "2026-01-01",
        "phone": "1",
        "author": {"login": "a", "email": "b@c.de"},
    }
    assert kept(record) == {"id": 1, "at": "2026-01-01", "author": {"login": "a"}}


def test_of_a_text_stays_what_a_figure_is_made_of():
    assert kept({"id": 1, "title": 'Revert "secret plan"'})["title"] == 'Revert "'
    assert kept({"id": 1, "title": "Secret plan"})["title"] is None


def test_inside_of_lists_words_and_addresses_go():
    said = {"type": "Comment", "body": "secret", "html_body": "secret", "public": True}
    changed = {"type": "Change", "field_name": "subject", "value": "secret"}
    by = {"author": {"login": "a", "email": "secret@b.cd", "type": "User"}, "state": "APPROVED"}
    found = kept({"id": 1, "labels": [{"name": "x"}], "events": [said, changed, by]})
    assert "secret" not in json.dumps(found)
    assert found["events"][0] == {"type": "Comment", "public": True}
    assert found["events"][2] == {"author": {"login": "a", "type": "User"}, "state": "APPROVED"}
    assert found["labels"] == [{"name": "x"}]


def test_a_path_that_is_a_pattern_keeps_what_it_may_lead_to():
    feed = replace(NOTES, fields={"id": ("id",), "any": ("$..deep",)})
    record = {"id": 1, "a": {"deep": 2}, "body": "secret"}
    assert kept(record, feed) == {"id": 1, "a": {"deep": 2}}


@pytest.mark.parametrize("line", ["{broken", "[1]", "7"])
def test_nothing_stays_of_a_line_that_is_no_object(line):
    assert aged(line, NOTES) == ""


@pytest.fixture
def home(tmp_path):
    made = Home(path=str(tmp_path))
    made._started_at = NOW
    return made


def settle(home, days):
    (home.folder / "plumbline.toml").write_text(
        f'[organisation]\nname = "Example"\n[rules]\nraw_retention_days = {days}\n'
    )


def deliver(home, name, *records):
    place = home.inbox / "desk" / "notes" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("\n".join(json.dumps(record) for record in records))
    take_in(home, NOTES)


def test_only_versions_older_than_the_days_are_aged_and_each_once(home):
    settle(home, 30)
    old, new = ({"id": n, "at": f"2026-0{n}-15T00:00:00Z", "note": "x"} for n in (1, 6))
    deliver(home, "1.ndjson", old, new)
    assert age(home, [NOTES]) == {"raw_desk__notes": 1}
    assert age(home, [NOTES]) == {}
    payloads = home.store.read(NOTES.table).sort("record_key").collect()["payload"].to_list()
    assert ["note" in payload for payload in payloads] == [False, True]


def test_without_the_setting_nothing_is_aged(home):
    settle(home, 0)
    deliver(home, "1.ndjson", {"id": 1, "at": "2020-01-01T00:00:00Z"})
    assert age(home, [NOTES]) == {}


def test_a_file_that_is_delivered_again_adds_nothing(home):
    settle(home, 30)
    record = {"id": 1, "at": "2026-01-15T00:00:00Z", "note": "x"}
    deliver(home, "1.ndjson", record)
    age(home, [NOTES])
    deliver(home, "2.ndjson", record)
    assert home.store.read(NOTES.table).select(pl.len()).collect().item() == 1


@pytest.mark.parametrize("system", [github.SYSTEM, pagerduty.SYSTEM, zendesk.SYSTEM])
def test_the_paths_of_every_feed_lead_somewhere(system):
    from assets.raw.retention import _steps

    paths = [path for feed in system.feeds for ways in feed.fields.values() for path in ways]
    assert all(_steps(path) for path in paths)


def test_the_decoded_tables_are_the_same_before_and_after(home):
    settle(home, 30)
    (home.inbox / "github" / "pull_requests").mkdir(parents=True)
    pull = {
        "html_url": "https://github.com/acme/shop/pull/1",
        "number": 1,
        "title": 'Revert "a secret"',
        "body": "a secret\nReverts #7\nanother secret",
        "user": {"login": "a", "type": "User", "email": "secret@b.cd"},
        "head": {"sha": "0a", "ref": "secret/branch"},
        "base": {"repo": {"full_name": "acme/shop", "description": "secret"}},
        "labels": [{"name": "bug", "description": "secret"}],
        "created_at": "2026-01-01T00:00:00Z",
    }
    place = home.inbox / "github" / "pull_requests" / "1.ndjson"
    place.write_text(json.dumps(pull))
    take_in(home, github.PULL_REQUESTS)
    tables = [changes(home)]
    assert age(home, list(github.SYSTEM.feeds)) == {"raw_github__pull_requests": 1}
    tables.append(changes(home))
    assert tables[0].equals(tables[1])
    assert tables[0]["reverts_change_id"].to_list() == ["acme/shop#7"]
    rows = home.store.read("raw_github__pull_requests").collect()
    assert "secret" not in rows["payload"].item()


def changes(home):
    newest.refreshed(home)
    maps = github.SYSTEM.maps["changes"]
    return maps(newest.Records(home.store, github.SYSTEM), home.configuration).collect()
