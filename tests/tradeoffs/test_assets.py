"""The assets on whole homes: without any record, and with one quarter of cells."""

from datetime import date

import polars as pl
import pytest

from assets.home import Home
from assets.kpis.catalogue import as_frame
from assets.kpis.cells import CELL
from assets.kpis.signals import kpi_signals
from assets.kpis.tables import KPI_TABLES
from assets.tradeoffs.assumptions import tradeoff_assumptions
from assets.tradeoffs.attribute_map import tradeoff_attribute_kpis, tradeoff_attribute_map
from assets.tradeoffs.flexibility_stability import tradeoff_flexibility_stability
from assets.tradeoffs.speed_tests import tradeoff_tests
from assets.tradeoffs.strategic_fit import tradeoff_strategic_fit

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
    assert (support["n_kpis"], support["n_missing"]) == (3, 2)
    assert behind.drop_nulls("score").select("kpi", "score").rows() == [("csat", 1.0)]
