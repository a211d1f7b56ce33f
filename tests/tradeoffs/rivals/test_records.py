"""Where the rules' records come from, and in which cells they count."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from assets.home import Home
from assets.kpis.cells import CELL
from assets.schema import SHAPES
from assets.tradeoffs.rival_definitions import OURS, tradeoff_rival_definitions
from assets.tradeoffs.rivals.comparison import SCHEMA
from assets.tradeoffs.rivals.records import Grid, week_of

INSTANT = pl.Datetime("us", "UTC")
CHANGE = {
    "source": pl.String,
    "event_id": pl.String,
    "scope_set": pl.UInt32,
    "repo": pl.String,
    "is_merged": pl.Boolean,
    **dict.fromkeys(
        (
            "first_commit_at",
            "opened_at",
            "first_review_at",
            "approved_at",
            "merged_at",
            "deployed_at",
        ),
        INSTANT,
    ),
}
RELEASE = {
    **dict.fromkeys(("event_id", "line", "repo", "commit_sha"), pl.String),
    "scope_set": pl.UInt32,
    "is_success": pl.Boolean,
    "is_flagged_unplanned": pl.Boolean,
    "entered_at": INSTANT,
    "finished_at": INSTANT,
}
OWNERSHIP = {
    **dict.fromkeys(("customer", "kind", "match"), pl.String),
    "valid_from": pl.Date,
    "valid_to": pl.Date,
}
SETS = {
    "key": pl.String,
    "era_from_at": INSTANT,
    "scope_kind": pl.String,
    "scope": pl.String,
    "scope_set": pl.UInt32,
}
SERVICES = {"id": pl.String, "name": pl.String, "repos": pl.List(pl.String), "valid_from": pl.Date}


def tables(cells):
    """The tables of a home in which nothing happened, with these cells."""
    conformed = ("deployments", "incidents", "changes", "commits")
    return {
        **{table: pl.LazyFrame(schema=CELL) for table in OURS},
        "kpi_stability": cells.lazy(),
        **{f"conformed_{one}": pl.LazyFrame(schema=SHAPES[one].table) for one in conformed},
        "conformed_services": pl.LazyFrame(schema=SERVICES),
        "conformed_ownership": pl.LazyFrame(schema=OWNERSHIP),
        "fact_scope_sets": pl.LazyFrame(schema=SETS),
        "fact_releases": pl.LazyFrame(schema=RELEASE),
        "fact_change_lead_time": pl.LazyFrame(schema=CHANGE),
    }


@pytest.fixture
def home(tmp_path):
    (tmp_path / "plumbline.toml").write_text('[organisation]\nname = "Example Ltd"\n', "utf-8")
    return Home(path=str(tmp_path), as_of="2026-07-01T00:00:00Z")


def test_only_ended_quarters_of_organisation_and_segments_are_compared(home, cells):
    rate = {"kpi": "change_fail_rate", "value": 0.1}
    told = cells(
        rate,
        rate | {"scope_kind": "customer"},
        rate | {"period_kind": "month"},
        rate | {"period_start_on": date(2026, 7, 1), "period_end_on": date(2026, 9, 30)},
    )
    rows = tradeoff_rival_definitions(home=home, **tables(told))
    assert rows.select("scope_kind", "scope", "period_start_on").unique().rows() == [
        ("segment", "regulated", date(2026, 4, 1))
    ]
    rates = rows.filter(metric="change_fail_rate")
    assert rates.get_column("ours_value").to_list() == [0.1] * rates.height


def test_a_home_in_which_nothing_was_measured_gets_an_empty_table(home, cells):
    rows = tradeoff_rival_definitions(home=home, **tables(cells()))
    assert dict(rows.schema) == SCHEMA
    assert rows.is_empty()


def test_an_event_counts_once_in_every_scope_and_by_the_local_day():
    organisation = {"scope_kind": "organisation", "scope": "organisation"}
    members = pl.DataFrame(
        [
            {"scope_set": 7, **organisation},
            {"scope_set": 7, "scope_kind": "segment", "scope": "core"},
            {"scope_set": 8, "scope_kind": "segment", "scope": "core"},
        ],
        schema_overrides={"scope_set": pl.UInt32},
    )
    quarter = {"period_start_on": date(2026, 4, 1), "period_end_on": date(2026, 6, 30)}
    core = {"scope_kind": "segment", "scope": "core"}
    cells = [{"cell": 3} | organisation | quarter, {"cell": 4} | core | quarter]
    grid = Grid(pl.DataFrame(cells), members, "Europe/Berlin")
    events = pl.LazyFrame(
        {"at": [datetime(2026, 3, 31, 22, 30, tzinfo=UTC), None], "scope_set": [7, 7]},
        schema={"at": INSTANT, "scope_set": pl.UInt32},
    )
    placed = grid.placed(events, "at").select("cell", "day").sort("cell").collect()
    assert placed.rows() == [(3, date(2026, 4, 1)), (4, date(2026, 4, 1))]


@pytest.mark.parametrize(("first", "expected"), [(1, date(2026, 3, 30)), (7, date(2026, 4, 5))])
def test_a_week_begins_on_its_first_weekday(first, expected):
    sunday = pl.DataFrame({"day": [date(2026, 4, 5)]})
    assert sunday.select(week_of("day", first)).item() == expected
