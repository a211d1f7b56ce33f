"""What the events of support tickets add up to: answers, solutions, reopenings, open spells.

Holds no clock and no scope (`assets.facts.tickets`), and no text of any reply.
"""

from datetime import timedelta

import polars as pl

TICKET = ("source", "ticket_id")
SOLVED = ("solved", "closed")
REOPENED_WITHIN = timedelta(days=14)  # DESIGN §4: the look-ahead of reopen_rate


def milestones(tickets: pl.LazyFrame, events: pl.LazyFrame) -> pl.LazyFrame:
    """Per ticket that has events: when it was answered and solved, how often, and what is untold.

    `first_reply_at, replies` by human agents, `is_author_untold` of one of its public replies;
    `first_solved_at, last_solved_at, first_reopened_at, reopenings`; `is_solved_when_due`, null
    where the ticket's `due_at` is; `is_summed_up` where only a summary is told.
    """
    told = events.group_by(TICKET).agg(is_summed_up=pl.col("is_summary").fill_null(False).any())
    return (
        told.join(_answered(events), on=TICKET, how="left")
        .join(_solved(changes_of_status(events), tickets), on=TICKET, how="left")
        .with_columns(
            is_reopened=(
                pl.col("first_reopened_at") - pl.col("first_solved_at") <= REOPENED_WITHIN
            ).fill_null(False)
        )
    )


def _answered(events: pl.LazyFrame) -> pl.LazyFrame:
    """Internal notes and bots do not answer."""
    is_reply = pl.col("actor_kind") == "agent"
    return (
        events.filter(pl.col("kind") == "public_reply")
        .group_by(TICKET)
        .agg(
            first_reply_at=pl.when(is_reply).then("at").min(),
            replies=is_reply.fill_null(False).sum().cast(pl.Int32),
            is_author_untold=pl.col("actor_kind").is_null().any(),
        )
    )


def changes_of_status(events: pl.LazyFrame) -> pl.LazyFrame:
    """Status events in their order: `source, ticket_id, at` and what each of them is.

    `is_over` is the state that it leads to, `is_ending` and `is_reopening` tell a change of it.
    Closing is what a system does by itself some days after a ticket was solved; `is_solving` only
    where it was not solved already. Deleting neither solves nor reopens.
    """
    status = pl.col("value")
    is_over = status.is_in(SOLVED).fill_null(False)
    is_first = pl.struct(TICKET) != pl.struct(TICKET).shift(1)
    was_over = (is_over.shift(1) & ~is_first).fill_null(False)
    return (
        events.filter((pl.col("kind") == "status") & (status != "deleted"))
        .sort(*TICKET, "at", "source_id")
        .select(
            *TICKET,
            "at",
            is_over=is_over,
            is_solving=(status == "solved") | ((status == "closed") & ~was_over),
            is_ending=is_over & ~was_over,
            is_reopening=was_over & ~is_over,
        )
    )


def _solved(changes: pl.LazyFrame, tickets: pl.LazyFrame) -> pl.LazyFrame:
    """The last change until the due time decides; of its place and state one number is made."""
    due = tickets.select(*TICKET, "due_at").filter(pl.col("due_at").is_not_null())
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    state = pl.when(pl.col("at") <= pl.col("due_at")).then(2 * place + pl.col("is_over"))
    is_due = pl.col("due_at").is_not_null().any()
    return (
        changes.join(due, on=TICKET, how="left", maintain_order="left")
        .with_columns(state=state)
        .group_by(TICKET)
        .agg(
            first_solved_at=pl.when("is_solving").then("at").min(),
            last_solved_at=pl.when("is_solving").then("at").max(),
            first_reopened_at=pl.when("is_reopening").then("at").min(),
            reopenings=pl.col("is_reopening").sum(),
            is_solved_when_due=pl.when(is_due).then(
                (pl.col("state").max() % 2 == 1).fill_null(False)
            ),
        )
    )


def open_spells(tickets: pl.LazyFrame, events: pl.LazyFrame) -> pl.LazyFrame:
    """One row per spell that a ticket was open, with `created_at, from_at, until_at`.

    The first (`nth` 0) begins with the ticket, each other with a reopening; `until_at` is null
    while it is open. A ticket of which no change is told has one spell.
    """
    changes = changes_of_status(events)
    # The nth opening ends with the nth ending, as there is one ending between two openings.
    nth = pl.int_range(pl.len(), dtype=pl.Int64).over(TICKET)
    first = tickets.select(*TICKET, from_at="created_at", nth=pl.lit(0, dtype=pl.Int64))
    again = changes.filter("is_reopening").select(*TICKET, from_at="at", nth=nth + 1)
    ended = changes.filter("is_ending").select(*TICKET, until_at="at", nth=nth)
    return (
        pl.concat([first, again])
        .join(ended, on=[*TICKET, "nth"], how="left")
        .join(tickets.select(*TICKET, "created_at"), on=TICKET)
    )
