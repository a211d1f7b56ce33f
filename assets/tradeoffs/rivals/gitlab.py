"""The four metrics as GitLab Ultimate's value stream analytics gives them for a group.

GitLab keeps one row per environment and day; a project is a repo for changes, a service for
deployments and incidents. What is said of longer times is made of those rows.
"""

import polars as pl

from assets.tradeoffs.rivals.records import CELL, Records, seconds
from assets.tradeoffs.rivals.rule import PER_WEEK, RATIO, SECONDS, Rule

TOOL, VERSION = "GitLab", "Ultimate"
# The commits are those of the public mirror github.com/diffblue/gitlab.
MODELS = "gitlab.com/gitlab-org/gitlab ee/app/models/dora"
PAGE = "docs.gitlab.com/user/analytics/dora_metrics"
DAYS_A_WEEK = 7


def lead_time(records: Records) -> pl.LazyFrame:
    """Median of the daily medians, per project, from merge to deployment."""
    waits = records.changes.with_columns(wait_seconds=seconds("merged_at", "deployed_at"))
    daily = (
        records.grid.placed(waits, "deployed_at")
        .group_by(CELL, "repo", "day")
        .agg(pl.col("wait_seconds").median(), changes=pl.len())
    )
    return daily.group_by(CELL).agg(
        value=pl.col("wait_seconds").median(), n=pl.col("changes").sum(), part=pl.len()
    )


def deployment_frequency(records: Records) -> pl.LazyFrame:
    """Successful production deployments ÷ days of the period, here times seven."""
    return (
        records.grid.placed(records.deployed, "finished_at")
        .group_by(CELL)
        .agg(n=pl.len())
        .join(records.grid.lengths, on=CELL)
        .select(CELL, "n", value=pl.col("n") / pl.col("days") * DAYS_A_WEEK, part="days")
    )


def change_failure_rate(records: Records) -> pl.LazyFrame:
    """All incidents opened in the period ÷ all successful production deployments (at least 1)."""
    happened = pl.concat(
        [
            records.grid.placed(records.deployed, "finished_at").select(CELL, is_incident=False),
            records.grid.placed(records.incidents, "opened_at").select(CELL, is_incident=True),
        ]
    )
    incidents = pl.col("is_incident").sum()
    deployments = pl.len() - incidents
    return happened.group_by(CELL).agg(
        value=incidents / pl.max_horizontal(deployments, 1), n=deployments, part=incidents
    )


def time_to_restore(records: Records) -> pl.LazyFrame:
    """Median of the daily medians, per project, of incidents resolved on the day."""
    daily = (
        records.grid.placed(records.resolved, "resolved_at")
        .group_by(CELL, "service", "day")
        .agg(pl.col("open_seconds").median(), incidents=pl.len())
    )
    return daily.group_by(CELL).agg(
        value=pl.col("open_seconds").median(),
        n=pl.col("incidents").sum(),
        part=pl.col("incidents").sum() - pl.len(),
    )


RULES = (
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="lead_time",
        compute=lead_time,
        unit=SECONDS,
        ours="change_lead_time",
        effect="other_start",
        reason="Its clock starts at the merge: coding and review are not in it. It takes the "
        "median of {part} daily medians, made of {n} deployed changes.",
        source=f"{MODELS}/lead_time_for_changes_metric.rb (a6a2b01); {PAGE}",
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="deployment_frequency",
        compute=deployment_frequency,
        unit=PER_WEEK,
        ours="deployment_frequency",
        effect="replicas_counted",
        reason="It divides {n} deployments by {part} days, here times seven: each replica of a "
        "release is a deployment of its own.",
        source=f"{MODELS}/deployment_frequency_metric.rb (22190b9); {PAGE}",
        empty=0.0,
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="change_fail_rate",
        compute=change_failure_rate,
        unit=RATIO,
        ours="change_fail_rate",
        effect="unlinked_counted",
        reason="It divides all {part} incidents, whatever caused them, by {n} deployments, "
        "hotfixes and replicas included; it can exceed 100 %.",
        source=f"{MODELS}/change_failure_rate_metric.rb (d76432c); {PAGE}",
        empty=0.0,
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="recovery_time",
        compute=time_to_restore,
        unit=SECONDS,
        ours="time_to_restore",
        effect="median_of_medians",
        reason="It takes the median of daily medians: incidents that share the day of their "
        "resolution with another one ({part} of {n}) count as one with it. Open ones are not "
        "in it.",
        plain=(
            "other_stop",
            "Its clock stops at the resolution, not at the mitigation: {n} incidents, by the day "
            "of their resolution.",
        ),
        source=f"{MODELS}/time_to_restore_service_metric.rb (d76432c); {PAGE}",
    ),
)
