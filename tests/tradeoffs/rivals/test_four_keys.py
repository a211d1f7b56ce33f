"""Four Keys' rules, each on an example worked by hand."""

from assets.tradeoffs.rivals import four_keys

WEEK = 7 * 24


def test_lead_time_is_the_median_over_commits_so_a_large_change_weighs_more(records, number, hour):
    large = [{"change": 1, "committed_at": 0, "deployed_at": age} for age in (10, 10, 10)]
    small = [{"change": 2, "committed_at": 0, "deployed_at": 2}]
    assert number(four_keys.lead_time, records(commits=large + small)) == 10 * hour


def test_a_commit_of_the_moment_of_its_deployment_is_passed_over(records, number, hour):
    commits = [
        {"committed_at": 5, "deployed_at": 5},
        {"committed_at": 5, "deployed_at": 5 + 59 / 3_600},
        {"committed_at": 0, "deployed_at": 7},
    ]
    assert number(four_keys.lead_time, records(commits=commits)) == 7 * hour


def test_the_author_date_stands_in_where_the_commit_date_is_missing(records, number, hour):
    known = records(commits=[{"authored_at": 1, "deployed_at": 4}])
    assert number(four_keys.lead_time, known) == 3 * hour


def test_a_deployment_to_staging_makes_a_deployment_day(records, number):
    staged = [{"finished_at": week * WEEK, "is_production": False} for week in range(14)]
    assert number(four_keys.deployment_days, records(deployments=staged)) == 1.0


def test_weeks_begin_on_sunday(records, number):
    # 1 April 2026 is a Wednesday: hour 96 is Sunday the 5th, hour 72 Saturday the 4th.
    known = records(deployments=[{"finished_at": 72}, {"finished_at": 96}])
    days = four_keys.deployment_days(known).collect()
    assert days.select("n", "part").row(0) == (14, 2)
    weekly = known.grid.per_week(
        known.grid.placed(known.deployed, "finished_at").group_by("cell", "day").len("count"),
        four_keys.SUNDAY,
    ).filter(count=1)
    assert weekly.collect().height == 2


def test_incidents_that_name_no_cause_are_dropped_and_staging_is_in_the_denominator(
    records, number
):
    known = records(
        deployments=[{"finished_at": 1}, {"finished_at": 2, "is_production": False}],
        incidents=[
            {"opened_at": 3, "caused_by_deployment_id": "d0"},
            {"opened_at": 4, "caused_by_deployment_id": "d0"},
            {"opened_at": 5},
        ],
    )
    assert number(four_keys.change_failure_rate, known) == 2 / 2


def test_time_to_restore_is_cut_to_whole_hours_and_passes_over_open_incidents(
    records, number, hour
):
    known = records(
        incidents=[
            {"opened_at": 0, "resolved_at": 1.98},
            {"opened_at": 0, "resolved_at": 2.99},
            {"opened_at": 0},
        ]
    )
    assert number(four_keys.time_to_restore, known) == 1.5 * hour


def test_the_clock_starts_at_the_deployment_that_the_incident_names(records, number, hour):
    known = records(
        deployments=[{"finished_at": 1}],
        incidents=[{"opened_at": 5, "resolved_at": 6, "caused_by_deployment_id": "d0"}],
    )
    assert number(four_keys.time_to_restore, known) == 5 * hour
