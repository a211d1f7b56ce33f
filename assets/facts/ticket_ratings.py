"""`fact_ticket_ratings`: one row per survey that was offered, answered or not.

Holds no text and no score on the source's scale, only whether the answer was good: rows are seen
by people who may know the customer.
"""

import dagster as dg
import polars as pl

from assets.facts.ownership import identified
from assets.facts.scope_sets import with_scope_set

GOOD_SHARE_OF_SCALE = 0.75  # four of one to five: the top two


def ticket_ratings(ratings: pl.LazyFrame, tickets: pl.LazyFrame) -> pl.LazyFrame:
    """Joins each offer to its ticket's scope; good is the source's own word, else top two of five.

    `is_spam` comes from the ticket. An offer for a ticket that nobody delivered counts for the
    organisation and as `unassigned`. `is_verdict_unknown`: answered, but nothing says how.
    """
    share = (pl.col("score") - pl.col("scale_low")) / (pl.col("scale_high") - pl.col("scale_low"))
    answered = pl.col("answered_at").is_not_null()
    verdict = pl.coalesce("is_good", share >= GOOD_SHARE_OF_SCALE)
    ticket = tickets.select(
        "source",
        "ticket_id",
        "customer",
        "requester_group",
        "service",
        "tool",
        "offering",
        "is_spam",
    )
    return ratings.join(ticket, on=["source", "ticket_id"], how="left").with_columns(
        event_id=pl.concat_str("source", "ticket_id", "source_id", separator="/"),
        entered_at="offered_at",
        is_answered=answered,
        is_good=answered & verdict.fill_null(False),
        is_verdict_unknown=answered & verdict.is_null(),
        is_spam=pl.col("is_spam").fill_null(False),
    )


@dg.asset
def fact_ticket_ratings(
    conformed_ticket_ratings: pl.LazyFrame,
    conformed_tickets: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
) -> pl.LazyFrame:
    """Every satisfaction survey: offered for what, answered or not, good or not."""
    joined = ticket_ratings(conformed_ticket_ratings, conformed_tickets)
    located = with_scope_set(
        identified(joined, conformed_services, conformed_ownership), "entered_at", fact_scope_sets
    )
    return located.select(
        "event_id",
        "source",
        "scope_set",
        "tool",
        "offering",
        "entered_at",
        "is_answered",
        "is_good",
        "is_verdict_unknown",
        "is_spam",
    )
