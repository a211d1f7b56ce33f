"""`fact_service_days`: one row per configured service and day, with its time out of incidents.

Service time is what the sources of incidents cover: a day of which nobody tells has no row, and one
that is covered in part has only that part.
"""

from datetime import datetime

import dagster as dg
import polars as pl

from assets.facts.incidents import restored
from assets.facts.ownership import identified
from assets.facts.scope_sets import with_scope_set
from assets.facts.spans import by_day, disjoint, midnight
from assets.facts.told_scopes import ON_TIME
from assets.home import Home

KEY = ("service", "on")


def service_days(
    services: pl.LazyFrame,
    incidents: pl.LazyFrame,
    coverage: pl.LazyFrame,
    as_of: datetime,
    zone: str,
) -> pl.LazyFrame:
    """`service, on, entered_at, service_seconds, incident_seconds, incident_free_seconds`.

    `services`: `service, valid_from`; `coverage`: `scope, from_at, to_at` of incidents' sources.
    Incidents that are open at once count once. A day has the seconds that it has: 23 hours or 25
    where clocks change. An incident without a service counts for none, a duplicate not at all.
    """
    covered = by_day(disjoint(covered_spans(services, coverage, as_of, zone), ["service"]), zone)
    down = by_day(disjoint(open_spans(incidents, as_of), ["service"]), zone)
    both = covered.join(down, on=KEY, suffix="_down").select(
        *KEY,
        from_at=pl.max_horizontal("from_at", "from_at_down"),
        to_at=pl.min_horizontal("to_at", "to_at_down"),
    )
    return (
        _seconds(covered, "service_seconds")
        .join(_seconds(both, "incident_seconds"), on=KEY, how="left")
        .with_columns(pl.col("incident_seconds").fill_null(0.0))
        .with_columns(
            incident_free_seconds=pl.col("service_seconds") - pl.col("incident_seconds"),
            entered_at=midnight(pl.col("on"), zone),
            event_id=pl.format("{}/{}", *KEY),
        )
    )


def covered_spans(
    services: pl.LazyFrame, coverage: pl.LazyFrame, as_of: datetime, zone: str
) -> pl.LazyFrame:
    """`service, from_at, to_at` of which the sources tell, from the service's first day on."""
    is_heard = pl.col("to_at") >= as_of - ON_TIME
    spans = coverage.with_columns(to_at=pl.when(is_heard).then(pl.lit(as_of)).otherwise("to_at"))
    begun = services.group_by("service").agg(
        begins_at=midnight(pl.col("valid_from").min(), zone), scope=pl.lit("")
    )
    own = begun.with_columns(scope=pl.format("service:{}", "service"))
    return (
        pl.concat([begun, own])
        .join(spans, on="scope")
        .select("service", "to_at", from_at=pl.max_horizontal("from_at", "begins_at"))
    )


def open_spans(incidents: pl.LazyFrame, as_of: datetime) -> pl.LazyFrame:
    """`service, from_at, to_at` in which an incident was open."""
    return incidents.filter(
        pl.col("duplicate_of").is_null() & pl.col("service").is_not_null()
    ).select("service", from_at="opened_at", to_at=pl.coalesce(restored(), pl.lit(as_of)))


def _seconds(spans: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """Seconds per service and day; spans that only touch have none."""
    took = (pl.col("to_at") - pl.col("from_at")).dt.total_microseconds() / 1e6
    return spans.group_by(KEY).agg(took.clip(lower_bound=0).sum().alias(name))


@dg.asset
def fact_service_days(
    home: Home,
    conformed_incidents: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
    conformed_source_coverage: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
) -> pl.LazyFrame:
    """Every covered day of every service, and how much of it was free of incidents."""
    days = service_days(
        conformed_services.select("valid_from", service="id"),
        identified(conformed_incidents, conformed_services, conformed_ownership),
        conformed_source_coverage.filter(entity="incidents").select("scope", "from_at", "to_at"),
        home.as_of_instant,
        home.configuration.organisation.time_zone,
    )
    named = identified(days, conformed_services, conformed_ownership)
    return with_scope_set(named, "entered_at", fact_scope_sets)
