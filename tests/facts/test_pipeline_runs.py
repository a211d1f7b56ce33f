"""CI runs: what waits for them, how they ended, how long it took."""

from datetime import date

import polars as pl
import pytest

from assets.facts.pipeline_runs import pipeline_runs


@pytest.fixture(scope="session")
def fact(conformed, at):
    def build(run):
        usual = {"run_id": "r", "queued_at": at(0), "status": "success", "tool": "ci"}
        offerings = pl.LazyFrame(
            [("pipelines", ["ci"], date(2020, 1, 1))],
            schema={"id": pl.String, "tools": pl.List(pl.String), "valid_from": pl.Date},
            orient="row",
        )
        frame = pipeline_runs(conformed("pipeline_runs", usual | run), offerings, at(10))
        return frame.collect().row(0, named=True)

    return build


def test_a_run_is_clocked_from_the_queue_to_its_verdict(fact, at):
    row = fact({"started_at": at(1), "finished_at": at(3)})
    assert (row["queue_seconds"], row["queue_exit"]) == (3600, 1)
    assert (row["feedback_seconds"], row["feedback_exit"]) == (10800, 1)
    assert row["offering"] == "pipelines"


def test_a_running_run_is_open_on_the_feedback_clock_only(fact, at):
    row = fact({"status": "running", "started_at": at(1)})
    assert (row["feedback_seconds"], row["feedback_exit"]) == (36000, 0)
    assert row["queue_exit"] == 1
    assert row["is_unfinished"]


@pytest.mark.parametrize(
    ("trigger", "branch_kind", "is_change_triggered"),
    [
        ("pull_request", "change", True),
        ("push", "default", True),
        ("schedule", "default", False),
        ("schedule", "change", False),
        (None, "change", True),
        (None, "default", False),
        (None, None, False),
    ],
)
def test_a_change_waits_for_a_run_unless_something_else_started_it(
    fact, trigger, branch_kind, is_change_triggered
):
    row = fact({"trigger": trigger, "branch_kind": branch_kind})
    assert row["is_change_triggered"] is is_change_triggered


@pytest.mark.parametrize("status", ["cancelled", "skipped"])
def test_a_cancelled_or_skipped_run_gives_no_verdict(fact, at, status):
    row = fact({"status": status, "finished_at": at(1)})
    assert row["is_without_verdict"]
    assert not row["is_success"]


def test_what_the_source_does_not_say_is_unknown_and_not_open(fact):
    row = fact({"status": "failure"})
    assert row["is_finish_unknown"]
    assert row["is_start_unknown"]
    assert not fact({"status": "queued"})["is_start_unknown"]
