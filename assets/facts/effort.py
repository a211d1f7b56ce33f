"""`fact_effort`: one row per record of effort, cut where a month begins within its week.

Hours are recorded by week. Of a week across two months each gets the share of its days; else a
month with five Mondays would seem a sixth more work than one with four.
"""

import dagster as dg
import polars as pl

from assets.facts.ownership import identified
from assets.facts.scope_sets import with_scope_set
from assets.facts.spans import midnight
from assets.home import Home

DAYS_PER_WEEK = 7


def pieces(effort: pl.LazyFrame, zone: str) -> pl.LazyFrame:
    """Adds `from_on, to_on` (local days) and `entered_at`; `hours` are those of the piece."""
    begins, ends = pl.col("week_on"), pl.col("week_on") + pl.duration(days=DAYS_PER_WEEK - 1)
    next_month = begins.dt.offset_by("1mo").dt.truncate("1mo")
    last_of_month = next_month - pl.duration(days=1)
    before = effort.with_columns(from_on=begins, to_on=pl.min_horizontal(ends, last_of_month))
    after = effort.filter(ends >= next_month).with_columns(from_on=next_month, to_on=ends)
    days = (pl.col("to_on") - pl.col("from_on")).dt.total_days() + 1
    return pl.concat([before, after]).with_columns(
        hours=pl.col("hours") * days / DAYS_PER_WEEK,
        entered_at=midnight(pl.col("from_on"), zone),
    )


def effort(located: pl.LazyFrame) -> pl.LazyFrame:
    """Pieces with their scope set; `may_be_support` where the kind is support or is not told."""
    kind = pl.col("kind").fill_null("unknown")
    return located.select(
        "source",
        "url",
        "scope_set",
        "offering",
        "entered_at",
        "to_on",
        "hours",
        event_id=pl.format("{}/{}/{}", "source", "source_id", "from_on"),
        recorded_for="offering",  # what was written down together is no independent evidence
        kind=kind,
        toil_hours=pl.when(kind == "toil").then("hours").otherwise(0.0),
        may_be_support=kind.is_in(["support", "unknown"]),
        is_kind_unknown=kind == "unknown",
    )


@dg.asset
def fact_effort(
    home: Home,
    conformed_effort: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
) -> pl.LazyFrame:
    """Hours of work by offering, customer, kind and week, as they were recorded."""
    cut = pieces(conformed_effort, home.configuration.organisation.time_zone)
    return effort(
        with_scope_set(
            identified(cut, conformed_services, conformed_ownership), "entered_at", fact_scope_sets
        )
    )
