"""What the events of support tickets add up to: answers, solutions, reopenings, open spells.

Holds no clock and no scope (`assets.facts.tickets`), and no text of any reply.
"""

from datetime import timedelta

import polars as pl

TICKET = ("source", "ticket_id")
NUMBER = "ticket"  # a ticket's place among all
SOLVED = ("solved", "closed")
REOPENED_WITHIN = timedelta(days=14)  # DESIGN §4: the look-ahead of reopen_rate


def milestones(tickets: pl.DataFrame, events: pl.LazyFrame) -> pl.LazyFrame:
    """`tickets` with what their events add up to: answers, solutions, and what is not told.

    `first_reply_at, replies` by human agents, `is_author_untold` of one of its public replies;
    `first_solved_at, last_solved_at, first_reopened_at, is_reopened` (in time), `reopenings`;
    `is_solved_when_due`, null where `due_at` is; `is_summed_up` where only a summary is told.
    """
    numbered = tickets.with_row_index(NUMBER)
    own = of_tickets(numbered, events)
    summed_up = own.filter(pl.col("is_summary")).select(NUMBER, is_summed_up=True).unique()
    counts, flags = ["replies", "reopenings"], ["is_author_untold", "is_summed_up"]
    in_time = pl.col("first_reopened_at") - pl.col("first_solved_at") <= REOPENED_WITHIN
    return (
        numbered.lazy()
        .join(_answered(own), on=NUMBER, how="left")
        .join(_solved(changes_of_status(own), numbered), on=NUMBER, how="left")
        .join(summed_up, on=NUMBER, how="left")
        .with_columns(
            pl.col(counts).fill_null(0),
            pl.col(flags).fill_null(False),
            is_reopened=in_time.fill_null(False),
            is_solved_when_due=pl.when(pl.col("due_at").is_not_null()).then(
                pl.col("is_solved_when_due").fill_null(False)
            ),
        )
        .drop(NUMBER)
    )


def of_tickets(numbered: pl.DataFrame, events: pl.LazyFrame) -> pl.LazyFrame:
    """Events by their ticket's number: names are compared once."""
    return events.join(numbered.lazy().select(*TICKET, NUMBER), on=TICKET).select(
        NUMBER, "at", "kind", "actor_kind", "value", "source_id", "is_summary"
    )


def _answered(events: pl.LazyFrame) -> pl.LazyFrame:
    """Internal notes and bots do not answer."""
    is_reply = pl.col("actor_kind") == "agent"
    return (
        events.filter(pl.col("kind") == "public_reply")
        .select(
            NUMBER,
            reply_at=pl.when(is_reply).then("at"),
            is_reply=is_reply.fill_null(False),
            is_untold=pl.col("actor_kind").is_null(),
        )
        .group_by(NUMBER)
        .agg(
            first_reply_at=pl.col("reply_at").min(),
            replies=pl.col("is_reply").sum().cast(pl.Int32),
            is_author_untold=pl.col("is_untold").max(),
        )
    )


def changes_of_status(events: pl.LazyFrame) -> pl.LazyFrame:
    """Status events by ticket and in their order: `at`, and what each of them is.

    `is_over` is the state that it leads to, `is_ending` and `is_reopening` tell a change of it.
    Closing is what a system does by itself some days after a ticket was solved; `is_solving` only
    where it was not solved already. Deleting neither solves nor reopens.
    """
    status = pl.col("value")
    is_over = status.is_in(SOLVED).fill_null(False)
    is_first = pl.col(NUMBER) != pl.col(NUMBER).shift(1)
    was_over = (is_over.shift(1) & ~is_first).fill_null(False)
    return (
        events.filter((pl.col("kind") == "status") & (status != "deleted"))
        .select(NUMBER, "at", "source_id", "value")
        .sort(NUMBER, "at", "source_id")
        .select(
            NUMBER,
            "at",
            is_over=is_over,
            is_solving=(status == "solved") | ((status == "closed") & ~was_over),
            is_ending=is_over & ~was_over,
            is_reopening=was_over & ~is_over,
        )
    )


def _solved(changes: pl.LazyFrame, numbered: pl.DataFrame) -> pl.LazyFrame:
    """The last change until the due time decides; of its place and state one number is made."""
    due = numbered.lazy().select(NUMBER, "due_at").drop_nulls("due_at")
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    state = pl.when(pl.col("at") <= pl.col("due_at")).then(2 * place + pl.col("is_over"))
    return (
        changes.join(due, on=NUMBER, how="left", maintain_order="left")
        .with_columns(
            state=state,
            solved_at=pl.when("is_solving").then("at"),
            reopened_at=pl.when("is_reopening").then("at"),
        )
        .group_by(NUMBER)
        .agg(
            first_solved_at=pl.col("solved_at").min(),
            last_solved_at=pl.col("solved_at").max(),
            first_reopened_at=pl.col("reopened_at").min(),
            reopenings=pl.col("is_reopening").sum(),
            is_solved_when_due=pl.col("state").max() % 2 == 1,
        )
    )


def open_spells(tickets: pl.DataFrame, events: pl.LazyFrame) -> pl.LazyFrame:
    """One row per spell that a ticket was open: `source, ticket_id, created_at, from_at, until_at`.

    The first (`nth` 0) begins with the ticket, each other with a reopening; `until_at` is null
    while it is open. A ticket of which no change is told has one spell.
    """
    numbered = tickets.with_row_index(NUMBER)
    turns = changes_of_status(of_tickets(numbered, events)).filter(
        pl.col("is_ending") | pl.col("is_reopening")
    )
    # The nth opening ends with the nth ending, as there is one ending between two openings.
    nth = pl.int_range(pl.len(), dtype=pl.Int64).over(NUMBER)
    first = numbered.lazy().select(NUMBER, from_at="created_at", nth=pl.lit(0, dtype=pl.Int64))
    again = turns.filter("is_reopening").select(NUMBER, from_at="at", nth=nth + 1)
    ended = turns.filter("is_ending").select(NUMBER, until_at="at", nth=nth)
    return (
        pl.concat([first, again])
        .join(ended, on=[NUMBER, "nth"], how="left")
        .join(numbered.lazy().select(NUMBER, *TICKET, "created_at"), on=NUMBER)
        .drop(NUMBER)
    )
