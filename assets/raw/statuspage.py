"""Statuspage: incidents of a status page, of the management API or the public `/api/v2`.

Announced maintenance is no incident: it is rejected by the rule `scheduled_maintenance`.
"""

from collections.abc import Mapping

import polars as pl

from assets.configuration import Configuration
from assets.raw.feed import Feed, System, assets_of, word
from assets.raw.rows import CARRIED, elements, exploded

# `identified` says that the cause is found, so somebody works on it; `monitoring`, that a fix
# is in place and watched.
STATUS_WORDS = {
    "investigating": "open",
    "identified": "acknowledged",
    "monitoring": "mitigated",
    "resolved": "resolved",
    "postmortem": "resolved",
}
MAINTENANCE = ("scheduled", "in_progress", "verifying", "completed")

INCIDENTS = Feed(
    system="statuspage",
    entity="incidents",
    fields={
        "id": ("id",),
        "link": ("shortlink",),
        "status": ("status",),
        "impact": ("impact_override", "impact"),
        "started": ("started_at",),
        "created": ("created_at",),
        "monitoring": ("monitoring_at",),
        "resolved": ("resolved_at",),
        "changed": ("updated_at",),
        "scheduled": ("scheduled_for",),
        "postmortem": ("postmortem_published_at",),
        "components": ("components",),
        "updates": ("incident_updates",),
    },
    key=("id",),
    updated_at=("changed", "created"),
    state="status",
    state_ranks={
        "investigating": 0,
        "identified": 1,
        "monitoring": 2,
        "resolved": 3,
        "postmortem": 4,
    },
)


def incidents(frames: Mapping[str, pl.LazyFrame], configuration: Configuration) -> pl.LazyFrame:
    """Incidents, one row each, whatever the number of components.

    `opened_at` is when the page says that it began (`started_at`, which authors may set back),
    else when it was posted. It is not corrected where it lies after the end: the contract
    quarantines that. The page does not tell when somebody acknowledged: `acknowledged_at` is null.
    """
    known = frames["incidents"]
    status = pl.col("status").str.to_lowercase()
    is_maintenance = (
        status.is_in(MAINTENANCE)
        | (pl.col("impact").str.to_lowercase() == "maintenance")
        | pl.col("scheduled").is_not_null()
    )
    is_resolved = word(status, STATUS_WORDS) == "resolved"
    return known.join(_post_times(known), on="id", how="left").select(
        *CARRIED,
        incident_id="id",
        status=word(status, STATUS_WORDS),
        service=_service(configuration),
        severity=pl.col("impact").str.to_lowercase(),
        opened_at=pl.coalesce("started", "created"),
        mitigated_at=pl.coalesce("monitoring", "monitoring_post"),
        resolved_at=pl.when(is_resolved).then(pl.coalesce("resolved", "resolved_post")),
        has_postmortem=pl.when((status == "postmortem") | pl.col("postmortem").is_not_null()).then(
            pl.lit(True)
        ),
        reject=pl.when(is_maintenance.fill_null(False)).then(pl.lit("scheduled_maintenance")),
        source_id="id",
        url="link",
    )


def _service(configuration: Configuration) -> pl.Expr:
    """The one component that is concerned, or the only one of several that is configured.

    A component is configured when a service has its name as id or name. With several, none
    speaks for the incident: null, so that it is counted once and shown as unassigned.
    """
    ids = {service.name: service.id for service in configuration.services}
    ids |= {service.id: service.id for service in configuration.services}
    listed = elements(pl.col("components"), {"name": ("name",)})
    names = listed.list.eval(pl.element().struct.field("name")).list.drop_nulls().list.unique()
    services = names.list.eval(
        pl.element().replace_strict(ids, default=None, return_dtype=pl.String)
    )
    configured = services.list.drop_nulls().list.unique()
    return (
        pl.when(configured.list.len() == 1)
        .then(configured.list.first())
        .when(names.list.len() == 1)
        .then(names.list.first())
    )


def _post_times(known: pl.LazyFrame) -> pl.LazyFrame:
    """id, monitoring_post (first), resolved_post (last): when the page showed these words."""
    fields = {"word": ("status",), "at": ("display_at", "created_at")}
    post, at = pl.col("word").str.to_lowercase(), pl.col("at")
    return (
        exploded(known, "updates", fields, keep=("id",))
        .group_by("id")
        .agg(
            monitoring_post=at.filter(post == "monitoring").min(),
            resolved_post=at.filter(post == "resolved").max(),
        )
    )


SYSTEM = System(name="statuspage", feeds=(INCIDENTS,), maps={"incidents": incidents})
raw_assets = assets_of(SYSTEM)
