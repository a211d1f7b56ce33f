"""Open spells of tickets: what is in the backlog, and what is not known to be."""

import polars as pl
import pytest

from assets.configuration import Configuration, Organisation
from assets.facts.support_hours import calendars
from assets.facts.ticket_history import open_spells
from assets.facts.ticket_spells import ticket_spells
from assets.facts.tickets import tickets

OFFERINGS = {"id": pl.String, "tools": pl.List(pl.String), "valid_from": pl.Date}


@pytest.fixture(scope="session")
def spells(conformed, at):
    def build(ticket, *changes):
        rows = conformed(
            "tickets", {"ticket_id": "t", "created_at": at(0), "status": "open"} | ticket
        )
        events = conformed(
            "ticket_events",
            *(
                {"ticket_id": "t", "at": at(hour), "kind": "status", "value": word}
                for hour, word in changes
            ),
        )
        sets = pl.LazyFrame(
            {"scope_set": [1], "scope_kind": ["segment"], "scope": ["core"]},
            schema_overrides={"scope_set": pl.UInt32},
        )
        configuration = Configuration(organisation=Organisation(name="x"))
        fact = tickets(
            rows,
            events,
            calendars(sets, configuration),
            pl.LazyFrame(schema=OFFERINGS),
            configuration,
            at(1000),
        )
        return (
            ticket_spells(fact.lazy(), open_spells(rows.collect(), events))
            .collect()
            .sort("entered_at")
        )

    return build


def hours(frame, at, column):
    return [None if t is None else (t - at(0)).total_seconds() / 3600 for t in frame[column]]


def test_a_reopened_ticket_was_not_open_while_it_was_solved(spells, at):
    found = spells({"status": "open"}, (5, "solved"), (9, "open"))
    assert hours(found, at, "entered_at") == [0, 9]
    assert hours(found, at, "left_at") == [5, None]
    assert hours(found, at, "created_at") == [0, 0]
    assert not found["is_solved_at_unknown_time"].any()


def test_a_ticket_that_is_solved_nobody_knows_when_says_so(spells):
    found = spells({"status": "closed"})
    assert found["is_solved_at_unknown_time"].to_list() == [True]
    reopened = spells({"status": "solved"}, (5, "solved"), (9, "open"))
    assert reopened["is_solved_at_unknown_time"].to_list() == [False, True]


def test_pending_and_hold_are_open_and_closing_after_solving_ends_nothing_twice(spells, at):
    found = spells({"status": "closed"}, (1, "pending"), (2, "hold"), (3, "solved"), (99, "closed"))
    assert hours(found, at, "left_at") == [3]
