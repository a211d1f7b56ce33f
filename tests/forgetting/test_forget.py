"""`plumbline forget`: what is erased, what stays, and that nobody comes back."""

import json
import shutil
import subprocess
import sys

import polars as pl
import pytest
from people_home import ALPHA, ALPHA_ACCOUNT, BETA, DELTA_BOT, GAMMA, build, pull, put, user
from people_search import call, edition_of, naming, texts_of_tables

from assets.home import Home
from assets.warehouse import Warehouse

HOLD = """
import sys
from pathlib import Path
from assets.run_lock import RunLock
with RunLock(Path(sys.argv[1])).held("plumbline run"): print(flush=True), sys.stdin.read()
"""


def test_a_dry_run_says_what_would_be_erased_and_changes_nothing(story):
    assert story.is_unchanged_by_dry_run
    assert "Would be erased (dry run, nothing was changed)" in story.dry
    assert "raw_github__pull_requests │ 15" in story.dry


def test_no_table_names_them_any_more(story):
    assert story.tables_before
    assert story.raw_after == {}


def test_the_file_keeps_none_of_their_bytes(story):
    found = [name for name in ALPHA if name.encode() in story.bytes_before]
    assert found, "the search must find them before"
    assert [name for name in ALPHA if name.encode() in story.bytes_after] == []


def test_the_edition_made_after_forgetting_is_the_one_made_before(story):
    assert story.edition_after == story.edition_before


def test_others_stay(story):
    found = naming(texts_of_tables(story.home, is_raw=True), [*BETA, *GAMMA])
    assert set().union(*found.values()) == {*BETA, *GAMMA}


def test_files_that_still_name_them_are_named_and_not_changed(story):
    assert "inbox/github/pull_requests/1.ndjson: 15 records" in story.forgetting
    assert "inbox/zendesk/tickets/qzxalpha.ndjson: 14 records" in story.forgetting
    kept = (story.home / "inbox/github/pull_requests/1.ndjson").read_text()
    assert "qzxalpha" in kept


def test_it_says_what_is_beyond_its_reach(story):
    for words in ("Editions hold no people: 1 searched, 0 tables", "Backups", "Exports"):
        assert words in story.forgetting


def test_a_second_call_says_that_nothing_is_left(story):
    assert "Nothing of them is left in the home's warehouse and logs." in story.again


def test_what_is_remembered_holds_no_name(story):
    kept = (story.home / "forgotten.json").read_text()
    assert len(json.loads(kept)["erased"]) == len(ALPHA) + 2  # and the ids of two accounts
    assert naming(iter([("forgotten.json", kept)]), ["qzx", "alpha", "9001", "502"]) == {}
    assert (story.home / "forgotten.json").stat().st_mode & 0o077 == 0


def test_a_delivery_or_an_answer_of_an_api_does_not_bring_them_back(story):
    changed = ALPHA_ACCOUNT | {"avatar_url": "https://github.com/new-picture-of-qzxalpha"}
    pulls = [pull(n, changed, n, updated_at=f"2026-06-{n:02}T12:30:00Z") for n in range(1, 13)]
    put(story.home, {"github/pull_requests/2.ndjson": [*pulls, pull(1, ALPHA_ACCOUNT, 1)]})
    put(story.home, {"zendesk/users/qzxalpha.ndjson": [user(502, *ALPHA, "agent") | {"x": 1}]})

    call("run", "--home", story.home, exit_codes=(0, 3))

    for is_raw in (True, False):
        texts = texts_of_tables(story.home, is_raw)
        assert naming(texts, ALPHA) == {}
    files = pl.read_parquet(story.home / "editions" / edition_of(story.home) / "files.parquet")
    [(new, repeated)] = (
        files.filter(path="inbox/github/pull_requests/2.ndjson")
        .select("new_versions", "repeated")
        .rows()
    )
    assert (new, repeated) == (12, 1)


def test_authors_stay_what_they_were_humans_bots_and_not_their_own_reviewers(story):
    store = Warehouse(story.home / "warehouse.duckdb")
    changes = store.read("conformed_changes").collect()
    kinds = dict(changes.group_by("author_kind").len().rows())
    assert kinds == {"human": 12, "bot": 1}
    unreviewed = changes.filter(~pl.col("is_reviewed_independently"))["number"].sort().to_list()
    assert unreviewed == [3, 6, 9, 12, 20]


@pytest.fixture
def site(tmp_path):
    build(tmp_path)
    return tmp_path


def test_a_rebuilt_warehouse_forgets_too(story, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(story.home, home)
    (home / "warehouse.duckdb").unlink()
    shutil.rmtree(home / "warehouse")
    call("run", "--home", home, exit_codes=(0, 3))
    assert naming(texts_of_tables(home, is_raw=True), ALPHA) == {}


def test_a_bot_that_is_forgotten_is_still_a_bot(ran, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(ran, home)
    before = edition_of(home)
    call("forget", DELTA_BOT, "--home", home)
    call("run", "--home", home, exit_codes=(0, 3))
    assert edition_of(home) == before
    raw = texts_of_tables(home, is_raw=True)
    assert naming(raw, [f'"login": "{DELTA_BOT}"']) == {}


def test_a_login_that_is_also_a_word_of_the_records_changes_no_figure(ran, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(ran, home)
    before = edition_of(home)
    said = call("forget", "success", "shop", "--home", home)
    assert "success is also a word of your records (conformed_deployments.status" in said
    call("run", "--home", home, exit_codes=(0, 3))
    assert edition_of(home) == before


@pytest.mark.parametrize("name", ["", "x", "502", "@"])
def test_what_tells_nobody_is_refused(site, name):
    said = call("forget", name, "--home", site, exit_codes=(2,))
    assert "is no login, name or mail address" in said


def test_a_home_in_use_is_answered_with_who_uses_it(site):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(site)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        said = call("forget", "qzxalpha", "--home", site, exit_codes=(2,))
        other.communicate()
    assert f"is in use by process {other.pid} (plumbline run" in said
    assert not (site / "forgotten.json").exists()


def test_somebody_can_be_forgotten_before_anything_was_delivered(site):
    said = call("forget", *ALPHA, "--home", site)
    assert "Nothing of them is left" in said
    assert Home(path=str(site)).warehouse.exists() is False
