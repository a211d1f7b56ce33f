"""What each budget allowed and lost by day: whose records, whose objective, which days are told."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from assets.configuration import Configuration
from assets.kpis.definition import Exclusion, Kpi
from assets.kpis.terms import Terms
from assets.tradeoffs.budget_days import (
    in_doubt,
    of_service_levels,
    of_tickets,
    support_objectives,
    told_days,
)

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
INSTANT = pl.Datetime("us", "UTC")
SETS = [
    (1, "service", "shop"),
    (1, "customer", "checkout"),
    (2, "service", "till"),
    (2, "customer", "checkout"),
    (2, "customer", "payments"),
    (3, "service", "lost"),
    (3, "customer", "unassigned"),
]
SHARED = {
    **{"name": "x", "promise": "reliability", "audience": "business", "unit": "ratio"},
    **{"direction": "higher", "statistics": ("ratio",), "definition": "x.", "null_means": "x."},
    "definition_source": "x",
}
LEVELS = Kpi(
    id="left", fact="f", entered_at="entered_at", requires=("service_levels",),
    numerator="budget_left", denominator="allowed", is_share=False,
    exclusions=(Exclusion("is_without_objective", "x."),), **SHARED,
    slices=(),
)  # fmt: skip
TICKETS = Kpi(
    id="sla", fact="f", entered_at="due_at", requires=("tickets",), numerator="is_solved_when_due",
    exclusions=(Exclusion("is_spam", "x."),), **SHARED,
)  # fmt: skip


@pytest.fixture
def terms():
    spans = [
        ("m", "service_levels", "", datetime(2026, 6, 1, tzinfo=UTC), AS_OF, True),
        ("z", "tickets", "customer:checkout", datetime(2026, 6, 10, tzinfo=UTC),
         datetime(2026, 6, 20, tzinfo=UTC), True),
    ]  # fmt: skip
    schema = {
        **dict.fromkeys(("source", "entity", "scope"), pl.String),
        **dict.fromkeys(("from_at", "to_at"), INSTANT),
        "is_complete": pl.Boolean,
    }
    sets = {"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String}
    told = [("service_levels", "m", 1, None, None), ("service_levels", "m", 2, None, None)]
    named = {**dict.fromkeys(("entity", "source"), pl.String), "scope_set": pl.UInt32}
    named |= dict.fromkeys(("tool", "offering"), pl.String)
    return Terms(
        as_of=AS_OF,
        zone="UTC",
        scope_sets=pl.DataFrame(SETS, sets, orient="row"),
        declared=pl.DataFrame(schema={"scope_kind": pl.String, "scope": pl.String}),
        coverage=pl.DataFrame(spans, schema, orient="row"),
        told=pl.DataFrame(told, named, orient="row"),
    )


def levels(*rows):
    schema = {"scope_set": pl.UInt32, "service": pl.String, "indicator": pl.String}
    schema |= {"entered_at": INSTANT, "allowed": pl.Float64, "budget_left": pl.Float64}
    schema |= {"total": pl.Float64}
    return pl.DataFrame(rows, schema | {"is_without_objective": pl.Boolean}, orient="row")


def noon(day, month=6):
    return datetime(2026, month, day, 12, tzinfo=UTC)


def test_indicators_of_a_service_have_budgets_of_their_own_and_none_is_pooled(terms):
    kpi = LEVELS
    object.__setattr__(kpi, "clusters", ("service", "indicator"))
    found = of_service_levels(
        kpi,
        levels(
            (1, "shop", "availability", noon(3), 10.0, 4.0, 100.0, False),
            (1, "shop", "availability", noon(3), 10.0, 9.0, 100.0, False),
            (1, "shop", "latency", noon(3), 5.0, 5.0, 50.0, False),
            (2, "till", "availability", noon(3), 7.0, -1.0, 70.0, False),
            (3, "lost", "availability", noon(3), 1.0, 1.0, 10.0, False),
            (1, "shop", "availability", noon(4), None, None, 10.0, True),
        ),
        terms,
    )
    sums = {row[:3]: row[3:] for row in found.rows()}
    day = date(2026, 6, 3)
    assert sums == {
        ("service", "shop", "availability"): (day, 7.0, 20.0, 200.0),
        ("service", "shop", "latency"): (day, 0.0, 5.0, 50.0),
        ("service", "till", "availability"): (day, 8.0, 7.0, 70.0),
        ("service", "lost", "availability"): (day, 0.0, 1.0, 10.0),
    }


@pytest.fixture
def configuration():
    return Configuration.model_validate(
        {
            "organisation": {"name": "x"},
            "segments": [{"id": "core", "name": "Core"}, {"id": "other", "name": "Other"}],
            "customers": [
                {"id": "checkout", "name": "Checkout", "segment": "core"},
                {"id": "checkout", "name": "Checkout", "segment": "other",
                 "valid_from": date(2026, 6, 15)},
                {"id": "payments", "name": "Payments", "segment": "core"},
                {"id": "labs", "name": "Labs", "segment": "other"},
            ],
            "support_objectives": [
                {"segment": "core", "objective": 0.9},
                {"segment": "core", "objective": 0.8, "valid_from": date(2026, 6, 10)},
                {"customer": "payments", "objective": 0.95, "valid_from": date(2026, 6, 12)},
            ],
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("customer", "day", "objective"),
    [
        ("checkout", 9, 0.9),
        ("checkout", 10, 0.8),
        ("checkout", 15, None),
        ("payments", 11, 0.8),
        ("payments", 12, 0.95),
        ("labs", 12, None),
    ],
)
def test_a_support_objective_is_the_customers_own_of_that_day_else_its_segments(
    configuration, customer, day, objective
):
    days = pl.DataFrame({"customer": [customer], "day": [date(2026, 6, day)]})
    found = support_objectives(configuration, days).get_column("objective").to_list()
    assert found == ([] if objective is None else [objective])


def test_a_late_ticket_is_bad_on_the_day_it_was_due_and_spam_is_none(terms, configuration):
    schema = {"scope_set": pl.UInt32, "due_at": INSTANT, "is_solved_when_due": pl.Boolean}
    tickets = pl.DataFrame(
        [
            (1, noon(11), True, False),
            (1, noon(11), False, False),
            (1, noon(11), False, True),
            (1, noon(20), False, False),
            (1, noon(20, month=8), False, False),
            (2, noon(11), True, False),
        ],
        schema | {"is_spam": pl.Boolean},
        orient="row",
    )
    found = of_tickets(TICKETS, tickets, terms, configuration)
    assert {(row[1], row[3]): (row[4], pytest.approx(row[5]), row[6]) for row in found.rows()} == {
        ("checkout", date(2026, 6, 11)): (1.0, pytest.approx(0.6), 3.0),
        ("payments", date(2026, 6, 11)): (0.0, pytest.approx(0.2), 1.0),
    }


def test_days_are_told_of_those_whom_a_source_covers(terms):
    scopes = pl.DataFrame({"scope_kind": ["customer"] * 2, "scope": ["checkout", "payments"]})
    days = pl.DataFrame({"day": [date(2026, 6, 9), date(2026, 6, 10), date(2026, 6, 20)]})
    told = told_days(TICKETS, scopes, terms, days)
    assert told.rows() == [("customer", "checkout", date(2026, 6, 10))]
    assert told_days(LEVELS, scopes, terms, days).height == 6


def test_a_late_source_puts_those_in_doubt_of_whom_it_told(terms):
    late = terms.coverage.with_columns(to_at=pl.lit(datetime(2026, 6, 25, tzinfo=UTC)))
    world = Terms(AS_OF, "UTC", terms.scope_sets, terms.declared, late, terms.told)
    scopes = pl.DataFrame({"scope_kind": ["service"] * 2, "scope": ["shop", "lost"]})
    window = date(2026, 6, 3), date(2026, 6, 30)
    assert in_doubt(LEVELS, scopes, world, *window).rows() == [("service", "shop")]
    assert in_doubt(LEVELS, scopes, terms, *window).is_empty()
