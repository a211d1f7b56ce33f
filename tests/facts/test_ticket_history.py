"""What the events of tickets add up to, against a walk through each ticket's history."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.ticket_history import milestones, open_spells

SOLVED = ("solved", "closed")
STATUSES = ("open", "pending", "hold", "solved", "closed")
FORTNIGHT = 14 * 24
NAMES = ("a", "b")


def reply(ticket, hour, actor):
    return {"ticket_id": ticket, "hour": hour, "kind": "public_reply", "actor_kind": actor}


def status(ticket, hour, word):
    return {"ticket_id": ticket, "hour": hour, "kind": "status", "value": word}


events = st.lists(
    st.one_of(
        st.builds(
            status,
            st.sampled_from(NAMES),
            st.integers(0, 400),
            st.sampled_from((*STATUSES, "deleted")),
        ),
        st.builds(
            reply,
            st.sampled_from(NAMES),
            st.integers(0, 400),
            st.sampled_from(("agent", "agent", "bot", "customer", None)),
        ),
    ),
    max_size=12,
)
dues = st.one_of(st.none(), st.integers(0, 400))


@pytest.fixture(scope="session")
def frames(conformed, at):
    """Tickets created at hour 0 with their due hours, and events in the order of their numbers."""

    def build(happened, due=None):
        tickets = [
            {"ticket_id": name, "created_at": at(0), "due_at": at((due or {}).get(name))}
            for name in NAMES
        ]
        rows = [
            {key: value for key, value in event.items() if key != "hour"}
            | {"at": at(event["hour"]), "source_id": f"{number:03}"}
            for number, event in enumerate(happened)
        ]
        return conformed("tickets", *tickets).collect(), conformed("ticket_events", *rows)

    return build


def walked(happened, name):
    """`(hour, is over, before)` of each change of status in its order: (hour, as delivered)."""
    own = [e for e in happened if e["ticket_id"] == name and e["kind"] == "status"]
    before = False
    for event in sorted(own, key=lambda e: e["hour"]):
        if event["value"] != "deleted":
            yield event, before
            before = event["value"] in SOLVED


def expected(happened, name, due):
    solved, reopened, when_due = [], [], False
    for event, was_over in walked(happened, name):
        hour, word = event["hour"], event["value"]
        if word == "solved" or (word == "closed" and not was_over):
            solved.append(hour)
        if was_over and word not in SOLVED:
            reopened.append(hour)
        if due is not None and hour <= due:
            when_due = word in SOLVED
    answers = [e for e in happened if e["ticket_id"] == name and e["kind"] == "public_reply"]
    by_agents = [e["hour"] for e in answers if e["actor_kind"] == "agent"]
    return {
        "first_reply_at": min(by_agents, default=None),
        "replies": len(by_agents),
        "is_author_untold": any(e["actor_kind"] is None for e in answers),
        "first_solved_at": min(solved, default=None),
        "last_solved_at": max(solved, default=None),
        "first_reopened_at": min(reopened, default=None),
        "reopenings": len(reopened),
        "is_reopened": bool(reopened) and reopened[0] - solved[0] <= FORTNIGHT,
        "is_solved_when_due": when_due if due is not None else None,
    }


@given(happened=events, due=st.fixed_dictionaries(dict.fromkeys(NAMES, dues)))
def test_answers_solutions_and_reopenings_are_those_of_a_walk_through_the_history(
    happened, due, frames, at
):
    found = milestones(*frames(happened, due)).collect()
    for row in found.iter_rows(named=True):
        name = row["ticket_id"]
        for column, value in expected(happened, name, due[name]).items():
            assert row[column] == (at(value) if column.endswith("_at") else value)


@given(happened=events)
def test_the_spells_that_hold_an_instant_are_the_tickets_open_then(happened, frames, at):
    found = open_spells(*frames(happened)).collect()
    for hour in range(0, 401, 7):
        moment = at(hour) + timedelta(minutes=30)
        inside = found.filter(
            (pl.col("from_at") <= moment) & (pl.col("until_at").fill_null(at(9_999)) > moment)
        )
        open_then = [
            name
            for name in NAMES
            if not any(
                [
                    event["value"] in SOLVED
                    for event, _ in walked(happened, name)
                    if event["hour"] <= hour
                ][-1:]
            )
        ]
        assert sorted(inside.get_column("ticket_id")) == open_then
    assert found.get_column("created_at").unique().to_list() == [at(0)]


@given(happened=events, due=dues, later=events)
def test_every_ticket_of_an_sla_cohort_is_decided(happened, due, later, frames):
    """And for ever: nothing that happens after the due time changes it."""
    known = milestones(*frames(happened, {"a": due})).collect()
    after = [e | {"hour": e["hour"] + (due or 0) + 1} for e in later]
    more = milestones(*frames([*happened, *after], {"a": due})).collect()
    before, now = (
        frame.filter(ticket_id="a").get_column("is_solved_when_due").item()
        for frame in (known, more)
    )
    assert before == now
    assert (before is None) == (due is None)


def test_the_order_in_which_events_are_delivered_does_not_matter(conformed, at, frames):
    words = ("solved", "open", "solved")
    rows = [
        {"ticket_id": "a", "kind": "status", "at": at(2), "value": word, "source_id": str(number)}
        for number, word in enumerate(words)
    ]
    tickets, _ = frames([])
    forward = milestones(tickets, conformed("ticket_events", *rows)).collect()
    backward = milestones(tickets, conformed("ticket_events", *reversed(rows))).collect()
    assert forward.equals(backward)
    assert forward.get_column("reopenings").to_list() == [1, 0]


def test_solved_at_the_due_instant_is_in_time_and_a_moment_later_is_not(frames):
    for hour, is_in_time in ((10, True), (11, False)):
        found = milestones(*frames([status("a", hour, "solved")], {"a": 10})).collect()
        assert found.get_column("is_solved_when_due").to_list() == [is_in_time, None]


def test_solved_in_time_and_reopened_before_it_is_due_is_not_in_time(frames):
    happened = [status("a", 2, "solved"), status("a", 8, "open"), status("a", 12, "solved")]
    found = milestones(*frames(happened, {"a": 10})).collect().row(0, named=True)
    assert not found["is_solved_when_due"]
    after = milestones(*frames(happened, {"a": 5})).collect().row(0, named=True)
    assert after["is_solved_when_due"]


def test_deleting_a_solved_ticket_is_no_reopening(frames):
    happened = [status("a", 2, "solved"), status("a", 8, "deleted")]
    assert milestones(*frames(happened)).collect().get_column("reopenings").to_list() == [0, 0]
