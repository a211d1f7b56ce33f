"""Releases: replicas put together, production only, one line after the other."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.releases import in_sequence, position_of


def test_two_replicas_of_one_release_are_one_deployment(released, at):
    replicas = [
        {
            "deployment_id": f"d{i}",
            "release_id": "v1",
            "created_at": at(i),
            "finished_at": at(5 + i),
        }
        for i in range(2)
    ]
    row = released(*replicas).collect().to_dicts()
    assert len(row) == 1
    assert row[0]["deployment_ids"] == ["d0", "d1"]
    assert (row[0]["created_at"], row[0]["finished_at"]) == (at(0), at(5))


def test_the_same_release_name_of_two_services_is_two_releases(released, at):
    rows = released(
        {"deployment_id": "d0", "release_id": "v1", "service": "shop", "created_at": at(0)},
        {"deployment_id": "d1", "release_id": "v1", "service": "till", "created_at": at(0)},
    ).collect()
    assert sorted(rows.get_column("event_id")) == ["shop/v1", "till/v1"]


def test_staging_is_no_release(released, at):
    kinds = ("staging", "test", "other", "production")
    rows = released(
        *({"deployment_id": kind, "environment_kind": kind, "created_at": at(0)} for kind in kinds)
    ).collect()
    assert rows.get_column("event_id").to_list() == ["shop/production"]


def test_a_release_ends_as_its_replicas_ended(released, at):
    ends = {
        ("success", "failure"): (True, False, False),
        ("success", "running"): (True, False, False),
        ("failure", "failure"): (False, False, False),
        ("running", "failure"): (False, True, False),
        ("running", "cancelled"): (False, True, False),
        ("cancelled", "failure"): (False, False, False),
        ("cancelled", "cancelled"): (False, False, True),
    }
    rows = released(
        *(
            {
                "deployment_id": f"{words}{i}",
                "release_id": "/".join(words),
                "status": word,
                "created_at": at(0),
            }
            for words in ends
            for i, word in enumerate(words)
        )
    ).collect()
    found = {
        tuple(row["event_id"].split("/")[1:]): (
            row["is_success"],
            row["is_running"],
            row["is_cancelled"],
        )
        for row in rows.iter_rows(named=True)
    }
    assert found == ends


def test_a_release_is_done_when_its_first_good_replica_is(released, at):
    row = (
        released(
            {
                "deployment_id": "a",
                "release_id": "v",
                "status": "failure",
                "created_at": at(0),
                "finished_at": at(1),
                "commit_sha": "bad",
            },
            {
                "deployment_id": "b",
                "release_id": "v",
                "created_at": at(2),
                "finished_at": at(4),
                "commit_sha": "good",
            },
            {"deployment_id": "c", "release_id": "v", "created_at": at(2), "finished_at": at(3)},
        )
        .collect()
        .row(0, named=True)
    )
    assert (row["entered_at"], row["commit_sha"]) == (at(3), "good")


def test_a_missing_service_follows_from_the_repo_if_that_belongs_to_one_only(released, at):
    services = [
        {"id": "shop", "repos": ["acme/shop", "acme/mono"]},
        {"id": "till", "repos": ["acme/mono"]},
    ]
    rows = released(
        *(
            {"deployment_id": repo, "repo": repo, "service": None, "created_at": at(0)}
            for repo in ("acme/shop", "acme/mono", "acme/none")
        ),
        services=services,
    ).collect()
    found = dict(rows.select("repo", "service").iter_rows())
    assert found == {"acme/shop": "shop", "acme/mono": "unassigned", "acme/none": "unassigned"}


def test_repos_without_a_service_have_nothing_in_common(released, at):
    same = {"service": None, "release_id": "v1", "commit_sha": "a"}
    rows = released(
        {"deployment_id": "d0", "repo": "acme/x", "created_at": at(0), "finished_at": at(1)} | same,
        {"deployment_id": "d1", "repo": "acme/y", "created_at": at(2), "finished_at": at(3)} | same,
    )
    assert in_sequence(rows).collect().get_column("position").to_list() == [0, 0]


events = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(("x", "y", None)), st.integers(0, 9)),
    max_size=8,
)


@given(deployed=events)
def test_a_restored_position_is_that_of_a_nested_loop(deployed, released, at):
    rows = in_sequence(
        released(
            *(
                {
                    "deployment_id": f"d{i}",
                    "service": service,
                    "commit_sha": commit,
                    "created_at": at(hour),
                    "finished_at": at(hour),
                }
                for i, (service, commit, hour) in enumerate(deployed)
            )
        )
    ).collect()
    for row in rows.iter_rows(named=True):
        line = sorted(
            (hour, f"{service}/d{i}", commit)
            for i, (service, commit, hour) in enumerate(deployed)
            if service == row["service"]
        )
        place = [name for _, name, _ in line].index(row["event_id"])
        same = [j for j in range(place) if row["commit_sha"] and line[j][2] == row["commit_sha"]]
        restored = same[-1] if same and place - same[-1] > 1 else None
        assert (row["position"], row["restores_position"]) == (place, restored)


@given(
    deployed=events,
    asked=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=6),
)
def test_the_last_release_before_an_instant_is_that_of_a_nested_loop(deployed, asked, released, at):
    sequence = in_sequence(
        released(
            *(
                {"deployment_id": f"d{i}", "service": s, "created_at": at(h), "finished_at": at(h)}
                for i, (s, _, h) in enumerate(deployed)
            )
        )
    )
    wanted = pl.LazyFrame(
        [{"number": i, "line": s, "at": at(h)} for i, (s, h) in enumerate(asked)],
        schema={"number": pl.Int64, "line": pl.String, "at": pl.Datetime("us", "UTC")},
    )
    found = dict(
        position_of(wanted, "at", sequence)
        .select("number", "release_event_id")
        .collect()
        .iter_rows()
    )
    for number, (service, hour) in enumerate(asked):
        before = [
            (h, f"{s}/d{i}") for i, (s, _, h) in enumerate(deployed) if s == service and h < hour
        ]
        assert found[number] == (max(before)[1] if before else None)
