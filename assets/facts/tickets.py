"""`fact_tickets`: one row per support ticket, with its clocks in business time."""

from datetime import datetime

import dagster as dg
import polars as pl

from assets.configuration import Configuration
from assets.facts.clocks import COMPETING_EXIT, HAPPENED, STILL_OPEN
from assets.facts.offerings import offering_of_tool
from assets.facts.ownership import identified
from assets.facts.scope_sets import with_scope_set
from assets.facts.support_hours import business_seconds, calendars
from assets.facts.ticket_history import SOLVED, milestones
from assets.home import Home


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
    solved without a reply left the first-response clock by another exit. `is_history_untold` and
    `is_replies_untold`: not all of its changes of status, or of its replies, are known.
    """
    kinds = pl.col("kind")
    told = events.group_by("source").agg(
        has_events=(kinds == "public_reply").any(), has_statuses=(kinds == "status").any()
    )
    is_solved = pl.col("status").is_in(SOLVED)
    prepared = (
        milestones(located.collect(), events)
        .join(told, on="source", how="left")
        .with_columns(pl.col("has_events", "has_statuses").fill_null(False))
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
    is_untimed = is_solved & pl.col("solved_at").is_null()
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
        "first_solved_at",
        "solved_at",
        "due_at",
        pl.col("priority").fill_null("none"),
        pl.col("kind").fill_null("none"),
        "calendar",
        "reopenings",
        "is_reopened",
        "is_solved_when_due",
        "replies",
        (pl.col("replies") == 0).alias("is_without_reply"),
        (pl.col("replies") == 1).alias("is_one_touch"),
        (pl.col("replies") > 1).alias("is_several_touches"),
        pl.col("is_spam", "is_merged").fill_null(False),
        (pl.col("status") == "deleted").alias("is_deleted"),
        (~pl.col("has_events")).alias("is_without_events"),
        is_solved.alias("is_solved"),
        is_untimed.alias("is_solved_at_unknown_time"),
        (~pl.col("has_statuses") | pl.col("is_summed_up") | is_untimed).alias("is_history_untold"),
        (~pl.col("has_events") | pl.col("is_summed_up") | pl.col("is_author_untold")).alias(
            "is_replies_untold"
        ),
    ]


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
