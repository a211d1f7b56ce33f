"""The four metrics as Middleware's analytics server computes them for a team.

A team is the scope that is shown: all its services are one sequence of deployments. A deployment is
dated by its start (`began_at`), as Middleware dates a workflow run.
"""

import polars as pl

from assets.tradeoffs.rivals.averages import floored_average
from assets.tradeoffs.rivals.records import CELL, Records, seconds
from assets.tradeoffs.rivals.rule import PER_WEEK, RATIO, SECONDS, Rule

TOOL, VERSION = "Middleware", "open source"
SERVICE = "github.com/middlewarehq/middleware backend/analytics_server/mhq/service"
LEAD_TIME = f"{SERVICE}/code/lead_time.py (15eba52), code/sync/etl_code_analytics.py (02b99cb)"
FREQUENCY = f"{SERVICE}/deployments/analytics.py (2dbfbe8), utils/dict.py"
INCIDENTS = f"{SERVICE}/incidents/incidents.py (1b0fd74)"


def lead_time(records: Records) -> pl.LazyFrame:
    """Mean of the sum of five stages of changes merged in the period, and deployed by now.

    First commit → opened → first review → approval → merge → deployment. A stage that is not known
    adds nothing, so a change without approval loses the time from its review to its merge.
    """
    stages = (
        ("first_commit_at", "opened_at"),
        ("opened_at", "first_review_at"),
        ("first_review_at", "approved_at"),
        ("approved_at", "merged_at"),
        ("merged_at", "deployed_at"),
    )
    staged = records.changes.drop_nulls("deployed_at").with_columns(
        lead_seconds=pl.sum_horizontal(
            seconds(*stage).clip(lower_bound=0).fill_null(0) for stage in stages
        )
    )
    return (
        records.grid.placed(staged, "merged_at")
        .group_by(CELL)
        .agg(
            value=pl.col("lead_seconds").mean(),
            n=pl.len(),
            part=pl.col("approved_at").null_count(),
        )
    )


def deployment_frequency(records: Records) -> pl.LazyFrame:
    """Deployments // weeks, the weeks that the period cuts counted as whole ones."""
    daily = records.grid.placed(records.deployed, "began_at").group_by(CELL, "day").len("count")
    return (
        records.grid.per_week(daily)
        .group_by(CELL)
        .agg(
            value=floored_average(pl.col("count")).cast(pl.Float64),
            n=pl.len(),
            part=pl.col("count").sum(),
        )
    )


def change_failure_rate(records: Records) -> pl.LazyFrame:
    """Deployments with an incident before the team's next one ÷ deployments of any result."""
    ended = records.deployments.filter("is_production", pl.col("finished_at").is_not_null())
    order = records.grid.placed(ended, "began_at").sort("began_at", "deployment_id")
    blamed = (
        records.grid.placed(records.incidents, "opened_at")
        .sort("opened_at")
        .join_asof(
            order.select(CELL, "deployment_id", "began_at", blamed_line="line"),
            left_on="opened_at",
            right_on="began_at",
            by=CELL,
            strategy="backward",
            check_sortedness=False,
        )
        .drop_nulls("deployment_id")
    )
    is_foreign = pl.col("blamed_line") != pl.col("service").fill_null("")
    failed = blamed.group_by(CELL, "deployment_id").agg(foreign=is_foreign.sum())
    return (
        order.join(failed, on=[CELL, "deployment_id"], how="left")
        .group_by(CELL)
        .agg(
            value=pl.col("foreign").is_not_null().mean(),
            n=pl.len(),
            part=pl.col("foreign").sum(),
        )
    )


def mean_time_to_recovery(records: Records) -> pl.LazyFrame:
    """Mean from opened to resolved, of incidents resolved in the period."""
    return (
        records.grid.placed(records.resolved, "resolved_at")
        .group_by(CELL)
        .agg(value=pl.col("open_seconds").mean(), n=pl.len(), part=pl.len())
    )


RULES = (
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="lead_time",
        compute=lead_time,
        unit=SECONDS,
        ours="change_lead_time",
        effect="mean",
        reason="It takes the mean of deployed changes ({n}), which a few slow ones pull up. Those "
        "without approval ({part}) lose the time from their review to their merge. Changes that "
        "wait are not in it.",
        source=LEAD_TIME,
        empty=0.0,
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="deployment_frequency",
        compute=deployment_frequency,
        unit=PER_WEEK,
        ours="deployment_frequency",
        effect="floor_division",
        reason="It divides {part} deployments, each replica on its own, by {n} weeks begun and "
        "cuts what is left over: 29 in 30 days are 0 a day.",
        source=FREQUENCY,
        empty=0.0,
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="change_fail_rate",
        compute=change_failure_rate,
        unit=RATIO,
        ours="change_fail_rate",
        effect="other_services_blamed",
        reason="It blames the team's newest deployment for each incident, even where that is one "
        "of another service ({part} times). Each replica and each failed pipeline is a "
        "deployment ({n}).",
        source=INCIDENTS,
        empty=0.0,
        plain=(
            "replicas_counted",
            "It divides by {n} deployments, each replica and each failed pipeline one, and blames "
            "the newest of them for each incident, however old.",
        ),
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="recovery_time",
        compute=mean_time_to_recovery,
        unit=SECONDS,
        ours="time_to_restore",
        effect="mean",
        reason="It takes the mean of {n} incidents that were resolved in the quarter, which a few "
        "long ones pull up; open ones are not in it.",
        source=INCIDENTS,
    ),
)
