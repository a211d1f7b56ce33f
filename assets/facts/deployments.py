"""`fact_deployments`: one row per production release, judged."""

from datetime import timedelta

import dagster as dg
import polars as pl

from assets.facts.failures import LINK_RULES, is_flagged_remediation, placebo
from assets.facts.ownership import identified
from assets.facts.releases import in_sequence
from assets.home import Home


def deployments(
    releases: pl.LazyFrame,
    signs: pl.LazyFrame,
    failed: pl.LazyFrame,
    placebo: pl.LazyFrame,
) -> pl.LazyFrame:
    """Judges each release: planned or mending another, failed or not and by which rules.

    `is_planned`: it neither says nor shows that it mends another release. `is_failed` counts what
    showed within the look-ahead, `is_failed_late` what showed only later. `is_finished` rows
    ended in success or failure: a running or cancelled pipeline did neither.
    """
    mends = signs.filter(pl.col("link_rule") != "service_window").select(event_id="shown_by")
    flagged = in_sequence(releases).filter(is_flagged_remediation()).select("event_id")
    remediating = pl.concat([mends, flagged]).unique().with_columns(is_remediating=True)
    rules = {f"is_failed_{rule}": f"is_shown_by_{rule}" for rule in (*LINK_RULES, "first_three")}
    judged = failed.select(
        "event_id",
        "link_rule",
        **rules,
        is_failed="is_within_look_ahead",
        is_failed_late="is_late",
    )
    flags = ["is_remediating", "is_failed", "is_failed_late", "is_failed_placebo", *rules]
    return (
        releases.join(judged, on="event_id", how="left")
        .join(placebo.with_columns(is_failed_placebo=True), on="event_id", how="left")
        .join(remediating, on="event_id", how="left")
        .with_columns(pl.col(flags).fill_null(False))
        .with_columns(
            is_planned=~pl.col("is_remediating"),
            is_finished=~(pl.col("is_running") | pl.col("is_cancelled")),
        )
        .drop("deployment_ids", "line")
    )


@dg.asset
def fact_deployments(
    home: Home,
    fact_releases: pl.LazyFrame,
    fact_failure_signs: pl.LazyFrame,
    fact_failed_deployments: pl.LazyFrame,
    conformed_incidents: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
) -> pl.LazyFrame:
    """Every production release: planned or mending, failed or not, and how that is known."""
    window = timedelta(hours=home.configuration.rules.service_window_hours)
    named = identified(conformed_incidents, conformed_services, conformed_ownership)
    moved = placebo(
        in_sequence(fact_releases),
        named.filter(pl.col("duplicate_of").is_null()).with_columns(
            restored_at=pl.col("opened_at")
        ),
        window,
    )
    return deployments(fact_releases, fact_failure_signs, fact_failed_deployments, moved)
