"""PagerDuty's incidents and log entries, and the status page's incidents, as their APIs give them.

The deployment, the cause and whether there is a post-mortem are custom fields of the incident.
`acknowledgements` is empty once an incident is resolved; who acknowledged when is in the log
entries only.
"""

import polars as pl

from pipelines.example import names
from pipelines.example.incidents import incidents, outages
from pipelines.example.payloads import KNOWN_AT, iso, list_of, with_ids
from pipelines.example.world import AS_OF_S, DAY, MINUTE, rng

PAGERDUTY = "https://example.pagerduty.example.com"
STATUS_PAGE = "https://status.example.com"
CORRECTED_AFTER = 9 * DAY
POSTS = (("investigating", "posted_s"), ("monitoring", "monitoring_s"), ("resolved", "resolved_s"))


def _identified() -> pl.DataFrame:
    frame = incidents()
    return frame.with_columns(
        key=pl.Series(names.keys(rng("incident keys"), frame.height)),
        responder=pl.format("oncall-{}", (pl.col("number") % 24).cast(pl.String).str.zfill(3)),
    )


def pagerduty_incidents() -> pl.DataFrame:
    """`incidents`: the newest version of each; corrected ones also as they were first resolved."""
    now = _identified()
    changed = pl.coalesce("resolved_s", "acknowledged_s", "opened_s")
    corrected = pl.col("resolved_s") + CORRECTED_AFTER
    is_late = (pl.col("is_corrected") & (corrected < AS_OF_S)).fill_null(False)
    before = now.filter(is_late).with_columns(
        resolved_s=pl.col("resolved_s") + 50 * MINUTE, cause=pl.lit("unknown")
    )
    after = now.with_columns(changed_s=pl.when(is_late).then(corrected).otherwise(changed))
    return _incident(pl.concat([before.with_columns(changed_s=changed), after]))


def _incident(frame: pl.DataFrame) -> pl.DataFrame:
    status = (
        pl.when(pl.col("resolved_s").is_not_null()).then(pl.lit("resolved"))
        .when(pl.col("acknowledged_s").is_not_null()).then(pl.lit("acknowledged"))
        .otherwise(pl.lit("triggered"))
    )  # fmt: skip
    is_acknowledged = status == "acknowledged"
    priority = pl.when("is_major").then(pl.lit("P1")).otherwise(pl.lit("P3"))
    return frame.select(
        id="key",
        incident_number="number",
        type=pl.lit("incident"),
        title=pl.format("{}: errors above the limit", "service_name"),
        html_url=pl.format("{}/incidents/{}", pl.lit(PAGERDUTY), "key"),
        status=status,
        urgency=pl.when("is_major").then(pl.lit("high")).otherwise(pl.lit("low")),
        priority=pl.struct(summary=priority),
        service=_reference(pl.col("service_name"), "service_reference"),
        created_at=iso("opened_s"),
        updated_at=iso("changed_s"),
        last_status_change_at=pl.coalesce(
            iso("resolved_s"), iso("acknowledged_s"), iso("opened_s")
        ),
        resolved_at=iso("resolved_s"),
        acknowledgements=list_of(
            pl.struct(
                at=iso("acknowledged_s"),
                acknowledger=_reference(pl.col("responder"), "user_reference"),
            ),
            where=is_acknowledged,
        ),
        custom_fields=pl.concat_list(
            pl.struct(name=pl.lit("cause"), value=pl.col("cause")),
            pl.struct(name=pl.lit("deployment_id"), value=pl.col("deployment").cast(pl.String)),
            pl.struct(
                name=pl.lit("has_postmortem"), value=pl.col("has_postmortem").cast(pl.String)
            ),
        ),
        **{KNOWN_AT: "changed_s"},
    )


def pagerduty_log_entries() -> pl.DataFrame:
    """`log_entries`: triggered, notified, acknowledged, resolved."""
    frame = _identified().with_columns(notified_s=pl.col("opened_s") + 20)
    parts = [
        frame.filter(pl.col(at).is_not_null()).select(
            type=pl.lit(kind),
            created_at=iso(at),
            agent=_reference(pl.col("responder"), "user_reference"),
            incident=_reference(pl.col("key"), "incident_reference"),
            service=_reference(pl.col("service_name"), "service_reference"),
            **{KNOWN_AT: at},
        )
        for kind, at in (
            ("trigger_log_entry", "opened_s"),
            ("notify_log_entry", "notified_s"),
            ("acknowledge_log_entry", "acknowledged_s"),
            ("resolve_log_entry", "resolved_s"),
        )
    ]
    every = pl.concat(parts)
    keys = names.keys(rng("log entry keys"), every.height, 26)
    return every.select(pl.Series("id", keys), pl.all())


def _reference(what: pl.Expr, kind: str) -> pl.Expr:
    """PagerDuty's reference object: here, what is referred to is its own id."""
    return pl.struct(id=what, type=pl.lit(kind), summary=what)


def status_page_incidents() -> pl.DataFrame:
    """`incidents` of the status page, with their posts."""
    frame = with_ids(outages(), 1)
    posts = pl.concat_list(
        pl.struct(status=pl.lit(word), created_at=iso(at), display_at=iso(at), body=pl.lit(""))
        for word, at in POSTS
    )
    key = pl.Series(names.keys(rng("status page keys"), frame.height, 12)).str.to_lowercase()
    component = pl.struct(name=pl.col("component"), status=pl.lit("operational"))
    return frame.select(
        id=key,
        name=pl.format("{} does not answer", "component"),
        status=pl.lit("resolved"),
        impact="impact",
        created_at=iso("posted_s"),
        updated_at=iso("resolved_s"),
        started_at=iso("began_s"),
        monitoring_at=iso("monitoring_s"),
        resolved_at=iso("resolved_s"),
        shortlink=pl.lit(f"{STATUS_PAGE}/incidents/") + key,
        page_id=pl.lit("example"),
        components=pl.concat_list(component),
        incident_updates=posts,
        **{KNOWN_AT: "resolved_s"},
    )
