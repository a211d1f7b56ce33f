"""Error budgets as they stand: sure or not, unknown and why, in a sentence; the assets on homes."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from assets.home import Home
from assets.kpis.catalogue import CATALOGUE
from assets.kpis.cells import CELL
from assets.kpis.promise import SHARED_TABLES
from assets.schema import SHAPES
from assets.tradeoffs.budget_days import DAYS
from assets.tradeoffs.budget_policy import accounts
from assets.tradeoffs.error_budgets import (
    COLUMNS,
    FACTS,
    error_budgets,
    tradeoff_error_budgets,
)
from assets.tradeoffs.room_to_move import tradeoff_room_to_move

LAST_ON = date(2026, 6, 30)
NAMES = pl.DataFrame(
    [("service", "shop", "Shop"), ("customer", "core", "Core team")],
    dict.fromkeys(("scope_kind", "scope", "name"), pl.String),
    orient="row",
)


def stands(bad, allowed=100.0, *, days=40, is_stale=False, kind="service", budget="availability"):
    """The row of one budget with the same every day, the last ones as `bad` lists them."""
    scope = "shop" if kind == "service" else "core"
    values = [10.0] * (days - len(bad)) + bad
    dates = [LAST_ON - timedelta(days=days - 1 - n) for n in range(days)]
    rows = [
        (kind, scope, budget, on, b, allowed, 1000.0) for on, b in zip(dates, values, strict=True)
    ]
    told = pl.DataFrame({"scope_kind": kind, "scope": scope, "day": dates})
    found = accounts(pl.DataFrame(rows, DAYS, orient="row"), told, LAST_ON)
    now = error_budgets(found.with_columns(is_stale=pl.lit(is_stale)), NAMES, LAST_ON)
    return now.row(0, named=True)


def test_the_sentence_says_what_is_left_of_what_and_when():
    row = stands([10.0])
    assert row["sentence"].startswith("Shop, availability: 90 % of the error budget is left (")
    assert row["sentence"].endswith("280 bad events, 2800 allowed, in the 28 days to 30 June 2026.")
    assert (row["window_start_on"], row["window_end_on"]) == (date(2026, 6, 3), LAST_ON)
    tickets = stands([10.0], kind="customer", budget="support")
    assert "Core team, support:" in tickets["sentence"]
    assert "280 bad tickets, 2800 allowed" in tickets["sentence"]


def test_a_budget_that_burns_says_how_fast():
    row = stands([300.0, 300.0, 300.0])
    assert row["state"] == "watch"
    assert row["sentence"].endswith(" It burns 3 times as fast as the objective allows.")


def test_something_is_surely_left_or_spent_where_the_whole_interval_says_so():
    assert stands([10.0])["is_sure"]
    assert stands([500.0] * 28)["is_sure"]
    one_day = stands([5000.0, 10.0])
    assert (one_day["state"], one_day["is_sure"]) == ("hold", False)


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"is_stale": True}, "a source is late or incomplete"),
        ({"days": 20}, "only 20 of 28 days are told of"),
        ({"allowed": 0.01}, "too few to judge"),
    ],
)
def test_an_unknown_state_says_why(terms, why):
    row = stands([0.0] * 20, **terms)
    assert (row["state"], row["why_unknown"], row["is_sure"]) == ("unknown", why, False)
    assert row["sentence"] == f"Shop, availability: What is left is not known: {why}."


NOTHING = '[organisation]\nname = "x"\ntime_zone = "Europe/Berlin"\n'
WORLD = f"""{NOTHING}
[[segments]]
id = "core"
name = "Core"
[[customers]]
id = "core"
name = "Core team"
segment = "core"
[[services]]
id = "shop"
name = "Shop"
[[support_objectives]]
segment = "core"
objective = 0.9
"""


@pytest.fixture
def home(tmp_path):
    def make(content):
        (tmp_path / "plumbline.toml").write_text(content, encoding="utf-8")
        return Home(path=str(tmp_path), as_of="2026-07-01T00:00:00Z")

    return make


def shared(sets=(), coverage=()):
    named = {"id": pl.String}
    return dict.fromkeys(SHARED_TABLES, pl.LazyFrame(schema=named)) | {
        "fact_scope_sets": pl.LazyFrame(
            list(sets),
            {"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String},
            orient="row",
        ),
        "fact_told_scopes": pl.LazyFrame(
            schema={
                **dict.fromkeys(("entity", "source", "tool", "offering"), pl.String),
                "scope_set": pl.UInt32,
            }
        ),
        "conformed_source_coverage": pl.LazyFrame(
            list(coverage), SHAPES["source_coverage"].columns, orient="row"
        ),
    }


def facts(levels=(), tickets=()):
    """Both facts with every column that their KPIs read."""
    made = {}
    for name, rows in zip(FACTS, (levels, tickets), strict=True):
        kpis = [kpi for kpi in CATALOGUE if kpi.fact == name]
        words = {c: pl.String for kpi in kpis for c in kpi.columns}
        flags = {e.column: pl.Boolean for kpi in kpis for e in kpi.exclusions}
        numbers = dict.fromkeys(("allowed", "budget_left", "total"), pl.Float64)
        instants = dict.fromkeys(("entered_at", "due_at"), pl.Datetime("us", "UTC"))
        schema = {"scope_set": pl.UInt32, **words, **flags, **numbers, **instants}
        schema |= {"is_solved_when_due": pl.Boolean}
        full = [dict.fromkeys(schema) | dict.fromkeys(flags, False) | row for row in rows]
        made[name] = pl.LazyFrame(full, schema)
    return made


def test_a_home_without_objectives_has_no_budgets_and_no_advice(home):
    now, days = tradeoff_error_budgets(home=home(NOTHING), **shared(), **facts())
    assert now.columns == list(COLUMNS)
    assert now.is_empty()
    assert days.is_empty()
    rooms = tradeoff_room_to_move(
        home=home(NOTHING),
        tradeoff_error_budgets=now.lazy(),
        kpi_flexibility=pl.LazyFrame(schema=CELL),
        fact_service_levels=facts()[FACTS[0]],
        fact_scope_sets=shared()["fact_scope_sets"],
    )
    assert rooms.is_empty()


def test_the_whole_way_from_facts_to_advice(home):
    noons = [datetime(2026, 5, 20, 10, tzinfo=UTC) + timedelta(days=n) for n in range(42)]
    levels = [
        {"scope_set": 1, "service": "shop", "indicator": "availability", "entered_at": noon,
         "allowed": 100.0, "budget_left": 90.0, "total": 1000.0}
        for noon in noons
    ]  # fmt: skip
    tickets = [
        {"scope_set": 1, "due_at": noon, "is_solved_when_due": n % 7 > 0}
        for n, noon in enumerate(noons)
    ]
    begin, end = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
    coverage = [
        ("s", entity, "", None, begin, end, None, None, True)
        for entity in ("service_levels", "tickets", "ticket_events")
    ]
    sets = [(1, "service", "shop"), (1, "customer", "core")]
    tables = shared(sets, coverage) | facts(levels, tickets)
    now, days = tradeoff_error_budgets(home=home(WORLD), **tables)
    assert {
        row[:3]: row[3] for row in now.select("scope_kind", "scope", "budget", "state").rows()
    } == {
        ("customer", "core", "support"): "hold",
        ("service", "shop", "availability"): "spend",
    }
    assert days.filter(scope="shop").height == 42
    [advice] = tradeoff_room_to_move(
        home=home(WORLD),
        tradeoff_error_budgets=now.lazy(),
        kpi_flexibility=pl.LazyFrame(schema=CELL),
        fact_service_levels=tables[FACTS[0]],
        fact_scope_sets=tables["fact_scope_sets"],
    ).to_dicts()
    assert (advice["customer"], advice["advice"], advice["support_state"]) == (
        "core",
        "ship_faster",
        "hold",
    )
