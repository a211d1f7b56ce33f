"""`fact_pipeline_runs`: one row per CI run, with its clocks and how it ended."""

from datetime import datetime

import dagster as dg
import polars as pl

from assets.facts.clocks import clock
from assets.facts.offerings import offering_of_tool
from assets.facts.ownership import identified
from assets.facts.scope_sets import with_scope_set
from assets.home import Home

VERDICTS = ("success", "failure", "timed_out")
# What starts a run without a change: GitHub's events and the words of other systems.
NOT_BY_CHANGE = (
    "schedule",
    "workflow_dispatch",
    "repository_dispatch",
    "manual",
    "api",
    "cron",
    "timer",
    "web",
)


def pipeline_runs(located: pl.LazyFrame, offerings: pl.LazyFrame, as_of: datetime) -> pl.LazyFrame:
    """One row per run (each attempt is one). A cancelled or skipped run gives no verdict.

    `is_change_triggered`: a change waits for it. Where the source does not say what started a
    run, only a run on a change's own branch counts as such. `is_finish_unknown` and
    `is_start_unknown`: it did finish or start, but the source does not say when.
    """
    ended = pl.col("status").is_in([*VERDICTS, "cancelled", "skipped"])
    known = pl.col("trigger").is_in(NOT_BY_CHANGE).not_()
    return located.join(offering_of_tool(offerings), on="tool", how="left").select(
        "source",
        "url",
        "scope_set",
        "repo",
        "workflow",
        "tool",
        *clock("feedback", "queued_at", pl.when(ended).then("finished_at"), as_of),
        *clock("queue", "queued_at", pl.col("started_at"), as_of),
        offering="offering_of_tool",
        event_id=pl.concat_str("source", "run_id", separator="/"),
        entered_at="queued_at",
        finished_at="finished_at",
        status="status",
        actor_kind=pl.col("actor_kind").fill_null("unknown"),
        is_change_triggered=pl.coalesce(known, pl.col("branch_kind") == "change", pl.lit(False)),
        is_on_default_branch=(pl.col("branch_kind") == "default").fill_null(False),
        is_without_verdict=pl.col("status").is_in(["cancelled", "skipped"]),
        is_finish_unknown=ended & pl.col("finished_at").is_null(),
        is_start_unknown=pl.col("started_at").is_null() & (pl.col("status") != "queued"),
        is_unfinished=pl.col("status").is_in(["queued", "running"]),
        is_success=pl.col("status") == "success",
    )


@dg.asset
def fact_pipeline_runs(
    home: Home,
    conformed_pipeline_runs: pl.LazyFrame,
    conformed_offerings: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
) -> pl.LazyFrame:
    """Every CI run: how long it queued and ran, and what it said."""
    located = with_scope_set(
        identified(conformed_pipeline_runs, conformed_services, conformed_ownership),
        "queued_at",
        fact_scope_sets,
    )
    return pipeline_runs(located, conformed_offerings, home.as_of_instant)
