"""PagerDuty: incidents with their log entries, nested or delivered as a feed of their own."""

from collections.abc import Mapping

import polars as pl

from assets.configuration import Configuration
from assets.raw.feed import Feed, System, assets_of, instant, word
from assets.raw.rows import CARRIED, elements, exploded

STATUS_WORDS = {"triggered": "open"}  # acknowledged and resolved are called so here too

INCIDENTS = Feed(
    system="pagerduty",
    entity="incidents",
    fields={
        "id": ("id",),
        "link": ("html_url", "self"),
        "status": ("status",),
        "opened": ("created_at",),
        "resolved": ("resolved_at",),
        "status_changed": ("last_status_change_at",),
        "changed": ("updated_at", "last_status_change_at", "created_at"),
        "service": ("service.summary", "service.name", "service.id", "service_id"),
        "severity": ("priority.summary", "priority.name", "urgency"),
        "merged_into": ("resolve_reason.incident.id",),
        "acknowledgements": ("acknowledgements",),
        "log_entries": ("log_entries",),
        # The REST API lists custom fields, extractors and webhooks also give them by name.
        "custom_fields": ("custom_fields",),
        "cause": ("custom_fields.cause", "body.details.cause"),
        "deployment": ("custom_fields.deployment_id", "body.details.deployment_id"),
        "mitigated": ("custom_fields.mitigated_at",),
        "postmortem": ("custom_fields.has_postmortem",),
    },
    key=("id",),
    updated_at=("changed",),
    state="status",
    state_ranks={"triggered": 0, "acknowledged": 1, "resolved": 2},
)

LOG_ENTRIES = Feed(
    system="pagerduty",
    entity="log_entries",
    fields={
        "id": ("id",),
        "incident": ("incident.id", "incident_id"),
        "kind": ("type",),
        "at": ("created_at",),
    },
    key=("id",),
    updated_at=("at",),
    parent=("incidents", ("incident",)),
)

_ENTRY = {"kind": ("type",), "at": ("created_at",)}


def incidents(frames: Mapping[str, pl.LazyFrame], configuration: Configuration) -> pl.LazyFrame:
    """Incidents, one row each.

    `acknowledgements` is emptied when an incident is resolved, so the first acknowledgement is
    the first such log entry; the list stands in only where no entry tells. An incident that was
    triggered again after an acknowledgement is `open`, and was acknowledged all the same.
    """
    known = frames["incidents"]
    status = word(pl.col("status"), STATUS_WORDS)
    is_resolved = status == "resolved"
    severity = pl.col("severity").str.strip_chars()
    return (
        known.join(_entry_times(known, frames["log_entries"]), on="id", how="left")
        .join(_custom_fields(known), on="id", how="left")
        .select(
            *CARRIED,
            "service",
            incident_id="id",
            status=status,
            severity=severity,
            opened_at="opened",
            detected_at="opened",
            acknowledged_at=pl.coalesce("acknowledged_at", _first_listed()),
            mitigated_at=pl.coalesce("mitigated", "custom_mitigated"),
            resolved_at=pl.when(is_resolved).then(
                pl.coalesce("resolved", "status_changed", "resolved_entry")
            ),
            cause=word(pl.coalesce("cause", "custom_cause"), {"third party": "third_party"}),
            caused_by_deployment_id=pl.coalesce("deployment", "custom_deployment"),
            has_postmortem=pl.coalesce("postmortem", "custom_postmortem"),
            duplicate_of="merged_into",
            source_id="id",
            url="link",
        )
    )


def _entry_times(known: pl.LazyFrame, delivered: pl.LazyFrame) -> pl.LazyFrame:
    """id, acknowledged_at (first), resolved_entry (last, as text)."""
    nested = exploded(known, "log_entries", _ENTRY, keep=("id",))
    kind, at = pl.col("kind"), pl.col("at")
    return (
        pl.concat([nested, delivered.select(pl.col("incident").alias("id"), "kind", "at")])
        .group_by("id")
        .agg(
            acknowledged_at=instant(at.filter(kind.str.starts_with("acknowledge_log_entry"))).min(),
            resolved_entry=at.filter(kind.str.starts_with("resolve_log_entry")).max(),
        )
    )


def _first_listed() -> pl.Expr:
    """The earliest of the acknowledgements that hold now."""
    listed = elements(pl.col("acknowledgements"), {"at": ("at",)})
    return instant(listed.list.eval(pl.element().struct.field("at")).list.min())


def _custom_fields(known: pl.LazyFrame) -> pl.LazyFrame:
    """id, and what the list of custom fields says under the names that matter here."""
    fields = {"name": ("name", "field.name"), "value": ("value",)}
    name, value = pl.col("name").str.to_lowercase(), pl.col("value")
    return (
        exploded(known, "custom_fields", fields, keep=("id",))
        .group_by("id")
        .agg(
            custom_cause=value.filter(name == "cause").first(),
            custom_deployment=value.filter(name == "deployment_id").first(),
            custom_mitigated=value.filter(name == "mitigated_at").first(),
            custom_postmortem=value.filter(name == "has_postmortem").first(),
        )
    )


SYSTEM = System(name="pagerduty", feeds=(INCIDENTS, LOG_ENTRIES), maps={"incidents": incidents})
raw_assets = assets_of(SYSTEM)
