"""Support tickets: the first human answer, the last solving, in the hours that were promised."""

from datetime import date

import polars as pl
import pytest

from assets.configuration import Calendar, Configuration, Organisation, Segment
from assets.facts.support_hours import calendars
from assets.facts.tickets import tickets

HOUR = 3600.0
OPEN, HAPPENED, ANOTHER_EXIT = 0, 1, 2
OFFICE = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("09:00-17:00",))
OFFERINGS = {"id": pl.String, "tools": pl.List(pl.String), "valid_from": pl.Date}


def reply(at, hour, kind="public_reply", actor="agent"):
    return {"ticket_id": "t", "at": at(hour), "kind": kind, "actor_kind": actor}


def status(at, hour, word):
    return {"ticket_id": "t", "at": at(hour), "kind": "status", "value": word}


@pytest.fixture(scope="session")
def fact(conformed, at):
    """The row of one ticket created at Monday 00:00 UTC, around the clock by default."""

    def build(ticket, events=(), configuration=None, offerings=()):
        configuration = configuration or Configuration(organisation=Organisation(name="x"))
        usual = {"ticket_id": "t", "created_at": at(0), "status": "open"}
        sets = pl.LazyFrame({"scope_set": [1], "scope_kind": ["segment"], "scope": ["core"]}).cast(
            {"scope_set": pl.UInt32}
        )
        rows = tickets(
            conformed("tickets", usual | ticket),
            conformed("ticket_events", *events),
            calendars(sets, configuration),
            pl.LazyFrame(list(offerings), schema=OFFERINGS, orient="row"),
            configuration,
            at(1000),
        )
        assert rows.height == 1
        return rows.row(0, named=True)

    return build


def response(row):
    return row["first_response_business_seconds"] / HOUR, row["first_response_business_exit"]


def resolution(row):
    return row["resolution_business_seconds"] / HOUR, row["resolution_business_exit"]


def test_internal_notes_and_bots_do_not_stop_the_first_response_clock(fact, at):
    events = [
        reply(at, 1, kind="internal_note"),
        reply(at, 2, actor="bot"),
        reply(at, 3, actor="customer"),
        reply(at, 7),
        reply(at, 9),
    ]
    assert response(fact({}, events)) == (7, HAPPENED)
    assert response(fact({}, events[:3])) == (1000, OPEN)


def test_a_ticket_solved_without_a_reply_left_the_first_response_clock_by_another_exit(fact, at):
    row = fact({"status": "solved"}, [status(at, 5, "solved")])
    assert response(row) == (5, ANOTHER_EXIT)
    assert resolution(row) == (5, HAPPENED)


def test_a_reopened_ticket_is_open_until_it_is_solved_again(fact, at):
    events = [status(at, 2, "solved"), status(at, 4, "open"), status(at, 8, "solved")]
    assert resolution(fact({"status": "solved"}, events)) == (8, HAPPENED)
    assert fact({"status": "solved"}, events)["reopenings"] == 1
    assert resolution(fact({"status": "open"}, events[:2])) == (1000, OPEN)


def test_closing_some_days_after_solving_is_not_solving_again(fact, at):
    events = [status(at, 2, "solved"), status(at, 98, "closed")]
    assert resolution(fact({"status": "closed"}, events)) == (2, HAPPENED)


def test_a_ticket_that_was_reopened_and_then_closed_was_solved_by_closing(fact, at):
    events = [status(at, 2, "solved"), status(at, 4, "open"), status(at, 9, "closed")]
    assert resolution(fact({"status": "closed"}, events)) == (9, HAPPENED)


def test_time_passes_by_the_calendar_of_the_segment(fact, at):
    configuration = Configuration(
        organisation=Organisation(name="x", default_calendar="never"),
        segments=(Segment(id="core", name="Core", calendar="office"),),
        calendars=(
            Calendar(
                id="office", time_zone="Europe/Berlin", weekly=OFFICE, valid_from=date(2020, 1, 1)
            ),
            Calendar(id="never", time_zone="UTC", weekly={}),
        ),
    )
    # Monday 00:00 UTC is 01:00 in Berlin; Tuesday 10:00 UTC is 11:00 there: 8 h + 2 h.
    row = fact({}, [reply(at, 34)], configuration)
    assert response(row) == (10, HAPPENED)
    assert row["calendar"] == "office"


def test_where_a_source_tells_of_no_replies_the_answer_is_unknown_not_missing(fact, at):
    row = fact({"status": "solved"})
    assert row["is_without_events"]
    assert row["is_solved_at_unknown_time"]
    assert resolution(row)[1] == OPEN
    assert not fact({}, [reply(at, 1)])["is_without_events"]
    assert fact({}, [status(at, 1, "open")])["is_without_events"]


def test_spam_and_deleted_tickets_are_told_apart(fact):
    assert fact({"is_spam": True})["is_spam"]
    assert not fact({})["is_spam"]
    assert fact({"status": "deleted"})["is_deleted"]


def test_a_tool_names_the_offering_unless_the_ticket_does(fact):
    offerings = [("ci", ["jenkins"], date(2020, 1, 1))]
    assert fact({"tool": "jenkins"}, offerings=offerings)["offering"] == "ci"
    assert fact({"tool": "jenkins", "offering": "own"}, offerings=offerings)["offering"] == "own"


def test_one_touch_is_exactly_one_public_reply_of_a_human(fact, at):
    once = fact(
        {"status": "solved"}, [reply(at, 1), reply(at, 2, actor="bot"), status(at, 3, "solved")]
    )
    never = fact({"status": "solved"}, [reply(at, 2, actor="bot"), status(at, 3, "solved")])
    twice = fact({"status": "solved"}, [reply(at, 1), reply(at, 2), status(at, 3, "solved")])
    kinds = ("is_without_reply", "is_one_touch", "is_several_touches")
    assert [once[k] for k in kinds] == [False, True, False]
    assert [never[k] for k in kinds] == [True, False, False]
    assert [twice[k] for k in kinds] == [False, False, True]
    assert not any(row["is_replies_untold"] for row in (once, never))


def test_replies_are_untold_where_an_author_is_or_a_summary_tells_them(fact, at):
    nobody = reply(at, 1, actor=None)
    assert fact({}, [nobody])["is_replies_untold"]
    assert fact({}, [reply(at, 1) | {"is_summary": True}])["is_replies_untold"]
    assert fact({}, [status(at, 1, "open")])["is_replies_untold"]


def test_a_history_is_untold_where_a_source_tells_no_status_or_only_the_last_solution(fact, at):
    assert not fact({}, [status(at, 1, "open")])["is_history_untold"]
    assert fact({}, [reply(at, 1)])["is_history_untold"]
    summed_up = status(at, 1, "solved") | {"is_summary": True}
    assert fact({"status": "solved"}, [summed_up])["is_history_untold"]
    assert fact({"status": "solved"}, [status(at, 1, "open")])["is_history_untold"]


def test_a_ticket_without_a_due_time_is_in_no_sla_cohort(fact, at):
    assert fact({})["is_solved_when_due"] is None
    assert fact({"due_at": at(5)})["is_solved_when_due"] is False
    solved = [status(at, 4, "solved"), status(at, 6, "open")]
    assert fact({"due_at": at(5)}, solved)["is_solved_when_due"] is True


def test_reopened_counts_within_a_fortnight_of_the_first_solution(fact, at):
    fortnight = 14 * 24
    for after, is_reopened in ((fortnight, True), (fortnight + 1, False)):
        events = [status(at, 2, "solved"), status(at, 2 + after, "open")]
        row = fact({"status": "open"}, events)
        assert (row["is_reopened"], row["first_solved_at"]) == (is_reopened, at(2))
