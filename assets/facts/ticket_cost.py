"""`fact_ticket_cost`: hours of support and tickets in one cohort, for hours per ticket.

A row is either a piece of effort (its `hours`, no ticket) or a ticket (`tickets` 1, no hours).
"""

import dagster as dg
import polars as pl

PLACE = ("event_id", "source", "url", "scope_set", "offering", "entered_at")


def ticket_cost(effort: pl.LazyFrame, tickets: pl.LazyFrame) -> pl.LazyFrame:
    """Effort that is or may be support, and every ticket, of both what is left out and why."""
    worked = effort.filter("may_be_support").select(
        *PLACE, "hours", "is_kind_unknown", tickets=pl.lit(0.0)
    )
    asked = tickets.select(
        *PLACE, "is_spam", "is_merged", "is_deleted", hours=pl.lit(0.0), tickets=pl.lit(1.0)
    )
    flags = ["is_kind_unknown", "is_spam", "is_merged", "is_deleted"]
    return pl.concat([worked, asked], how="diagonal").with_columns(pl.col(flags).fill_null(False))


@dg.asset
def fact_ticket_cost(fact_effort: pl.LazyFrame, fact_tickets: pl.LazyFrame) -> pl.LazyFrame:
    """What support took, beside what was asked of it."""
    return ticket_cost(fact_effort, fact_tickets)
