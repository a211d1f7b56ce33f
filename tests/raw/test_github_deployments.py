"""GitHub deployments, their statuses, and comparisons between two of them."""

from datetime import UTC, datetime

import pytest

from assets.raw.github import SYSTEM

API = "https://api.github.com/repos/acme/api"


def deployment(id=5, **changes):
    return {
        "id": id,
        "url": f"{API}/deployments/{id}",
        "repository_url": API,
        "sha": "5e5e5e5",
        "environment": "production",
        "task": "deploy",
        "payload": {},
        "created_at": "2026-03-02T08:00:00Z",
        "updated_at": "2026-03-02T08:00:00Z",
    } | changes


def status(id, state, minute, of=5):
    return {
        "id": id,
        "state": state,
        "created_at": f"2026-03-02T08:{minute:02}:00Z",
        "deployment_url": f"{API}/deployments/{of}",
    }


def minute(number):
    return datetime(2026, 3, 2, 8, number, tzinfo=UTC)


def deployed(mapped, *statuses, **changes):
    [row] = mapped(
        SYSTEM,
        "deployments",
        deployments=[deployment(**changes)],
        deployment_statuses=statuses,
    )
    return row


def test_a_deployment_ends_with_its_first_terminal_status(mapped):
    row = deployed(
        mapped,
        status(1, "in_progress", 1),
        status(2, "success", 4),
        status(3, "inactive", 50),
        updated_at="2026-03-09T00:00:00Z",
    )
    assert (row["deployment_id"], row["repo"]) == ("5", "acme/api")
    assert (row["status"], row["started_at"], row["finished_at"]) == (
        "success",
        minute(1),
        minute(4),
    )


@pytest.mark.parametrize("state", ["failure", "error"])
def test_failure_and_error_are_failures(mapped, state):
    row = deployed(mapped, status(1, state, 3), status(2, "success", 9))
    assert (row["status"], row["finished_at"]) == ("failure", minute(3))


def test_without_an_end_a_deployment_is_running(mapped):
    row = deployed(mapped, status(1, "in_progress", 1))
    assert (row["status"], row["finished_at"]) == ("running", None)


def test_where_a_repository_delivers_no_status_nobody_knows_how_a_deployment_ended(mapped):
    assert deployed(mapped)["status"] is None
    rows = mapped(
        SYSTEM,
        "deployments",
        deployments=[deployment(), deployment(id=6)],
        deployment_statuses=[status(1, "success", 3)],
    )
    assert [row["status"] for row in rows] == ["success", "running"]


def test_an_inactive_deployment_without_history_succeeded_at_a_time_that_is_not_known(mapped):
    row = deployed(mapped, status(1, "inactive", 50))
    assert (row["status"], row["finished_at"]) == ("success", None)


def test_a_status_of_an_unknown_deployment_is_rejected_and_not_lost(mapped):
    rows = mapped(
        SYSTEM,
        "deployments",
        deployments=[deployment()],
        deployment_statuses=[status(1, "success", 3), status(2, "success", 3, of=404)],
    )
    assert [(row["feed"], row["record_key"], row["reject"]) for row in rows] == [
        ("deployment_statuses", "2", "unknown_parent"),
        ("deployments", "5", None),
    ]


def graphql(**changes):
    return {
        "databaseId": 5,
        "id": "DE_x",
        "repository": {"nameWithOwner": "acme/api", "url": "https://github.com/acme/api"},
        "commitOid": "5e5e5e5",
        "environment": "production",
        "state": "INACTIVE",
        "createdAt": "2026-03-02T08:00:00Z",
        "updatedAt": "2026-03-09T00:00:00Z",
        "statuses": {
            "nodes": [
                {"state": "INACTIVE", "createdAt": "2026-03-09T00:00:00Z"},
                {"state": "SUCCESS", "createdAt": "2026-03-02T08:04:00Z"},
            ]
        },
    } | changes


def test_the_graphql_shape_brings_its_statuses_along(mapped):
    [row] = mapped(SYSTEM, "deployments", deployments=[graphql()])
    assert (row["deployment_id"], row["commit_sha"]) == ("5", "5e5e5e5")
    assert (row["status"], row["finished_at"]) == ("success", minute(4))
    assert row["url"] == "https://github.com/acme/api/deployments"


def test_the_latest_status_stands_in_for_the_history_only_where_it_is_terminal(mapped):
    ended = {"state": "FAILURE", "createdAt": "2026-03-02T08:04:00Z"}
    superseded = {"state": "INACTIVE", "createdAt": "2026-03-09T00:00:00Z"}
    rows = mapped(
        SYSTEM,
        "deployments",
        deployments=[
            graphql(statuses=None, latestStatus=ended),
            graphql(databaseId=6, statuses=None, latestStatus=superseded),
        ],
    )
    assert [(row["status"], row["finished_at"]) for row in rows] == [
        ("failure", minute(4)),
        ("success", None),
    ]


def test_an_unknown_state_passes_for_the_contract_to_name(mapped):
    [row] = mapped(SYSTEM, "deployments", deployments=[graphql(statuses=None, state="MELTED")])
    assert (row["status"], row["finished_at"]) == ("melted", None)


@pytest.mark.parametrize("as_text", [False, True], ids=["object", "text"])
def test_the_payload_tells_service_release_and_purpose(mapped, as_text):
    said = {
        "service": "checkout",
        "release_id": "r-12",
        "rollback": False,
        "hotfix": True,
        "fixes_deployment_id": 4,
    }
    payload = str(said).replace("'", '"').replace("True", "true").replace("False", "false")
    row = deployed(mapped, payload=payload if as_text else said)
    assert (row["service"], row["release_id"]) == ("checkout", "r-12")
    assert (row["is_rollback"], row["is_unplanned"]) == ("false", "true")
    assert row["fixes_deployment_id"] == "4"


@pytest.mark.parametrize("payload", [{}, "", "not json", None, ["x"]])
def test_a_payload_that_says_nothing_leaves_service_and_purpose_unknown(mapped, payload):
    row = deployed(mapped, payload=payload)
    assert {row[name] for name in ("service", "release_id", "is_rollback", "is_unplanned")} == {
        None
    }


@pytest.mark.parametrize("task", ["rollback", "deploy:rollback"])
def test_the_task_tells_a_rollback(mapped, task):
    assert deployed(mapped, task=task)["is_rollback"] == "true"


def test_only_what_is_marked_as_production_has_a_kind_yet(mapped):
    assert deployed(mapped, production_environment=True)["environment_kind"] == "production"
    assert deployed(mapped, production_environment=False)["environment_kind"] is None


def test_a_comparison_tells_which_changes_a_deployment_brought(mapped):
    compare = {
        "url": f"{API}/compare/4e4e4e4...5e5e5e5",
        "commits": [{"sha": "m7"}, {"sha": "h8"}, {"sha": "m9"}],
    }
    pulls = [
        {
            "html_url": f"https://github.com/acme/api/pull/{number}",
            "number": number,
            "merged_at": "2026-03-01T00:00:00Z",
            "merge_commit_sha": f"m{number}",
            "head": {"sha": f"h{number}"},
        }
        for number in (6, 7, 8)
    ]
    rows = mapped(
        SYSTEM,
        "deployment_changes",
        deployments=[deployment(), deployment(id=4, sha="4e4e4e4")],
        compare=[compare],
        pull_requests=pulls,
    )
    assert [(row["deployment_id"], row["change_id"], row["link_rule"]) for row in rows] == [
        ("5", "acme/api#7", "compare_commits"),
        ("5", "acme/api#8", "compare_commits"),
    ]


@pytest.mark.realdata
def test_recorded_deployments_finish_when_they_succeeded_not_when_superseded(mapped, recorded):
    rows = mapped(SYSTEM, "deployments", deployments=recorded("github_graphql/deployment.jsonl"))
    assert {row["deployment_id"]: row["finished_at"] for row in rows if row["finished_at"]} == {
        "3881429895": datetime(2026, 2, 20, 0, 30, 59, tzinfo=UTC),
        "3839563910": datetime(2026, 2, 14, 0, 32, 36, tzinfo=UTC),
        "1707033729": datetime(2024, 8, 8, 0, 18, 12, tzinfo=UTC),
    }
    assert {row["status"] for row in rows} == {"success"}
    assert {row["repo"] for row in rows} == {"facebook/OpenBIC"}
