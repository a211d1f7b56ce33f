"""Which production release failed, and by which rule that shows.

One function per rule of DESIGN's change fail rate, each giving *signs*:
`event_id` (the release that failed), `link_rule`, `shown_at`, `recovered_at`, `shown_by`.
No rule guesses: a link that none of them makes is not made.
"""

from datetime import timedelta

import dagster as dg
import polars as pl

from assets.facts.change_links import reverting_releases
from assets.facts.incidents import restored
from assets.facts.ownership import identified
from assets.facts.releases import in_sequence, position_of
from assets.home import Home

# In this order: the first that shows a failure names it.
LINK_RULES = ("explicit", "rollback", "hotfix", "service_window")
FIRST_THREE = LINK_RULES[:3]
# Shifts incidents by a week: same weekday and hour, so only chance links are left.
PLACEBO_SHIFT = timedelta(days=7)


def signs(
    releases: pl.LazyFrame,
    incidents: pl.LazyFrame,
    reverts: pl.LazyFrame,
    hotfix_window: timedelta,
    service_window: timedelta,
) -> pl.LazyFrame:
    """All signs of failure by all rules; a release may have several.

    `incidents` has `restored_at` and no duplicates; `reverts` are pairs of releases, `event_id`
    of which contains a change that reverts a change of `reverted_event_id`.
    """
    sequence = in_sequence(releases)
    return pl.concat(
        [
            named_by_incident(releases, incidents),
            fixed_by_deployment(releases),
            rolled_back(sequence),
            hotfixed(sequence, hotfix_window),
            reverted(sequence, reverts, hotfix_window),
            incident_in_window(sequence, incidents, service_window),
        ],
        how="vertical",
    ).unique()  # an unplanned release that also reverts shows one failure once


def named_by_incident(releases: pl.LazyFrame, incidents: pl.LazyFrame) -> pl.LazyFrame:
    """Explicit: an incident names the deployment that caused it."""
    ids = releases.select("event_id", "deployment_ids").explode("deployment_ids")
    return incidents.join(ids, left_on="caused_by_deployment_id", right_on="deployment_ids").select(
        "event_id",
        link_rule=pl.lit("explicit"),
        shown_at="opened_at",
        recovered_at="restored_at",
        shown_by="incident_id",
    )


def fixed_by_deployment(releases: pl.LazyFrame) -> pl.LazyFrame:
    """Explicit: a later deployment says that it fixes this one."""
    ids = releases.select("event_id", "deployment_ids").explode("deployment_ids")
    return (
        releases.filter(pl.col("fixes_deployment_id").is_not_null())
        .select(fix="event_id", fixes="fixes_deployment_id", at="created_at", end=fixed_at())
        .join(ids, left_on="fixes", right_on="deployment_ids")
        .select(
            "event_id",
            link_rule=pl.lit("explicit"),
            shown_at="at",
            recovered_at="end",
            shown_by="fix",
        )
    )


def fixed_at() -> pl.Expr:
    """When a remediating release helped: when it finished, if it succeeded."""
    return pl.when(pl.col("is_success")).then("finished_at")


def rolled_back(sequence: pl.LazyFrame) -> pl.LazyFrame:
    """Rollback: an earlier commit was redeployed, so the release after the restored one failed.

    A release that only says that it is a rollback, without a commit seen before, undoes the
    release before it, unless it names the deployment that it fixes.
    """
    failed_position = pl.coalesce(
        pl.col("restores_position") + 1,
        pl.when(pl.col("is_flagged_rollback") & pl.col("fixes_deployment_id").is_null()).then(
            pl.col("position") - 1
        ),
    )
    back = sequence.with_columns(failed_position=failed_position).filter(
        pl.col("failed_position").is_not_null()
    )
    failed = sequence.select("line", "event_id", failed_position="position")
    return (
        back.select("line", "failed_position", fix="event_id", at="created_at", end="finished_at")
        .join(failed, on=["line", "failed_position"])
        .select(
            "event_id",
            link_rule=pl.lit("rollback"),
            shown_at="at",
            recovered_at="end",
            shown_by="fix",
        )
    )


def is_rollback() -> pl.Expr:
    """True for a release in sequence that undoes another."""
    return pl.col("restores_position").is_not_null() | pl.col("is_flagged_rollback")


def hotfixed(sequence: pl.LazyFrame, window: timedelta) -> pl.LazyFrame:
    """Hotfix: an unplanned release within the window after a planned one of the same line."""
    unplanned = pl.col("is_flagged_unplanned") & pl.col("fixes_deployment_id").is_null()
    fixes = sequence.filter(unplanned & ~is_rollback()).select(
        "line", fix="event_id", at="created_at", end="finished_at"
    )
    planned = sequence.filter(~is_flagged_remediation())
    return (
        position_of(fixes, "at", planned)
        .filter(pl.col("at") - pl.col("release_entered_at") <= window)
        .select(
            event_id="release_event_id",
            link_rule=pl.lit("hotfix"),
            shown_at="at",
            recovered_at="end",
            shown_by="fix",
        )
    )


def is_flagged_remediation() -> pl.Expr:
    """True for a release in sequence that by its own word or commit mends another."""
    return (
        is_rollback() | pl.col("is_flagged_unplanned") | pl.col("fixes_deployment_id").is_not_null()
    )


def reverted(sequence: pl.LazyFrame, reverts: pl.LazyFrame, window: timedelta) -> pl.LazyFrame:
    """Hotfix: a release within the window contains a change that reverts one of this release."""
    failed = sequence.select("entered_at", reverted_event_id="event_id")
    fix = sequence.select("event_id", at="created_at", end="finished_at")
    return (
        reverts.join(failed, on="reverted_event_id")
        .join(fix, on="event_id")
        .filter(
            (pl.col("at") > pl.col("entered_at")) & (pl.col("at") - pl.col("entered_at") <= window)
        )
        .select(
            event_id="reverted_event_id",
            link_rule=pl.lit("hotfix"),
            shown_at="at",
            recovered_at="end",
            shown_by="event_id",
        )
    )


def incident_in_window(
    sequence: pl.LazyFrame, incidents: pl.LazyFrame, window: timedelta
) -> pl.LazyFrame:
    """Service window: an incident of the same service opened soon after the release.

    It counts for the latest release before it, and only if the incident names no deployment.
    """
    unexplained = incidents.filter(
        pl.col("caused_by_deployment_id").is_null() & pl.col("service").is_not_null()
    ).with_columns(line="service")
    return (
        position_of(unexplained, "opened_at", sequence)
        .filter(pl.col("opened_at") - pl.col("release_entered_at") <= window)
        .select(
            event_id="release_event_id",
            link_rule=pl.lit("service_window"),
            shown_at="opened_at",
            recovered_at="restored_at",
            shown_by="incident_id",
        )
    )


def placebo(sequence: pl.LazyFrame, incidents: pl.LazyFrame, window: timedelta) -> pl.LazyFrame:
    """The releases that the service window would blame for incidents moved in time."""
    moved = incidents.with_columns(pl.col("opened_at") + PLACEBO_SHIFT)
    return incident_in_window(sequence, moved, window).select("event_id").unique()


@dg.asset
def fact_failure_signs(
    home: Home,
    fact_releases: pl.LazyFrame,
    conformed_incidents: pl.LazyFrame,
    conformed_changes: pl.LazyFrame,
    conformed_commits: pl.LazyFrame,
    conformed_deployment_changes: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
) -> pl.LazyFrame:
    """Every sign that a production release failed, by rule."""
    rules = home.configuration.rules
    named = identified(conformed_incidents, conformed_services, conformed_ownership)
    return signs(
        fact_releases,
        named.filter(pl.col("duplicate_of").is_null()).with_columns(restored_at=restored()),
        reverting_releases(
            fact_releases, conformed_changes, conformed_commits, conformed_deployment_changes
        ),
        timedelta(hours=rules.hotfix_window_hours),
        timedelta(hours=rules.service_window_hours),
    )
