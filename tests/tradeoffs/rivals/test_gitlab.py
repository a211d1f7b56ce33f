"""GitLab's rules, each on an example worked by hand."""

import pytest

from assets.tradeoffs.rivals import gitlab


def test_lead_time_starts_at_the_merge_and_is_a_median_of_daily_medians(records, number, hour):
    busy_day = [{"merged_at": 0, "deployed_at": wait} for wait in (1, 2, 3, 4, 5)]
    quiet_day = [{"merged_at": 30, "deployed_at": 30 + 9, "first_commit_at": 0}]
    # Medians of the days: 3 and 9; of all six changes: 3.5.
    assert number(gitlab.lead_time, records(changes=busy_day + quiet_day)) == 6 * hour


def test_each_replica_is_a_deployment_and_days_without_one_count(records, number):
    known = records(deployments=[{"finished_at": 1}, {"finished_at": 1}, {"finished_at": 1}])
    assert number(gitlab.deployment_frequency, known) == pytest.approx(3 / 91 * 7)


def test_every_incident_counts_and_the_rate_can_exceed_1(records, number):
    known = records(
        deployments=[{"finished_at": 1}, {"finished_at": 2, "is_success": False}],
        incidents=[{"opened_at": 3}, {"opened_at": 4}, {"opened_at": 5, "service": None}],
    )
    assert number(gitlab.change_failure_rate, known) == 3.0


def test_incidents_without_a_deployment_are_divided_by_one(records, number):
    assert number(gitlab.change_failure_rate, records(incidents=[{"opened_at": 3}])) == 1.0


def test_a_quiet_day_weighs_as_much_as_a_bad_one_and_open_incidents_are_left_out(
    records, number, hour
):
    bad_day = [{"opened_at": 0, "resolved_at": 2} for _ in range(5)]
    quiet_day = [{"opened_at": 48, "resolved_at": 48 + 10}]
    known = records(incidents=[*bad_day, *quiet_day, {"opened_at": 0}])
    assert number(gitlab.time_to_restore, known) == 6 * hour
