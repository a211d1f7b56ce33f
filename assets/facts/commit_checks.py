"""`fact_commit_checks`: what one CI workflow said of one commit, over all attempts and runs.

Holds whether it contradicted itself (a flake). Single runs are in `assets.facts.pipeline_runs`.
"""

from datetime import timedelta

import dagster as dg
import polars as pl

from assets.facts.offerings import offering_of_tool
from assets.facts.ownership import identified
from assets.facts.pipeline_runs import VERDICTS
from assets.facts.scope_sets import with_scope_set

# What failed on a Friday evening is run again on Monday.
LOOK_AHEAD = timedelta(hours=72)
CHECK = ("source", "repo", "workflow", "revision")  # a run without a commit is its own revision


def commit_checks(located: pl.LazyFrame, offerings: pl.LazyFrame) -> pl.LazyFrame:
    """One row per source, repo, workflow and commit with a verdict; it enters with its first one.

    `is_flaky`: a run failed or timed out, and one that finished later was successful, within the
    look-ahead after the first verdict; `is_flaky_late`: only after it. Attempts and separate runs
    are alike here. A run that names no commit, or of which nobody tells when it finished, is a row
    by itself (`is_commit_unknown`, `is_finish_unknown`): nothing can contradict it.
    """
    run = pl.concat_str("source", "run_id", separator="/")
    finished, is_success = pl.col("finished_at"), pl.col("status") == "success"
    said = located.filter(pl.col("status").is_in(VERDICTS)).with_columns(
        event_id=run,
        revision=pl.coalesce(pl.when(finished.is_not_null()).then("commit_sha"), run),
        said_at=pl.coalesce(finished, "queued_at"),
    )
    failed = said.filter(~is_success).group_by(CHECK).agg(failed_at=finished.min())
    passed_again = (
        said.filter(is_success)
        .join(failed, on=CHECK, nulls_equal=True)
        .filter(finished > pl.col("failed_at"))
        .group_by(CHECK)
        .agg(passed_again_at=finished.min())
    )
    took = pl.col("passed_again_at") - pl.col("entered_at")
    return (
        said.sort("said_at", "event_id")
        .group_by(CHECK)
        .agg(
            pl.first("url", "scope_set", "commit_sha", "event_id"),
            pl.col("tool", "branch_kind").drop_nulls().first(),
            entered_at=pl.col("said_at").first(),
            is_finish_unknown=finished.first().is_null(),
            n_runs=pl.len(),
        )
        .join(passed_again, on=CHECK, how="left", nulls_equal=True)
        .join(offering_of_tool(offerings), on="tool", how="left")
        .with_columns(
            pl.col("branch_kind").fill_null("unknown"),
            is_commit_unknown=pl.col("commit_sha").is_null(),
            is_flaky=(took <= LOOK_AHEAD).fill_null(False),
            is_flaky_late=(took > LOOK_AHEAD).fill_null(False),
        )
        .rename({"offering_of_tool": "offering"})
        .drop("revision")
    )


@dg.asset
def fact_commit_checks(
    conformed_pipeline_runs: pl.LazyFrame,
    conformed_offerings: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
) -> pl.LazyFrame:
    """Every commit that a CI workflow judged, and whether it judged it both ways."""
    located = with_scope_set(
        identified(conformed_pipeline_runs, conformed_services, conformed_ownership),
        "queued_at",
        fact_scope_sets,
    )
    return commit_checks(located, conformed_offerings)
