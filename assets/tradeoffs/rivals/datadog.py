"""The four metrics as Datadog's documentation defines them, with change failure detection.

Datadog reads failures from deployments alone: a rollback, a revert or a hotfix marks the deployment
that it mends. `is_flagged_unplanned` stands for its hotfix and incident labels.
"""

import polars as pl

from assets.tradeoffs.rivals.records import CELL, Records, seconds
from assets.tradeoffs.rivals.rule import PER_WEEK, RATIO, SECONDS, Rule

TOOL, VERSION = "Datadog", "change failure detection"
PAGES = "github.com/DataDog/documentation content/en/dora_metrics"
CALCULATION = f"{PAGES}/calculation/_index.md (12a0b10)"
DETECTION = f"{PAGES}/change_failure_detection/_index.md (0fc9cbf)"
DAYS_A_WEEK = 7
# Longer after the deployment before, Datadog gives no lead time.
LONGEST_GAP_DAYS = 60


def lead_time(records: Records) -> pl.LazyFrame:
    """Median over *deployments* of the mean age of their commits, merge commits left out."""
    rested = (
        records.sequence.sort("entered_at")
        .select(
            "repo",
            deployed_at="entered_at",
            gap=pl.col("entered_at") - pl.col("entered_at").shift(1).over("line"),
        )
        .filter(pl.col("gap") > pl.duration(days=LONGEST_GAP_DAYS))
    )
    aged = (
        records.commits.filter(~pl.col("is_merge"))
        .join(rested, on=["repo", "deployed_at"], how="anti")
        .with_columns(age_seconds=seconds("authored_at", "deployed_at"))
    )
    per_deployment = (
        records.grid.placed(aged, "deployed_at")
        .group_by(CELL, "repo", "deployed_at")
        .agg(pl.col("age_seconds").mean(), commits=pl.len())
    )
    return per_deployment.group_by(CELL).agg(
        value=pl.col("age_seconds").median(), n=pl.len(), part=pl.col("commits").sum()
    )


def deployment_frequency(records: Records) -> pl.LazyFrame:
    """Deployments a week; one service, environment and version is one deployment."""
    return (
        records.grid.placed(records.sequence, "entered_at")
        .group_by(CELL)
        .agg(n=pl.len())
        .join(records.grid.lengths, on=CELL)
        .select(CELL, "n", value=pl.col("n") / pl.col("days") * DAYS_A_WEEK, part="n")
    )


def mended(records: Records) -> pl.LazyFrame:
    """Failed deployments and when a later deployment mended them: `event_id, mended_at`."""
    numbered = records.sequence.select("line", "position", failed="event_id")
    rolled_back = records.sequence.with_columns(failed_position=pl.col("restores_position") + 1)
    hotfixed = records.sequence.filter(
        pl.col("is_flagged_unplanned") & pl.col("restores_position").is_null()
    ).with_columns(failed_position=pl.col("position") - 1)
    by_position = (
        pl.concat([rolled_back, hotfixed], how="diagonal")
        .select("line", "finished_at", position="failed_position")
        .join(numbered, on=["line", "position"])
        .select(event_id="failed", mended_at="finished_at")
    )
    return (
        pl.concat([by_position, reverted(records)])
        .group_by("event_id")
        .agg(pl.col("mended_at").min())
    )


def reverted(records: Records) -> pl.LazyFrame:
    """Deployments of changes that a change of another deployment reverts."""
    shipped = records.changes.drop_nulls("deployed_at")
    original = shipped.select("repo", failed_at="deployed_at", reverts_change_id="change_id")
    by_finish = records.sequence.select("repo", "event_id", failed_at="entered_at")
    return (
        shipped.select("reverts_change_id", mended_at="deployed_at")
        .join(original, on="reverts_change_id")
        .filter(pl.col("mended_at") > pl.col("failed_at"))
        .join(by_finish, on=["repo", "failed_at"])
        .select("event_id", "mended_at")
    )


def change_failure_rate(records: Records) -> pl.LazyFrame:
    """Deployments that another one mends ÷ all deployments."""
    return (
        records.grid.placed(records.sequence, "entered_at")
        .join(mended(records), on="event_id", how="left")
        .group_by(CELL)
        .agg(
            value=pl.col("mended_at").is_not_null().mean(),
            n=pl.len(),
            part=pl.col("mended_at").count(),
        )
    )


def recovery_time(records: Records) -> pl.LazyFrame:
    """Median from the finish of the failed deployment to that of the one that mends it."""
    failed = records.sequence.join(mended(records), on="event_id").with_columns(
        recovery_seconds=seconds("entered_at", "mended_at")
    )
    return (
        records.grid.placed(failed, "entered_at")
        .group_by(CELL)
        .agg(value=pl.col("recovery_seconds").median(), n=pl.len(), part=pl.len())
    )


RULES = (
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="lead_time",
        compute=lead_time,
        unit=SECONDS,
        ours="change_lead_time",
        effect="per_deployment",
        reason="Its median is over {n} deployments, each with the mean age of its commits ({part} "
        "in all): a deployment of one commit weighs as much as one of a hundred.",
        source=CALCULATION,
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="deployment_frequency",
        compute=deployment_frequency,
        unit=PER_WEEK,
        ours="deployment_frequency",
        effect="same_rule",
        reason="It counts as we do: {n} versions that went to production, replicas once.",
        source=CALCULATION,
        empty=0.0,
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="change_fail_rate",
        compute=change_failure_rate,
        unit=RATIO,
        ours="change_fail_rate",
        effect="incidents_ignored",
        reason="It sees {part} of {n} deployments that a rollback, revert or hotfix mended, and no "
        "incident that was mended otherwise. The mending ones stay in the denominator.",
        source=f"{CALCULATION}; {DETECTION}",
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="recovery_time",
        compute=recovery_time,
        unit=SECONDS,
        ours="failed_deployment_recovery_time",
        effect="incidents_ignored",
        reason="It knows only the {n} failures that another deployment mended, and stops its clock "
        "at that deployment, even where the incident was over before.",
        source=f"{CALCULATION}; {DETECTION}",
    ),
)
