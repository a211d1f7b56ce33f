"""GitHub pull requests and their reviews, as changes."""

from collections.abc import Mapping

import polars as pl

from assets.configuration import Configuration
from assets.raw.feed import Feed, instant, is_bot
from assets.raw.github_common import account_kind, change_id, change_in, repo_in
from assets.raw.rows import CARRIED, WHOLE, elements, exploded

# GitHub's own `Revert` button writes both.
REVERT_TITLE = r'^Revert "'
REVERT_BODY = r"(?m)^Reverts ([\w.-]+/[\w.-]+)?#(\d+)"

PULL_REQUESTS = Feed(
    system="github",
    entity="pull_requests",
    fields={
        "link": ("html_url", "url"),  # the same page in both shapes, so it is the key
        "repo_name": (
            "base.repo.full_name",
            "baseRepository.nameWithOwner",
            "repository.nameWithOwner",
            "repository.full_name",
        ),
        "number": ("number",),
        "state": ("state",),
        "title": ("title",),
        "body": ("body", "bodyText"),
        "draft": ("draft", "isDraft"),
        "author": ("user.login", "author.login"),
        "author_type": ("user.type", "author.__typename"),
        "opened": ("created_at", "createdAt"),
        "merged": ("merged_at", "mergedAt"),
        "closed": ("closed_at", "closedAt"),
        "changed": ("updated_at", "updatedAt"),
        "merge_sha": ("mergeCommit.oid", "merge_commit_sha"),
        "head_sha": ("head.sha", "headRefOid"),
        "additions": ("additions",),
        "deletions": ("deletions",),
        "changed_files": ("changed_files", "changedFiles"),
        "labels": ("labels.nodes", "labels"),
        "files": ("files.nodes", "files"),
        "reviews": ("reviews.nodes", "reviews"),
        "commits": ("commits.nodes",),
        "timeline": ("timelineItems.nodes",),
    },
    key=("link",),
    updated_at=("changed", "opened"),
    state="state",
    state_ranks={"open": 0, "closed": 1, "merged": 2},
    texts={"title": REVERT_TITLE, "body": REVERT_BODY},
)

REVIEWS = Feed(
    system="github",
    entity="pull_request_reviews",
    fields={
        "id": ("databaseId", "fullDatabaseId", "id"),
        "link": ("pull_request_url", "_links.pull_request.href", "html_url", "url"),
        "state": ("state",),
        "submitted": ("submitted_at", "submittedAt"),
        "reviewer": ("user.login", "author.login"),
        "reviewer_type": ("user.type", "author.__typename"),
    },
    key=("id",),
    updated_at=("submitted",),
    state="state",
    state_ranks={"approved": 0, "changes_requested": 0, "commented": 0, "dismissed": 1},
)

_NESTED_REVIEW = {
    "state": ("state",),
    "submitted": ("submittedAt", "submitted_at", "createdAt"),
    "reviewer": ("author.login", "user.login"),
    "reviewer_type": ("author.__typename", "user.type"),
}
_READY, _DRAFT = "ReadyForReviewEvent", "ConvertToDraftEvent"


def identified(pulls: pl.LazyFrame) -> pl.LazyFrame:
    """Pull requests with `repo` and `change_id`; `merge_sha` only where there was a merge.

    REST fills `merge_commit_sha` of an open pull request with that of a test merge.
    """
    repo = repo_in(pl.col("repo_name"), pl.col("link"))
    return pulls.with_columns(
        repo=repo,
        change_id=change_id(repo, pl.col("number")),
        merge_sha=pl.when(pl.col("merged").is_not_null()).then("merge_sha"),
    )


def changes(frames: Mapping[str, pl.LazyFrame], configuration: Configuration) -> pl.LazyFrame:
    """Changes, one row per pull request, and the reviews that belong to none (rejected)."""
    pulls = identified(frames["pull_requests"])
    delivered = frames["pull_request_reviews"].with_columns(
        change_id=change_in(pl.col("link")), repo=repo_in(pl.lit(None, pl.String), pl.col("link"))
    )
    with_reviews = (
        pulls.join(_review_times(pulls, delivered, configuration), on="change_id", how="left")
        .join(_ready_after_draft(pulls), on="change_id", how="left")
        .join(delivered.select("repo").unique(), on="repo", how="left", coalesce=False)
        .with_columns(is_told=pl.col("reviews").is_not_null() | pl.col("repo_right").is_not_null())
    )
    orphans = delivered.join(pulls, on="change_id", how="anti").select(
        *CARRIED, source_id="record_key", reject=pl.lit("unknown_parent")
    )
    return pl.concat([_columns(with_reviews, configuration), orphans], how="diagonal")


def _columns(pulls: pl.LazyFrame, configuration: Configuration) -> pl.LazyFrame:
    labels = elements(pl.col("labels"), {"name": ("name", WHOLE)})
    files = elements(pl.col("files"), {"path": ("path", "filename", WHOLE)})
    added, deleted = (
        pl.col(name).cast(pl.Int64, strict=False) for name in ("additions", "deletions")
    )
    return pulls.select(
        *CARRIED,
        "change_id",
        "repo",
        "number",
        "head_sha",
        "merge_sha",
        "first_review_at",
        "approved_at",
        author_kind=account_kind(pl.col("author"), pl.col("author_type"), configuration),
        opened_at="opened",
        ready_at=_ready_at(),
        merged_at="merged",
        closed_at="closed",
        lines_changed=added + deleted,
        files_changed="changed_files",
        labels=labels.list.eval(pl.element().struct.field("name")),
        paths=files.list.eval(pl.element().struct.field("path")),
        reverts_change_id=_reverted(),
        is_reviewed_independently=pl.when("is_told").then(pl.col("is_approved").fill_null(False)),
        source_id="change_id",
        url="link",
    )


def _reverted() -> pl.Expr:
    """The change that GitHub's own `Revert` button undid: both title and body say so."""
    found = pl.col("body").str.extract_groups(REVERT_BODY)
    repo = pl.coalesce(found.struct[0], "repo")
    return pl.when(pl.col("title").str.contains(REVERT_TITLE)).then(
        change_id(repo, found.struct[1])
    )


def _review_times(
    pulls: pl.LazyFrame, delivered: pl.LazyFrame, configuration: Configuration
) -> pl.LazyFrame:
    """change_id, first_review_at, approved_at, is_approved: by other humans than the author.

    A dismissed approval is none, a pending review has not been given. `is_approved` means
    before the merge. The account of a reviewer that is gone counts as somebody else.
    """
    nested = exploded(pulls, "reviews", _NESTED_REVIEW, keep=("change_id",))
    reviews = pl.concat([delivered.select(nested.collect_schema().names()), nested])
    state, at = pl.col("state").str.to_uppercase(), instant(pl.col("submitted"))
    is_bot_review = is_bot(pl.col("reviewer"), pl.col("reviewer_type"), configuration)
    merged_at = instant(pl.col("merged"))
    return (
        reviews.join(pulls.select("change_id", "author", "merged"), on="change_id")
        .filter(
            pl.col("reviewer").ne_missing(pl.col("author"))
            & ~is_bot_review.fill_null(False)
            & (state != "PENDING")
        )
        .select(
            "change_id", at=at, approved_at=pl.when(state == "APPROVED").then(at), end=merged_at
        )
        .group_by("change_id")
        .agg(
            first_review_at=pl.col("at").min(),
            approved_at=pl.col("approved_at").min(),
            is_approved=(
                (pl.col("approved_at") <= pl.col("end"))
                | (pl.col("approved_at").is_not_null() & pl.col("end").is_null())
            ).any(),
        )
    )


def _ready_after_draft(pulls: pl.LazyFrame) -> pl.LazyFrame:
    """change_id, turn, turned_at: the first time that a draft became ready or the reverse."""
    fields = {"turn": ("__typename",), "turned_at": ("createdAt",)}
    return (
        exploded(pulls, "timeline", fields, keep=("change_id",))
        .filter(pl.col("turn").is_in([_READY, _DRAFT]))
        .with_columns(instant(pl.col("turned_at")))
        .group_by("change_id")
        .agg(pl.col("turn", "turned_at").sort_by("turned_at").first())
    )


def _ready_at() -> pl.Expr:
    """When it was opened, or first left the draft state; null while it is a draft.

    REST does not tell when a draft became ready: there it is taken to have been opened so.
    """
    return (
        pl.when(pl.col("draft") == "true")
        .then(None)
        .when(pl.col("turn") == _READY)
        .then("turned_at")
        .otherwise(instant(pl.col("opened")))
    )
