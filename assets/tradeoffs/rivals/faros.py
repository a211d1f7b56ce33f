"""The four metrics as the Metabase dashboard of Faros Community Edition shows them."""

import polars as pl

from assets.tradeoffs.rivals.records import CELL, Records, seconds
from assets.tradeoffs.rivals.rule import PER_WEEK, RATIO, SECONDS, Rule

TOOL, VERSION = "Faros CE", "dashboard"
SOURCE = (
    "github.com/faros-ai/faros-community-edition init/resources/metabase/dashboards/"
    "dora_deployments_incidents.json (1b7f077)"
)
DAYS_A_WEEK = 7


def lead_time(records: Records) -> pl.LazyFrame:
    """Mean from the opening of a change to its deployment in production."""
    aged = records.changes.with_columns(age_seconds=seconds("opened_at", "deployed_at"))
    return (
        records.grid.placed(aged, "deployed_at")
        .group_by(CELL)
        .agg(value=pl.col("age_seconds").mean(), n=pl.len(), part=pl.len())
    )


def deployment_frequency(records: Records) -> pl.LazyFrame:
    """Successful production deployments a week."""
    return (
        records.grid.placed(records.deployed, "finished_at")
        .group_by(CELL)
        .agg(n=pl.len())
        .join(records.grid.lengths, on=CELL)
        .select(CELL, "n", value=pl.col("n") / pl.col("days") * DAYS_A_WEEK, part="n")
    )


def change_failure_rate(records: Records) -> pl.LazyFrame:
    """All incidents ÷ all deployments, of any environment and status.

    Rows of one kind, instant and application are one, as SQL's UNION has it.
    """
    application = pl.col("line").alias("application")
    deployments = records.grid.placed(records.deployments, "finished_at").select(
        CELL, application, at="finished_at", is_incident=False
    )
    incidents = records.grid.placed(records.incidents, "opened_at").select(
        CELL, application=pl.col("service"), at="opened_at", is_incident=True
    )
    count = pl.col("is_incident").sum()
    return (
        pl.concat([deployments, incidents])
        .unique()
        .group_by(CELL)
        .agg(
            value=pl.when(count < pl.len()).then(count / (pl.len() - count)),
            n=pl.len() - count,
            part=count,
        )
    )


def time_to_resolution(records: Records) -> pl.LazyFrame:
    """Mean from opened to resolved, of resolved incidents opened in the period."""
    return (
        records.grid.placed(records.resolved, "opened_at")
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
        reason="It takes the mean of {n} deployed changes, which a few slow ones pull up, and its "
        "clock starts when the change is opened: coding is not in it.",
        source=SOURCE,
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="deployment_frequency",
        compute=deployment_frequency,
        unit=PER_WEEK,
        ours="deployment_frequency",
        effect="replicas_counted",
        reason="It counts {n} deployments: each replica of a release is one of its own.",
        source=SOURCE,
        empty=0.0,
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="change_fail_rate",
        compute=change_failure_rate,
        unit=RATIO,
        ours="change_fail_rate",
        effect="staging_counted",
        reason="It divides all {part} incidents, whatever caused them, by {n} deployments of any "
        "environment, failed pipelines included.",
        source=SOURCE,
    ),
    Rule(
        tool=TOOL,
        version=VERSION,
        metric="recovery_time",
        compute=time_to_resolution,
        unit=SECONDS,
        ours="time_to_restore",
        effect="mean",
        reason="It takes the mean of {n} resolved incidents, which a few long ones pull up; open "
        "ones are not in it.",
        source=SOURCE,
    ),
)
