"""`fact_ticket_spells`: one row per spell that a support ticket was open, for the backlog.

A ticket that was reopened has several; they never overlap, so that those that hold an instant are
the tickets that were open then, whatever happened later.
"""

import dagster as dg
import polars as pl

from assets.facts.ticket_history import TICKET, open_spells

OF_TICKET = (
    "url",
    "scope_set",
    "service",
    "tool",
    "offering",
    "priority",
    "is_spam",
    "is_merged",
    "is_deleted",
    "is_solved",
)


def ticket_spells(tickets: pl.LazyFrame, spells: pl.LazyFrame) -> pl.LazyFrame:
    """Spells as `open_spells` gives them, with what `fact_tickets` says of the ticket.

    `is_solved_at_unknown_time`: the ticket is solved, but nothing says when this spell ended.
    """
    ticket = pl.concat_str("source", "ticket_id", separator="/")
    again = pl.when(pl.col("nth") > 0).then(pl.format("/reopened {}", "nth"))
    return (
        spells.with_columns(ticket=ticket)
        .join(tickets.select(*OF_TICKET, ticket="event_id"), on="ticket")
        .select(
            *OF_TICKET[:-1],
            "source",
            "created_at",
            event_id=pl.concat_str("ticket", again.fill_null("")),
            entered_at="from_at",
            left_at="until_at",
            is_solved_at_unknown_time=pl.col("is_solved") & pl.col("until_at").is_null(),
        )
    )


@dg.asset
def fact_ticket_spells(
    fact_tickets: pl.LazyFrame,
    conformed_tickets: pl.LazyFrame,
    conformed_ticket_events: pl.LazyFrame,
) -> pl.LazyFrame:
    """Every ticket from when it was opened, or reopened, until it was solved."""
    begun = conformed_tickets.select(*TICKET, "created_at")
    return ticket_spells(fact_tickets, open_spells(begun.collect(), conformed_ticket_events))
