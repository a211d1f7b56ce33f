"""Builders that the tests of the cells share: the terms of a run, and facts of one kind."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from assets.facts.deployments import deployments
from assets.facts.failed_deployments import failed_deployments
from assets.facts.failures import placebo, signs
from assets.facts.incidents import incidents, restored
from assets.facts.ownership import identified
from assets.facts.releases import in_sequence, releases, with_service
from assets.facts.scope_sets import scope_sets, with_scope_set
from assets.facts.told_scopes import ENTITIES, told_scopes
from assets.kpis.cells import cells
from assets.kpis.definition import Kpi
from assets.kpis.terms import Terms
from assets.schema import SHAPES

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
ALWAYS = date(1970, 1, 1)
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


def _table(entity, rows):
    schema = SHAPES[entity].table
    full = [
        dict.fromkeys(schema) | {"source": "s", "source_id": str(i)} | r for i, r in enumerate(rows)
    ]
    return pl.LazyFrame(full, schema=schema)


def _reference(owners, segments):
    """Ownership by service, customers and services, as configured.

    A segment is a name, or pairs of name and the day from which it is the customer's.
    """
    owned = [(c, "service", s, ALWAYS, None) for s, served in owners.items() for c in served]
    names = ["customer", "kind", "match", "valid_from", "valid_to"]
    schema = dict.fromkeys(names[:3], pl.String) | dict.fromkeys(names[3:], pl.Date)
    ownership = pl.LazyFrame(owned, schema=schema, orient="row")
    customers = pl.DataFrame(
        [
            (customer, customer.upper(), *row)
            for customer, dated in segments.items()
            for row in ([(dated, ALWAYS)] if isinstance(dated, str) else dated)
        ],
        schema=["id", "name", "segment", "valid_from"],
        orient="row",
    )
    services = pl.LazyFrame(
        {"id": list(owners), "name": [f"The {s}" for s in owners], "repos": [[]] * len(owners)},
        schema={"id": pl.String, "name": pl.String, "repos": pl.List(pl.String)},
    ).with_columns(valid_from=ALWAYS)
    return ownership, customers, services


def _whole_way(kpis, deployed, opened, owners, segments, begin, as_of):
    """The cells of the KPIs asked for, by the functions that the assets call."""
    ownership, customers, services = _reference(owners, segments)
    named = [
        identified(_table(entity, rows), services, ownership)
        for entity, rows in (("deployments", deployed), ("incidents", opened))
    ]
    keys = pl.concat([frame.select("key") for frame in named]).unique().collect()
    sets = scope_sets(keys, ownership.collect(), customers, services.collect(), "Europe/Berlin")
    located = [
        with_scope_set(frame, at, sets.lazy())
        for frame, at in zip(named, ("created_at", "opened_at"), strict=True)
    ]
    released = releases(with_service(located[0], services))
    whole = named[1].filter(pl.col("duplicate_of").is_null()).with_columns(restored_at=restored())
    pairs = pl.LazyFrame(schema={"event_id": pl.String, "reverted_event_id": pl.String})
    shown = signs(released, whole, pairs, timedelta(hours=72), timedelta(hours=24))
    failed = failed_deployments(shown, released, as_of)
    moved = placebo(in_sequence(released), whole, timedelta(hours=24))
    nothing = pl.LazyFrame(schema={"source": pl.String, "scope_set": pl.UInt32})
    facts = dict.fromkeys(ENTITIES, nothing) | {
        "fact_deployments": deployments(released, shown, failed, moved),
        "fact_incidents": incidents(located[1], shown, as_of),
    }
    told = told_scopes(facts).collect()
    spans = [("s", entity, "", begin, as_of, True) for entity in ("deployments", "incidents")]
    names = ["source", "entity", "scope", "from_at", "to_at", "is_complete"]
    terms = Terms(
        as_of=as_of,
        zone="Europe/Berlin",
        scope_sets=sets.select("scope_set", "scope_kind", "scope").unique(),
        declared=pl.DataFrame({"scope_kind": ["organisation"], "scope": ["organisation"]}),
        coverage=pl.DataFrame(spans, schema=names, orient="row").cast(
            dict.fromkeys(names[3:5], pl.Datetime("us", "UTC"))
        ),
        told=told,
    )
    read = {name: facts[name].collect() for name in ("fact_deployments", "fact_incidents")}
    return cells(kpis, read, terms)


@pytest.fixture(scope="session")
def whole_way():
    """Cells of KPIs from conformed deployments and incidents, by the functions the assets call."""
    return _whole_way


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
