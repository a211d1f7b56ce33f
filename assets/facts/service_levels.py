"""`fact_service_levels`: one row per span of an indicator, and what its objective let fail."""

import dagster as dg
import polars as pl

from assets.configuration import Configuration
from assets.facts.ownership import identified
from assets.facts.scope_sets import with_scope_set
from assets.home import Home

OBJECTIVES = {
    "service": pl.String,
    "indicator": pl.String,
    "objective": pl.Float64,
    "valid_from": pl.Date,
}


def service_levels(located: pl.LazyFrame, objectives: pl.LazyFrame, zone: str) -> pl.LazyFrame:
    """Good, bad and all events of each span, those allowed to be bad, and what was left of these.

    `located` has the `entered_at` of `ended`; a span has the objective of that day. Without one,
    what was allowed is not known: null, never 0.
    """
    on = pl.col("entered_at").dt.convert_time_zone(zone).dt.date()
    bad, allowed = pl.col("total") - pl.col("good"), pl.col("total") * (1 - pl.col("objective"))
    return (
        located.with_columns(on=on)
        .sort("on")
        .join_asof(
            objectives.sort("valid_from"),
            left_on="on",
            right_on="valid_from",
            by=["service", "indicator"],
            check_sortedness=False,
        )
        .select(
            "source",
            "url",
            "scope_set",
            "service",
            "indicator",
            "from_at",
            "to_at",
            "entered_at",
            "good",
            "total",
            "objective",
            bad=bad,
            allowed=allowed,
            budget_left=allowed - bad,
            event_id=pl.concat_str("source", "source_id", separator="/"),
            is_without_events=pl.col("total") == 0,
            is_without_objective=pl.col("objective").is_null(),
        )
    )


def ended(levels: pl.LazyFrame) -> pl.LazyFrame:
    """Adds `entered_at`: a span belongs to its last moment, as only then it is known whole.

    One that ends at midnight is of the day, and of the owners, before it.
    """
    return levels.with_columns(entered_at=pl.col("to_at") - pl.duration(microseconds=1))


def objectives_of(configuration: Configuration) -> pl.LazyFrame:
    """`service, indicator, objective, valid_from` of the configuration."""
    rows = [row.model_dump() for row in configuration.objectives]
    return pl.LazyFrame(rows, schema=OBJECTIVES)


@dg.asset
def fact_service_levels(
    home: Home,
    conformed_service_levels: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
) -> pl.LazyFrame:
    """What monitoring counted, span by span, against the objectives."""
    located = with_scope_set(
        identified(ended(conformed_service_levels), conformed_services, conformed_ownership),
        "entered_at",
        fact_scope_sets,
    )
    return service_levels(
        located,
        objectives_of(home.configuration),
        home.configuration.organisation.time_zone,
    )
