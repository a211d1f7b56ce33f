"""`fact_tickets`: one row per support ticket, with its clocks in business time."""

from datetime import datetime

import dagster as dg
import polars as pl

from assets.configuration import Configuration
from assets.facts.clocks import COMPETING_EXIT, HAPPENED, STILL_OPEN
from assets.facts.offerings import offering_of_tool
from assets.facts.ownership import identified
from assets.facts.scope_sets import with_scope_set
from assets.facts.support_hours import business_seconds, calendar_of_segment
from assets.home import Home

SOLVED = ("solved", "closed")


def milestones(events: pl.LazyFrame) -> pl.LazyFrame:
    """Per ticket: `first_reply_at` by a human agent, when it was solved, how often reopened.

    Internal notes and bots do not answer. Closing is what a system does by itself some days after
    a ticket was solved; it counts as solving only where the ticket was not solved already.
    """
    ticket = ["source", "ticket_id"]
    is_reply = (pl.col("kind") == "public_reply") & (pl.col("actor_kind") == "agent")
    replies = events.filter(is_reply).group_by(ticket).agg(first_reply_at=pl.col("at").min())
    status = pl.col("value")
    is_first = pl.struct(ticket) != pl.struct(ticket).shift(1)
    was_solved = (status.shift(1).is_in(SOLVED) & ~is_first).fill_null(False)
    is_solving = (status == "solved") | ((status == "closed") & ~was_solved)
    solved = (
        events.filter(pl.col("kind") == "status")
        .sort(*ticket, "at", "source_id")
        .select(
            *ticket,
            solved_at=pl.when(is_solving).then("at"),
            is_reopening=was_solved & status.is_in(SOLVED).not_(),
        )
        .group_by(ticket)
        .agg(last_solved_at=pl.col("solved_at").max(), reopenings=pl.col("is_reopening").sum())
    )
    return replies.join(solved, on=ticket, how="full", coalesce=True)


def tickets(
    located: pl.LazyFrame,
    events: pl.LazyFrame,
    calendars: pl.LazyFrame,
    offerings: pl.LazyFrame,
    configuration: Configuration,
    as_of: datetime,
) -> pl.DataFrame:
    """One row per ticket; `calendars` gives the `calendar` of each `scope_set`.

    `is_without_events`: its source tells of no replies at all, so whether it was answered is
    unknown. `is_solved_at_unknown_time`: it is solved, but nothing says when. A ticket that was
    solved without a reply left the first-response clock by another exit.
    """
    replies = events.filter(pl.col("kind") == "public_reply")
    told = replies.select("source").unique().with_columns(has_events=True)
    is_solved = pl.col("status").is_in(SOLVED)
    prepared = (
        located.join(milestones(events), on=["source", "ticket_id"], how="left")
        .join(told, on="source", how="left")
        .join(offering_of_tool(offerings), on="tool", how="left")
        .join(calendars, on="scope_set", how="left")
        .with_columns(
            offering=pl.coalesce("offering", "offering_of_tool"),
            solved_at=pl.when(is_solved).then("last_solved_at"),
            as_of=pl.lit(as_of),
        )
        .with_columns(
            response_end_at=pl.coalesce("first_reply_at", "solved_at", "as_of"),
            resolution_end_at=pl.coalesce("solved_at", "as_of"),
        )
        .collect()
    )
    timed = business_seconds(
        prepared,
        {
            "first_response_business_seconds": ("created_at", "response_end_at"),
            "resolution_business_seconds": ("created_at", "resolution_end_at"),
        },
        configuration,
    )
    return timed.select(*_columns())


def _columns() -> list[pl.Expr | str]:
    is_solved = pl.col("status").is_in(SOLVED)
    response_exit = (
        pl.when(pl.col("first_reply_at").is_not_null())
        .then(HAPPENED)
        .when(is_solved)
        .then(COMPETING_EXIT)
        .otherwise(STILL_OPEN)
    )
    resolution_exit = (
        pl.when(pl.col("solved_at").is_not_null()).then(HAPPENED).otherwise(STILL_OPEN)
    )
    return [
        "source",
        "url",
        "scope_set",
        "service",
        "tool",
        "offering",
        pl.col("first_response_business_seconds", "resolution_business_seconds").clip(
            lower_bound=0
        ),
        response_exit.cast(pl.Int8).alias("first_response_business_exit"),
        resolution_exit.cast(pl.Int8).alias("resolution_business_exit"),
        pl.concat_str("source", "ticket_id", separator="/").alias("event_id"),
        pl.col("created_at").alias("entered_at"),
        "first_reply_at",
        "solved_at",
        pl.col("priority").fill_null("none"),
        pl.col("kind").fill_null("none"),
        "calendar",
        "reopenings",
        pl.col("is_spam").fill_null(False),
        (pl.col("status") == "deleted").alias("is_deleted"),
        pl.col("has_events").is_null().alias("is_without_events"),
        is_solved.alias("is_solved"),
        (is_solved & pl.col("solved_at").is_null()).alias("is_solved_at_unknown_time"),
    ]


def calendars(scope_sets: pl.LazyFrame, configuration: Configuration) -> pl.LazyFrame:
    """`scope_set, calendar`: the calendar of its segment; of several the alphabetically first."""
    of_segment = calendar_of_segment(configuration).lazy()
    default = configuration.organisation.default_calendar or "every hour"
    return (
        scope_sets.filter(pl.col("scope_kind") == "segment")
        .select("scope_set", segment="scope")
        .join(of_segment, on="segment", how="left")
        .group_by("scope_set")
        .agg(calendar=pl.col("calendar").fill_null(default).min())
    )


@dg.asset
def fact_tickets(
    home: Home,
    conformed_tickets: pl.LazyFrame,
    conformed_ticket_events: pl.LazyFrame,
    conformed_offerings: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
) -> pl.DataFrame:
    """Every ticket: how long until a human answered and until it was solved for good."""
    located = with_scope_set(
        identified(conformed_tickets, conformed_services, conformed_ownership),
        "created_at",
        fact_scope_sets,
    )
    return tickets(
        located,
        conformed_ticket_events,
        calendars(fact_scope_sets, home.configuration),
        conformed_offerings,
        home.configuration,
        home.as_of_instant,
    )
