"""Facts as files by month: complete, shared where unchanged, without private columns."""

from datetime import UTC, datetime

import polars as pl
from polars.testing import assert_frame_equal

from assets.published import folder
from assets.published.evidence import Evidence, evidence_of, write_evidence
from assets.warehouse import Warehouse


def _changes(*merged: str | None) -> pl.DataFrame:
    at = [None if m is None else datetime.fromisoformat(m).replace(tzinfo=UTC) for m in merged]
    ids = [f"c{i}" for i in range(len(merged))]
    types = {"event_id": pl.String, "merged_at": pl.Datetime("us", "UTC")}
    return pl.DataFrame({"event_id": ids, "merged_at": at}, schema_overrides=types)


def _write(tmp_path, frame, name="edition", previous=None, zone="UTC", fact="fact_changes"):
    store = Warehouse(tmp_path / "warehouse.duckdb")
    store.replace(fact, frame)
    target = tmp_path / name
    target.mkdir()
    return write_evidence(store, Evidence(fact, "merged_at"), target, previous, zone)


def test_months_are_those_of_the_organisations_clock(tmp_path):
    frame = _changes("2025-12-31T22:59:59", "2025-12-31T23:00:00")
    table = _write(tmp_path, frame, zone="Europe/Berlin")
    assert sorted(table.files) == [
        "evidence_fact_changes/2025-12.parquet",
        "evidence_fact_changes/2026-01.parquet",
    ]


def test_all_rows_are_there_those_without_a_date_too(tmp_path):
    frame = _changes("2026-05-04", None, "2026-07-09", "2026-05-01")
    table = _write(tmp_path, frame)
    found = pl.read_parquet(tmp_path / "edition" / "evidence_fact_changes" / "*.parquet")
    assert_frame_equal(found, frame, check_row_order=False)
    assert table.rows == 4
    assert "evidence_fact_changes/undated.parquet" in table.files


def test_a_fact_without_rows_still_shows_its_columns(tmp_path):
    _write(tmp_path, _changes())
    found = pl.read_parquet(tmp_path / "edition" / "evidence_fact_changes" / "*.parquet")
    assert found.columns == ["event_id", "merged_at"]


def test_a_month_that_did_not_change_is_the_same_file_on_the_disk(tmp_path):
    _write(tmp_path, _changes("2026-05-04", "2026-06-01"), "first")
    changed = _changes("2026-05-04", "2026-06-02").reverse()
    _write(tmp_path, changed, "second", previous=tmp_path / "first")
    inodes = {
        month: {
            (tmp_path / edition / "evidence_fact_changes" / month).stat().st_ino
            for edition in ("first", "second")
        }
        for month in ("2026-05.parquet", "2026-06.parquet")
    }
    assert [len(found) for found in inodes.values()] == [1, 2]


def test_where_links_are_not_possible_a_copy_is_made(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError("links are not supported")

    monkeypatch.setattr(folder.os, "link", refuse)
    first = _write(tmp_path, _changes("2026-05-04"), "first")
    second = _write(tmp_path, _changes("2026-05-04"), "second", previous=tmp_path / "first")
    files = [
        tmp_path / name / "evidence_fact_changes" / "2026-05.parquet"
        for name in ("first", "second")
    ]
    assert first == second
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].stat().st_ino != files[1].stat().st_ino


def test_a_file_that_was_damaged_on_the_disk_does_not_come_back(tmp_path):
    table = _write(tmp_path, _changes("2026-05-04"), "first")
    [name] = table.files
    path = tmp_path / "first" / name
    damaged = bytearray(path.read_bytes())
    damaged[40] ^= 1
    path.write_bytes(damaged)
    _write(tmp_path, _changes("2026-05-04"), "second", previous=tmp_path / "first")
    assert pl.read_parquet(tmp_path / "second" / name)["event_id"].to_list() == ["c0"]


def test_nobodys_single_rating_is_in_an_edition(tmp_path, make):
    made = make()
    ratings = pl.read_parquet(
        tmp_path / "editions" / made.id / "evidence_fact_ticket_ratings" / "*.parquet"
    )
    assert ratings.columns == ["event_id", "entered_at"]


def test_private_columns_of_other_facts_stay_behind(tmp_path):
    frame = _changes("2026-05-04").with_columns(score=1.0, comment=pl.lit("thanks, Ann"))
    _write(tmp_path, frame)
    found = pl.read_parquet(tmp_path / "edition" / "evidence_fact_changes" / "*.parquet")
    assert found.columns == ["event_id", "merged_at"]


def test_a_fact_is_cut_where_the_cohort_of_its_headline_kpi_enters():
    catalogue = pl.DataFrame(
        {
            "fact": ["fact_changes", "fact_changes", "fact_tickets"],
            "entered_at": ["opened_at", "merged_at", "created_at"],
            "is_headline": [False, True, False],
        }
    )
    assert evidence_of(catalogue) == [
        Evidence("fact_changes", "merged_at"),
        Evidence("fact_tickets", "created_at"),
    ]
