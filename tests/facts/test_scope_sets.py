"""Scope sets: eras, numbers, and events that belong to nobody."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from assets.facts.ownership import identified
from assets.facts.scope_sets import eras, scope_sets, with_scope_set

ALWAYS = date(1970, 1, 1)
OWNERSHIP = {
    "customer": pl.String,
    "kind": pl.String,
    "match": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
}
SERVICES = {"id": pl.String, "name": pl.String, "repos": pl.List(pl.String), "valid_from": pl.Date}


@pytest.fixture(scope="session")
def sets_of():
    """Events of repos, the customers that own them -> (events with scope_set, the sets)."""

    def build(repos_at, ownership, customers, zone="UTC"):
        rules = pl.LazyFrame(ownership, schema=OWNERSHIP, orient="row")
        services = pl.LazyFrame(schema=SERVICES)
        people = pl.DataFrame(
            customers,
            schema={
                "id": pl.String,
                "name": pl.String,
                "segment": pl.String,
                "valid_from": pl.Date,
            },
            orient="row",
        )
        events = pl.LazyFrame(
            repos_at, schema={"repo": pl.String, "at": pl.Datetime("us", "UTC")}, orient="row"
        )
        named = identified(events, services, rules)
        sets = scope_sets(
            named.select("key").unique().collect(),
            rules.collect(),
            people,
            services.collect(),
            zone,
        )
        return with_scope_set(named, "at", sets.lazy()).collect(), sets

    return build


def scopes(events, sets, kind):
    known = sets.filter(scope_kind=kind).select("scope_set", "scope").unique()
    return events.join(known, on="scope_set").sort("at", "scope").get_column("scope").to_list()


def test_an_event_belongs_to_the_segment_that_its_team_had_on_its_day(sets_of):
    moved_on = date(2026, 4, 1)
    customers = [("team", "Team", "startup", ALWAYS), ("team", "Team", "core", moved_on)]
    instants = [datetime(2026, 3, 31, 21, 59, tzinfo=UTC), datetime(2026, 3, 31, 22, 0, tzinfo=UTC)]
    events, sets = sets_of(
        [("acme/x", at) for at in instants],
        [("team", "repo", "acme/x", ALWAYS, None)],
        customers,
        "Europe/Berlin",
    )
    assert scopes(events, sets, "segment") == ["startup", "core"]
    assert scopes(events, sets, "customer") == ["team", "team"]


def test_what_matches_nobody_is_unassigned_and_not_dropped(sets_of):
    events, sets = sets_of([("acme/x", datetime(2026, 1, 1, tzinfo=UTC)), (None, None)], [], [])
    assert events.height == 2
    for kind in ("customer", "segment", "service"):
        assert scopes(events, sets, kind) == ["unassigned", "unassigned"]


def test_an_event_of_two_customers_counts_once_for_each_and_once_for_their_segment(sets_of):
    events, sets = sets_of(
        [("acme/x", datetime(2026, 1, 1, tzinfo=UTC))],
        [("a", "repo", "acme/x", ALWAYS, None), ("b", "repo", "acme/*", ALWAYS, None)],
        [("a", "A", "core", ALWAYS), ("b", "B", "core", ALWAYS)],
    )
    assert scopes(events, sets, "customer") == ["a", "b"]
    assert scopes(events, sets, "segment") == ["core"]
    assert scopes(events, sets, "organisation") == ["organisation"]


def test_a_rule_for_a_customer_that_is_not_there_yet_does_not_stand_in_the_way(sets_of):
    events, sets = sets_of(
        [("acme/x", datetime(2026, 1, 1, tzinfo=UTC))],
        [("later", "path", "acme/x:src/", ALWAYS, None), ("a", "repo", "acme/x", ALWAYS, None)],
        [("a", "A", "core", ALWAYS), ("later", "L", "core", date(2026, 6, 1))],
    )
    assert scopes(events, sets, "customer") == ["a"]


def test_the_last_day_of_a_rule_is_inclusive_in_local_time(sets_of):
    last = date(2026, 1, 10)
    instants = [datetime(2026, 1, 10, 22, 59, tzinfo=UTC), datetime(2026, 1, 10, 23, 0, tzinfo=UTC)]
    events, sets = sets_of(
        [("acme/x", at) for at in instants],
        [("a", "repo", "acme/x", ALWAYS, last)],
        [("a", "A", "core", ALWAYS)],
        "Europe/Berlin",
    )
    assert scopes(events, sets, "customer") == ["a", "unassigned"]


def test_an_era_begins_at_one_where_clocks_go_forward_at_midnight():
    dated = pl.DataFrame({"valid_from": [date(2025, 3, 30), date(2025, 9, 7)]})
    begins = eras(dated, zone="America/Santiago").get_column("era_from_at").to_list()
    assert begins[-1] == datetime(2025, 9, 7, 4, tzinfo=UTC)
    assert None not in begins


def test_equal_sets_share_one_number(sets_of):
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    events, sets = sets_of(
        [("acme/x", instant), ("acme/y", instant), ("other/z", instant)],
        [("a", "repo", "acme/*", ALWAYS, None)],
        [("a", "A", "core", ALWAYS)],
    )
    numbers = dict(events.select("repo", "scope_set").iter_rows())
    assert numbers["acme/x"] == numbers["acme/y"] != numbers["other/z"]
    assert sets.get_column("scope_set").n_unique() == 2
