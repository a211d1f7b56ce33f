"""`fact_failed_deployments`: one row per production release that failed, and how that is known."""

from datetime import datetime, timedelta

import dagster as dg
import polars as pl

from assets.facts.clocks import clock
from assets.facts.failures import FIRST_THREE, LINK_RULES
from assets.home import Home

LOOK_AHEAD = timedelta(hours=72)


def failed_deployments(
    signs: pl.LazyFrame, releases: pl.LazyFrame, as_of: datetime
) -> pl.LazyFrame:
    """One row per failed release, whatever the number of signs and incidents.

    `link_rule` is the first rule that shows the failure within the look-ahead of 72 hours,
    `is_shown_by_<rule>` each of them alone. A failure that showed later only is `is_late` and
    keeps its rule. Recovered is what came first: the incident mitigated, or a release that mends.
    """
    rank = pl.col("link_rule").replace_strict({r: i for i, r in enumerate(LINK_RULES)})
    is_timely = pl.col("shown_at") - pl.col("entered_at") <= LOOK_AHEAD
    release = releases.select(
        "event_id", "source", "url", "scope_set", "service", "repo", "entered_at"
    )
    timely_rules = pl.col("link_rule").filter("is_timely")
    return (
        signs.join(release, on="event_id")
        .with_columns(rank=rank, is_timely=is_timely)
        .sort(pl.col("is_timely").not_(), "rank", "shown_at", "shown_by")
        .group_by("event_id", maintain_order=True)
        .agg(
            pl.first("source", "url", "scope_set", "service", "repo", "entered_at"),
            pl.first("link_rule", "shown_by", "shown_at"),
            pl.col("recovered_at").min(),
            is_late=pl.col("is_timely").any().not_(),
            **{f"is_shown_by_{rule}": (timely_rules == rule).any() for rule in LINK_RULES},
        )
        .with_columns(
            is_shown_by_first_three=pl.any_horizontal(f"is_shown_by_{r}" for r in FIRST_THREE),
            is_within_look_ahead=pl.col("is_late").not_(),
        )
        .with_columns(clock("recovery", "entered_at", pl.col("recovered_at"), as_of))
    )


@dg.asset
def fact_failed_deployments(
    home: Home, fact_failure_signs: pl.LazyFrame, fact_releases: pl.LazyFrame
) -> pl.LazyFrame:
    """Production releases that needed remediation, with the rule that shows it."""
    return failed_deployments(fact_failure_signs, fact_releases, home.as_of_instant)
