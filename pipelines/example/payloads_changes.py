"""GitHub pull requests, their reviews and commits, and the default branches' commits, as REST.

A pull request that was open at the end of a quarter comes twice: as it stood then, and as it
became. Commits carry `pull_number`, as extractors add it.
"""

import polars as pl

from pipelines.example import names
from pipelines.example.changes import changes
from pipelines.example.commits import commits
from pipelines.example.payloads import (
    API,
    KNOWN_AT,
    author,
    bot,
    developer,
    full_name,
    iso,
    numbered,
    repository,
    with_ids,
)
from pipelines.example.world import AS_OF_S, HOSTING, quarter_of

PULL_IDS_FROM, REVIEW_IDS_FROM = 1_900_000_001, 2_200_000_001


def pull_requests() -> pl.DataFrame:
    """`pull_requests`: the newest version of each, and the open one before where there was one."""
    now = _asked().with_columns(
        updated_s=pl.coalesce("merged_s", "closed_s", "approved_s", "first_review_s", "opened_s")
    )
    opened = quarter_of(now["opened_s"].to_numpy())
    spans = pl.Series(opened < quarter_of(now["closed_s"].fill_null(AS_OF_S - 1).to_numpy()))
    before = now.filter(spans & pl.col("closed_s").is_not_null()).with_columns(
        pl.lit(None, dtype=pl.Int64).alias(name) for name in ("merged_s", "closed_s")
    )
    return _pull_request(pl.concat([before.with_columns(updated_s="opened_s"), now]))


def _pull_request(frame: pl.DataFrame) -> pl.DataFrame:
    link = pl.format("{}/pull/{}", pl.lit(f"{HOSTING}/") + full_name(), "number")
    api = pl.format("{}/pulls/{}", pl.lit(f"{API}/repos/") + full_name(), "number")
    label = pl.when("is_bot").then(pl.lit("dependencies")).otherwise(pl.lit("change"))
    return frame.select(
        id=pl.col("change").cast(pl.Int64) + PULL_IDS_FROM,
        number="number",
        url=api,
        html_url=link,
        state=pl.when(pl.col("closed_s").is_null()).then(pl.lit("open")).otherwise(pl.lit("closed")),
        title=pl.when("is_bot").then(pl.format("Bump library {} to a new version", "change"))
        .otherwise(pl.format("Change {}", "change")),
        user=author(),
        body=pl.lit(""),
        created_at=iso("opened_s"),
        updated_at=iso("updated_s"),
        closed_at=iso("closed_s"),
        merged_at=iso("merged_s"),
        merge_commit_sha=pl.coalesce("merge_sha", "head_sha"),
        draft="is_draft",
        labels=pl.concat_list(pl.struct(name=label)),
        requested_reviewers=pl.concat_list(developer("reviewer")),
        head=pl.struct(ref=pl.format("change-{}", "number"), sha="head_sha"),
        base=pl.struct(ref=pl.lit("main"), repo=repository()),
        auto_merge=pl.when("is_bot").then(pl.struct(merge_method=pl.lit("squash"))),
        merged=pl.col("merged_s").is_not_null(),
        additions="additions",
        deletions="deletions",
        changed_files="changed_files",
        **{KNOWN_AT: "updated_s"},
    )  # fmt: skip


def pull_request_reviews() -> pl.DataFrame:
    """`pull_request_reviews`: comments first on half of them, approvals, bots' and own comments."""
    made = _asked()
    reviewed = made.filter(pl.col("first_review_s").is_not_null())
    alone = made.filter(pl.col("first_review_s").is_null() & pl.col("merged_s").is_not_null())
    asked = pl.when(pl.col("change") % 5 == 0).then(pl.lit("CHANGES_REQUESTED"))
    parts = [
        _review(reviewed.filter(pl.col("change") % 2 == 0), "first_review_s", developer("reviewer"),
                asked.otherwise(pl.lit("COMMENTED"))),
        _review(reviewed.filter(pl.col("approved_s").is_not_null()), "approved_s",
                developer("reviewer"), pl.lit("APPROVED")),
        _review(made.filter(pl.col("change") % 7 == 0), "opened_s", bot(names.REVIEW_BOT),
                pl.lit("COMMENTED")),
        _review(alone.filter((pl.col("change") % 6 == 0) & ~pl.col("is_bot")), "merged_s",
                developer("author"), pl.lit("COMMENTED")),
    ]  # fmt: skip
    every = pl.concat(parts).sort(KNOWN_AT, "pull_request_url", "state", maintain_order=True)
    return with_ids(every, REVIEW_IDS_FROM).with_columns(
        html_url=pl.format("{}#pullrequestreview-{}", "html_url", "id")
    )


def _review(frame: pl.DataFrame, at: str, who: pl.Expr, state: pl.Expr) -> pl.DataFrame:
    """Reviews that were submitted at a column's instant, bots' a minute after."""
    link = pl.format("{}/pull/{}", pl.lit(f"{HOSTING}/") + full_name(), "number")
    at_s = pl.col(at) + (60 if at == "opened_s" else 0)
    rows = frame.with_columns(at_s=at_s).filter(pl.col("at_s") < AS_OF_S)
    return rows.select(
        user=who,
        body=pl.lit(""),
        state=state,
        html_url=link,
        pull_request_url=pl.format("{}/pulls/{}", pl.lit(f"{API}/repos/") + full_name(), "number"),
        submitted_at=iso("at_s"),
        commit_id="head_sha",
        **{KNOWN_AT: "at_s"},
    )


def _asked() -> pl.DataFrame:
    """The changes that have a pull request."""
    return changes().filter(~pl.col("is_pushed"))


def pull_request_commits() -> pl.DataFrame:
    """`pull_request_commits` of all pull requests."""
    return _commits(commits().filter(~pl.col("is_pushed")), "opened_s", pull_number="number")


def commits_of_trunk() -> pl.DataFrame:
    """`commits` of all default branches: pull requests squashed at the merge, and pushes."""
    begun = pl.when("is_pushed").then("first_commit_s").otherwise("merged_s")
    merged = changes().filter(pl.col("merged_s").is_not_null()).sort("repo", "merged_s", "change")
    return _commits(
        merged.with_columns(sha="merge_sha", authored_s=begun, committed_s="merged_s"), "merged_s"
    )


def _commits(frame: pl.DataFrame, known: str, **more: str) -> pl.DataFrame:
    """Commits of the columns `sha, authored_s, committed_s`, each with the one before as parent."""
    login = pl.when("is_bot").then(pl.lit(names.UPDATE_BOT)).otherwise(
        numbered("dev", pl.col("author"))
    )  # fmt: skip
    mail = login + "@example.com"
    return frame.select(
        "sha",
        commit=pl.struct(
            author=pl.struct(name=login, email=mail, date=iso("authored_s")),
            committer=pl.struct(name=login, email=mail, date=iso("committed_s")),
            message=pl.format("Change {}", "change"),
        ),
        url=pl.lit(f"{API}/repos/") + full_name() + pl.format("/commits/{}", "sha"),
        html_url=pl.lit(f"{HOSTING}/") + full_name() + pl.format("/commit/{}", "sha"),
        author=author(),
        committer=author(),
        parents=pl.concat_list(pl.struct(sha=pl.col("sha").shift(1).fill_null("0" * 40))),
        **more,
        **{KNOWN_AT: known},
    )
