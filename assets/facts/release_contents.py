"""`fact_release_contents`: what each successful production release brought, and who had seen it.

A release brings the changes that its source names, else everything merged since the last release
of its line up to the commit that it deployed (`assets.facts.change_links`); commits pushed to the
trunk, which nobody names, by that order always. Where the commit deployed is nobody's change, what
the release contains is not known.
"""

import dagster as dg
import polars as pl

from assets.facts.change_links import with_cut
from assets.facts.changes import is_trunk_commit

LINE = ("line", "repo")
COUNTS = ("n_changes", "n_unreviewed", "n_review_unknown")
PUSHED = "_pushed"


def release_contents(
    releases: pl.LazyFrame, changes: pl.LazyFrame, commits: pl.LazyFrame, links: pl.LazyFrame
) -> pl.LazyFrame:
    """One row per successful release with the number of its changes, and whether it is traceable.

    Traceable: its content is known and every change in it was reviewed independently. Left out are
    `is_redeploy` (the commit, or a later one, was released before: it brings nothing),
    `is_first_known` (what was there before it nobody tells) and `is_review_unknown` (of a change
    nobody tells whether it was reviewed, and of none that it was not).
    """
    reviewed = pl.col("is_reviewed_independently")
    judged = changes.select(
        "change_id",
        "repo",
        "merged_at",
        is_pushed=is_trunk_commit(),
        n_changes=1,
        n_unreviewed=reviewed.not_().fill_null(False).cast(pl.Int64),
        n_review_unknown=reviewed.is_null().cast(pl.Int64),
    )
    sequence = _sequence(releases, changes, commits)
    named = _named(sequence, judged, links)
    is_named = pl.col("n_changes").is_not_null()
    return (
        sequence.join(_by_order(sequence, judged), on="event_id", how="left")
        .join(
            _by_order(sequence, judged.filter("is_pushed")),
            on="event_id",
            how="left",
            suffix=PUSHED,
        )
        .join(named, on="event_id", how="left")
        .with_columns(
            is_content_known=is_named | (pl.col("is_commit_of_change") & ~pl.col("is_first")),
            is_redeploy=pl.col("is_same_commit") | (pl.col("is_behind") & ~is_named),
            is_first_known=pl.col("is_first") & ~is_named,
            **{name: _count(name) for name in COUNTS},
        )
        .with_columns(is_content_known=pl.col("is_content_known") & (pl.col("n_changes") > 0))
        .select(
            *("event_id", "source", "url", "scope_set", "service", "repo", "commit_sha"),
            *("entered_at", *COUNTS, "is_content_known", "is_redeploy", "is_first_known"),
            is_traceable=_all_reviewed() & (pl.col("n_review_unknown") == 0),
            is_review_unknown=_all_reviewed() & (pl.col("n_review_unknown") > 0),
        )
    )


def _count(name: str) -> pl.Expr:
    """What is named and what was pushed past it, else what was merged in between."""
    in_order = pl.col(f"{name}_by_order")
    # A release of older code than its line had reached brings less than nothing.
    pushed = pl.col(f"{name}_by_order{PUSHED}").fill_null(0).clip(lower_bound=0)
    return pl.coalesce(pl.col(name) + pushed, in_order).fill_null(0)


def _all_reviewed() -> pl.Expr:
    """True unless a change is known not to be reviewed."""
    return pl.col("is_content_known") & (pl.col("n_unreviewed") == 0)


def _sequence(releases: pl.LazyFrame, changes: pl.LazyFrame, commits: pl.LazyFrame) -> pl.LazyFrame:
    """Successful releases in the order of their line, each with how far the line had come before.

    `is_same_commit`: its commit was released before; `is_behind`: a commit as late as it was;
    `is_first`: nothing that is known was.
    """
    own = pl.concat(
        [
            changes.filter(pl.col("merged_at").is_not_null()).select(
                "repo", commit_sha="merge_sha"
            ),
            commits.filter(pl.col("change_id").is_not_null()).select("repo", commit_sha="sha"),
        ]
    ).unique()
    cut, commit = pl.col("known_cut_at"), pl.col("commit_sha")
    return (
        with_cut(releases.filter("is_success"), changes, commits)
        .join(own.with_columns(is_commit_of_change=True), on=["repo", "commit_sha"], how="left")
        .sort(*LINE, "entered_at", "event_id")
        .with_columns(
            pl.col("is_commit_of_change").fill_null(False),
            reached_at=cut.cum_max().shift(1).forward_fill().over(LINE),
            is_same_commit=commit.is_not_null()
            & (pl.int_range(pl.len()).over(*LINE, "commit_sha") > 0),
        )
        .with_columns(
            is_behind=(cut <= pl.col("reached_at")).fill_null(False),
            is_first=cut.is_not_null() & pl.col("reached_at").is_null(),
        )
    )


def _by_order(sequence: pl.LazyFrame, judged: pl.LazyFrame) -> pl.LazyFrame:
    """`event_id` and the counts of what was merged after `reached_at` up to the release's cut."""
    running = (
        judged.drop_nulls(["repo", "merged_at"])
        .sort("repo", "merged_at")
        .with_columns(pl.col(COUNTS).cum_sum().over("repo"))
        .unique(["repo", "merged_at"], keep="last", maintain_order=True)
        .select("repo", "merged_at", *COUNTS)
        .sort("merged_at")
    )
    until, before = (
        sequence.select("event_id", "repo", at=at)
        .drop_nulls()
        .sort("at")
        .join_asof(running, left_on="at", right_on="merged_at", by="repo", check_sortedness=False)
        .select("event_id", pl.col(COUNTS).fill_null(0))
        for at in ("known_cut_at", "reached_at")
    )
    return until.join(before, on="event_id", suffix="_before").select(
        "event_id",
        **{f"{name}_by_order": pl.col(name) - pl.col(f"{name}_before") for name in COUNTS},
    )


def _named(sequence: pl.LazyFrame, judged: pl.LazyFrame, links: pl.LazyFrame) -> pl.LazyFrame:
    """`event_id` and counts of the changes that a source names; of one not delivered: unknown."""
    return (
        sequence.select("event_id", "deployment_ids")
        .explode("deployment_ids")
        .join(links, left_on="deployment_ids", right_on="deployment_id")
        .select("event_id", "change_id")
        .unique()
        .join(judged.select("change_id", *COUNTS).unique("change_id"), on="change_id", how="left")
        .with_columns(n_changes=1, n_review_unknown=pl.col("n_review_unknown").fill_null(1))
        .group_by("event_id")
        .agg(pl.col(COUNTS).sum())
    )


@dg.asset
def fact_release_contents(
    fact_releases: pl.LazyFrame,
    fact_changes: pl.LazyFrame,
    conformed_commits: pl.LazyFrame,
    conformed_deployment_changes: pl.LazyFrame,
) -> pl.LazyFrame:
    """What every production release brought, and whether all of it was reviewed."""
    return release_contents(
        fact_releases, fact_changes, conformed_commits, conformed_deployment_changes
    )
