"""The four metrics as Apache DevLake showed them in March 2023, for DORA's report of 2021."""

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

DASHBOARD = f"{REPOSITORY} grafana/dashboards/DORA.json (08176d2)"


def lead_time(records: Records) -> pl.LazyFrame:
    """Lower median of the cycle times of changes *merged* in the period, deployed or not."""
    return (
        records.grid.placed(cycle_times(records), "merged_at")
        .group_by(CELL)
        .agg(
            value=lower_median(pl.col("cycle_seconds")),
            n=pl.len(),
            part=pl.col("shipped_at").null_count(),
        )
    )


def failed_deployments(records: Records) -> pl.LazyFrame:
    """Deployments with an incident opened in the same period ÷ deployments."""
    opened = (
        records.grid.placed(linked_incidents(records), "opened_at")
        .select(CELL, "deployment_id", has_incident=True)
        .unique()
    )
    return (
        records.grid.placed(records.deployed, "finished_at")
        .join(opened, on=[CELL, "deployment_id"], how="left")
        .group_by(CELL)
        .agg(
            value=pl.col("has_incident").fill_null(False).mean(),
            n=pl.len(),
            part=pl.col("has_incident").count(),
        )
    )


def time_to_restore(records: Records) -> pl.LazyFrame:
    """Lower median from opened to resolved, of incidents opened in the period.

    Open ones have no time; MySQL sorts them first, as if they had been the fastest.
    """
    timed = records.incidents.with_columns(
        open_seconds=whole(seconds("opened_at", "resolved_at"), MINUTE)
    )
    return (
        records.grid.placed(timed, "opened_at")
        .group_by(CELL)
        .agg(
            value=lower_median(pl.col("open_seconds")),
            n=pl.len(),
            part=pl.col("open_seconds").null_count(),
        )
    )


RULES = (
    Rule(
        tool=TOOL,
        version="2021",
        metric="lead_time",
        compute=lead_time,
        unit=SECONDS,
        ours="change_lead_time",
        effect="other_stop",
        reason="Merged changes without a deployment ({part} of {n}) stop their clock at the merge. "
        "It takes the lower of the two middle values.",
        source=f"{DASHBOARD}; {CALCULATOR}",
        empty=0.0,
        plain=("lower_median", "It takes the lower of the two middle values of {n} changes."),
    ),
    Rule(
        tool=TOOL,
        version="2021",
        metric="deployment_frequency",
        compute=deployment_days,
        unit=DAYS_PER_WEEK,
        ours="deployment_frequency",
        effect="days_counted",
        reason=DAYS_NOT_DEPLOYMENTS,
        source=DASHBOARD,
        empty=0.0,
    ),
    Rule(
        tool=TOOL,
        version="2021",
        metric="change_fail_rate",
        compute=failed_deployments,
        unit=RATIO,
        ours="change_fail_rate",
        effect="no_window",
        reason=f"{NEWEST_BEFORE}: {{part}} of {{n}} deployments, hotfixes and replicas included.",
        source=f"{DASHBOARD}; {CONNECTOR}",
    ),
    Rule(
        tool=TOOL,
        version="2021",
        metric="recovery_time",
        compute=time_to_restore,
        unit=SECONDS,
        ours="time_to_restore",
        effect="open_as_fastest",
        reason="Incidents that are still open ({part} of {n}) have no time and are sorted before "
        "the fastest. It takes the lower of the two middle values and stops at the resolution.",
        source=DASHBOARD,
        empty=0.0,
        plain=(
            "lower_median",
            "Of {n} incidents it takes the lower of the two middle values; its clock stops at the "
            "resolution, not at the mitigation.",
        ),
    ),
)
