"""Apache DevLake's rules, each on an example worked by hand."""

import polars as pl
import pytest

from assets.tradeoffs.rivals import devlake_2021, devlake_2023
from assets.tradeoffs.rivals.devlake_links import deployment_days, linked_incidents

WEEK = 7 * 24


def shipped(**instants):
    return {"first_commit_at": 0, "opened_at": 1, "merged_at": 3, **instants}


def test_lead_time_adds_coding_open_and_deploy_time_and_takes_the_lower_of_two(
    records, number, hour
):
    known = records(
        deployments=[{"finished_at": 0}, {"finished_at": 10}, {"finished_at": 103}],
        changes=[shipped(deployed_at=10), shipped(deployed_at=103)],
    )
    assert number(devlake_2021.lead_time, known) == 10 * hour
    assert number(devlake_2023.lead_time, known) == 10 * hour


def test_in_2021_a_change_that_waits_for_its_deployment_stops_at_its_merge(records, number, hour):
    known = records(
        deployments=[{"finished_at": 0}, {"finished_at": 10}],
        changes=[shipped(deployed_at=10), shipped(), shipped()],
    )
    assert number(devlake_2021.lead_time, known) == 3 * hour
    assert number(devlake_2023.lead_time, known) == 10 * hour


def test_the_first_deployment_of_a_repo_ships_nothing_that_is_timed(records, number, hour):
    known = records(deployments=[{"finished_at": 10}], changes=[shipped(deployed_at=10)])
    assert number(devlake_2021.lead_time, known) == 3 * hour
    assert number(devlake_2023.lead_time, known) is None


def test_minutes_are_rounded_up_and_a_commit_after_the_opening_adds_nothing(records, number):
    known = records(changes=[{"first_commit_at": 2, "opened_at": 1, "merged_at": 1 + 61 / 3_600}])
    assert number(devlake_2021.lead_time, known) == 120


def test_ten_deployments_on_one_day_are_one_deployment_day(records, number):
    weeks = [{"finished_at": week * WEEK + hour} for week in range(14) for hour in range(10)]
    assert number(deployment_days, records(deployments=weeks)) == 1.0


def test_weeks_without_a_deployment_count_and_the_lower_median_of_them_is_zero(records, number):
    seven_of_fourteen = [{"finished_at": week * WEEK} for week in range(7)]
    assert number(deployment_days, records(deployments=seven_of_fourteen)) == 0.0


def test_an_incident_is_linked_to_the_newest_deployment_of_its_service_however_old(records):
    known = records(
        deployments=[
            {"finished_at": 1},
            {"finished_at": 2},
            {"finished_at": 900, "line": "other"},
            {"finished_at": 950, "is_success": False, "status": "failure"},
        ],
        incidents=[{"opened_at": 1000}, {"opened_at": 0.5}, {"opened_at": 1000, "service": None}],
    )
    linked = linked_incidents(known).select("incident_id", "deployment_id").collect()
    assert linked.rows() == [("i0", "d1")]


def test_a_deployment_with_three_incidents_fails_once_in_2021_and_three_times_in_2023(
    records, number
):
    known = records(
        deployments=[{"finished_at": 1}, {"finished_at": 50}],
        incidents=[{"opened_at": 2}, {"opened_at": 3}, {"opened_at": 4}],
    )
    assert number(devlake_2021.failed_deployments, known) == 0.5
    assert number(devlake_2023.incidents_per_deployment, known) == 1.5


def test_open_incidents_count_as_the_fastest_in_2021(records, number, hour):
    incidents = [{"opened_at": 0}, {"opened_at": 0, "resolved_at": 4}]
    assert number(devlake_2021.time_to_restore, records(incidents=incidents)) is None
    incidents += [{"opened_at": 0, "resolved_at": 9}]
    assert number(devlake_2021.time_to_restore, records(incidents=incidents)) == 4 * hour


def test_the_recovery_of_2023_starts_at_the_deployment(records, number, hour):
    known = records(
        deployments=[{"finished_at": 1}], incidents=[{"opened_at": 20, "resolved_at": 21}]
    )
    assert number(devlake_2023.recovery_time, known) == 20 * hour
    assert number(devlake_2021.time_to_restore, known) == 1 * hour


@pytest.mark.parametrize("rules", [devlake_2021.RULES, devlake_2023.RULES])
def test_an_empty_period_has_no_rows_but_of_frequency(records, rules):
    heights = {rule.metric: rule.compute(records()).collect().height for rule in rules}
    assert heights.pop("deployment_frequency") == 1
    assert set(heights.values()) == {0}


def test_the_parts_say_what_the_reason_is_about(records):
    known = records(incidents=[{"opened_at": 0}, {"opened_at": 0, "resolved_at": 4}])
    row = devlake_2021.time_to_restore(known).select(pl.col("n", "part")).collect().row(0)
    assert row == (2, 1)
