"""GitHub Actions: workflow runs and their jobs, as pipeline runs and pipeline jobs.

A re-run keeps its run's id and raises `run_attempt`: each attempt is a run of its own here.
"""

from collections.abc import Mapping

import polars as pl

from assets.configuration import Configuration
from assets.raw.feed import Feed, instant, matches_glob, word
from assets.raw.github_common import account_kind, is_default_branch, repo_in
from assets.raw.rows import CARRIED

# By "About status checks" of GitHub's documentation. `neutral` and `skipped` let dependent
# checks pass; `stale` is set by GitHub after 14 days without an end, "similarly to timed_out
# and cancelled"; `action_required` is a run that waits for a maintainer's approval: nothing has
# run yet. Words that are not here pass on, and the contract quarantines them.
STATUS_WORDS = {
    "requested": "queued",
    "queued": "queued",
    "pending": "queued",
    "waiting": "queued",
    "action_required": "queued",
    "in_progress": "running",
    "success": "success",
    "neutral": "success",
    "failure": "failure",
    "startup_failure": "failure",
    "cancelled": "cancelled",
    "stale": "cancelled",
    "timed_out": "timed_out",
    "skipped": "skipped",
}
UNFINISHED = ("queued", "running")
STATE_RANKS = {"requested": 0, "queued": 1, "waiting": 1, "pending": 1, "in_progress": 2}
STATE_RANKS |= {"completed": 3}
CHANGE_TRIGGERS = (
    "pull_request",
    "pull_request_target",
    "pull_request_review",
    "pull_request_review_comment",
    "merge_group",
)
VERSION = r"^v?\d+\.\d+"  # the branch of a run for a tag is the tag

RUNS = Feed(
    system="github",
    entity="workflow_runs",
    fields={
        "id": ("databaseId", "id"),
        "attempt": ("run_attempt", "runAttempt"),
        "repo_name": (
            "repository.full_name",
            "repository.nameWithOwner",
            "checkSuite.repository.nameWithOwner",
            "repository",
        ),
        "link": ("html_url", "url"),
        "name": ("name", "workflow.name", "workflowName", "path"),
        "trigger": ("event",),
        "branch": ("head_branch", "headBranch", "checkSuite.branch.name"),
        "commit_sha": ("head_sha", "headSha", "checkSuite.commit.oid"),
        "state": ("status", "checkSuite.status"),
        "conclusion": ("conclusion", "checkSuite.conclusion"),
        "tool": ("tool",),
        "opened": ("created_at", "createdAt"),
        "started": ("run_started_at", "runStartedAt", "startedAt"),
        "changed": ("updated_at", "updatedAt"),
        "actor": ("triggering_actor.login", "actor.login"),
        "actor_type": ("triggering_actor.type", "actor.type", "actor.__typename"),
    },
    key=("id", "attempt"),
    optional_key=("attempt",),
    updated_at=("changed", "started", "opened"),
    state="state",
    state_ranks=STATE_RANKS,
)

JOBS = Feed(
    system="github",
    entity="workflow_jobs",
    fields={
        "id": ("databaseId", "id"),
        "run": ("run_id", "runId"),
        "attempt": ("run_attempt", "runAttempt"),
        "link": ("html_url", "url"),
        "name": ("name",),
        "state": ("status",),
        "conclusion": ("conclusion",),
        "tool": ("tool",),
        "labels": ("labels",),
        "runner_group": ("runner_group_name",),
        "opened": ("created_at", "createdAt"),
        "started": ("started_at", "startedAt"),
        "completed": ("completed_at", "completedAt"),
    },
    key=("id",),
    updated_at=("completed", "started", "opened"),
    state="state",
    state_ranks=STATE_RANKS,
)


def pipeline_runs(frames: Mapping[str, pl.LazyFrame], configuration: Configuration) -> pl.LazyFrame:
    """Runs: one row per attempt, queued when it was asked for, finished when last updated.

    GitHub's `run_started_at` is when an attempt was asked for, not when it got a runner. Where
    the attempt's jobs are known, the first of their starts is `started_at`.
    """
    attempt = pl.col("attempt").fill_null("1")
    runs = frames["workflow_runs"].with_columns(
        repo=repo_in(pl.col("repo_name"), pl.col("link")),
        attempt=attempt,
        run_id=pl.col("id") + "/" + attempt,
        status=_status(),
        asked_at=pl.coalesce("started", "opened"),
    )
    is_finished = ~pl.col("status").is_in(UNFINISHED)
    was_run_again = attempt.cast(pl.Int64, strict=False) < attempt.cast(
        pl.Int64, strict=False
    ).max().over("id")
    return runs.join(
        _first_job_starts(frames["workflow_jobs"], runs), on="run_id", how="left"
    ).select(
        *CARRIED,
        "run_id",
        "repo",
        "attempt",
        "commit_sha",
        "trigger",
        "status",
        workflow="name",
        tool=pl.col("tool").fill_null("github-actions"),
        branch_kind=_branch_kind(configuration),
        queued_at=pl.when(pl.col("attempt") == "1").then("opened").otherwise("asked_at"),
        started_at=pl.when(~pl.col("status").is_in(["queued", "skipped"])).then(
            pl.coalesce("first_job_start", instant(pl.col("asked_at")))
        ),
        finished_at=pl.when(is_finished).then("changed"),
        actor_kind=account_kind(pl.col("actor"), pl.col("actor_type"), configuration),
        # An attempt that was run again has ended, but GitHub lists the newest attempt only:
        # how this one ended was never delivered.
        reject=pl.when(~is_finished & was_run_again).then(pl.lit("end_of_attempt_unknown")),
        source_id="run_id",
        url="link",
    )


def pipeline_jobs(frames: Mapping[str, pl.LazyFrame], configuration: Configuration) -> pl.LazyFrame:
    """Jobs; a skipped one never started. `runner` is the class of runner, not the machine."""
    labels = pl.col("labels").str.replace_all(r'[\[\]"\s]', "")
    return (
        frames["workflow_jobs"]
        .with_columns(status=_status())
        .select(
            *CARRIED,
            "name",
            "status",
            job_id="id",
            run_id=_run_of_job(),
            tool=pl.col("tool").fill_null("github-actions"),
            runner=pl.coalesce(pl.when(labels != "").then(labels), "runner_group"),
            queued_at="opened",
            started_at=pl.when(~pl.col("status").is_in(["queued", "skipped"])).then("started"),
            finished_at=pl.when(~pl.col("status").is_in(UNFINISHED)).then("completed"),
            source_id="id",
            url="link",
        )
    )


def _status() -> pl.Expr:
    """The status while it says that the end is still to come, else the conclusion.

    Some exports write the conclusion into both, in capitals.
    """
    state = pl.col("state").str.to_lowercase()
    to_come = [theirs for theirs, ours in STATUS_WORDS.items() if ours in UNFINISHED]
    is_open = state.is_in(to_come).fill_null(False)
    return word(
        pl.when(is_open).then(state).otherwise(pl.coalesce("conclusion", state)), STATUS_WORDS
    )


def _run_of_job() -> pl.Expr:
    return pl.col("run") + "/" + pl.col("attempt").fill_null("1")


def _first_job_starts(jobs: pl.LazyFrame, runs: pl.LazyFrame) -> pl.LazyFrame:
    """run_id, first_job_start: when an attempt got its first runner.

    Jobs that a partial re-run took over keep the start they had in the attempt before, and do
    not count.
    """
    asked_at = instant(pl.col("asked_at"))
    return (
        jobs.filter(pl.col("conclusion").str.to_lowercase().ne_missing("skipped"))
        .select(run_id=_run_of_job(), first_job_start=instant(pl.col("started")))
        .join(runs.select("run_id", asked_at), on="run_id")
        .filter(pl.col("first_job_start") >= pl.col("asked_at"))
        .group_by("run_id")
        .agg(pl.col("first_job_start").min())
    )


def _branch_kind(configuration: Configuration) -> pl.Expr:
    """`change` by what triggered the run, else by the branch's name; a version tag is a release."""
    rules, branch = configuration.rules, pl.col("branch")
    is_default = is_default_branch(pl.col("repo"), branch, configuration)
    is_release = matches_glob(branch, rules.release_branches) | branch.str.contains(VERSION)
    return (
        pl.when(pl.col("trigger").is_in(CHANGE_TRIGGERS))
        .then(pl.lit("change"))
        .when(is_default)
        .then(pl.lit("default"))
        .when(is_release)
        .then(pl.lit("release"))
        .when(branch.is_not_null() & (pl.col("trigger") == "push"))
        .then(pl.lit("change"))
        .when(branch.is_not_null())
        .then(pl.lit("other"))
    )
