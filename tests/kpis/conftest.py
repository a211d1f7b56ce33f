"""Builders that the tests of the cells share: the terms of a run, and facts of one kind."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import settings

from assets.kpis.definition import Kpi
from assets.kpis.terms import Terms

settings.register_profile("kpis", deadline=None, max_examples=40)
settings.load_profile("kpis")

INSTANT = pl.Datetime("us", "UTC")
# Two teams, one of them in two segments, and what belongs to nobody.
SETS = {
    1: ("organisation:organisation", "segment:core", "customer:a", "service:shop"),
    2: ("organisation:organisation", "segment:lab", "customer:b", "service:till"),
    3: (
        "organisation:organisation",
        "segment:core",
        "segment:lab",
        "customer:a",
        "customer:b",
        "service:shop",
        "service:till",
    ),
    4: (
        "organisation:organisation",
        "segment:unassigned",
        "customer:unassigned",
        "service:unassigned",
    ),
}
COVERAGE = {
    "source": pl.String,
    "entity": pl.String,
    "scope": pl.String,
    "from_at": INSTANT,
    "to_at": INSTANT,
    "is_complete": pl.Boolean,
}
TOLD = {
    "entity": pl.String,
    "source": pl.String,
    "scope_set": pl.UInt32,
    "tool": pl.String,
    "offering": pl.String,
}
TEXTS = {
    "audience": "business",
    "direction": "lower",
    "definition": "As the test says.",
    "null_means": "Nothing.",
    "definition_source": "A test.",
}


def _terms(as_of, coverage, sets=SETS, told=(), zone="Europe/Berlin"):
    pairs = [(number, *text.split(":")) for number, texts in sets.items() for text in texts]
    schema = {"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String}
    return Terms(
        as_of=as_of,
        zone=zone,
        scope_sets=pl.DataFrame(pairs, schema=schema, orient="row"),
        declared=pl.DataFrame(
            {"scope_kind": ["organisation", "customer"], "scope": ["organisation", "quiet"]}
        ),
        coverage=pl.DataFrame(list(coverage), schema=COVERAGE, orient="row"),
        told=pl.DataFrame(
            [(entity, source, number, None, None) for entity, source, number in told],
            schema=TOLD,
            orient="row",
        ),
    )


def _fact(rows):
    base = {"source": pl.String, "scope_set": pl.UInt32, "entered_at": INSTANT}
    clock = {"c_seconds": pl.Float64, "c_exit": pl.Int8}
    words = {"is_member": pl.Boolean, "is_hit": pl.Boolean, "is_out": pl.Boolean, "kind": pl.String}
    usual = {"source": "s", "is_member": True, "is_hit": False, "is_out": False, "kind": "k"}
    return pl.DataFrame([usual | row for row in rows], schema={**base, **clock, **words})


def _kpi(statistics, **other):
    usual = {
        "id": "k",
        "name": "K",
        "promise": "support",
        "unit": "ratio",
        "fact": "f",
        "entered_at": "entered_at",
        "members": ("is_member",),
        "requires": ("tickets",),
    }
    return Kpi(statistics=statistics, **(TEXTS | usual | other))


@pytest.fixture(scope="session")
def sets():
    """The scope sets of the world, by number."""
    return SETS


@pytest.fixture(scope="session")
def terms():
    """`terms(as_of, coverage)`, where coverage rows are as in `COVERAGE`."""
    return _terms


@pytest.fixture(scope="session")
def fact():
    """`fact(rows)`: one row per dictionary; what it does not name is usual."""
    return _fact


@pytest.fixture(scope="session")
def kpi():
    """`kpi(statistics, …)`: a definition over `fact`."""
    return _kpi


@pytest.fixture(scope="session")
def told_all_along():
    """Coverage of one table by one source, for January to June 2026."""
    begin = datetime(2026, 1, 1, tzinfo=UTC) - timedelta(hours=1)
    return [("s", "tickets", "", begin, datetime(2026, 7, 1, tzinfo=UTC), True)]
