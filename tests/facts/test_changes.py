"""When a commit on the trunk is a change of its own: against a loop over commits and requests."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.facts.changes import changes, is_trunk_commit

SHAS = tuple("abcdefgh")
REBASED_WITHIN = timedelta(minutes=10)


@pytest.fixture(scope="session")
def trunk(conformed):
    """The trunk commits among the changes, by hash."""

    def build(requests, commits):
        usual = {"repo": "acme/shop"}
        found = changes(
            conformed("changes", *(usual | row for row in requests)),
            conformed("commits", *(usual | row for row in commits)),
        )
        rows = found.filter(is_trunk_commit()).collect().to_dicts()
        return {row["merge_sha"]: row for row in rows}

    return build


def request(name, merged, merge_sha, head_sha, **other):
    return {
        "change_id": name,
        "opened_at": merged,
        "merged_at": merged,
        "merge_sha": merge_sha,
        "head_sha": head_sha,
        "is_reviewed_independently": True,
    } | other


def commit(sha, at, change=None, *, trunk=True, committed=None, parents=("p",), **other):
    return {
        "sha": sha,
        "authored_at": at,
        "committed_at": at if committed is None else committed,
        "change_id": change,
        "is_on_default_branch": trunk or None,
        "parent_shas": list(parents),
    } | other


@pytest.fixture(scope="session")
def told(at):
    """A squashed request that comes with its commits, so that the repo's trunk can be told."""
    merged = request("told", at(0), "told", "told-head")
    return [merged], [
        commit("told", at(0), "told"),
        commit("told-head", at(-1), "told", trunk=False),
    ]


def ways(at):
    """How one change of two commits gets to the trunk, as GitHub delivers it."""
    branch = [commit("b1", at(2), "c", trunk=False), commit("b2", at(5), "c", trunk=False)]
    squashed = [request("c", at(20), "m", "b2")]
    return {
        "squash": (squashed, [*branch, commit("m", at(20), "c")]),
        "rebase": (
            squashed,
            [
                *branch,
                commit("r1", at(2), committed=at(20)),
                commit("m", at(5), "c", committed=at(20)),
            ],
        ),
        "merge commit": (
            squashed,
            [
                commit("b1", at(2), "c"),
                commit("b2", at(5), "c"),
                commit("m", at(20), "c", parents=("p", "b2")),
            ],
        ),
        "direct-to-trunk": ([], [commit("m", at(2), committed=at(20))]),
    }


@pytest.mark.parametrize("way", ["squash", "rebase", "merge commit"])
def test_a_merged_request_is_one_change_however_it_was_merged(way, trunk, told, at):
    requests, commits = ways(at)[way]
    assert trunk(told[0] + requests, told[1] + commits) == {}


def test_a_commit_pushed_to_the_trunk_is_a_change_of_its_own(trunk, told, at):
    pushed = commit("x", at(7), committed=at(9), lines_changed=12, author_kind="bot")
    [row] = trunk(told[0], [*told[1], pushed]).values()
    assert (row["change_id"], row["source_id"]) == ("acme/shop@x", "acme/shop@x")
    assert (row["first_commit_at"], row["merged_at"], row["closed_at"]) == (at(7), at(9), at(9))
    assert (row["opened_at"], row["ready_at"], row["first_review_at"]) == (None, None, None)
    assert (row["lines_changed"], row["author_kind"]) == (12, "bot")
    assert row["is_reviewed_independently"] is False


def test_whether_a_push_was_reviewed_is_unknown_where_reviews_are_not_told(trunk, told, at):
    untold = [told[0][0] | {"is_reviewed_independently": None}]
    [row] = trunk(untold, [*told[1], commit("x", at(7))]).values()
    assert row["is_reviewed_independently"] is None


def test_a_merge_of_two_branches_brings_nothing_of_its_own(trunk, told, at):
    pulled = commit("x", at(7), parents=("p", "q"))
    assert trunk(told[0], [*told[1], pulled]) == {}


def test_a_cherry_picked_commit_is_a_push_though_a_request_wrote_it_first(trunk, told, at):
    requests, commits = ways(at)["squash"]
    picked = commit("x", at(2), committed=at(90))
    assert set(trunk(told[0] + requests, [*told[1], *commits, picked])) == {"x"}


def test_commits_of_unknown_branches_are_no_changes(trunk, told, at):
    others = [commit("x", at(7), trunk=False), commit("y", at(7), is_on_default_branch=False)]
    assert trunk(told[0], [*told[1], *others]) == {}


def test_nothing_is_told_of_a_repo_whose_requests_come_without_their_commits(trunk, at):
    requests = [request("c", at(20), "m", "b2")]
    listed = [
        commit("b1", at(2)),
        commit("b2", at(5), "c"),
        commit("m", at(20), "c", parents=("p", "b2")),
    ]
    assert trunk(requests, listed) == {}
    squashed = [commit("m", at(20), "c"), commit("x", at(30))]
    assert trunk(requests, squashed) == {}


def test_commits_before_the_first_request_known_are_not_judged(trunk, told, at):
    assert set(trunk(told[0], [*told[1], commit("x", at(-5)), commit("y", at(5))])) == {"y"}


def test_a_repo_that_asks_for_nothing_is_told_if_its_source_tells_of_requests(trunk, told, at):
    pushed = commit("x", at(-5), repo="acme/solo")
    assert set(trunk(told[0], [*told[1], pushed])) == {"x"}
    assert trunk([], [pushed]) == {}
    assert trunk(told[0], [*told[1], pushed | {"source": "other"}]) == {}


def by_loop(requests, commits):
    """The hashes of trunk commits, repo by repo, by the words of the decision."""
    found = set()
    for repo in {c["repo"] for c in commits}:
        mine = [r for r in requests if r["repo"] == repo]
        here = [c for c in commits if c["repo"] == repo]
        merged = [r for r in mine if r["merged_at"]]
        named = {sha for r in mine for sha in (r["merge_sha"], r["head_sha"])}
        named |= {c["sha"] for c in here if c["change_id"]}
        listed = [c for c in here if c["is_on_default_branch"] and len(c["parent_shas"]) < 2]
        if not any(r["merged_at"] for r in requests):
            continue
        if merged and not is_told(merged, here, listed):
            continue
        for one in listed:
            early = merged and one["committed_at"] < min(r["merged_at"] for r in merged)
            if one["sha"] not in named and not early and not is_rebased(one, merged, here):
                found.add((repo, one["sha"]))
    return found


def is_told(merged, here, listed):
    verdicts = []
    since = min((c["committed_at"] for c in listed), default=None)
    for one in merged:
        if since is None or one["merged_at"] < since:
            continue
        own = [c for c in here if c["change_id"] == one["change_id"]]
        own = [c for c in own if c["sha"] != one["merge_sha"]]
        if any(c["sha"] != one["head_sha"] or not c["is_on_default_branch"] for c in own):
            verdicts.append(True)
        elif not own and one["head_sha"] != one["merge_sha"]:
            verdicts.append(False)
    return bool(verdicts) and sum(verdicts) >= 0.95 * len(verdicts)


def is_rebased(one, merged, here):
    return any(
        c["authored_at"] == one["authored_at"]
        and abs(one["committed_at"] - r["merged_at"]) <= REBASED_WITHIN
        for r in merged
        for c in here
        if c["change_id"] == r["change_id"]
    )


@st.composite
def worlds(draw):
    repos = st.sampled_from(("acme/shop", "acme/shop", "acme/shop", "acme/till"))
    hour = st.integers(0, 5)
    requests = [
        {
            "change_id": f"c{i}",
            "repo": draw(repos),
            "merged_at": draw(st.one_of(hour, hour, st.none())),
            "merge_sha": draw(st.sampled_from(SHAS[:4])),
            "head_sha": draw(st.sampled_from(SHAS[:5])),
        }
        for i in range(draw(st.integers(0, 3)))
    ]
    homes = {r["change_id"]: r["repo"] for r in requests}
    commits = {}
    for _ in range(draw(st.integers(0, 8))):
        change = draw(st.sampled_from((None, None, *homes)))
        repo, sha = homes.get(change) or draw(repos), draw(st.sampled_from(SHAS))
        authored = draw(hour)
        commits[repo, sha] = {
            "repo": repo,
            "sha": sha,
            "change_id": change,
            "authored_at": authored,
            "committed_at": authored + draw(st.integers(0, 2)),
            "is_on_default_branch": draw(st.sampled_from((True, True, None, False))),
            "parent_shas": draw(st.sampled_from((["p"], ["p"], ["p", "q"], []))),
        }
    return requests, list(commits.values())


@settings(max_examples=300)
@given(world=worlds())
def test_trunk_commits_are_those_of_a_loop(world, conformed, at):
    requests, commits = (
        [{k: at(v) if k.endswith("_at") else v for k, v in row.items()} for row in rows]
        for rows in world
    )
    found = changes(conformed("changes", *requests), conformed("commits", *commits)).collect()
    pushed = found.filter(is_trunk_commit())
    assert sorted(pushed.select("repo", "merge_sha").rows()) == sorted(by_loop(requests, commits))
    assert found.height == len(requests) + pushed.height
