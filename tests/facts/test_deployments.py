"""Releases judged: planned or mending, failed or not; the counts of the change fail rate."""

from datetime import timedelta

import polars as pl
import pytest

from assets.facts.deployments import deployments
from assets.facts.failed_deployments import failed_deployments
from assets.facts.failures import placebo, signs
from assets.facts.releases import in_sequence

HOTFIX, WINDOW = timedelta(hours=72), timedelta(hours=24)


@pytest.fixture(scope="session")
def judged(conformed, released, at):
    def build(given_deployments, incidents=(), reverts=()):
        releases = released(*given_deployments)
        rows = conformed("incidents", *incidents).with_columns(
            restored_at=pl.coalesce("mitigated_at", "resolved_at")
        )
        names = {"event_id": pl.String, "reverted_event_id": pl.String}
        pairs = pl.LazyFrame(list(reverts), schema=names, orient="row")
        found = signs(releases, rows, pairs, HOTFIX, WINDOW)
        failed = failed_deployments(found, releases, at(1000))
        moved = placebo(in_sequence(releases), rows, WINDOW)
        frame = deployments(releases, found, failed, moved).collect()
        assert frame.get_column("event_id").is_unique().all()
        return {row["event_id"].split("/")[1]: row for row in frame.iter_rows(named=True)}

    return build


def test_two_incidents_on_one_release_are_one_failure(judged, at):
    release = {"deployment_id": "d", "created_at": at(0), "finished_at": at(1)}
    incidents = [
        {"incident_id": f"i{i}", "service": "shop", "opened_at": at(2 + i)} for i in range(2)
    ]
    rows = judged([release], incidents)
    assert len(rows) == 1
    assert rows["d"]["is_failed"]


def test_remediating_releases_leave_the_denominator(judged, at):
    plain = {"commit_sha": "a", "created_at": at(0), "finished_at": at(1)}
    rows = judged(
        [
            plain | {"deployment_id": "first"},
            plain
            | {
                "deployment_id": "bad",
                "commit_sha": "b",
                "created_at": at(10),
                "finished_at": at(11),
            },
            plain | {"deployment_id": "back", "created_at": at(12), "finished_at": at(13)},
            plain
            | {
                "deployment_id": "fix",
                "commit_sha": "c",
                "created_at": at(20),
                "finished_at": at(21),
                "fixes_deployment_id": "bad",
            },
            plain
            | {
                "deployment_id": "hot",
                "commit_sha": "d",
                "created_at": at(30),
                "finished_at": at(31),
                "is_unplanned": True,
            },
            plain
            | {
                "deployment_id": "undo",
                "commit_sha": "e",
                "created_at": at(40),
                "finished_at": at(41),
            },
        ],
        reverts=[("shop/undo", "shop/first")],
    )
    planned = {name for name, row in rows.items() if row["is_planned"]}
    assert planned == {"first", "bad"}
    assert {name for name, row in rows.items() if row["is_failed"]} == {"first", "bad"}


def test_what_shows_after_72_hours_has_a_column_of_its_own(judged, at):
    release = {"deployment_id": "d", "created_at": at(0), "finished_at": at(1)}
    late = {"incident_id": "i", "opened_at": at(74), "caused_by_deployment_id": "d"}
    row = judged([release], [late])["d"]
    assert (row["is_failed"], row["is_failed_late"], row["is_failed_explicit"]) == (
        False,
        True,
        False,
    )


def test_a_pipeline_that_failed_is_finished_and_a_running_or_cancelled_one_is_not(judged, at):
    rows = judged(
        {"deployment_id": status, "status": status, "created_at": at(0)}
        for status in ("success", "failure", "running", "cancelled")
    )
    assert {name for name, row in rows.items() if row["is_finished"]} == {"success", "failure"}
    assert {name for name, row in rows.items() if row["is_success"]} == {"success"}
