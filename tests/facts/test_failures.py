"""The rules of the change fail rate: every sign against a nested loop written from DESIGN."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.failures import placebo, signs
from assets.facts.releases import in_sequence

HOTFIX, WINDOW = timedelta(hours=72), timedelta(hours=24)
NO_REVERTS = {"event_id": pl.String, "reverted_event_id": pl.String}


@pytest.fixture(scope="session")
def signs_of(conformed):
    def build(releases, incidents=(), reverts=()):
        rows = conformed("incidents", *incidents)
        restored = pl.coalesce("mitigated_at", "resolved_at")
        pairs = pl.LazyFrame(list(reverts), schema=NO_REVERTS, orient="row")
        found = signs(releases, rows.with_columns(restored_at=restored), pairs, HOTFIX, WINDOW)
        columns = ("event_id", "link_rule", "shown_at", "recovered_at", "shown_by")
        return found.select(columns).collect().rows()

    return build


def rolls_back(line, place):
    """The place in the line that a release restores, by its commit; else None."""
    commit = line[place]["commit_sha"]
    same = [j for j in range(place) if commit and line[j]["commit_sha"] == commit]
    return same[-1] if same and place - same[-1] > 1 else None


def mends(line, place):
    release = line[place]
    return (
        rolls_back(line, place) is not None
        or release["is_flagged_rollback"]
        or release["is_flagged_unplanned"]
        or release["fixes_deployment_id"] is not None
    )


def signs_by_loop(releases, incidents, reverts):
    found = set()
    lines = {}
    for release in sorted(releases, key=lambda r: (r["entered_at"], r["event_id"])):
        if release["is_success"]:
            lines.setdefault(release["line"], []).append(release)
    for incident in incidents:
        back = incident["mitigated_at"] or incident["resolved_at"]
        shown = (incident["opened_at"], back, incident["incident_id"])
        for release in releases:
            if incident["caused_by_deployment_id"] in release["deployment_ids"]:
                found.add((release["event_id"], "explicit", *shown))
        if incident["caused_by_deployment_id"] is None and incident["service"] is not None:
            line = lines.get(incident["service"], [])
            before = [r for r in line if r["entered_at"] < incident["opened_at"]]
            if before and incident["opened_at"] - before[-1]["entered_at"] <= WINDOW:
                found.add((before[-1]["event_id"], "service_window", *shown))
    for release in releases:
        end = release["finished_at"] if release["is_success"] else None
        for other in releases:
            if release["fixes_deployment_id"] in other["deployment_ids"]:
                found.add(
                    (other["event_id"], "explicit", release["created_at"], end, release["event_id"])
                )
    for line in lines.values():
        for place, release in enumerate(line):
            shown = (release["created_at"], release["finished_at"], release["event_id"])
            restored = rolls_back(line, place)
            names_none = release["fixes_deployment_id"] is None
            if restored is not None:
                found.add((line[restored + 1]["event_id"], "rollback", *shown))
            elif release["is_flagged_rollback"] and names_none and place > 0:
                found.add((line[place - 1]["event_id"], "rollback", *shown))
            elif (
                release["is_flagged_unplanned"]
                and not release["is_flagged_rollback"]
                and names_none
            ):
                before = [
                    r
                    for p, r in enumerate(line)
                    if r["entered_at"] < release["created_at"] and not mends(line, p)
                ]
                if before and release["created_at"] - before[-1]["entered_at"] <= HOTFIX:
                    found.add((before[-1]["event_id"], "hotfix", *shown))
    good = {r["event_id"]: r for line in lines.values() for r in line}
    for fix, failed in reverts:
        if fix in good and failed in good:
            gap = good[fix]["created_at"] - good[failed]["entered_at"]
            if timedelta(0) < gap <= HOTFIX:
                end = good[fix]["finished_at"]
                found.add((failed, "hotfix", good[fix]["created_at"], end, fix))
    return found


@st.composite
def worlds(draw):
    hour = st.integers(0, 200)
    size = draw(st.integers(0, 7))
    name = st.one_of(st.none(), st.none(), st.sampled_from([f"d{i}" for i in range(8)]))
    deployments = []
    for i in range(size):
        begun = draw(hour)
        deployments.append(
            {
                "deployment_id": f"d{i}",
                "service": draw(st.sampled_from(("shop", "till"))),
                "commit_sha": draw(st.sampled_from(("a", "b", "c", None))),
                "status": draw(st.sampled_from(("success", "success", "success", "failure"))),
                "created_at": begun,
                "finished_at": begun + draw(st.integers(0, 3)),
                "is_rollback": draw(st.sampled_from((None, False, False, True))),
                "is_unplanned": draw(st.sampled_from((None, False, True))),
                "fixes_deployment_id": draw(name),
            }
        )
    incidents = [
        {
            "incident_id": f"i{i}",
            "opened_at": draw(hour),
            "service": draw(st.sampled_from(("shop", "till", "none", None))),
            "mitigated_at": draw(st.one_of(st.none(), hour)),
            "resolved_at": draw(st.one_of(st.none(), hour)),
            "caused_by_deployment_id": draw(name),
        }
        for i in range(draw(st.integers(0, 5)))
    ]
    ids = [f"{d['service']}/{d['deployment_id']}" for d in deployments] or ["none"]
    pairs = draw(st.sets(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=3))
    return deployments, incidents, [p for p in sorted(pairs) if p[0] != p[1]]


@given(world=worlds())
def test_signs_are_those_of_a_nested_loop(world, signs_of, released, at):
    deployments, incidents, reverts = world
    deployments, incidents = (
        [{k: at(v) if k.endswith("_at") else v for k, v in row.items()} for row in rows]
        for rows in (deployments, incidents)
    )
    releases = released(*deployments)
    found = signs_of(releases, incidents, reverts)
    assert len(found) == len(set(found))
    assert set(found) == signs_by_loop(releases.collect().to_dicts(), incidents, reverts)


def test_an_incident_of_service_b_is_never_linked_to_service_a_unless_a_declared_rule_says_so(
    signs_of, released, at
):
    releases = released(
        {"deployment_id": "a", "service": "a", "created_at": at(0), "finished_at": at(1)}
    )
    of_b = {"incident_id": "i", "service": "b", "opened_at": at(2)}
    assert signs_of(releases, [of_b]) == []
    nobody = {"incident_id": "i", "service": None, "opened_at": at(2)}
    assert signs_of(releases, [nobody]) == []
    declared = of_b | {"caused_by_deployment_id": "a"}
    assert [row[:2] for row in signs_of(releases, [declared])] == [("a/a", "explicit")]


def test_an_incident_that_names_its_deployment_is_not_blamed_on_a_later_one(signs_of, released, at):
    releases = released(
        {"deployment_id": "a", "created_at": at(0), "finished_at": at(1)},
        {"deployment_id": "b", "created_at": at(2), "finished_at": at(3)},
    )
    incident = {
        "incident_id": "i",
        "service": "shop",
        "opened_at": at(4),
        "caused_by_deployment_id": "a",
    }
    assert [row[:2] for row in signs_of(releases, [incident])] == [("shop/a", "explicit")]


def test_a_rollback_shows_that_the_first_release_after_the_restored_one_failed(
    signs_of, released, at
):
    releases = released(
        *(
            {"deployment_id": f"d{i}", "commit_sha": c, "created_at": at(i), "finished_at": at(i)}
            for i, c in enumerate("abca")
        )
    )
    assert [row[:2] for row in signs_of(releases)] == [("shop/d1", "rollback")]


def test_a_redeployed_commit_with_nothing_between_is_no_rollback(signs_of, released, at):
    releases = released(
        *(
            {"deployment_id": f"d{i}", "commit_sha": "a", "created_at": at(i), "finished_at": at(i)}
            for i in range(3)
        )
    )
    assert signs_of(releases) == []


def test_a_hotfix_in_a_repo_without_service_blames_no_other_repo(signs_of, released, at):
    releases = released(
        {
            "deployment_id": "x",
            "repo": "acme/x",
            "service": None,
            "created_at": at(0),
            "finished_at": at(1),
        },
        {
            "deployment_id": "y",
            "repo": "acme/y",
            "service": None,
            "created_at": at(2),
            "is_unplanned": True,
        },
    )
    assert signs_of(releases) == []


@pytest.mark.parametrize(("hours", "is_blamed"), [(24, True), (24.001, False), (0, False)])
def test_the_service_window_is_open_at_its_begin_and_closed_at_its_end(
    signs_of, released, at, hours, is_blamed
):
    releases = released({"deployment_id": "d", "created_at": at(0), "finished_at": at(1)})
    incident = {"incident_id": "i", "service": "shop", "opened_at": at(1 + hours)}
    assert bool(signs_of(releases, [incident])) == is_blamed


@given(world=worlds())
def test_the_placebo_blames_the_releases_a_week_after_each_incident(world, conformed, released, at):
    deployments, incidents, _ = world
    deployments, incidents = (
        [{k: at(v) if k.endswith("_at") else v for k, v in row.items()} for row in rows]
        for rows in (deployments, incidents)
    )
    releases = released(*deployments)
    rows = conformed("incidents", *incidents).with_columns(restored_at="opened_at")
    found = placebo(in_sequence(releases), rows, WINDOW).collect().get_column("event_id").to_list()
    week = timedelta(days=7)
    moved = [i | {"opened_at": i["opened_at"] + week} for i in incidents]
    expected = {
        row[0]
        for row in signs_by_loop(releases.collect().to_dicts(), moved, [])
        if row[1] == "service_window"
    }
    assert sorted(found) == sorted(expected)
