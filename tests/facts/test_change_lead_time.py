"""The clocks of a change; sentences of DESIGN section 4 about flexibility."""

import polars as pl
import pytest

from assets.facts.change_lead_time import change_lead_time
from assets.facts.change_links import first_cuts, shipped
from assets.facts.changes import changes as all_changes

HOUR = 3600.0
OPEN, HAPPENED, ANOTHER_EXIT = 0, 1, 2


@pytest.fixture(scope="session")
def fact(conformed, released, at):
    """The rows of `fact_change_lead_time` by change, as of hour 100."""

    def build(changes, commits=(), deployments=(), not_deployable=()):
        usual = {"repo": "acme/shop", "opened_at": at(10)}
        made = conformed("commits", *({"repo": "acme/shop"} | c for c in commits))
        asked = conformed("changes", *(usual | c for c in changes))
        frames = (all_changes(asked, made), made)
        releases = released(*deployments)
        rows = change_lead_time(
            frames[0],
            shipped(*frames, releases, conformed("deployment_changes")),
            first_cuts(*frames, releases),
            list(not_deployable),
            at(100),
        ).collect()
        return {row["event_id"].removeprefix("s/"): row for row in rows.iter_rows(named=True)}

    return build


def release(at, name, commit, begun, done, **other):
    return {
        "deployment_id": name,
        "commit_sha": commit,
        "created_at": at(begun),
        "finished_at": at(done),
    } | other


def clock_of(row, name):
    seconds = row[f"{name}_seconds"]
    return (seconds if seconds is None else seconds / HOUR, row[f"{name}_exit"])


def test_each_stage_has_its_own_clock(fact, at):
    change = {
        "change_id": "c",
        "ready_at": at(12),
        "first_review_at": at(15),
        "approved_at": at(19),
        "merged_at": at(24),
        "merge_sha": "m",
    }
    commits = [{"sha": s, "authored_at": at(h), "change_id": "c"} for s, h in (("x", 6), ("y", 4))]
    deployments = [release(at, "d0", "old", 0, 1), release(at, "d1", "m", 25, 30)]
    row = fact([change], commits, deployments)["c"]
    found = {
        n: clock_of(row, n) for n in ("coding", "pickup", "review", "merge_wait", "deploy_wait")
    }
    assert found == {
        "coding": (8, HAPPENED),
        "pickup": (3, HAPPENED),
        "review": (4, HAPPENED),
        "merge_wait": (5, HAPPENED),
        "deploy_wait": (6, HAPPENED),
    }
    assert clock_of(row, "lead") == (26, HAPPENED)
    assert clock_of(row, "open_to_merge") == (14, HAPPENED)


def test_a_change_without_an_approval_keeps_its_full_open_to_merge_time(fact, at):
    change = {"change_id": "c", "ready_at": at(10), "first_review_at": at(20), "merged_at": at(34)}
    row = fact([change])["c"]
    assert clock_of(row, "open_to_merge") == (24, HAPPENED)
    assert clock_of(row, "review") == (14, HAPPENED)
    assert clock_of(row, "merge_wait") == (None, None)


def test_an_unreviewed_change_left_the_wait_for_review_by_another_exit_at_its_merge(fact, at):
    row = fact([{"change_id": "c", "ready_at": at(10), "merged_at": at(30)}])["c"]
    assert clock_of(row, "pickup") == (20, ANOTHER_EXIT)
    assert clock_of(row, "review") == (None, None)


def test_what_was_said_after_the_merge_held_nothing_up(fact, at):
    change = {
        "change_id": "c",
        "ready_at": at(10),
        "first_review_at": at(40),
        "approved_at": at(41),
        "merged_at": at(30),
    }
    row = fact([change])["c"]
    assert clock_of(row, "pickup") == (20, ANOTHER_EXIT)
    assert clock_of(row, "review") == clock_of(row, "merge_wait") == (None, None)


def test_abandoned_changes_are_a_competing_exit_not_a_fast_one(fact, at):
    change = {
        "change_id": "c",
        "ready_at": at(10),
        "first_review_at": at(11),
        "approved_at": at(13),
        "closed_at": at(50),
    }
    row = fact([change])["c"]
    assert clock_of(row, "open_to_merge") == (40, ANOTHER_EXIT)
    assert clock_of(row, "merge_wait") == (37, ANOTHER_EXIT)
    assert clock_of(row, "review") == (2, HAPPENED)
    assert clock_of(row, "deploy_wait") == (None, None)
    assert not row["is_merged"]


def test_a_change_is_open_until_it_is_merged_or_closed(fact, at):
    merged = {"change_id": "m", "merged_at": at(40), "closed_at": at(40), "lines_changed": 0}
    closed = {"change_id": "c", "closed_at": at(50)}
    rows = fact([merged, closed, {"change_id": "o"}])
    assert {name: row["left_at"] for name, row in rows.items()} == {
        "m": at(40),
        "c": at(50),
        "o": None,
    }
    assert [rows[name]["is_size_unknown"] for name in "mco"] == [False, True, True]


def test_an_open_change_is_open_until_as_of(fact, at):
    row = fact([{"change_id": "c", "ready_at": at(10)}])["c"]
    assert clock_of(row, "open_to_merge") == clock_of(row, "pickup") == (90, OPEN)


def test_the_first_deployment_in_history_gives_its_changes_no_invented_lead_time(fact, at):
    changes = [
        {"change_id": name, "merged_at": at(hour), "merge_sha": name}
        for name, hour in (("older", 11), ("first", 12), ("next", 20))
    ]
    commits = [
        {"sha": f"{n}1", "authored_at": at(9), "change_id": n} for n in ("older", "first", "next")
    ]
    deployments = [release(at, "d1", "first", 13, 14), release(at, "d2", "next", 21, 22)]
    rows = fact(changes, commits, deployments)
    for name in ("older", "first"):
        assert rows[name]["is_before_first_deployment"]
        assert rows[name]["deployed_at"] is None
    assert not rows["next"]["is_before_first_deployment"]
    assert clock_of(rows["next"], "lead") == (13, HAPPENED)


def test_a_merged_change_that_is_not_deployed_yet_is_open(fact, at):
    change = {"change_id": "c", "merged_at": at(40)}
    row = fact([change], [], [release(at, "d", "x", 13, 14)])["c"]
    assert clock_of(row, "deploy_wait") == (60, OPEN)
    assert not row["is_before_first_deployment"]
    assert not row["is_in_repo_never_deployed"]


def test_a_repo_without_deployments_and_one_declared_so_are_never_deployed(fact, at):
    change = {"change_id": "c", "merged_at": at(40)}
    assert fact([change])["c"]["is_in_repo_never_deployed"]
    known = [release(at, "d", "x", 13, 14)]
    assert fact([change], [], known, ["acme/shop"])["c"]["is_in_repo_never_deployed"]


def test_staging_never_enters_a_production_lead_time(fact, at):
    change = {"change_id": "c", "merged_at": at(20), "merge_sha": "m"}
    staging = release(at, "d", "m", 21, 22, environment="uat", environment_kind="staging")
    row = fact([change], [], [release(at, "d0", "x", 1, 2), staging])["c"]
    assert clock_of(row, "deploy_wait") == (80, OPEN)


WAYS = ("squash", "rebase", "merge commit", "direct-to-trunk")


@pytest.mark.parametrize("way", WAYS)
def test_squash_rebase_merge_commit_and_direct_to_trunk_give_the_same_lead_time(fact, at, way):
    def commit(sha, authored, committed, change="c", parents=1, trunk=True):
        return {"sha": sha, "authored_at": at(authored), "committed_at": at(committed),
                "change_id": change, "parent_shas": ["p"] * parents,
                "is_on_default_branch": trunk or None}  # fmt: skip

    told = {"change_id": "told", "merged_at": at(0), "merge_sha": "t", "opened_at": at(0)}
    asked = {"change_id": "c", "merged_at": at(20), "merge_sha": "m", "head_sha": "b2"}
    branch = [commit("b1", 2, 2, trunk=False), commit("b2", 5, 5, trunk=False)]
    on_trunk = {
        "squash": [*branch, commit("m", 20, 20)],
        "rebase": [*branch, commit("r1", 2, 20, None), commit("m", 5, 20)],
        "merge commit": [commit("b1", 2, 2), commit("b2", 5, 5), commit("m", 20, 20, parents=2)],
        "direct-to-trunk": [commit("m", 2, 20, None)],
    }[way]
    rows = fact(
        [told] if way == "direct-to-trunk" else [told, asked],
        [commit("t", 0, 0, "told"), commit("t0", -1, -1, "told", trunk=False), *on_trunk],
        [release(at, "d0", "x", 0, 1), release(at, "d1", "m", 21, 26)],
    )
    name = "acme/shop@m" if way == "direct-to-trunk" else "c"
    assert set(rows) == {"told", name}
    assert clock_of(rows[name], "lead") == (24, HAPPENED)
    assert clock_of(rows[name], "deploy_wait") == (6, HAPPENED)
    assert rows[name]["link_rule"] == "merge_order"


def test_a_commit_pushed_to_the_trunk_is_in_no_stage_before_its_merge(fact, at):
    pushed = {"change_id": "acme/shop@m", "merge_sha": "m", "merged_at": at(20), "opened_at": None}
    row = fact([pushed])["acme/shop@m"]
    stages = ("coding", "pickup", "review", "merge_wait", "open_to_merge")
    assert {clock_of(row, stage) for stage in stages} == {(None, None)}
    assert row["origin"] == "trunk_commit"
    assert (row["opened_at"], row["left_at"]) == (None, at(20))


def test_a_commit_authored_after_the_change_was_ready_took_no_time(fact, at):
    commits = [{"sha": "x", "authored_at": at(15), "change_id": "c"}]
    row = fact([{"change_id": "c", "ready_at": at(12)}], commits)["c"]
    assert clock_of(row, "coding") == (0, HAPPENED)


def test_every_change_is_one_row(fact, at):
    commits = [{"sha": s, "authored_at": at(1), "change_id": "c"} for s in "xyz"]
    deployments = [release(at, f"d{i}", "m", i, i + 1, service=f"s{i}") for i in range(4)]
    rows = fact(
        [{"change_id": "c", "merged_at": at(11), "merge_sha": "m"}, {"change_id": "e"}],
        commits,
        deployments,
    )
    assert set(rows) == {"c", "e"}
    assert isinstance(rows["c"]["lead_seconds"], float | None)
    assert pl.Series([rows["e"]["is_without_commits"]]).all()
