"""The assets on whole homes: without any record, and with one quarter of cells."""

from datetime import date

import polars as pl
import pytest

from assets.home import Home
from assets.kpis.catalogue import as_frame
from assets.kpis.cells import CELL
from assets.kpis.signals import kpi_signals
from assets.kpis.tables import KPI_TABLES
from assets.schema import INSTANT
from assets.tradeoffs.assumptions import tradeoff_assumptions
from assets.tradeoffs.attribute_map import tradeoff_attribute_kpis, tradeoff_attribute_map
from assets.tradeoffs.flexibility_stability import tradeoff_flexibility_stability
from assets.tradeoffs.lane_arrivals import tradeoff_lane_arrivals, tradeoff_lane_hours
from assets.tradeoffs.lane_calibration import tradeoff_lane_calibration, tradeoff_lane_desks
from assets.tradeoffs.runner_lanes import tradeoff_runner_lanes
from assets.tradeoffs.speed_tests import tradeoff_tests
from assets.tradeoffs.strategic_fit import (
    tradeoff_strategic_fit,
    tradeoff_strategic_fit_history,
)
from assets.tradeoffs.support_lanes import tradeoff_support_lanes

FROM_CELLS = (
    tradeoff_attribute_map,
    tradeoff_attribute_kpis,
    tradeoff_flexibility_stability,
    kpi_signals,
)
NOTHING = '[organisation]\nname = "Example Ltd"\n'
CHOICES = """
[[segments]]
id = "core"
name = "Core product"
importance = { support = 5, stability = 4, flexibility = 3, feedback = 2 }
[[targets]]
segment = "core"
kpi = "csat"
statistic = "ratio"
poor = 0.6
target = 0.8
excellent = 0.95
"""


@pytest.fixture
def home(tmp_path):
    def make(content):
        (tmp_path / "plumbline.toml").write_text(content, encoding="utf-8")
        return Home(path=str(tmp_path), as_of="2026-07-01T00:00:00Z")

    return make


def tables(cells=None):
    """All KPI tables, as they come from the warehouse; `cells` go into the one of support."""
    empty = pl.LazyFrame(schema=CELL)
    found = dict.fromkeys(KPI_TABLES, empty)
    return found if cells is None else {**found, "kpi_support": cells.lazy()}


@pytest.mark.parametrize("content", [NOTHING, NOTHING + CHOICES])
def test_a_home_in_which_nothing_was_measured_yet_gets_tables_without_a_judgement(home, content):
    catalogue = as_frame().lazy()
    found = [asset(home=home(content), kpi_catalogue=catalogue, **tables()) for asset in FROM_CELLS]
    rows, _, plane, signals = found
    fit = tradeoff_strategic_fit(home=home(content), tradeoff_attribute_map=rows.lazy())
    assert set(rows.get_column("verdict")) <= {"unknown"}
    assert plane.is_empty()
    assert set(signals.get_column("signal")) == {"too_early"}
    assert fit.get_column("tau_b").null_count() == fit.height
    assert tradeoff_assumptions(home=home(content)).height > 0
    tests = tradeoff_tests(home=home(content), **tables())
    assert set(tests.get_column("verdict")) == {"no_evidence"}
    history = tradeoff_strategic_fit_history(
        home=home(content), kpi_catalogue=catalogue, **tables()
    )
    assert history.is_empty()


def test_the_map_and_the_rows_behind_it_come_from_the_same_scores(home, cells):
    measured = [
        {"kpi": "csat", "value": 0.5, "scope": scope, "scope_kind": kind}
        for kind, scope in (("organisation", "organisation"), ("segment", "core"))
    ]
    inputs = {"kpi_catalogue": as_frame().lazy(), **tables(cells(*measured))}
    rows = tradeoff_attribute_map(home=home(NOTHING + CHOICES), **inputs)
    behind = tradeoff_attribute_kpis(home=home(NOTHING + CHOICES), **inputs)
    support = rows.row(by_predicate=pl.col("promise") == "support", named=True)
    assert support["verdict"] == "under_served"
    assert support["period_start_on"] == date(2026, 4, 1)
    assert (support["n_kpis"], support["n_missing"]) == (4, 3)
    assert behind.drop_nulls("score").select("kpi", "score").rows() == [("csat", 1.0)]


def test_a_home_without_a_ticket_gets_empty_answers_on_staffing(home):
    columns = {
        "entered_at": INSTANT, "created_at": INSTANT, "finished_at": INSTANT,
        "queue_seconds": pl.Float64, "handle_minutes": pl.Float64, "is_spam": pl.Boolean,
        "is_deleted": pl.Boolean, "is_without_events": pl.Boolean, "scope_set": pl.UInt32,
        "first_response_business_seconds": pl.Float64, "first_response_business_exit": pl.Int8,
        "queue_exit": pl.Int8,
        **dict.fromkeys(("event_id", "source", "ticket_id", "priority", "offering", "calendar",
                         "tool", "status", "scope", "scope_kind"), pl.String),
    }  # fmt: skip
    nothing = pl.LazyFrame(schema=columns)
    names = ("fact_tickets", "fact_pipeline_runs", "fact_scope_sets", "conformed_tickets")
    empty = home(NOTHING + CHOICES)
    found = tradeoff_lane_arrivals(home=empty, **dict.fromkeys(names, nothing))
    tables = {"tradeoff_lane_arrivals": found.lazy(),
              "tradeoff_lane_hours": tradeoff_lane_hours(home=empty).lazy()}  # fmt: skip
    desks = tradeoff_lane_desks(home=empty, **tables)
    tables["tradeoff_lane_desks"] = desks.lazy()
    alike = tradeoff_lane_calibration(**tables)
    tables["tradeoff_lane_calibration"] = alike.lazy()
    lanes = tradeoff_support_lanes(home=empty, **tables)
    assert [one.height for one in (found, desks, alike, lanes)] == [0] * 4
    assert tradeoff_runner_lanes(**tables).height == 0
