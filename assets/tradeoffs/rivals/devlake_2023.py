"""The four metrics as the dashboards of Apache DevLake show them for DORA's report of 2023."""

import polars as pl

from assets.tradeoffs.rivals.averages import lower_median, whole
from assets.tradeoffs.rivals.devlake_links import (
    CALCULATOR,
    CONNECTOR,
    DAYS_NOT_DEPLOYMENTS,
    NEWEST_BEFORE,
    REPOSITORY,
    TOOL,
    cycle_times,
    deployment_days,
    linked_incidents,
)
from assets.tradeoffs.rivals.records import CELL, MINUTE, Records, seconds
from assets.tradeoffs.rivals.rule import DAYS_PER_WEEK, RATIO, SECONDS, Rule

DETAILS = f"{REPOSITORY} grafana/dashboards/DORADetails"


def lead_time(records: Records) -> pl.LazyFrame:
    """Lower median of the cycle times of changes *deployed* in the period."""
    return (
        records.grid.placed(cycle_times(records), "shipped_at")
        .group_by(CELL)
        .agg(value=lower_median(pl.col("cycle_seconds")), n=pl.len(), part=pl.len())
    )


def incidents_per_deployment(records: Records) -> pl.LazyFrame:
    """Incidents linked to the deployments of the period ÷ those deployments."""
    linked = linked_incidents(records).group_by("deployment_id").agg(incidents=pl.len())
    return (
        records.grid.placed(records.deployed, "finished_at")
        .join(linked, on="deployment_id", how="left")
        .group_by(CELL)
        .agg(
            value=pl.col("incidents").sum() / pl.len(),
            n=pl.len(),
            part=pl.col("incidents").sum(),
        )
    )


def recovery_time(records: Records) -> pl.LazyFrame:
    """Lower median from the deployment's finish to the resolution of its incident.

    Deployment and resolution both fall into the period.
    """
    mended = linked_incidents(records).with_columns(
        recovery_seconds=whole(seconds("deployed_at", "resolved_at"), MINUTE)
    )
    resolved = records.grid.placed(mended, "resolved_at")
    quarter = pl.col("deployed_at").dt.convert_time_zone(records.grid.zone).dt.date()
    return (
        resolved.filter(quarter.dt.truncate("1q") == pl.col("period_start_on"))
        .group_by(CELL)
        .agg(value=lower_median(pl.col("recovery_seconds")), n=pl.len(), part=pl.len())
    )


RULES = (
    Rule(
        tool=TOOL,
        version="2023",
        metric="lead_time",
        compute=lead_time,
        unit=SECONDS,
        ours="change_lead_time",
        effect="open_left_out",
        reason="It takes the {n} changes that were deployed in the quarter; changes that wait for "
        "their deployment are not in it. It takes the lower of the two middle values.",
        source=f"{REPOSITORY} grafana/dashboards/DORA.json (22e8ce9); {CALCULATOR}",
        empty=0.0,
    ),
    Rule(
        tool=TOOL,
        version="2023",
        metric="deployment_frequency",
        compute=deployment_days,
        unit=DAYS_PER_WEEK,
        ours="deployment_frequency",
        effect="days_counted",
        reason=DAYS_NOT_DEPLOYMENTS,
        source=f"{DETAILS}-DeploymentFrequency.json (0d8a661)",
        empty=0.0,
    ),
    Rule(
        tool=TOOL,
        version="2023",
        metric="change_fail_rate",
        compute=incidents_per_deployment,
        unit=RATIO,
        ours="change_fail_rate",
        effect="counted_repeatedly",
        reason="Its details page divides {part} incidents by {n} deployments, hotfixes and "
        "replicas included: a deployment with three incidents counts three times. It blames "
        "the newest deployment before an incident, however old.",
        source=f"{DETAILS}-ChangeFailureRate.json (15bb7cf), panel 1; {CONNECTOR}",
    ),
    Rule(
        tool=TOOL,
        version="2023",
        metric="recovery_time",
        compute=recovery_time,
        unit=SECONDS,
        ours="failed_deployment_recovery_time",
        effect="no_window",
        reason=f"{NEWEST_BEFORE}, and its clock starts there: {{n}} incidents resolved in the "
        "quarter of that deployment; open ones are not in it.",
        source=f"{DETAILS}-FailedDeploymentRecoveryTime.json (15bb7cf)",
        empty=0.0,
    ),
)
