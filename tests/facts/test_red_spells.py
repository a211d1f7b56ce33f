"""How long a default branch was red: every spell against a loop that watches the runs finish."""

from collections import defaultdict
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.facts.red_spells import red_spells

HOUR, DAY = 3600.0, 24
OPEN, HAPPENED, ANOTHER_EXIT = 0, 1, 2
GIVEN_UP = timedelta(days=35)
SAID = {"success": True, "failure": False, "timed_out": False}
STATUSES = (*SAID, "success", "failure", "failure", "cancelled", "skipped", "running")


@pytest.fixture(scope="session")
def spells(conformed, at):
    """The rows of `fact_red_spells` of the runs given, as of an hour."""
    offerings = pl.LazyFrame(
        [("pipelines", ["ci"], date(2020, 1, 1))],
        schema={"id": pl.String, "tools": pl.List(pl.String), "valid_from": pl.Date},
        orient="row",
    )

    def build(*runs, as_of=5_000):
        usual = {"repo": "acme/shop", "workflow": "ci", "tool": "ci", "branch_kind": "default"}
        rows = [usual | {"run_id": f"{i:02}"} | run for i, run in enumerate(runs)]
        return red_spells(conformed("pipeline_runs", *rows), offerings, at(as_of)).collect()

    return build


@pytest.fixture(scope="session")
def run(at):
    """A run that was queued an hour before it finished with a status."""

    def build(hour, status, **other):
        return {"queued_at": at(hour - 1), "finished_at": at(hour), "status": status} | other

    return build


def asked_at(one, runs):
    """When the first attempt at the same code was asked for; for a first attempt, when it was."""
    if (one["attempt"] or 1) > 1 and one["commit_sha"]:
        firsts = [
            other["queued_at"]
            for other in runs
            if (other["attempt"] or 1) == 1
            and all(other[k] == one[k] for k in ("repo", "workflow", "commit_sha", "branch_kind"))
            and (other["queued_at"], other["run_id"]) <= (one["queued_at"], one["run_id"])
        ]
        return max(firsts, default=one["queued_at"])
    return one["queued_at"]


def spells_by_loop(runs, as_of):
    """Watches one workflow after the other: what a lamp on the wall would have shown."""
    heard = max((r["finished_at"] or r["queued_at"] for r in runs), default=None)
    heard = max([heard, *(r["queued_at"] for r in runs)]) if runs else None
    finishing = defaultdict(list)
    for one in runs:
        if one["branch_kind"] == "default" and one["status"] in SAID and one["finished_at"]:
            order = (one["finished_at"], asked_at(one, runs), one["run_id"])
            finishing[one["repo"], one["workflow"]].append((*order, SAID[one["status"]]))
    found = []
    for workflow, events in finishing.items():
        lamp, newest, spell = None, None, None
        for at, asked, run_id, is_green in [*sorted(events), (heard, None, None, None)]:
            if asked and newest and asked < newest:
                continue
            if spell and spell["left"] is None and spell["last"] + GIVEN_UP <= at:
                spell["left"] = spell["last"] + GIVEN_UP
            if asked is None:
                continue
            newest = asked
            if is_green and spell:
                spell["green"], spell = at, None
            elif not is_green and spell:
                spell["last"] = at
            elif not is_green:
                spell = {"run": run_id, "begin": at, "last": at, "green": None, "left": None}
                spell["unknown"] = lamp is None
                found.append((workflow, spell))
            lamp = is_green
    return [
        (*workflow, s["run"], s["begin"], s["unknown"], *measured(s, as_of))
        for workflow, s in found
    ]


def measured(spell, as_of):
    green, left = spell["green"], spell["left"]
    if green and (left is None or green <= left):
        return (green - spell["begin"]).total_seconds(), HAPPENED
    if left:
        return (left - spell["begin"]).total_seconds(), ANOTHER_EXIT
    return (as_of - spell["begin"]).total_seconds(), OPEN


@st.composite
def worlds(draw):
    runs = []
    for i in range(draw(st.integers(0, 10))):
        queued = draw(st.sampled_from((*range(10), 840, 850, 1_690)))
        took = draw(st.sampled_from((*range(10), None)))
        runs.append(
            {
                "run_id": f"{i:02}",
                "repo": draw(st.sampled_from(("acme/shop", "acme/shop", "acme/shop", "acme/till"))),
                "workflow": draw(st.sampled_from(("ci", "ci", "ci", "scan"))),
                "commit_sha": draw(st.sampled_from(("a", "b", None))),
                "attempt": draw(st.sampled_from((None, 1, 1, 2, 3))),
                "branch_kind": draw(
                    st.sampled_from(("default", "default", "default", "default", "change", None))
                ),
                "status": draw(st.sampled_from(STATUSES)),
                "queued_at": queued,
                "finished_at": None if took is None else queued + took,
            }
        )
    return runs


@settings(max_examples=200)
@given(world=worlds())
def test_spells_are_those_of_a_lamp_on_the_wall(world, spells, at):
    runs = [{k: at(v) if k.endswith("_at") else v for k, v in row.items()} for row in world]
    found = spells(*runs).with_columns(pl.col("event_id").str.strip_prefix("s/"))
    columns = ("repo", "workflow", "event_id", "entered_at", "is_begin_unknown")
    rows = found.select(*columns, "red_seconds", "red_exit").rows()
    assert sorted(rows) == sorted(spells_by_loop(runs, at(5_000)))


def test_a_branch_is_red_from_the_failing_finish_to_the_next_good_one(spells, run, at):
    [row] = spells(
        run(1, "success"), run(3, "failure"), run(5, "timed_out"), run(9, "success"),
        run(11, "success"),
    ).to_dicts()  # fmt: skip
    assert (row["entered_at"], row["green_at"], row["n_red_runs"]) == (at(3), at(9), 2)
    assert (row["red_seconds"], row["red_exit"]) == (6 * HOUR, HAPPENED)
    assert (row["event_id"], row["offering"]) == ("s/01", "pipelines")
    assert not row["is_begin_unknown"]


def test_an_open_spell_is_open_until_as_of(spells, run):
    [row] = spells(run(1, "success"), run(3, "failure"), as_of=10).to_dicts()
    assert (row["red_seconds"], row["red_exit"]) == (7 * HOUR, OPEN)


@pytest.mark.parametrize("status", ["cancelled", "skipped", "running"])
def test_a_run_without_a_verdict_tells_no_colour(spells, run, status):
    [row] = spells(run(1, "success"), run(2, "failure"), run(3, status), run(6, "success"))[
        "red_seconds"
    ]
    assert row == 4 * HOUR


def test_runs_of_changes_and_of_branches_unknown_tell_no_colour(spells, run):
    others = [run(2, "failure", branch_kind=kind) for kind in ("change", "release", "other", None)]
    assert spells(run(1, "success"), *others).is_empty()


def test_a_slow_run_of_older_code_does_not_turn_the_branch_red_again(spells, at):
    older = {"queued_at": at(1), "finished_at": at(9), "status": "failure"}
    newer = {"queued_at": at(2), "finished_at": at(3), "status": "success"}
    assert spells(older, newer).is_empty()


def test_a_second_attempt_at_older_code_does_not_turn_the_branch_green(spells, run):
    found = spells(
        run(1, "success", commit_sha="a", attempt=1),
        run(3, "failure", commit_sha="b", attempt=1),
        run(5, "failure", commit_sha="c", attempt=1),
        run(7, "success", commit_sha="b", attempt=2),
        run(9, "success", commit_sha="c", attempt=2),
    )
    assert found["red_seconds"].to_list() == [6 * HOUR]


def test_a_workflow_that_ran_no_more_left_by_another_exit(spells, run):
    still_there = run(40 * DAY, "success", workflow="other")
    [row] = spells(run(1, "success"), run(2, "failure"), still_there).to_dicts()
    assert (row["red_seconds"], row["red_exit"]) == (35 * DAY * HOUR, ANOTHER_EXIT)


def test_a_source_that_fell_silent_gives_up_no_workflow(spells, run):
    [row] = spells(run(1, "success"), run(2, "failure"), as_of=100 * DAY).to_dicts()
    assert row["red_exit"] == OPEN


def test_what_is_known_later_does_not_change_how_a_spell_was_left(spells, run):
    [row] = spells(run(1, "success"), run(2, "failure"), run(90 * DAY, "success")).to_dicts()
    assert (row["red_seconds"], row["red_exit"]) == (35 * DAY * HOUR, ANOTHER_EXIT)


def test_a_monthly_workflow_is_not_given_up_between_two_runs(spells, run):
    [row] = spells(run(1, "success"), run(2, "failure"), run(31 * DAY, "success")).to_dicts()
    assert row["red_exit"] == HAPPENED


def test_history_that_starts_red_says_that_its_begin_is_unknown(spells, run):
    found = spells(run(1, "failure"), run(2, "success"), run(3, "failure"))
    assert found.sort("entered_at")["is_begin_unknown"].to_list() == [True, False]


def test_each_repo_has_its_own_colour(spells, run):
    found = spells(
        run(1, "success"), run(1, "success", repo="acme/till"), run(2, "failure"),
        run(3, "success", repo="acme/till"),
    )  # fmt: skip
    assert found["red_exit"].to_list() == [OPEN]
