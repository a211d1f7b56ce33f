"""Whose an event is: every scope against a loop over dated rules, the most specific kind first."""

from datetime import date, timedelta
from fnmatch import fnmatchcase

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.ownership import KINDS, identified
from assets.facts.scope_sets import scope_sets, with_scope_set

FIRST = date(2026, 1, 5)
RULES = {
    "organisation": ("org1", "core"),
    "ticket_group": ("group1", "group*"),
    "path": ("acme/shop:src/", "acme/shop:docs/", "acme/till:src/"),
    "environment": ("prod", "prod-*-?"),
    "service": ("shop", "till", "*o*"),
    "repo": ("acme/shop", "acme/*", "*/t*l*", "acme/[shop]"),
}
FIELDS = {
    "organisation": "customer",
    "ticket_group": "requester_group",
    "environment": "environment",
    "repo": "repo",
}
OWNERSHIP = {
    "customer": pl.String,
    "kind": pl.String,
    "match": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
}
CUSTOMERS = {"id": pl.String, "name": pl.String, "segment": pl.String, "valid_from": pl.Date}
SERVICES = {"id": pl.String, "name": pl.String, "repos": pl.List(pl.String), "valid_from": pl.Date}
EVENTS = {
    "number": pl.Int64,
    "at": pl.Datetime("us", "UTC"),
    "customer": pl.String,
    "requester_group": pl.String,
    "paths": pl.List(pl.String),
    "environment": pl.String,
    "service": pl.String,
    "repo": pl.String,
}


def on(day):
    return FIRST + timedelta(days=day)


def is_match(kind, match, event, served):
    if kind == "path":
        repo, prefix = match.split(":")
        return event["repo"] == repo and any(p.startswith(prefix) for p in event["paths"] or [])
    glob = match.replace("[", "[[]")
    words = served if kind == "service" else {event[FIELDS[kind]]} - {None}
    return any(fnmatchcase(word, glob) for word in words)


def valid_row(rows, day):
    """The newest row of each id on that day."""
    newest = {}
    for row in sorted(rows, key=lambda row: row["valid_from"]):
        if row["valid_from"] <= day:
            newest[row["id"]] = row
    return newest


def scopes_by_loop(event, day, ownership, customers, services):
    ids = {row["id"] for row in services}
    names = {row["name"]: row["id"] for row in services if row["name"] not in ids}
    if event["service"]:
        served = {names.get(event["service"], event["service"])}
    else:
        valid = valid_row(services, day).values()
        served = {row["id"] for row in valid if event["repo"] in row["repos"]}
    known = valid_row(customers, day)
    hits = [(0, c) for c, row in known.items() if event["customer"] in (c, row["name"])]
    for rule in ownership:
        is_valid = rule["valid_from"] <= day and (
            rule["valid_to"] is None or day <= rule["valid_to"]
        )
        if (
            is_valid
            and rule["customer"] in known
            and is_match(rule["kind"], rule["match"], event, served)
        ):
            hits.append((KINDS.index(rule["kind"]), rule["customer"]))
    best = min(hits)[0] if hits else None
    owners = {customer for rank, customer in hits if rank == best}
    return {
        ("organisation", "organisation"),
        *(("service", s) for s in served or {"unassigned"}),
        *(("customer", c) for c in owners or {"unassigned"}),
        *(("segment", known[c]["segment"]) for c in owners),
        *([] if owners else [("segment", "unassigned")]),
    }


@st.composite
def worlds(draw):
    day, customer = st.integers(0, 6), st.sampled_from(("core", "lab", "ops"))
    ownership = []
    for _ in range(draw(st.integers(0, 7))):
        kind = draw(st.sampled_from(KINDS))
        since = draw(day)
        until = draw(st.one_of(st.none(), st.integers(since, 6)))
        ownership.append(
            {
                "customer": draw(customer),
                "kind": kind,
                "match": draw(st.sampled_from(RULES[kind])),
                "valid_from": on(since),
                "valid_to": None if until is None else on(until),
            }
        )
    customers = [
        {"id": c, "name": c.title(), "segment": draw(st.sampled_from("xy")), "valid_from": on(d)}
        for c, d in draw(st.sets(st.tuples(customer, day), min_size=1, max_size=5))
    ]
    services = [
        {
            "id": s,
            "name": f"The {s}",
            "repos": draw(st.lists(st.sampled_from(("acme/shop", "acme/till")), unique=True)),
            "valid_from": on(d),
        }
        for s, d in draw(st.sets(st.tuples(st.sampled_from(("shop", "till")), day), max_size=3))
    ]
    texts = {
        "customer": (None, None, "org1", "core", "Lab"),
        "requester_group": (None, "group1", "group2", "else"),
        "environment": (None, "prod", "prod-eu-1", "uat"),
        "service": (None, None, "shop", "The till", "else"),
        "repo": (None, "acme/shop", "acme/till", "acme/tall", "other/x"),
    }
    files = st.lists(st.sampled_from(("src/a.py", "docs/b.md", "c.txt")), max_size=2)
    events = [
        {name: draw(st.sampled_from(words)) for name, words in texts.items()}
        | {"paths": draw(st.one_of(st.none(), files)), "hours": draw(st.integers(0, 7 * 24))}
        for _ in range(draw(st.integers(1, 6)))
    ]
    return ownership, customers, services, events


@given(world=worlds())
def test_scopes_are_those_of_a_loop_over_the_dated_rules(world, at):
    ownership, customers, services, events = world
    rules = pl.LazyFrame(ownership, schema=OWNERSHIP)
    served = pl.LazyFrame(services, schema=SERVICES)
    rows = [
        {k: v for k, v in e.items() if k != "hours"} | {"number": i, "at": at(e["hours"])}
        for i, e in enumerate(events)
    ]
    named = identified(pl.LazyFrame(rows, schema=EVENTS), served, rules)
    sets = scope_sets(
        named.select("key").unique().collect(),
        rules.collect(),
        pl.DataFrame(customers, schema=CUSTOMERS),
        served.collect(),
        "UTC",
    )
    found = with_scope_set(named, "at", sets.lazy()).collect()
    assert found.height == len(events)
    contents = sets.select("scope_set", "scope_kind", "scope").unique()
    for row in (
        found.join(contents, on="scope_set")
        .group_by("number")
        .agg("scope_kind", "scope")
        .iter_rows(named=True)
    ):
        pairs = list(zip(row["scope_kind"], row["scope"], strict=True))
        event = events[row["number"]]
        day = FIRST + timedelta(days=event["hours"] // 24)
        assert len(pairs) == len(set(pairs)), "an event counts once per scope"
        assert set(pairs) == scopes_by_loop(event, day, ownership, customers, services)


@pytest.mark.parametrize(
    ("more_specific", "less_specific"),
    [(a, b) for i, a in enumerate(KINDS) for b in KINDS[i + 1 :]],
)
def test_the_most_specific_kind_of_rule_decides(more_specific, less_specific, at):
    event = {
        "number": 0,
        "at": at(0),
        "customer": "org1",
        "requester_group": "group1",
        "paths": ["src/a.py"],
        "environment": "prod",
        "service": "shop",
        "repo": "acme/shop",
    }
    ownership = pl.LazyFrame(
        [
            ("precise", more_specific, RULES[more_specific][0], FIRST, None),
            ("vague", less_specific, RULES[less_specific][0], FIRST, None),
        ],
        schema=OWNERSHIP,
        orient="row",
    )
    services = pl.LazyFrame(schema=SERVICES)
    customers = pl.DataFrame(
        [("precise", "P", "x", FIRST), ("vague", "V", "y", FIRST)], schema=CUSTOMERS, orient="row"
    )
    named = identified(pl.LazyFrame([event], schema=EVENTS), services, ownership)
    sets = scope_sets(
        named.select("key").collect(), ownership.collect(), customers, services.collect(), "UTC"
    )
    found = with_scope_set(named, "at", sets.lazy()).collect().join(sets, on="scope_set")
    assert found.filter(scope_kind="customer").get_column("scope").unique().to_list() == ["precise"]
