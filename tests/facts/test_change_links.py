"""Which release shipped a change: every answer against a nested loop over releases and changes."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.change_links import first_cuts, reverting_releases, shipped

REPOS = ("acme/shop", "acme/till")
SHAS = ("a", "b", "c", "d")


def cut_of(release, changes, commits):
    """DESIGN in plain words: all that was merged until the deployed commit was merged."""
    if release["commit_sha"] is None:
        return release["created_at"]
    same = (release["repo"], release["commit_sha"])
    merged = [
        c["merged_at"] for c in changes if (c["repo"], c["merge_sha"]) == same and c["merged_at"]
    ]
    made = [c["committed_at"] or c["authored_at"] for c in commits if (c["repo"], c["sha"]) == same]
    return max(merged) if merged else min(made) if made else release["created_at"]


def found_by_loop(changes, commits, releases, links):
    """Per change the possible (deployed_at, event_id, rule) at its earliest deployment."""
    good = [r for r in releases if r["is_success"]]
    cuts = {r["event_id"]: cut_of(r, changes, commits) for r in good}
    answer = {}
    for change in changes:
        containing = []
        first = min(
            (cuts[r["event_id"]] for r in good if r["repo"] == change["repo"]), default=None
        )
        for release in good:
            if release["finished_at"] is None:
                continue
            named = [link for link in links if link["deployment_id"] in release["deployment_ids"]]
            is_push = "@" in change["change_id"]
            for link in named:
                if link["change_id"] == change["change_id"]:
                    containing.append(
                        (release["finished_at"], release["event_id"], link["link_rule"])
                    )
            if release["repo"] != change["repo"] or change["merged_at"] is None:
                continue
            if named and not is_push:
                continue
            if first < change["merged_at"] <= cuts[release["event_id"]]:
                containing.append((release["finished_at"], release["event_id"], "merge_order"))
        if containing:
            earliest = min(containing)[0]
            answer[change["change_id"]] = {c for c in containing if c[0] == earliest}
    return answer


@st.composite
def worlds(draw):
    hour = st.integers(0, 12)
    maybe = st.one_of(st.none(), hour)
    changes = [
        {
            "change_id": f"c{i}",
            "repo": draw(st.sampled_from(REPOS)),
            "merged_at": draw(maybe),
            "merge_sha": draw(st.sampled_from((None, *SHAS))),
        }
        for i in range(draw(st.integers(0, 6)))
    ]
    for row in changes:
        pushed = f"{row['repo']}@{row['merge_sha']}"
        is_new = all(other["change_id"] != pushed for other in changes)
        if row["merge_sha"] and is_new and draw(st.booleans()):
            row["change_id"] = pushed
    commits = [
        {"repo": repo, "sha": sha, "authored_at": draw(hour), "committed_at": draw(maybe)}
        for repo, sha in draw(st.sets(st.tuples(st.sampled_from(REPOS), st.sampled_from(SHAS))))
    ]
    deployments = [
        {
            "deployment_id": f"d{i}",
            "repo": draw(st.sampled_from((*REPOS, None))),
            "service": draw(st.sampled_from(("shop", "till"))),
            "commit_sha": draw(st.sampled_from((None, *SHAS, "unknown"))),
            "status": draw(st.sampled_from(("success", "success", "failure"))),
            "created_at": draw(hour),
            "finished_at": draw(st.one_of(st.none(), hour, hour)),
        }
        for i in range(draw(st.integers(0, 6)))
    ]
    pairs = draw(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=4))
    links = [
        {"deployment_id": f"d{d}", "change_id": changes[c]["change_id"], "link_rule": "explicit"}
        for d, c in sorted(pairs)
        if d < len(deployments) and c < len(changes)
    ]
    return changes, commits, deployments, links


def timed(rows, at):
    return [{k: at(v) if k.endswith("_at") else v for k, v in row.items()} for row in rows]


@given(world=worlds())
def test_links_are_those_of_a_nested_loop(world, conformed, released, at):
    changes, commits, deployments, links = (timed(rows, at) for rows in world)
    releases = released(*deployments)
    found = shipped(
        conformed("changes", *changes),
        conformed("commits", *commits),
        releases,
        conformed("deployment_changes", *links),
    ).collect()
    expected = found_by_loop(changes, commits, releases.collect().to_dicts(), links)
    assert found.get_column("change_id").is_unique().all()
    assert set(found.get_column("change_id")) == set(expected)
    for row in found.iter_rows(named=True):
        answer = (row["deployed_at"], row["event_id"], row["link_rule"])
        assert answer in expected[row["change_id"]]


def test_two_services_that_release_one_commit_ship_it_when_the_first_is_done(
    conformed, released, at
):
    changes = [
        {"change_id": "first", "repo": "acme/shop", "merged_at": at(1), "merge_sha": "a"},
        {"change_id": "second", "repo": "acme/shop", "merged_at": at(5), "merge_sha": "b"},
    ]
    slow = {"service": "till", "commit_sha": "b", "created_at": at(6), "finished_at": at(20)}
    fast = {"service": "shop", "commit_sha": "b", "created_at": at(6), "finished_at": at(7)}
    old = {"commit_sha": "a", "created_at": at(1), "finished_at": at(2)}
    releases = released(
        *(row | {"deployment_id": str(i)} for i, row in enumerate((old, slow, fast)))
    )
    found = shipped(
        conformed("changes", *changes),
        conformed("commits"),
        releases,
        conformed("deployment_changes"),
    ).collect()
    assert found.select("change_id", "deployed_at").rows() == [("second", at(7))]


def test_the_first_release_of_a_repo_reaches_back_whether_its_changes_are_named_or_not(
    conformed, released, at
):
    changes = [
        {
            "change_id": f"c{hour}",
            "repo": "acme/shop",
            "merged_at": at(hour),
            "merge_sha": f"m{hour}",
        }
        for hour in (1, 3, 5)
    ]
    releases = released(
        {"deployment_id": "d1", "commit_sha": "m1", "created_at": at(1), "finished_at": at(2)},
        {"deployment_id": "d2", "commit_sha": "m5", "created_at": at(5), "finished_at": at(6)},
    )
    links = conformed(
        "deployment_changes", {"deployment_id": "d1", "change_id": "c1", "link_rule": "explicit"}
    )
    frames = conformed("changes", *changes), conformed("commits"), releases
    assert first_cuts(*frames).collect().get_column("first_cut_at").to_list() == [at(1)]
    found = shipped(*frames, links).sort("change_id").collect()
    assert found.select("change_id", "link_rule", "deployed_at").rows() == [
        ("c1", "explicit", at(2)),
        ("c3", "merge_order", at(6)),
        ("c5", "merge_order", at(6)),
    ]


def test_a_release_that_ships_a_revert_is_paired_with_the_release_that_shipped_the_original(
    conformed, released, at
):
    changes = conformed(
        "changes",
        {"change_id": "old", "repo": "acme/shop", "merged_at": at(0), "merge_sha": "m0"},
        {"change_id": "bad", "repo": "acme/shop", "merged_at": at(2), "merge_sha": "m2"},
        {
            "change_id": "revert",
            "repo": "acme/shop",
            "merged_at": at(4),
            "merge_sha": "m4",
            "reverts_change_id": "bad",
        },
    )
    releases = released(
        *(
            {
                "deployment_id": f"d{h}",
                "commit_sha": f"m{h}",
                "created_at": at(h),
                "finished_at": at(h + 1),
            }
            for h in (0, 2, 4)
        )
    )
    found = reverting_releases(
        releases, changes, conformed("commits"), conformed("deployment_changes")
    )
    assert found.collect().rows() == [("shop/d4", "shop/d2")]


def test_a_change_and_its_revert_in_one_release_make_no_failure(conformed, released, at):
    changes = conformed(
        "changes",
        {"change_id": "bad", "repo": "acme/shop", "merged_at": at(2), "merge_sha": "m2"},
        {
            "change_id": "revert",
            "repo": "acme/shop",
            "merged_at": at(3),
            "reverts_change_id": "bad",
        },
    )
    releases = released(
        {"deployment_id": "d0", "commit_sha": "x", "created_at": at(0), "finished_at": at(1)},
        {"deployment_id": "d9", "commit_sha": "y", "created_at": at(9), "finished_at": at(10)},
    )
    found = reverting_releases(
        releases, changes, conformed("commits"), conformed("deployment_changes")
    )
    assert found.collect().is_empty()
    assert isinstance(found, pl.LazyFrame)
