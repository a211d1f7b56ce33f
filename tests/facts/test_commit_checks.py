"""What a workflow said of a commit: every row against a loop over pairs of runs."""

from collections import defaultdict
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.facts.commit_checks import commit_checks

LOOK_AHEAD = timedelta(hours=72)
SAID = {"success": True, "failure": False, "timed_out": False}
STATUSES = (*SAID, "success", "failure", "cancelled", "skipped", "running", "queued")


@pytest.fixture(scope="session")
def checks(conformed):
    """The rows of `fact_commit_checks` of the runs given."""
    offerings = pl.LazyFrame(
        [("pipelines", ["ci"], date(2020, 1, 1))],
        schema={"id": pl.String, "tools": pl.List(pl.String), "valid_from": pl.Date},
        orient="row",
    )

    def build(*runs):
        usual = {"repo": "acme/shop", "workflow": "ci", "tool": "ci", "commit_sha": "a"}
        rows = [usual | {"run_id": str(number)} | run for number, run in enumerate(runs)]
        return commit_checks(conformed("pipeline_runs", *rows), offerings).collect().to_dicts()

    return build


@pytest.fixture(scope="session")
def run(at):
    """A run that finished at an hour with a status."""

    def build(hour, status, **other):
        return {"queued_at": at(hour - 1), "finished_at": at(hour), "status": status} | other

    return build


def checks_by_loop(runs):
    """Key → (first verdict, first success after a failure, runs), pair by pair."""
    by_commit = defaultdict(list)
    for number, one in enumerate(runs):
        if one["status"] in SAID:
            of = (one["finished_at"] and one["commit_sha"]) or number
            by_commit[one["repo"], one["workflow"], of].append(one)
    found = []
    for (repo, workflow, _), mine in by_commit.items():
        again = [
            good["finished_at"]
            for bad in mine
            for good in mine
            if not SAID[bad["status"]]
            and SAID[good["status"]]
            and len(mine) > 1
            and bad["finished_at"] < good["finished_at"]
        ]
        first = min(one["finished_at"] or one["queued_at"] for one in mine)
        commit = mine[0]["commit_sha"]
        found.append((repo, workflow, commit, first, min(again, default=None), len(mine)))
    return found


@st.composite
def worlds(draw):
    hour = st.sampled_from((0, 1, 2, 3, 72, 73, 75))
    return [
        {
            "repo": draw(st.sampled_from(("acme/shop", "acme/shop", "acme/till"))),
            "workflow": draw(st.sampled_from(("ci", "ci", "scan"))),
            "commit_sha": draw(st.sampled_from(("a", "a", "a", "b", None))),
            "status": draw(st.sampled_from(STATUSES)),
            "attempt": draw(st.sampled_from((None, 1, 2))),
            "queued_at": 0,
            "finished_at": draw(st.one_of(hour, hour, hour, st.none())),
        }
        for _ in range(draw(st.integers(0, 12)))
    ]


@settings(max_examples=200)
@given(world=worlds())
def test_checks_are_those_of_a_loop_over_pairs_of_runs(world, checks, at):
    runs = [{k: at(v) if k.endswith("_at") else v for k, v in row.items()} for row in world]
    found = checks(*runs)
    keys = ("repo", "workflow", "commit_sha", "entered_at", "passed_again_at", "n_runs")
    assert sorted((tuple(row[k] for k in keys) for row in found), key=str) == sorted(
        checks_by_loop(runs), key=str
    )
    for row in found:
        took = row["passed_again_at"] and row["passed_again_at"] - row["entered_at"]
        assert row["is_flaky"] == (took is not None and took <= LOOK_AHEAD)
        assert row["is_flaky_late"] == (took is not None and took > LOOK_AHEAD)
        assert not (row["is_finish_unknown"] and row["n_runs"] > 1)
        assert row["is_commit_unknown"] == (row["commit_sha"] is None)
    assert len({row["event_id"] for row in found}) == len(found)


@given(world=worlds(), rng=st.randoms(use_true_random=False))
def test_the_order_of_delivery_changes_nothing(world, rng, checks, at):
    rows = [
        row | {"queued_at": at(0), "finished_at": at(row["finished_at"]), "run_id": str(i)}
        for i, row in enumerate(world)
    ]
    shuffled = rng.sample(rows, len(rows))
    assert sorted(checks(*rows), key=str) == sorted(checks(*shuffled), key=str)


def test_a_second_attempt_and_a_new_run_that_pass_both_show_a_flake(checks, run):
    for again in ({"attempt": 2}, {"run_id": "other"}):
        [row] = checks(run(1, "failure", attempt=1), run(2, "success", **again))
        assert row["is_flaky"]
        assert (row["n_runs"], row["offering"]) == (2, "pipelines")


def test_a_commit_that_passed_and_failed_later_is_no_flake(checks, run):
    [row] = checks(run(1, "success"), run(2, "failure"))
    assert not row["is_flaky"]


@pytest.mark.parametrize("status", ["cancelled", "skipped", "running"])
def test_a_run_without_a_verdict_contradicts_nothing(checks, run, status):
    [row] = checks(run(1, "failure"), run(2, status))
    assert (row["is_flaky"], row["n_runs"]) == (False, 1)


def test_a_contradiction_after_the_look_ahead_is_late(checks, run):
    [row] = checks(run(1, "failure"), run(73, "success"))
    assert (row["is_flaky"], row["is_flaky_late"]) == (True, False)
    [row] = checks(run(1, "failure"), run(74, "success"))
    assert (row["is_flaky"], row["is_flaky_late"]) == (False, True)


def test_the_look_ahead_runs_from_the_first_verdict_so_that_a_mature_row_stays_as_it_is(
    checks, run
):
    [row] = checks(run(1, "success"), run(70, "failure"), run(75, "success"))
    assert (row["is_flaky"], row["is_flaky_late"]) == (False, True)


def test_runs_without_a_commit_are_rows_of_their_own_and_say_so(checks, run):
    rows = checks(run(1, "failure", commit_sha=None), run(2, "success", commit_sha=None))
    assert [row["is_commit_unknown"] for row in rows] == [True, True]
    assert not any(row["is_flaky"] for row in rows)


def test_a_run_without_a_finish_has_no_place_in_the_order_and_says_so(checks, run, at):
    rows = checks(run(1, "failure"), run(2, "success", finished_at=None))
    assert [row["is_finish_unknown"] for row in sorted(rows, key=lambda r: r["event_id"])] == [
        False,
        True,
    ]
    assert not any(row["is_flaky"] for row in rows)
    assert {row["entered_at"] for row in rows} == {at(1)}


def test_what_a_row_does_not_know_is_null_or_unknown(checks, run):
    [row] = checks(run(1, "success", tool=None))
    assert (row["tool"], row["offering"], row["branch_kind"]) == (None, None, "unknown")
