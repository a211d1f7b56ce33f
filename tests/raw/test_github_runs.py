"""GitHub Actions runs and jobs."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from assets.configuration import Configuration, Organisation, Repo
from assets.raw.github import SYSTEM


def run(**changes):
    return {
        "id": 7,
        "run_attempt": 1,
        "name": "Tests",
        "event": "push",
        "status": "completed",
        "conclusion": "success",
        "head_branch": "main",
        "head_sha": "a1",
        "created_at": "2026-03-02T08:00:00Z",
        "run_started_at": "2026-03-02T08:00:00Z",
        "updated_at": "2026-03-02T08:09:00Z",
        "html_url": "https://github.com/acme/api/actions/runs/7",
        "repository": {"full_name": "acme/api"},
        "actor": {"login": "dev-1", "type": "User"},
    } | changes


def job(**changes):
    return {
        "id": 70,
        "run_id": 7,
        "run_attempt": 1,
        "name": "unit",
        "status": "completed",
        "conclusion": "success",
        "labels": ["self-hosted", "linux"],
        "created_at": "2026-03-02T08:00:05Z",
        "started_at": "2026-03-02T08:01:30Z",
        "completed_at": "2026-03-02T08:09:00Z",
    } | changes


def test_a_run_is_queued_when_created_and_finished_when_last_updated(mapped):
    [row] = mapped(SYSTEM, "pipeline_runs", workflow_runs=[run()])
    assert row["run_id"] == row["source_id"] == "7/1"
    assert (row["repo"], row["workflow"], row["tool"]) == ("acme/api", "Tests", "github-actions")
    assert row["queued_at"] == "2026-03-02T08:00:00Z"
    assert row["finished_at"] == "2026-03-02T08:09:00Z"
    assert (row["status"], row["actor_kind"], row["reject"]) == ("success", "human", None)


def test_each_attempt_is_a_run_of_its_own_queued_when_it_was_asked_for(mapped):
    again = run(run_attempt=2, run_started_at="2026-03-03T10:00:00Z", conclusion="failure")
    rows = mapped(SYSTEM, "pipeline_runs", workflow_runs=[run(), again])
    assert [(row["run_id"], row["queued_at"]) for row in rows] == [
        ("7/1", "2026-03-02T08:00:00Z"),
        ("7/2", "2026-03-03T10:00:00Z"),
    ]


def test_an_unfinished_attempt_that_was_run_again_is_rejected_because_its_end_is_unknown(mapped):
    again = run(run_attempt=2, run_started_at="2026-03-03T10:00:00Z")
    rows = mapped(
        SYSTEM, "pipeline_runs", workflow_runs=[run(status="in_progress", conclusion=None), again]
    )
    assert [row["reject"] for row in rows] == ["end_of_attempt_unknown", None]


def test_a_run_without_attempt_or_start_is_a_first_attempt(mapped):
    old = run()
    del old["run_attempt"], old["run_started_at"]
    [row] = mapped(SYSTEM, "pipeline_runs", workflow_runs=[old])
    assert (row["run_id"], row["queued_at"]) == ("7/1", "2026-03-02T08:00:00Z")
    assert row["started_at"] == datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_a_run_starts_when_the_first_job_of_the_same_attempt_gets_a_runner(mapped):
    again = run(run_attempt=2, run_started_at="2026-03-03T10:00:00Z")
    taken_over = job(id=71, run_attempt=2)
    rerun = job(id=72, run_attempt=2, started_at="2026-03-03T10:04:00Z")
    skipped = job(id=73, conclusion="skipped", started_at="2026-03-02T08:00:00Z")
    rows = mapped(
        SYSTEM,
        "pipeline_runs",
        workflow_runs=[run(), again],
        workflow_jobs=[job(), taken_over, rerun, skipped],
    )
    assert [row["started_at"] for row in rows] == [
        datetime(2026, 3, 2, 8, 1, 30, tzinfo=UTC),
        datetime(2026, 3, 3, 10, 4, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("status", "conclusion", "expected"),
    [
        ("queued", None, "queued"),
        ("WAITING", "", "queued"),
        ("in_progress", "", "running"),
        ("completed", "neutral", "success"),
        ("completed", "startup_failure", "failure"),
        ("completed", "stale", "cancelled"),
        ("completed", "action_required", "queued"),
        ("TIMED_OUT", "timed_out", "timed_out"),
        ("completed", None, "completed"),
        ("completed", "Exploded", "exploded"),
    ],
)
def test_a_word_with_a_clear_meaning_is_translated_and_others_pass(
    mapped, status, conclusion, expected
):
    [row] = mapped(
        SYSTEM, "pipeline_runs", workflow_runs=[run(status=status, conclusion=conclusion)]
    )
    assert row["status"] == expected
    assert (row["finished_at"] is None) == (expected in ("queued", "running"))


@pytest.mark.parametrize(
    ("event", "branch", "expected"),
    [
        ("pull_request", "main", "change"),
        ("push", "main", "default"),
        ("schedule", "master", "default"),
        ("push", "release/2.1", "release"),
        ("push", "v2.1.0", "release"),
        ("push", "faster-cache", "change"),
        ("workflow_dispatch", "faster-cache", "other"),
        ("push", None, None),
    ],
)
def test_the_kind_of_branch_follows_from_trigger_and_name(mapped, event, branch, expected):
    [row] = mapped(SYSTEM, "pipeline_runs", workflow_runs=[run(event=event, head_branch=branch)])
    assert row["branch_kind"] == expected


def test_the_newest_configured_default_branch_of_a_repo_replaces_the_usual_names(mapped):
    repos = (
        Repo(id="acme/api", default_branch="develop", valid_from=date(2025, 1, 1)),
        Repo(id="acme/api", default_branch="main", valid_from=date(2020, 1, 1)),
    )
    settings = Configuration(organisation=Organisation(name="Example"), repos=repos)
    runs = [run(head_branch="develop"), run(id=8, head_branch="main")]
    rows = mapped(SYSTEM, "pipeline_runs", settings, workflow_runs=runs)
    assert [row["branch_kind"] for row in rows] == ["default", "change"]


def test_who_asked_for_the_run_decides_whether_it_was_a_bot(mapped):
    bot = {"login": "renovate[bot]", "type": "Bot"}
    runs = [run(triggering_actor=bot), run(id=8, actor=bot), run(id=9, actor=None)]
    rows = mapped(SYSTEM, "pipeline_runs", workflow_runs=runs)
    assert [row["actor_kind"] for row in rows] == ["bot", "bot", None]


def test_a_tool_named_in_the_payload_wins(mapped):
    [row] = mapped(SYSTEM, "pipeline_runs", workflow_runs=[run(tool="ui-tests")])
    assert row["tool"] == "ui-tests"


def test_a_job_belongs_to_an_attempt_and_names_its_class_of_runner(mapped):
    hosted = job(id=71, labels=[], runner_group_name="GitHub Actions", run_attempt=None)
    rows = mapped(SYSTEM, "pipeline_jobs", workflow_jobs=[job(), hosted])
    assert [(row["job_id"], row["run_id"], row["runner"]) for row in rows] == [
        ("70", "7/1", "self-hosted,linux"),
        ("71", "7/1", "GitHub Actions"),
    ]
    assert rows[0]["queued_at"] == "2026-03-02T08:00:05Z"


def test_a_skipped_job_never_started_and_a_running_one_has_not_finished(mapped):
    rows = mapped(
        SYSTEM,
        "pipeline_jobs",
        workflow_jobs=[job(conclusion="skipped"), job(id=71, status="in_progress", conclusion="")],
    )
    assert [(row["started_at"], row["finished_at"]) for row in rows] == [
        (None, "2026-03-02T08:09:00Z"),
        ("2026-03-02T08:01:30Z", None),
    ]


@pytest.mark.realdata
def test_all_words_of_the_recorded_runs_and_jobs_are_known(mapped, recorded):
    runs, jobs = recorded("github/runs.jsonl"), recorded("github/jobs.jsonl")
    rows = mapped(SYSTEM, "pipeline_runs", workflow_runs=runs, workflow_jobs=jobs)
    both = {"failure": 4, "queued": 5, "running": 3, "timed_out": 1, "skipped": 1}
    assert Counter(row["status"] for row in rows) == both | {"success": 19, "cancelled": 2}
    assert len({row["run_id"] for row in rows}) == len(runs) == 35
    rows = mapped(SYSTEM, "pipeline_jobs", workflow_jobs=jobs)
    assert Counter(row["status"] for row in rows) == both | {"success": 13, "cancelled": 8}


@pytest.mark.realdata
def test_a_recorded_second_attempt_is_queued_when_it_was_asked_for(mapped, recorded):
    rows = mapped(SYSTEM, "pipeline_runs", workflow_runs=recorded("github/runs.jsonl"))
    [row] = [row for row in rows if row["run_id"] == "2589885639/2"]
    assert row["queued_at"] == "2022-07-01T13:34:14Z"
    assert row["branch_kind"] == "change"
