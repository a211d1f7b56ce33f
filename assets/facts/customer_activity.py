"""`fact_customer_activity`: how many customers were active on each day, by scope.

What counts per customer counts against this. A customer is active on a day if it had a change, a
CI run, a deployment or a ticket in the 28 days up to it: one that is served, but had nothing to
ask, counts; one that has left, or not begun, does not.
"""

from datetime import date
from zoneinfo import ZoneInfo

import dagster as dg
import polars as pl

from assets.facts.scope_sets import ORGANISATION, UNASSIGNED
from assets.home import Home

ACTIVE_DAYS = 28


def customer_activity(
    seen: pl.LazyFrame, scope_sets: pl.LazyFrame, customers: pl.LazyFrame, today: date
) -> pl.LazyFrame:
    """`scope_kind, scope, on, customers`, for organisation, segments and customers.

    `seen`: `scope_set, on` of everything that happened; `customers`: the dated `id, segment` of
    the reference rows. A customer counts in the segment that it belongs to on the day. Days end
    before `today`.
    """
    known = scope_sets.filter(pl.col("scope_kind") == "customer", pl.col("scope") != UNASSIGNED)
    active = (
        seen.unique()
        .join(known.select("scope_set", id="scope").unique(), on="scope_set")
        .select("id", "on")
        .unique()
        .with_columns(
            on=pl.date_ranges("on", pl.col("on") + pl.duration(days=ACTIVE_DAYS - 1), closed="both")
        )
        .explode("on")
        .filter(pl.col("on") < today)
        .unique()
        .sort("on")
        .join_asof(
            customers.select("id", "segment", "valid_from").sort("valid_from"),
            left_on="on",
            right_on="valid_from",
            by="id",
            check_sortedness=False,
        )
    )
    scopes = {
        "customer": pl.col("id"),
        "segment": pl.col("segment"),
        ORGANISATION: pl.lit(ORGANISATION),
    }
    return (
        pl.concat(
            [
                active.group_by("on", scope=scope)
                .agg(customers=pl.len().cast(pl.Int64))
                .select("scope", "on", "customers", scope_kind=pl.lit(kind))
                .drop_nulls("scope")
                for kind, scope in scopes.items()
            ]
        )
        .select("scope_kind", "scope", "on", "customers")
        .sort("scope_kind", "scope", "on")
    )


@dg.asset
def fact_customer_activity(
    home: Home,
    fact_change_lead_time: pl.LazyFrame,
    fact_pipeline_runs: pl.LazyFrame,
    fact_releases: pl.LazyFrame,
    fact_tickets: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
    conformed_customers: pl.LazyFrame,
) -> pl.LazyFrame:
    """Who used the service, day by day."""
    zone = ZoneInfo(home.configuration.organisation.time_zone)
    on = pl.col("entered_at").dt.convert_time_zone(zone.key).dt.date()
    tickets = fact_tickets.filter(~pl.col("is_spam") & ~pl.col("is_deleted"))
    facts = (fact_change_lead_time, fact_pipeline_runs, fact_releases, tickets)
    seen = pl.concat(
        fact.drop_nulls("entered_at").select("scope_set", on=on).unique() for fact in facts
    )
    today = home.as_of_instant.astimezone(zone).date()
    return customer_activity(seen, fact_scope_sets, conformed_customers, today)
