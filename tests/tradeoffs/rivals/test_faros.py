"""Faros CE's rules, each on an example worked by hand."""

import pytest

from assets.tradeoffs.rivals import faros


def test_lead_time_is_the_mean_from_opening_to_deployment(records, number, hour):
    changes = [
        {"first_commit_at": 0, "opened_at": 8, "deployed_at": 10},
        {"first_commit_at": 0, "opened_at": 8, "deployed_at": 18},
        {"first_commit_at": 0, "opened_at": 8},
    ]
    assert number(faros.lead_time, records(changes=changes)) == 6 * hour


def test_frequency_counts_replicas_and_no_staging(records, number):
    known = records(
        deployments=[
            {"finished_at": 1},
            {"finished_at": 1},
            {"finished_at": 1, "is_production": False},
        ]
    )
    assert number(faros.deployment_frequency, known) == pytest.approx(2 / 91 * 7)


def test_staging_and_failed_pipelines_are_in_the_denominator(records, number):
    known = records(
        deployments=[
            {"finished_at": 1},
            {"finished_at": 2, "is_production": False},
            {"finished_at": 3, "is_success": False, "status": "failure"},
            {"finished_at": 4},
        ],
        incidents=[{"opened_at": 9}],
    )
    assert number(faros.change_failure_rate, known) == 0.25


def test_deployments_of_one_application_at_one_instant_are_one(records, number):
    known = records(
        deployments=[{"finished_at": 1}, {"finished_at": 1}, {"finished_at": 1, "line": "search"}],
        incidents=[{"opened_at": 9}],
    )
    assert number(faros.change_failure_rate, known) == 0.5


def test_a_rate_without_deployments_is_nothing(records, number):
    assert number(faros.change_failure_rate, records(incidents=[{"opened_at": 9}])) is None


def test_time_to_resolution_is_the_mean_of_resolved_incidents(records, number, hour):
    incidents = [
        {"opened_at": 0, "resolved_at": 1},
        {"opened_at": 0, "resolved_at": 99},
        {"opened_at": 0},
    ]
    assert number(faros.time_to_resolution, records(incidents=incidents)) == 50 * hour
