"""Who an event counts for: its services, customers and their segments at the time.

A *scope set* is the set of services, customers and segments for which an event counts, once each.
Facts carry the number of the set only, and every roll-up is counted from events, never summed
from cells. A customer that moves to another segment starts a new *era*: earlier events keep theirs.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import polars as pl

from assets.facts.ownership import customers_of, fields_of, identified, services_of
from assets.facts.spans import midnight
from assets.home import Home

ORGANISATION = "organisation"
UNASSIGNED = "unassigned"


def eras(*dated: pl.DataFrame, zone: str) -> pl.DataFrame:
    """`era_on, era_from_at`: the local days on which any dated row begins or has just ended."""
    begins = [frame.get_column("valid_from") for frame in dated]
    ends = [
        frame.get_column("valid_to").cast(pl.Date) + timedelta(days=1)
        for frame in dated
        if "valid_to" in frame.columns
    ]
    first = pl.Series("valid_from", [datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")).date()])
    days = pl.concat([s.cast(pl.Date).rename("era_on") for s in [first, *begins, *ends]])
    return (
        days.drop_nulls()
        .unique()
        .sort()
        .to_frame()
        .with_columns(era_from_at=midnight(pl.col("era_on"), zone))
    )


def scope_sets(
    keys: pl.DataFrame,
    ownership: pl.DataFrame,
    customers: pl.DataFrame,
    services: pl.DataFrame,
    zone: str,
) -> pl.DataFrame:
    """One row per key, era and scope: `key, era_from_at, scope_set, scope_kind, scope`.

    `keys` has the column `key` of `ownership.identified`, each key once. What no
    service or customer matches has the scope `unassigned`: shown, never dropped.
    """
    spans = eras(ownership, customers, services, zone=zone)
    fields = fields_of(keys)
    served = services_of(fields, services, spans)
    owned = customers_of(fields, served, ownership, customers, spans)
    grid = keys.join(spans, how="cross")
    members = pl.concat(
        [
            grid.with_columns(scope_kind=pl.lit(ORGANISATION), scope=pl.lit(ORGANISATION)),
            scopes_of_kind(grid, served, "service"),
            scopes_of_kind(grid, owned, "customer"),
            scopes_of_kind(grid, owned, "segment"),
        ],
        how="diagonal",
    ).drop("era_on")
    return numbered(members.unique())


def scopes_of_kind(grid: pl.DataFrame, found: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The scopes of one kind per key and era; `unassigned` where there is none."""
    return grid.join(found.select("key", "era_on", kind), on=["key", "era_on"], how="left").select(
        pl.exclude(kind),
        scope_kind=pl.lit(kind),
        scope=pl.col(kind).fill_null(UNASSIGNED),
    )


def numbered(members: pl.DataFrame) -> pl.DataFrame:
    """Equal sets share one number, in the order of their contents."""
    sets = (
        members.sort("scope_kind", "scope")
        .group_by("key", "era_from_at", maintain_order=True)
        .agg(contents=pl.format("{}:{}", "scope_kind", "scope"))
        .select(
            "key",
            "era_from_at",
            scope_set=pl.col("contents").list.join("\n").rank("dense").cast(pl.UInt32),
        )
    )
    return members.join(sets, on=["key", "era_from_at"]).sort(
        "key", "era_from_at", "scope_kind", "scope"
    )


def with_scope_set(events: pl.LazyFrame, at: str, sets: pl.LazyFrame) -> pl.LazyFrame:
    """Replaces `key` by `scope_set`: the set of the key in the era of the instant `at`.

    An event whose `at` is unknown belongs to the oldest era.
    """
    by_era = sets.select("key", "era_from_at", "scope_set").unique().sort("era_from_at")
    begun = pl.col(at).fill_null(pl.datetime(1970, 1, 2, time_zone="UTC"))
    return (
        events.with_columns(_at=begun)
        .sort("_at")
        .join_asof(by_era, left_on="_at", right_on="era_from_at", by="key", check_sortedness=False)
        .drop("_at", "era_from_at", "key")
    )


@dg.asset
def fact_scope_sets(
    home: Home,
    conformed_pipeline_runs: pl.LazyFrame,
    fact_changes: pl.LazyFrame,
    conformed_deployments: pl.LazyFrame,
    conformed_incidents: pl.LazyFrame,
    conformed_tickets: pl.LazyFrame,
    conformed_security_findings: pl.LazyFrame,
    conformed_service_levels: pl.LazyFrame,
    conformed_effort: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
    conformed_customers: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
) -> pl.DataFrame:
    """The scope set of every key that any event has, in every era."""
    columns = ["repo", "paths", "service", "environment", "requester_group", "customer"]
    tables = [
        conformed_pipeline_runs,
        fact_changes,
        conformed_deployments,
        conformed_incidents,
        conformed_tickets,
        conformed_security_findings,
        conformed_service_levels,
        conformed_services.select(service="id"),
        conformed_effort,
        # Shares of what nobody in particular caused are given to customers by their id.
        conformed_customers.select(customer="id"),
    ]
    keys = [
        identified(
            table.select(c for c in columns if c in table.collect_schema().names()),
            conformed_services,
            conformed_ownership,
        ).select("key")
        for table in tables
    ]
    nameless = identified(pl.LazyFrame({"repo": [None]}), conformed_services, conformed_ownership)
    return scope_sets(
        pl.concat([*keys, nameless.select("key")]).unique().collect(),
        conformed_ownership.collect(),
        conformed_customers.collect(),
        conformed_services.collect(),
        home.configuration.organisation.time_zone,
    )
