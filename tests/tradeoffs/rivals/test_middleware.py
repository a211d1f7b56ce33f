"""Middleware's rules, each on an example worked by hand."""

from assets.tradeoffs.rivals import middleware

STAGES = {"first_commit_at": 0, "opened_at": 2, "merged_at": 10, "deployed_at": 11}


def test_a_reviewed_and_approved_change_keeps_every_stage(records, number, hour):
    known = records(changes=[STAGES | {"first_review_at": 3, "approved_at": 9}])
    assert number(middleware.lead_time, known) == 11 * hour


def test_a_change_without_approval_loses_the_time_from_review_to_merge(records, number, hour):
    reviewed = STAGES | {"first_review_at": 3}
    # 2 h coding, 1 h to the review, 7 h lost, 1 h to the deployment.
    assert number(middleware.lead_time, records(changes=[reviewed])) == 4 * hour
    assert number(middleware.lead_time, records(changes=[STAGES])) == 3 * hour


def test_the_mean_of_deployed_changes_is_taken_and_those_that_wait_are_left_out(
    records, number, hour
):
    slow = {"first_commit_at": 0, "opened_at": 99, "merged_at": 99, "deployed_at": 99}
    fast = {"first_commit_at": 0, "opened_at": 1, "merged_at": 1, "deployed_at": 1}
    waiting = {"first_commit_at": 0, "opened_at": 1, "merged_at": 1}
    assert number(middleware.lead_time, records(changes=[slow, fast, waiting])) == 50 * hour


def test_27_deployments_in_14_weeks_begun_are_one_a_week(records, number):
    known = records(deployments=[{"finished_at": at * 24} for at in range(27)])
    assert number(middleware.deployment_frequency, known) == 1.0
    few = records(deployments=[{"finished_at": at * 24} for at in range(13)])
    assert number(middleware.deployment_frequency, few) == 0.0


def test_an_incident_of_one_service_is_blamed_on_the_newest_deployment_of_another(records):
    known = records(
        deployments=[{"finished_at": 1}, {"finished_at": 2, "line": "search"}],
        incidents=[{"opened_at": 3}, {"opened_at": 4}],
    )
    row = middleware.change_failure_rate(known).select("value", "n", "part").collect().row(0)
    assert row == (0.5, 2, 2)


def test_a_pipeline_that_failed_to_deploy_is_in_the_denominator(records, number):
    known = records(
        deployments=[
            {"finished_at": 1},
            {"finished_at": 2, "is_success": False, "status": "failure"},
        ],
        incidents=[{"opened_at": 1.5}],
    )
    assert number(middleware.change_failure_rate, known) == 0.5


def test_recovery_is_the_mean_of_incidents_by_the_day_of_their_resolution(records, number, hour):
    known = records(
        incidents=[
            {"opened_at": -100, "resolved_at": 1},
            {"opened_at": 0, "resolved_at": 1},
            {"opened_at": 5},
        ]
    )
    assert number(middleware.mean_time_to_recovery, known) == 51 * hour
