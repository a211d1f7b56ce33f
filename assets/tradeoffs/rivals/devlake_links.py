"""What both reports of Apache DevLake share: cycle times, deployment days, blamed deployments."""

import polars as pl

from assets.tradeoffs.rivals.averages import begun, lower_median
from assets.tradeoffs.rivals.devlake_deployments import deployment_commits
from assets.tradeoffs.rivals.records import CELL, MINUTE, Records, seconds

TOOL = "Apache DevLake"
REPOSITORY = "github.com/apache/incubator-devlake"
CALCULATOR = "backend/plugins/dora/tasks/change_lead_time_calculator.go (1c35a7e)"
CONNECTOR = "backend/plugins/dora/tasks/incident_deploy_connector.go (43a4ccf)"
DAYS_NOT_DEPLOYMENTS = (
    "It counts days with a deployment, {part} in {n} weeks, and takes the lower median of the "
    "weeks: more than one deployment a day changes nothing."
)
NEWEST_BEFORE = (
    "It blames the newest deployment of the service, however long before the incident that was"
)


def cycle_times(records: Records) -> pl.LazyFrame:
    """`scope_set, merged_at, shipped_at, cycle_seconds` of merged changes.

    The sum of coding, open and deploy time, each in minutes begun. A part that is not known or
    negative adds nothing. A deployment counts only if its repo was deployed successfully before.
    """
    known = (
        deployment_commits(records)
        .drop_nulls("prev_success_deployment_commit_id")
        .select("finished_date", repo="repo_url", is_deployed=True)
        .unique()
    )
    spans = (
        ("first_commit_at", "opened_at"),
        ("opened_at", "merged_at"),
        ("merged_at", "shipped_at"),
    )
    return (
        records.changes.join(
            known,
            left_on=["repo", "deployed_at"],
            right_on=["repo", "finished_date"],
            how="left",
        )
        .with_columns(shipped_at=pl.when("is_deployed").then("deployed_at"))
        .select(
            "scope_set",
            "merged_at",
            "shipped_at",
            cycle_seconds=pl.sum_horizontal(begun(seconds(*span), MINUTE) for span in spans),
        )
    )


def deployment_days(records: Records) -> pl.LazyFrame:
    """Lower median over the weeks of the number of days with a deployment."""
    days = (
        records.grid.placed(records.deployed, "finished_at")
        .select(CELL, "day")
        .unique()
        .with_columns(count=pl.lit(1))
    )
    return (
        records.grid.per_week(days)
        .group_by(CELL)
        .agg(
            value=lower_median(pl.col("count")).cast(pl.Float64),
            n=pl.len(),
            part=pl.col("count").sum(),
        )
    )


def linked_incidents(records: Records) -> pl.LazyFrame:
    """Incidents with the newest successful production deployment of their service before them.

    Adds `deployment_id` and `deployed_at`; there is no window. One that no deployment precedes is
    left out.
    """
    deployed = records.deployed.select("line", "deployment_id", deployed_at="finished_at")
    return (
        records.incidents.drop_nulls("service")
        .with_columns(line="service")
        .sort("opened_at")
        .join_asof(
            deployed.drop_nulls("deployed_at").sort("deployed_at", "deployment_id"),
            left_on="opened_at",
            right_on="deployed_at",
            by="line",
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .drop_nulls("deployment_id")
    )
