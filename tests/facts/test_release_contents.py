"""What a release brought and whether all of it was reviewed, against a loop in plain Python."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.change_links import shipped
from assets.facts.release_contents import release_contents

REPOS, LINES, SHAS = ("acme/shop", "acme/till"), ("shop", "till"), ("a", "b", "c", "d")
REVIEWS = (True, True, False, None)


def change(number, merged, reviewed=True, repo="acme/shop"):
    return {"change_id": f"c{number}", "repo": repo, "merged_at": merged, "merge_sha": f"m{number}",
            "is_reviewed_independently": reviewed}  # fmt: skip


def release(name, sha, begun, finished, **more):
    return {"deployment_id": name, "commit_sha": sha, "created_at": begun, "finished_at": finished,
            **more}  # fmt: skip


@pytest.fixture(scope="session")
def contents(conformed, released):
    def build(releases, changes=(), commits=(), links=()):
        found = release_contents(
            released(*releases),
            conformed("changes", *changes),
            conformed("commits", *commits),
            conformed("deployment_changes", *links),
        ).collect()
        return {row["event_id"].split("/", 1)[1]: row for row in found.iter_rows(named=True)}

    return build


def test_a_release_is_traceable_when_all_changes_since_the_last_one_were_reviewed(contents, at):
    changes = [change(0, at(0)), change(1, at(10)), change(2, at(11)), change(3, at(20)),
               change(4, at(21), reviewed=False)]  # fmt: skip
    found = contents(
        [release("d0", "m0", at(1), at(2)), release("d2", "m2", at(12), at(13)),
         release("d4", "m4", at(22), at(23))], changes,
    )  # fmt: skip
    assert found["d0"]["is_first_known"]
    assert (found["d2"]["n_changes"], found["d2"]["is_traceable"]) == (2, True)
    assert (found["d4"]["n_unreviewed"], found["d4"]["is_traceable"]) == (1, False)


def test_a_release_whose_commit_is_nobodys_change_is_not_traceable(contents, at):
    changes = [change(0, at(0)), change(1, at(10))]
    commits = [
        {"repo": "acme/shop", "sha": "direct", "authored_at": at(30), "committed_at": at(30)}
    ]
    found = contents(
        [release("d0", "m0", at(1), at(2)), release("unheard", "x", at(12), at(13)),
         release("without", None, at(14), at(15)), release("direct", "direct", at(31), at(32))],
        changes, commits,
    )  # fmt: skip
    for name in ("unheard", "without", "direct"):
        assert not found[name]["is_content_known"]
        assert not found[name]["is_traceable"]
        assert not found[name]["is_redeploy"]
        assert not found[name]["is_first_known"]


def test_a_redeploy_of_a_commit_or_of_an_older_one_brings_nothing(contents, at):
    changes = [change(n, at(10 * n)) for n in range(3)]
    found = contents(
        [release("d0", "m0", at(1), at(2)), release("d2", "m2", at(21), at(22)),
         release("again", "m2", at(23), at(24)), release("back", "m0", at(25), at(26)),
         release("older", "m1", at(27), at(28)), release("same", "x", at(29), at(30)),
         release("twice", "x", at(31), at(32))], changes,
    )  # fmt: skip
    redeployed = {name for name, row in found.items() if row["is_redeploy"]}
    assert redeployed == {"again", "back", "older", "twice"}


def test_another_commit_that_reaches_as_far_as_the_line_did_brings_nothing(contents, at):
    changes = [change(0, at(0)), change(1, at(10))]
    twin = [{"repo": "acme/shop", "sha": "twin", "authored_at": at(10), "committed_at": at(10)}]
    found = contents(
        [release("d0", "m0", at(1), at(2)), release("d1", "m1", at(11), at(12)),
         release("twin", "twin", at(13), at(14))], changes, twin,
    )  # fmt: skip
    assert [found[name]["is_redeploy"] for name in ("d1", "twin")] == [False, True]


def test_two_services_that_release_one_commit_are_both_judged_by_it(contents, at):
    changes = [change(0, at(0)), change(1, at(10)), change(2, at(20), reviewed=False)]
    found = contents(
        [release(f"{service}{n}", f"m{n}", at(10 * n + 1 + late), at(10 * n + 2 + late),
                 service=service)
         for n in range(3) for late, service in enumerate(LINES)], changes,
    )  # fmt: skip
    assert [found[f"{service}1"]["is_traceable"] for service in LINES] == [True, True]
    assert [found[f"{service}2"]["is_traceable"] for service in LINES] == [False, False]


def test_changes_that_a_source_names_are_the_content_even_of_the_first_release(contents, at):
    changes = [change(0, at(0)), change(1, at(10), reviewed=False)]
    links = [{"deployment_id": "d0", "change_id": "c0", "link_rule": "explicit"},
             {"deployment_id": "d1", "change_id": "lost", "link_rule": "explicit"}]  # fmt: skip
    found = contents(
        [release("d0", None, at(1), at(2)), release("d1", "m1", at(11), at(12))], changes,
        links=links,
    )  # fmt: skip
    assert (found["d0"]["is_traceable"], found["d0"]["is_first_known"]) == (True, False)
    assert (found["d1"]["n_changes"], found["d1"]["is_review_unknown"]) == (1, True)


def test_a_push_past_review_shows_in_the_next_release_whether_its_changes_are_named_or_not(
    contents, at
):
    changes = [
        change(0, at(0)),
        change(1, at(5), reviewed=False) | {"change_id": "acme/shop@m1"},
        change(2, at(10)),
        change(3, at(20)),
    ]
    releases = [
        release("d0", "m0", at(1), at(2)),
        release("d2", "m2", at(12), at(13)),
        release("d3", "m3", at(22), at(23)),
    ]
    links = [{"deployment_id": "d2", "change_id": "c2", "link_rule": "compare_commits"}]
    for named in ((), links):
        found = contents(releases, changes, links=named)
        assert (found["d2"]["n_changes"], found["d2"]["n_unreviewed"]) == (2, 1)
        assert not found["d2"]["is_traceable"]
        assert found["d3"]["is_traceable"]


def test_one_change_known_not_to_be_reviewed_outweighs_those_that_are_unknown(contents, at):
    changes = [change(0, at(0)), change(1, at(10), reviewed=None), change(2, at(11), False)]
    found = contents(
        [release("d0", "m0", at(1), at(2)), release("d1", "m1", at(10), at(10.5)),
         release("d2", "m2", at(12), at(13))], changes,
    )  # fmt: skip
    assert (found["d1"]["is_review_unknown"], found["d1"]["is_traceable"]) == (True, False)
    assert (found["d2"]["is_review_unknown"], found["d2"]["is_traceable"]) == (False, False)


def judged_by_loop(releases, changes, commits, links):
    """Per release (brought, unreviewed, unknown, redeploy, first, traceable, review unknown)."""
    by_sha = {}
    for row in changes:
        if row["merged_at"] is not None and row["merge_sha"] is not None:
            key = row["repo"], row["merge_sha"]
            by_sha[key] = max(by_sha.get(key, row["merged_at"]), row["merged_at"])
    made, owned = {}, set(by_sha)
    for row in commits:
        made[row["repo"], row["sha"]] = row["committed_at"] or row["authored_at"]
        if row["change_id"] is not None:
            owned.add((row["repo"], row["sha"]))
    done = {}
    order = sorted(releases, key=lambda r: (r["entered_at"], r["event_id"]))
    answer = {}
    for row in order:
        key = row["repo"], row["commit_sha"]
        cut = by_sha.get(key, made.get(key))
        past = done.setdefault((row["line"], row["repo"]), [])
        reached = max((c for _, c in past if c is not None), default=None)
        is_same = row["commit_sha"] is not None and any(s == row["commit_sha"] for s, _ in past)
        past.append((row["commit_sha"], cut))
        named = {x["change_id"] for x in links if x["deployment_id"] in row["deployment_ids"]}
        between = [
            c for c in changes
            if c["repo"] == row["repo"] and c["merged_at"] is not None
            and cut is not None and reached is not None and reached < c["merged_at"] <= cut
        ]  # fmt: skip
        if named:
            known = {c["change_id"]: c["is_reviewed_independently"] for c in changes}
            reviews = [known.get(name) for name in named]
            pushed = [c for c in between if "@" in c["change_id"]]
            reviews += [c["is_reviewed_independently"] for c in pushed]
            is_known = True
        else:
            reviews = [c["is_reviewed_independently"] for c in between]
            is_known = bool(reviews) and key in owned
        is_behind = cut is not None and reached is not None and cut <= reached
        sound = is_known and False not in reviews
        answer[row["event_id"]] = {
            "is_redeploy": is_same or (is_behind and not named),
            "is_first_known": cut is not None and reached is None and not named,
            "is_content_known": is_known,
            "is_traceable": sound and None not in reviews,
            "is_review_unknown": sound and None in reviews,
        }
    return answer


@st.composite
def worlds(draw):
    hour, maybe = st.integers(0, 12), st.one_of(st.none(), st.integers(0, 12))
    changes = [
        {"change_id": f"c{i}", "repo": draw(st.sampled_from(REPOS)), "merged_at": draw(maybe),
         "merge_sha": draw(st.sampled_from((None, *SHAS))),
         "is_reviewed_independently": draw(st.sampled_from(REVIEWS))}
        for i in range(draw(st.integers(0, 7)))
    ]  # fmt: skip
    for row in changes:
        pushed = f"{row['repo']}@{row['merge_sha']}"
        is_new = all(other["change_id"] != pushed for other in changes)
        if row["merge_sha"] and is_new and draw(st.booleans()):
            row["change_id"] = pushed
    commits = [
        {"repo": repo, "sha": sha, "authored_at": draw(hour), "committed_at": draw(maybe),
         "change_id": draw(st.sampled_from((None, "c0")))}
        for repo, sha in sorted(
            draw(st.sets(st.tuples(st.sampled_from(REPOS), st.sampled_from(SHAS)))))
    ]  # fmt: skip
    deployments = [
        {"deployment_id": f"d{i}", "repo": draw(st.sampled_from((*REPOS, None))),
         "service": draw(st.sampled_from(LINES)),
         "commit_sha": draw(st.sampled_from((None, *SHAS, "unheard"))),
         "status": draw(st.sampled_from(("success", "success", "success", "failure"))),
         "created_at": draw(hour), "finished_at": draw(st.one_of(st.none(), hour, hour))}
        for i in range(draw(st.integers(0, 7)))
    ]  # fmt: skip
    pairs = draw(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 7)), max_size=3))
    links = [
        {"deployment_id": f"d{d}", "change_id": f"c{c}", "link_rule": "explicit"}
        for d, c in sorted(pairs)
    ]
    return changes, commits, deployments, links


def timed(rows, at):
    return [{k: at(v) if k.endswith("_at") else v for k, v in row.items()} for row in rows]


@given(world=worlds())
def test_contents_are_those_of_a_loop(world, conformed, released, at):
    changes, commits, deployments, links = (timed(rows, at) for rows in world)
    releases = released(*deployments)
    frames = conformed("changes", *changes), conformed("commits", *commits)
    named = conformed("deployment_changes", *links)
    found = release_contents(releases, *frames, named).collect()
    good = [row for row in releases.collect().to_dicts() if row["is_success"]]
    expected = judged_by_loop(good, changes, commits, links)
    assert sorted(found.get_column("event_id")) == sorted(expected)
    for row in found.iter_rows(named=True):
        assert {name: row[name] for name in expected[row["event_id"]]} == expected[row["event_id"]]


def test_of_a_repo_with_one_service_a_release_brings_what_it_ships_first(contents, conformed,
                                                                        released, at):  # fmt: skip
    changes = [change(n, at(5 * n)) for n in range(8)]
    rows = [release(f"d{n}", f"m{n}", at(5 * n + 1), at(5 * n + 2)) for n in (0, 3, 2, 4, 7)]
    first = shipped(
        conformed("changes", *changes), conformed("commits"), released(*rows),
        conformed("deployment_changes"),
    ).collect()  # fmt: skip
    counted = {row["event_id"].split("/")[1]: row["len"]
               for row in first.group_by("event_id").len().to_dicts()}  # fmt: skip
    found = contents(rows, changes)
    assert {name: row["n_changes"] for name, row in found.items() if row["n_changes"]} == counted
