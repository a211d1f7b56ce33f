"""The four metrics as Google's Four Keys shows them on its dashboard.

Days are those of UTC, as BigQuery truncates. Deployments are of any environment: its query asks for
successful ones only.
"""

import polars as pl

from assets.tradeoffs.rivals.averages import whole
from assets.tradeoffs.rivals.records import CELL, HOUR, MINUTE, Records, seconds
from assets.tradeoffs.rivals.rule import DAYS_PER_WEEK, RATIO, SECONDS, Rule

TOOL, VERSION = "Four Keys", "dashboard"
REPOSITORY = "github.com/dora-team/fourkeys"
DASHBOARD = f"{REPOSITORY} dashboard/fourkeys_dashboard.json (059d8cf)"
INCIDENTS = f"{REPOSITORY} queries/incidents.sql (0a3bb88)"
DEPLOYMENTS = f"{REPOSITORY} queries/deployments.sql (0005045)"
SUNDAY = 7


def lead_time(records: Records) -> pl.LazyFrame:
    """Median over *commits* from commit to deployment, in whole minutes, those above 0 only."""
    aged = records.commits.with_columns(
        committed=pl.coalesce("committed_at", "authored_at")
    ).with_columns(age_seconds=whole(seconds("committed", "deployed_at"), MINUTE))
    return (
        records.grid.placed(aged.filter(pl.col("age_seconds") > 0), "deployed_at")
        .group_by(CELL)
        .agg(
            value=pl.col("age_seconds").median(),
            n=pl.len(),
            part=pl.col("change").n_unique(),
        )
    )


def deployment_days(records: Records) -> pl.LazyFrame:
    """Median over the weeks, which begin on Sunday, of the number of days with a deployment."""
    succeeded = records.deployments.filter("is_success")
    days = (
        records.grid.placed(succeeded, "finished_at")
        .select(CELL, day=pl.col("finished_at").dt.date())
        .unique()
        .with_columns(count=pl.lit(1))
    )
    return (
        records.grid.per_week(days, SUNDAY)
        .group_by(CELL)
        .agg(value=pl.col("count").median(), n=pl.len(), part=pl.col("count").sum())
    )


def change_failure_rate(records: Records) -> pl.LazyFrame:
    """Incidents that name their cause ÷ successful deployments of any environment."""
    named = (
        records.incidents.drop_nulls("caused_by_deployment_id")
        .group_by(deployment_id="caused_by_deployment_id")
        .agg(incidents=pl.len())
    )
    return (
        records.grid.placed(records.deployments.filter("is_success"), "finished_at")
        .join(named, on="deployment_id", how="left")
        .group_by(CELL)
        .agg(
            value=pl.col("incidents").sum() / pl.len(),
            n=pl.len(),
            part=pl.col("incidents").sum(),
        )
    )


def time_to_restore(records: Records) -> pl.LazyFrame:
    """Median of whole hours from the causing deployment, else the opening, to the resolution.

    Incidents whose clock starts in the period; open ones have no time and are passed over.
    """
    causes = records.deployments.select(
        deployment_id="deployment_id", caused_at="finished_at"
    ).unique("deployment_id")
    timed = (
        records.incidents.join(
            causes, left_on="caused_by_deployment_id", right_on="deployment_id", how="left"
        )
        .with_columns(began_at=pl.min_horizontal("caused_at", "opened_at"))
        .with_columns(restore_seconds=whole(seconds("began_at", "resolved_at"), HOUR))
    )
    return (
        records.grid.placed(timed, "began_at")
        .group_by(CELL)
        .agg(
            value=pl.col("restore_seconds").median(),
            n=pl.col("restore_seconds").count(),
            part=pl.col("caused_at").count(),
        )
    )


RULES = (
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="lead_time",
        compute=lead_time,
        unit=SECONDS,
        ours="change_lead_time",
        effect="per_commit",
        reason="Its median is over {n} commits of {part} deployed changes: each commit has a clock "
        "of its own, and large changes weigh more.",
        source=f"{DASHBOARD}; {DEPLOYMENTS}",
        empty=0.0,
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="deployment_frequency",
        compute=deployment_days,
        unit=DAYS_PER_WEEK,
        ours="deployment_frequency",
        effect="days_counted",
        reason="It counts days with a deployment to any environment, {part} in {n} weeks, and "
        "takes the median of the weeks: more than one a day changes nothing.",
        source=f"{DASHBOARD}; {DEPLOYMENTS}",
        empty=0.0,
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="change_fail_rate",
        compute=change_failure_rate,
        unit=RATIO,
        ours="change_fail_rate",
        effect="unlinked_dropped",
        reason="It knows only incidents that name their cause ({part}), counts each of them, and "
        "divides by deployments of any environment ({n}).",
        source=f"{DASHBOARD}; {INCIDENTS}",
        empty=0.0,
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="recovery_time",
        compute=time_to_restore,
        unit=SECONDS,
        ours="time_to_restore",
        effect="whole_hours",
        reason="It cuts the time of {n} incidents to whole hours, so that 119 minutes are one "
        "hour. Where an incident names its deployment ({part} of them) the clock starts there. "
        "Open ones are passed over.",
        source=f"{DASHBOARD}; {INCIDENTS}",
    ),
)
