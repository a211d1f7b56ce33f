"""Which production release shipped a change, and by which rule that is known.

`explicit` and `compare_commits` links come from the sources (`conformed_deployment_changes`).
Where a release has none, `merge_order` says that it contains everything that was merged into its
repo up to the commit it deployed. So it does for commits pushed to the trunk, which nobody names.
"""

import polars as pl

from assets.facts.changes import is_trunk_commit


def with_cut(releases: pl.LazyFrame, changes: pl.LazyFrame, commits: pl.LazyFrame) -> pl.LazyFrame:
    """Adds `cut_at`: everything merged until then is in the release.

    That is when its commit was merged; else when the commit was made (until here also
    `known_cut_at`); else when the release began.
    """
    merged = (
        changes.filter(pl.col("merge_sha").is_not_null() & pl.col("merged_at").is_not_null())
        .group_by("repo", commit_sha="merge_sha")
        .agg(pl.col("merged_at").max())
    )
    committed = commits.group_by("repo", commit_sha="sha").agg(
        known_at=pl.coalesce("committed_at", "authored_at").min()
    )
    return (
        releases.join(merged, on=["repo", "commit_sha"], how="left")
        .join(committed, on=["repo", "commit_sha"], how="left")
        .with_columns(known_cut_at=pl.coalesce("merged_at", "known_at"))
        .with_columns(cut_at=pl.coalesce("known_cut_at", "created_at"))
        .drop("merged_at", "known_at")
    )


def shipped(
    changes: pl.LazyFrame,
    commits: pl.LazyFrame,
    releases: pl.LazyFrame,
    links: pl.LazyFrame,
) -> pl.LazyFrame:
    """`change_id, event_id, deployed_at, link_rule` of the first successful release of a change.

    A change that no release contains has no row. Neither has one that was merged before the first
    release known of its repo: when it was deployed nobody knows.
    """
    cut = with_cut(releases.filter("is_success"), changes, commits)
    named = (
        links.join(
            cut.select("event_id", "finished_at", "deployment_ids").explode("deployment_ids"),
            left_on="deployment_id",
            right_on="deployment_ids",
        )
        .drop_nulls("finished_at")
        .select("change_id", "event_id", "link_rule", deployed_at="finished_at")
    )
    unnamed, first = cut.join(named, on="event_id", how="anti"), first_cut_of(cut)
    ordered = [
        by_merge_order(changes.filter(~is_trunk_commit()), unnamed, first),
        by_merge_order(changes.filter(is_trunk_commit()), cut, first),
    ]
    return (
        pl.concat([named, *ordered], how="diagonal")
        .sort("deployed_at", "event_id", "link_rule")
        .unique("change_id", keep="first", maintain_order=True)
    )


def by_merge_order(
    changes: pl.LazyFrame, cut: pl.LazyFrame, first_cut: pl.LazyFrame
) -> pl.LazyFrame:
    """The release that finished first of those whose cut is not before the merge."""
    finished = (
        cut.drop_nulls(["finished_at", "repo"])
        .sort("repo", "cut_at", "finished_at", "event_id", descending=[False, True, True, True])
        .with_columns(earliest=pl.col("finished_at").cum_min().over("repo"))
        .with_columns(
            event_id=pl.when(pl.col("finished_at") == pl.col("earliest"))
            .then("event_id")
            .forward_fill()
            .over("repo")
        )
        .unique(["repo", "cut_at"], keep="last", maintain_order=True)
        .select("repo", "cut_at", "event_id", deployed_at="earliest")
        .sort("cut_at")
    )
    return (
        changes.filter(pl.col("merged_at").is_not_null())
        .select("change_id", "repo", "merged_at")
        .join(first_cut, on="repo")
        .filter(pl.col("merged_at") > pl.col("first_cut_at"))
        .sort("merged_at")
        .join_asof(
            finished,
            left_on="merged_at",
            right_on="cut_at",
            by="repo",
            strategy="forward",
            check_sortedness=False,
        )
        .drop_nulls("event_id")
        .select("change_id", "event_id", "deployed_at", link_rule=pl.lit("merge_order"))
    )


def first_cuts(
    changes: pl.LazyFrame, commits: pl.LazyFrame, releases: pl.LazyFrame
) -> pl.LazyFrame:
    """`repo, first_cut_at`: up to where the first known release of each repo reached."""
    return first_cut_of(with_cut(releases.filter("is_success"), changes, commits))


def first_cut_of(cut: pl.LazyFrame) -> pl.LazyFrame:
    """The same of releases that have their `cut_at` already."""
    return cut.drop_nulls("repo").group_by("repo").agg(first_cut_at=pl.col("cut_at").min())


def reverting_releases(
    releases: pl.LazyFrame,
    changes: pl.LazyFrame,
    commits: pl.LazyFrame,
    links: pl.LazyFrame,
) -> pl.LazyFrame:
    """`event_id, reverted_event_id`: releases that ship a revert of a change of another release."""
    release_of = shipped(changes, commits, releases, links).select("change_id", "event_id")
    return (
        changes.filter(pl.col("reverts_change_id").is_not_null())
        .select("change_id", "reverts_change_id")
        .join(release_of, on="change_id")
        .join(
            release_of.rename({"change_id": "reverts_change_id", "event_id": "reverted_event_id"}),
            on="reverts_change_id",
        )
        .filter(pl.col("event_id") != pl.col("reverted_event_id"))
        .select("event_id", "reverted_event_id")
        .unique()
    )
