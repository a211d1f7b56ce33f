"""GitHub commits: those of pull requests, and those of a branch, usually the default one."""

from collections.abc import Mapping

import polars as pl

from assets.configuration import Configuration
from assets.raw.feed import Feed
from assets.raw.github_changes import identified
from assets.raw.github_common import account_kind, change_id, is_default_branch, repo_in
from assets.raw.rows import CARRIED, elements, exploded

_COMMIT = {
    "sha": ("sha", "commit.oid", "oid"),
    "link": ("html_url", "url", "commit.url"),
    "authored": ("commit.author.date", "commit.authoredDate", "authoredDate"),
    "committed": ("commit.committer.date", "commit.committedDate", "committedDate"),
    "parents": ("parents.nodes", "commit.parents.nodes", "parents"),
    "author": (
        "author.login",
        "author.user.login",
        "commit.author.user.login",
        "commit.author.name",
        "author.name",
    ),
    "author_type": ("author.type", "author.user.__typename", "commit.author.user.__typename"),
    # A commit in a list has no statistics in REST; those got one by one and GraphQL's have.
    "additions": ("stats.additions", "commit.additions", "additions"),
    "deletions": ("stats.deletions", "commit.deletions", "deletions"),
}

PULL_REQUEST_COMMITS = Feed(
    system="github",
    entity="pull_request_commits",
    # The REST record does not say whose commit it is; extractors add that under these names.
    fields=_COMMIT
    | {
        "repo_name": ("repository.full_name", "repository.nameWithOwner", "repository"),
        "pull": (
            "pull_number",
            "pull_request_number",
            "pr_number",
            "_pull_requests_number",
            "_pull_request_number",
            "pullRequest.number",
            "pull_request_url",
        ),
    },
    key=("sha", "pull"),
    optional_key=("pull",),
    updated_at=("committed", "authored"),
)

COMMITS = Feed(
    system="github",
    entity="commits",
    # GitHub lists the default branch unless asked for another, which extractors then name.
    fields=_COMMIT
    | {
        "repo_name": ("repository.full_name", "repository.nameWithOwner", "repository"),
        "branch": ("branch", "ref"),
    },
    key=("sha", "branch"),
    optional_key=("branch",),
    updated_at=("committed", "authored"),
)

_ROW = (*CARRIED, *_COMMIT, "repo", "change_id")


def commits(frames: Mapping[str, pl.LazyFrame], configuration: Configuration) -> pl.LazyFrame:
    """One row per commit and change it belongs to; without a change where none is known.

    A commit without a pull request in its record belongs to the one whose head or merge it is.
    """
    pulls = identified(frames["pull_requests"])
    told = [_of_pull_requests(frames["pull_request_commits"]), _in_pull_requests(pulls)]
    linked = pl.concat([rows.filter(pl.col("change_id").is_not_null()) for rows in told])
    alone = pl.concat([told[0].filter(pl.col("change_id").is_null()), _of(frames["commits"])])
    found = (
        alone.drop("change_id")
        .join(linked, on=("repo", "sha"), how="anti")
        .join(_ends(pulls), on=("repo", "sha"), how="left")
    )
    one_each = (
        pl.concat([linked, found.select(_ROW)])
        .sort("feed", "record_key")  # the same of several records, whatever their order
        .unique(("repo", "sha", "change_id"), keep="first", maintain_order=True)
    )
    parents = elements(pl.col("parents"), {"sha": ("sha", "oid")})
    added, deleted = (
        pl.col(name).cast(pl.Int64, strict=False) for name in ("additions", "deletions")
    )
    listed = _on_default_branch(frames["commits"], configuration)
    return one_each.join(listed, on=("repo", "sha"), how="left").select(
        *CARRIED,
        "sha",
        "repo",
        "change_id",
        "is_on_default_branch",
        lines_changed=added + deleted,
        authored_at="authored",
        committed_at="committed",
        parent_shas=parents.list.eval(pl.element().struct.field("sha")),
        author_kind=account_kind(pl.col("author"), pl.col("author_type"), configuration),
        source_id=pl.coalesce("change_id", "repo") + "@" + pl.col("sha"),
        url="link",
    )


def _of(commits: pl.LazyFrame) -> pl.LazyFrame:
    """Commits of a branch."""
    repo = repo_in(pl.col("repo_name"), pl.col("link"))
    return commits.with_columns(repo=repo, change_id=pl.lit(None, pl.String)).select(_ROW)


def _on_default_branch(commits: pl.LazyFrame, configuration: Configuration) -> pl.LazyFrame:
    """`repo, sha, is_on_default_branch` of the commits listed; without a branch it is that one."""
    repo = repo_in(pl.col("repo_name"), pl.col("link"))
    branch = pl.col("branch").str.strip_prefix("refs/heads/")
    is_default = is_default_branch(pl.col("repo"), branch, configuration).fill_null(True)
    return (
        commits.with_columns(repo=repo)
        .group_by("repo", "sha")
        .agg(is_on_default_branch=is_default.any())
    )


def _of_pull_requests(commits: pl.LazyFrame) -> pl.LazyFrame:
    """Commits with the number of their pull request, or with the URL that ends in it."""
    repo = repo_in(pl.col("repo_name"), pl.col("link"))
    number = pl.col("pull").str.extract(r"(\d+)$")
    return commits.with_columns(repo=repo, change_id=change_id(repo, number)).select(_ROW)


def _in_pull_requests(pulls: pl.LazyFrame) -> pl.LazyFrame:
    """Commits inside the pull requests of the GraphQL shape."""
    carried = ("repo", "change_id", *CARRIED)
    return exploded(pulls, "commits", _COMMIT, keep=carried).select(_ROW)


def _ends(pulls: pl.LazyFrame) -> pl.LazyFrame:
    """repo, sha, change_id: the heads and merges of pull requests, the first one of each commit."""
    ends = [
        pulls.select("repo", "change_id", pl.col("number").cast(pl.Int64, strict=False), sha=name)
        for name in ("head_sha", "merge_sha")
    ]
    return (
        pl.concat(ends)
        .filter(pl.col("sha").is_not_null())
        .group_by("repo", "sha")
        .agg(pl.col("change_id").sort_by("number").first())
    )
