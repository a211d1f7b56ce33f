"""`fact_changes`: every change, whether it was asked for (a pull request) or pushed to the trunk.

Holds when a commit on a default branch is a change of its own. What became of changes is in
`assets.facts.change_lead_time`, which release brought them in `assets.facts.change_links`.
"""

from datetime import timedelta

import dagster as dg
import polars as pl

COMMIT = ("repo", "sha")
# A rebase at the merge writes commits anew: the author's instant stays, the committer's is now.
REBASED_WITHIN = timedelta(minutes=10)
# A repo whose requests come without their commits would count those commits a second time.
TOLD_SHARE = 0.95


def changes(requests: pl.LazyFrame, commits: pl.LazyFrame) -> pl.LazyFrame:
    """Requests and trunk commits in the columns of `conformed_changes`, and `first_commit_at`."""
    first = (
        commits.filter(pl.col("change_id").is_not_null())
        .group_by("change_id")
        .agg(first_commit_at=pl.col("authored_at").min())
    )
    asked = requests.join(first, on="change_id", how="left")
    return pl.concat([asked, trunk_commits(requests, commits)], how="diagonal")


def is_trunk_commit() -> pl.Expr:
    """True for a change that is a commit pushed to the default branch: its id says so."""
    return (pl.col("change_id") == pl.format("{}@{}", "repo", "merge_sha")).fill_null(False)


def trunk_commits(requests: pl.LazyFrame, commits: pl.LazyFrame) -> pl.LazyFrame:
    """Commits on a default branch that no request contains, each as a change `<repo>@<sha>`.

    It was merged when it was committed, and never opened, so that nobody could review it: that is
    known where reviews are told of, else unknown. Merge commits bring nothing of their own. Only
    repos count whose requests are told with their commits, from their first merged request on.
    """
    listed = (
        commits.filter(
            pl.col("is_on_default_branch").fill_null(False),
            (pl.col("parent_shas").list.len() <= 1).fill_null(True),
        )
        .with_columns(pushed_at=pl.coalesce("committed_at", "authored_at"))
        .unique(COMMIT, keep="first", maintain_order=True)
    )
    pushed = listed.filter(pl.col("change_id").is_null()).join(
        _of_requests(requests, commits), on=COMMIT, how="anti"
    )
    own = pushed.join(_rebased(pushed, requests, commits), on=COMMIT, how="anti")
    told = _told(requests, commits, listed)
    change = pl.format("{}@{}", "repo", "sha")
    return (
        own.join(told, on=["source", "repo"])
        .filter((pl.col("pushed_at") >= pl.col("told_from")).fill_null(True))
        .select(
            "repo",
            "author_kind",
            "lines_changed",
            "source",
            "url",
            "updated_at",
            "ingested_at",
            change_id=change,
            source_id=change,
            merge_sha="sha",
            head_sha="sha",
            merged_at="pushed_at",
            closed_at="pushed_at",
            first_commit_at="authored_at",
            is_reviewed_independently=pl.when("are_reviews_told").then(False),
        )
    )


def _of_requests(requests: pl.LazyFrame, commits: pl.LazyFrame) -> pl.LazyFrame:
    """`repo, sha` of all commits that a request names or is known to contain."""
    ends = [requests.select("repo", sha=end) for end in ("merge_sha", "head_sha")]
    contained = commits.filter(pl.col("change_id").is_not_null()).select(COMMIT)
    return pl.concat([contained, *ends]).drop_nulls()


def _rebased(pushed: pl.LazyFrame, requests: pl.LazyFrame, commits: pl.LazyFrame) -> pl.LazyFrame:
    """`repo, sha` of commits that were written anew from a request's when it was merged."""
    merged = requests.select("change_id", "merged_at").drop_nulls()
    written = commits.filter(pl.col("change_id").is_not_null())
    since = (pl.col("pushed_at") - pl.col("merged_at")).abs()
    return (
        pushed.select(*COMMIT, "authored_at", "pushed_at")
        .join(written.select("repo", "authored_at", "change_id"), on=["repo", "authored_at"])
        .join(merged, on="change_id")
        .filter(since <= REBASED_WITHIN)
        .select(COMMIT)
    )


def _told(requests: pl.LazyFrame, commits: pl.LazyFrame, listed: pl.LazyFrame) -> pl.LazyFrame:
    """`source, repo, told_from, are_reviews_told` of the repos whose trunk commits can be told.

    A repo without a merged request counts if its source tells of requests at all.
    """
    merged = requests.filter(pl.col("merged_at").is_not_null())
    begins = listed.group_by("source", "repo").agg(begins_at=pl.col("pushed_at").min())
    with_requests = (
        merged.join(begins, on=["source", "repo"])
        .filter(pl.col("merged_at") >= pl.col("begins_at"))
        .join(_are_commits_told(merged, commits), on="change_id")
        .group_by("source", "repo")
        .agg(told_share=pl.col("are_commits_told").mean())
        .filter(pl.col("told_share") >= TOLD_SHARE)
        .select("source", "repo")
        .join(_reviews_told(merged, "source", "repo"), on=["source", "repo"])
    )
    without = (
        begins.select("source", "repo")
        .join(merged, on=["source", "repo"], how="anti")
        .join(_reviews_told(merged, "source").drop("told_from"), on="source")
    )
    return pl.concat([with_requests, without], how="diagonal")


def _are_commits_told(merged: pl.LazyFrame, commits: pl.LazyFrame) -> pl.LazyFrame:
    """`change_id, are_commits_told`; null where nobody can say.

    True if one of its commits stays off the default branch, or is neither its head nor its merge.
    A head that went to the default branch may have been told by that branch alone.
    """
    sha, head = pl.col("sha"), pl.col("head_sha")
    stays_off = ~pl.col("is_on_default_branch").fill_null(False)
    is_own = sha.is_not_null() & sha.ne_missing(pl.col("merge_sha"))
    is_head = (head == pl.col("merge_sha")).fill_null(False) | is_own
    return (
        merged.select("change_id", "merge_sha", "head_sha")
        .join(
            commits.select("change_id", "sha", "is_on_default_branch"), on="change_id", how="left"
        )
        .group_by("change_id")
        .agg(is_told=(is_own & (sha.ne_missing(head) | stays_off)).any(), is_open=is_head.any())
        .select(
            "change_id",
            are_commits_told=pl.when(pl.col("is_told") | ~pl.col("is_open")).then("is_told"),
        )
    )


def _reviews_told(merged: pl.LazyFrame, *of: str) -> pl.LazyFrame:
    """Per repo or source: from when requests are known, and whether their reviews are told."""
    return merged.group_by(of).agg(
        told_from=pl.col("merged_at").min(),
        are_reviews_told=pl.col("is_reviewed_independently").is_not_null().any(),
    )


@dg.asset
def fact_changes(conformed_changes: pl.LazyFrame, conformed_commits: pl.LazyFrame) -> pl.LazyFrame:
    """Every change: pull requests, and what was pushed to a trunk without one."""
    return changes(conformed_changes, conformed_commits)
