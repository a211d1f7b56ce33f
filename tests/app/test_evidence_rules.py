"""The records listed behind a cell are those it is made of: members, parts, whole days."""

import shutil
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from sample_cells import AS_OF
from sample_edition import EDITION_ID

from app.cells import Cell, catalogue
from app.edition import open_edition
from app.evidence import TOO_YOUNG, records

JUNE = {"start": date(2026, 6, 1), "end": date(2026, 6, 30)}
HOUR = timedelta(hours=1)


def deployments():
    """Six releases; one is no member, one is of today (02:00 in Berlin), one is too young."""
    begin = datetime(2026, 6, 10, tzinfo=UTC)
    entered = [begin, begin, begin, begin, AS_OF - 30 * HOUR, AS_OF - HOUR]
    return pl.DataFrame(
        {
            "event_id": ["=cmd()", "b", "c", "not a member", "too young", "of today"],
            "url": ["https://x.example/a"] * 6,
            "scope_set": pl.Series([1] * 6, dtype=pl.UInt32),
            "finished_at": pl.Series(entered, dtype=pl.Datetime("us", "UTC")),
            "is_eligible": [True, True, True, None, True, True],
            "is_success": [True] * 6,
            "is_success_rollback": [True, False, None, True, True, True],
            "link_rule": ["explicit", None, None, None, "rollback", None],
            "is_bot": [False, False, True, False, False, False],
        }
    )


@pytest.fixture(scope="module")
def edition(sample_home, tmp_path_factory):
    home = tmp_path_factory.mktemp("deployments") / "home"
    shutil.copytree(sample_home, home)
    folder = home / "editions" / EDITION_ID / "evidence_fact_deployments"
    folder.mkdir()
    deployments().write_parquet(folder / "2026-06.parquet")
    return open_edition(home, EDITION_ID)


def listed(edition, slice_kind="", part=""):
    kpi = catalogue(edition)["change_fail_rate"]
    cell = Cell(kpi, "segment", "core", "month", **JUNE, slice_kind=slice_kind, slice=part)
    return records(edition, cell).rows


def test_only_members_of_whole_days_are_listed(edition):
    assert sorted(listed(edition)["Record"]) == ["'=cmd()", "b", "c", "too young"]


def test_a_record_that_is_too_young_is_named_so_after_what_excludes_it(edition):
    counts = dict(listed(edition).select("Record", "Counts").rows())
    assert counts["too young"] == TOO_YOUNG
    assert counts["b"] == "counted"
    assert counts["c"] == "Changes made by bots do not count."


def test_a_part_with_a_numerator_of_its_own_lists_what_that_counts(edition):
    assert sorted(listed(edition, "link_rule", "rollback")["Record"]) == ["'=cmd()", "too young"]


def test_a_part_without_one_lists_the_rows_of_its_value(edition):
    assert listed(edition, "link_rule", "explicit")["Record"].to_list() == ["'=cmd()"]
