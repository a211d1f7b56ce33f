"""What happens to code in the benchmark's company, and all its tables together.

One function per table, drawn column by column; the others are in `drawn_service`.
A piece reaches one day beyond the as-of, so that the next day has new rows and endings of old ones.
"""

import company
import drawn_service
import numpy as np
import polars as pl
from draws import HOUR, MINUTE, Rows, named, repo_of_service, sha

# Rows of one piece. Service levels and effort are the company's and do not grow with the scale.
SIZES = {
    "pipeline_runs": 1_000_000,
    "changes": 200_000,
    "commits": 300_000,  # beside the first of each change
    "deployments": 100_000,
    "incidents": 5_000,
    "tickets": 200_000,
    "security_findings": 20_000,
}


def tables(piece: int, share: float = 1.0) -> dict[str, pl.DataFrame]:
    """All tables of one piece, without the columns that all tables have."""

    def rows(name: str) -> Rows:
        return Rows(name, piece, max(50, round(SIZES[name] * share)))

    changes = _changes(rows("changes"))
    deployments = _deployments(rows("deployments"), changes)
    tickets = drawn_service.tickets(rows("tickets"))
    found = {
        "pipeline_runs": _pipeline_runs(rows("pipeline_runs")),
        "changes": changes.drop("n"),
        "commits": _commits(rows("commits"), changes),
        "deployments": deployments,
        "deployment_changes": _deployment_changes(changes, deployments),
        "incidents": drawn_service.incidents(rows("incidents")),
        "tickets": tickets.drop("n", "first_reply_at", "solved_at"),
        "ticket_events": drawn_service.ticket_events(tickets),
        "ticket_ratings": drawn_service.ticket_ratings(tickets),
        "security_findings": drawn_service.security_findings(rows("security_findings")),
    }
    return found | (
        {"service_levels": drawn_service.service_levels(), "effort": drawn_service.effort()}
        if not piece
        else {}
    )


def _pipeline_runs(rows: Rows) -> pl.DataFrame:
    frame = rows.frame.with_columns(started_at=rows.after("begun", 40))
    verdict = {"success": 0.82, "failure": 0.14, "cancelled": 0.03, "timed_out": 0.01}
    return frame.select(
        run_id=pl.format("{}", "n"),
        repo=repo_of_service(),
        workflow=rows.word({"build": 0.4, "test": 0.35, "lint": 0.15, "nightly": 0.1}),
        status=rows.word(verdict),
        attempt=1 + rows.chance(0.04).cast(pl.Int64),
        branch_kind=rows.word({"change": 0.7, "default": 0.25, "other": 0.05}),
        commit_sha=sha("run"),
        trigger=rows.word({"pull_request": 0.6, "push": 0.34, "schedule": 0.06}),
        tool=named(company.TOOLS, rows.numbers(5)),
        actor_kind=rows.word({"human": 0.85, "bot": 0.15}),
        queued_at="begun",
        started_at="started_at",
        finished_at=rows.after("started_at", 9 * MINUTE),
    )


def _changes(rows: Rows) -> pl.DataFrame:
    """Each with `n`; nine in ten are merged, most of them after a review."""
    frame = rows.frame.with_columns(ready_at=rows.after("begun", 2 * HOUR, 1.5))
    frame = frame.with_columns(reviewed_at=rows.after("ready_at", 5 * HOUR, 1.3))
    frame = frame.with_columns(agreed_at=rows.after("reviewed_at", 2 * HOUR, 1.5))
    frame = frame.with_columns(left_at=rows.after("agreed_at", 1 * HOUR, 1.5))
    is_merged, is_reviewed = rows.chance(0.9), rows.chance(0.85)
    paths = [f"{name}/src/main.py" for name in company.CUSTOMERS]
    frame = frame.with_columns(is_merged=is_merged, is_reviewed=is_reviewed)
    return frame.select(
        "n",
        "ready_at",
        change_id=pl.format("change-{}", "n"),
        repo=repo_of_service(),
        opened_at="begun",
        number="n",
        author_kind=rows.word({"human": 0.9, "bot": 0.1}),
        first_review_at=pl.when("is_reviewed").then("reviewed_at"),
        approved_at=pl.when("is_reviewed").then("agreed_at"),
        merged_at=pl.when("is_merged").then("left_at"),
        closed_at="left_at",
        merge_sha=pl.when("is_merged").then(sha("merge")),
        head_sha=sha("head"),
        lines_changed=pl.lit(pl.Series(rows.amounts(60, 1.6).astype(np.int64))),
        files_changed=1 + rows.numbers(9),
        labels=pl.concat_list(rows.word({"feature": 0.5, "fix": 0.4, "chore": 0.1})),
        paths=pl.concat_list(
            named(paths, rows.numbers(len(paths))), pl.format("src/module_{}.py", "service")
        ),
        is_reviewed_independently=pl.when("is_merged").then("is_reviewed"),
    )


def _commits(rows: Rows, changes: pl.DataFrame) -> pl.DataFrame:
    """The first of each change some hours before it was opened; the others after that."""
    merged = changes.select("n", "repo", "change_id", "author_kind", "opened_at", "head_sha")
    first = merged.select(
        "repo",
        "change_id",
        "author_kind",
        sha="head_sha",
        authored_at=pl.col("opened_at") - pl.duration(seconds=HOUR + pl.col("n") % (40 * HOUR)),
    )
    place = rows.generator.integers(0, changes.height, rows.size)
    more = merged[place].with_columns(rows.frame.get_column("n"))
    others = more.select(
        "repo",
        "change_id",
        "author_kind",
        sha=sha("commit"),
        authored_at=pl.col("opened_at") - pl.duration(seconds=pl.col("n") % HOUR),
    )
    return pl.concat([first, others]).with_columns(committed_at="authored_at")


def _deployments(rows: Rows, changes: pl.DataFrame) -> pl.DataFrame:
    """Each of what was merged last into its repo; six in ten go to production."""
    frame = rows.frame.with_columns(repo=repo_of_service(), finished_at=rows.after("begun", 400))
    merged = changes.drop_nulls("merged_at").select("repo", "merge_sha", "merged_at")
    found = frame.join_asof(
        merged.sort("merged_at"),
        left_on="begun",
        right_on="merged_at",
        by="repo",
        check_sortedness=False,
    )
    return found.select(
        "repo",
        "finished_at",
        deployment_id=pl.format("deployment-{}", "n"),
        service=named(company.SERVICES, pl.col("service")),
        environment=rows.word({"production": 0.6, "staging": 0.4}),
        status=rows.word({"success": 0.94, "failure": 0.05, "cancelled": 0.01}),
        commit_sha="merge_sha",
        created_at="begun",
        started_at=pl.col("begun") + pl.duration(seconds=1),
        is_rollback=rows.chance(0.01),
        is_unplanned=rows.chance(0.04),
    ).with_columns(pl.max_horizontal("finished_at", "started_at").alias("finished_at"))


def _deployment_changes(changes: pl.DataFrame, deployments: pl.DataFrame) -> pl.DataFrame:
    """Half of the changes are named by the production deployment that shipped them."""
    shipping = deployments.filter(environment="production", status="success")
    return (
        changes.filter(pl.col("merged_at").is_not_null(), pl.col("n") % 2 == 0)
        .select("change_id", "repo", "merged_at")
        .sort("merged_at")
        .join_asof(
            shipping.select("repo", "deployment_id", "created_at").sort("created_at"),
            left_on="merged_at",
            right_on="created_at",
            by="repo",
            strategy="forward",
            check_sortedness=False,
        )
        .drop_nulls("deployment_id")
        .select("deployment_id", "change_id", link_rule=pl.lit("compare_commits"))
    )
