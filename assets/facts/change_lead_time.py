"""`fact_change_lead_time`: one row per change, with the clock of every stage from code to users."""

from datetime import datetime

import dagster as dg
import polars as pl

from assets.facts.change_links import first_cuts, shipped
from assets.facts.changes import is_trunk_commit
from assets.facts.clocks import clock
from assets.facts.ownership import identified
from assets.facts.scope_sets import with_scope_set
from assets.home import Home

REQUEST, TRUNK = "change_request", "trunk_commit"


def change_lead_time(
    located: pl.LazyFrame,
    shipped: pl.LazyFrame,
    first_cuts: pl.LazyFrame,
    not_deployable: list[str],
    as_of: datetime,
) -> pl.LazyFrame:
    """The stages of every change, each on a clock of its own.

    A change that was closed without a merge left by another exit; so did one that was merged
    without ever being reviewed, from the wait for a review. Review ends with the approval, or
    with the merge where nobody approved before; what was said after the merge held nothing up.
    A commit pushed to the trunk (`origin`) is in no stage before its merge.
    `left_at` is when it stopped to be open, either way.
    Why a merged change is not measured until its deployment say `is_in_repo_never_deployed`,
    `is_before_first_deployment` and `is_without_commits`.
    """
    merged, closed = pl.col("merged_at"), pl.col("closed_at")
    abandoned = pl.when(merged.is_null()).then(closed)
    left = pl.coalesce(merged, closed)
    approved = pl.coalesce("approved_at", merged)
    said_in_time = [
        pl.when((pl.col(name) <= left).fill_null(True)).then(name).alias(name)
        for name in ("first_review_at", "approved_at")
    ]
    deployed = pl.when(merged.is_not_null()).then("deployed_at")
    return (
        located.with_columns(said_in_time)
        .join(shipped.select("change_id", "deployed_at", "link_rule"), on="change_id", how="left")
        .join(first_cuts, on="repo", how="left")
        .select(
            "source",
            "url",
            "scope_set",
            "repo",
            "link_rule",
            "lines_changed",
            "first_commit_at",
            "opened_at",
            "ready_at",
            "first_review_at",
            "approved_at",
            "merged_at",
            "deployed_at",
            *clock("lead", "first_commit_at", deployed, as_of),
            *clock("coding", "first_commit_at", pl.col("ready_at"), as_of, left),
            *clock("pickup", "ready_at", pl.col("first_review_at"), as_of, left),
            *clock("review", "first_review_at", approved, as_of, abandoned),
            *clock("merge_wait", "approved_at", merged, as_of, abandoned),
            *clock("deploy_wait", "merged_at", deployed, as_of),
            *clock("open_to_merge", "opened_at", merged, as_of, abandoned),
            event_id=pl.concat_str("source", "change_id", separator="/"),
            entered_at="opened_at",
            author_kind=pl.col("author_kind").fill_null("unknown"),
            origin=pl.when(is_trunk_commit()).then(pl.lit(TRUNK)).otherwise(pl.lit(REQUEST)),
            is_merged=merged.is_not_null(),
            is_reviewed_independently="is_reviewed_independently",
            left_at=left,
            is_size_unknown=pl.col("lines_changed").is_null(),
            is_review_unknown=pl.col("is_reviewed_independently").is_null(),
            is_without_commits=pl.col("first_commit_at").is_null(),
            **_not_measured_until_deployed(not_deployable),
        )
    )


def _not_measured_until_deployed(not_deployable: list[str]) -> dict[str, pl.Expr]:
    """Why nothing tells when a merged change reached production, by the name of the column."""
    first_cut, is_undeployed = pl.col("first_cut_at"), pl.col("deployed_at").is_null()
    never = pl.col("repo").is_in(not_deployable) | (first_cut.is_null() & is_undeployed)
    before = ~never & is_undeployed & (pl.col("merged_at") <= first_cut)
    return {
        "is_in_repo_never_deployed": never,
        "is_before_first_deployment": before.fill_null(False),
    }


@dg.asset
def fact_change_lead_time(
    home: Home,
    fact_changes: pl.LazyFrame,
    conformed_commits: pl.LazyFrame,
    conformed_deployment_changes: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
    fact_releases: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
) -> pl.LazyFrame:
    """Every change from its first commit to its first successful production deployment."""
    counted = fact_changes.with_columns(counted_at=pl.coalesce("merged_at", "opened_at"))
    located = with_scope_set(
        identified(counted, conformed_services, conformed_ownership),
        "counted_at",
        fact_scope_sets,
    )
    return change_lead_time(
        located,
        shipped(fact_changes, conformed_commits, fact_releases, conformed_deployment_changes),
        first_cuts(fact_changes, conformed_commits, fact_releases),
        [repo.id for repo in home.configuration.repos if not repo.is_deployable],
        home.as_of_instant,
    )
