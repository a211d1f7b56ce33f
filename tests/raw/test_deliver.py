"""From files to versions: each once, with a ledger that tells of every line."""

import gzip
import json
from datetime import UTC, datetime

import polars as pl
import pytest

from assets.home import Home
from assets.raw import deliver, ledger
from assets.raw.feed import Feed

NOW = datetime(2026, 3, 1, tzinfo=UTC)
RUNS = Feed(
    system="ci",
    entity="runs",
    fields={"id": ("id",), "org": ("org",), "status": ("status",), "at": ("at", "made")},
    key=("org", "id"),
    updated_at=("at",),
    state="status",
    state_ranks={"done": 2},
    deleted="status",
    optional_key=("org",),
)
COUNTS = ("lines", "new_versions", "repeated", "malformed")


@pytest.fixture
def home(tmp_path):
    (tmp_path / "plumbline.toml").write_text('[organisation]\nname = "Example"\n')
    return Home(path=str(tmp_path))


def put(home, name, *lines):
    place = home.inbox / "ci" / "runs" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    place.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return place


def table(home):
    return home.store.read("raw_ci__runs").collect()


def counts(home, name):
    rows = ledger.known_files(home).filter(pl.col("path") == f"inbox/ci/runs/{name}")
    [row] = rows.select(*COUNTS).rows()
    return dict(zip(COUNTS, row, strict=True))


def test_a_version_has_a_key_an_instant_a_rank_and_its_payload_as_delivered(home):
    put(home, "a.ndjson", '{"id": 1,  "org": "o", "at": "2026-02-01T00:00:00Z", "status": "Done"}')
    deliver.take_in(home, RUNS)
    [row] = table(home).to_dicts()
    assert row["record_key"] == "o/1"
    assert row["updated_at"] == datetime(2026, 2, 1, tzinfo=UTC)
    assert row["state_rank"] == 2
    assert row["payload"].startswith('{"id": 1,  "org"')
    assert (row["file"], row["line"]) == ("inbox/ci/runs/a.ndjson", 1)
    assert row["is_readable"]
    assert not row["is_deleted"]


def test_the_table_has_the_columns_and_types_that_the_next_stage_reads(home):
    put(home, "a.ndjson", {"id": 1})
    deliver.take_in(home, RUNS)
    assert table(home).schema == {
        "record_key": pl.String,
        "updated_at": pl.Datetime("us", "UTC"),
        "state_rank": pl.Int16,
        "is_deleted": pl.Boolean,
        "is_readable": pl.Boolean,
        "payload_hash": pl.String,
        "payload": pl.String,
        "file": pl.String,
        "line": pl.UInt32,
        "ingested_at": pl.Datetime("us", "UTC"),
        "is_backfill": pl.Boolean,
    }


def test_parts_of_a_key_may_be_optional_but_not_all(home):
    put(home, "a.ndjson", {"id": 1}, {"org": "o"}, {"id": None})
    deliver.take_in(home, RUNS)
    assert table(home)["record_key"].to_list() == ["1", None, None]


def test_the_same_version_is_kept_once_however_often_it_comes(home):
    put(home, "a.ndjson", {"id": 1}, {"id": 1}, {"id": 2})
    put(home, "b.ndjson.gz", {"id": 2}, {"id": 3})
    deliver.take_in(home, RUNS)
    assert sorted(table(home)["record_key"]) == ["1", "2", "3"]
    assert counts(home, "a.ndjson") == dict(zip(COUNTS, (3, 2, 1, 0), strict=True))
    assert counts(home, "b.ndjson.gz") == dict(zip(COUNTS, (2, 1, 1, 0), strict=True))


def test_a_file_that_was_read_is_not_read_again_but_a_changed_one_is(home):
    put(home, "a.ndjson", {"id": 1})
    assert deliver.take_in(home, RUNS).files == 1
    assert deliver.take_in(home, RUNS).files == 0
    put(home, "a.ndjson", {"id": 1}, {"id": 2})
    taken = deliver.take_in(home, RUNS)
    assert (taken.files, taken.new_versions, taken.repeated) == (1, 1, 1)


def test_what_comes_first_is_backfill_and_what_comes_later_is_not(home):
    home._started_at = NOW
    put(home, "a.ndjson", {"id": 1})
    put(home, "b.ndjson", {"id": 2})
    deliver.take_in(home, RUNS)
    home._started_at = datetime(2026, 3, 2, tzinfo=UTC)
    put(home, "c.ndjson", {"id": 3})
    deliver.take_in(home, RUNS)
    rows = table(home).select("record_key", "is_backfill", "ingested_at").rows()
    later = datetime(2026, 3, 2, tzinfo=UTC)
    assert rows == [("1", True, NOW), ("2", True, NOW), ("3", False, later)]


def test_a_home_with_a_frozen_clock_takes_in_at_that_time(home):
    (home.folder / "plumbline.toml").write_text(
        '[organisation]\nname = "Example"\nas_of = 2026-07-01T00:00:00Z\n'
    )
    put(home, "a.ndjson", {"id": 1})
    deliver.take_in(home, RUNS)
    assert table(home)["ingested_at"].to_list() == [datetime(2026, 7, 1, tzinfo=UTC)]


def test_lines_that_are_no_json_object_are_kept_and_counted(home):
    put(home, "a.ndjson", {"id": 1}, "{broken", "[1]", "{broken")
    deliver.take_in(home, RUNS)
    malformed = table(home).filter(~pl.col("is_readable"))
    assert malformed["payload"].to_list() == ["{broken", "[1]"]
    assert counts(home, "a.ndjson") == dict(zip(COUNTS, (4, 1, 1, 2), strict=True))


def test_an_unreadable_file_is_named_the_others_go_in_and_it_is_tried_again(home):
    broken = put(home, "a.ndjson.gz", *({"id": number} for number in range(999)))
    whole = broken.read_bytes()
    broken.write_bytes(whole[:-9])
    put(home, "b.ndjson", {"id": 1000})
    for _ in range(2):
        taken = deliver.take_in(home, RUNS)
        assert "a.ndjson.gz breaks off" in taken.as_metadata()["problems"]
        assert table(home)["record_key"].to_list() == ["1000"]
        status = ledger.known_files(home).select("path", "status").rows()
        assert sorted(status) == [
            ("inbox/ci/runs/a.ndjson.gz", "unreadable"),
            ("inbox/ci/runs/b.ndjson", "read"),
        ]
    assert broken.exists()
    broken.write_bytes(whole)
    deliver.take_in(home, RUNS)
    assert table(home).height == 1000
    assert set(ledger.known_files(home)["status"]) == {"read"}


def test_only_one_source_is_read_when_one_is_asked_for(home):
    put(home, "a.ndjson", {"id": 1})
    other = Home(path=home.path, only="github")
    assert deliver.take_in(other, RUNS).files == 0
    assert deliver.take_in(Home(path=home.path, only="ci"), RUNS).files == 1


def test_files_are_written_in_batches_and_each_batch_knows_the_ones_before(home, monkeypatch):
    monkeypatch.setattr(deliver, "BATCH_BYTES", 1)
    put(home, "a.ndjson", {"id": 1}, {"id": 2})
    put(home, "b.ndjson", {"id": 2}, {"id": 3})
    taken = deliver.take_in(home, RUNS)
    assert (taken.files, taken.new_versions, taken.repeated) == (2, 3, 1)


def test_folders_that_no_source_reads_are_named_and_hidden_files_are_not(home):
    for path in ("ci/runs/a.ndjson", "ci/rums/a.ndjson", "stray.csv", "x/y/.part", "x/y/z/a.csv"):
        place = home.inbox / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("")
    strangers = ledger.unclaimed(home, [RUNS])
    assert [place.relative_to(home.inbox).as_posix() for place in strangers] == [
        "ci/rums",
        "stray.csv",
        "x/y",
    ]
