"""Datadog's rules, each on an example worked by hand."""

import pytest

from assets.tradeoffs.rivals import datadog


def test_a_deployment_of_one_commit_weighs_as_much_as_one_of_many(records, number, hour):
    commits = [
        *({"authored_at": 0, "deployed_at": 10} for _ in range(9)),
        {"authored_at": 19, "deployed_at": 20},
        {"authored_at": 28, "deployed_at": 30},
    ]
    assert number(datadog.lead_time, records(commits=commits)) == 2 * hour


def test_merge_commits_are_no_code_and_the_mean_is_taken_within_a_deployment(records, number, hour):
    # The example of Datadog's page: C3 is 3 h old, C2 4 h, the merge commit is left out.
    commits = [
        {"authored_at": 16, "deployed_at": 19},
        {"authored_at": 15, "deployed_at": 19},
        {"authored_at": 19, "deployed_at": 19, "is_merge": True},
    ]
    assert number(datadog.lead_time, records(commits=commits)) == 3.5 * hour


def test_after_a_gap_of_60_days_there_is_no_lead_time(records, number):
    releases = [{"entered_at": 0}, {"entered_at": 61 * 24}]
    commits = [{"authored_at": 60 * 24, "deployed_at": 61 * 24}]
    assert number(datadog.lead_time, records(releases=releases, commits=commits)) is None
    soon = [{"entered_at": 2 * 24}, {"entered_at": 61 * 24}]
    assert number(datadog.lead_time, records(releases=soon, commits=commits)) == 24 * 3_600


def test_frequency_counts_releases(records, number):
    known = records(releases=[{"entered_at": 1}, {"entered_at": 2}])
    assert number(datadog.deployment_frequency, known) == pytest.approx(2 / 91 * 7)


def test_v1_v2_v3_v1_marks_v2_as_the_failure(records, number, hour):
    releases = [{"entered_at": at} for at in (0, 10, 12, 15)]
    releases[3]["restores_position"] = 0
    known = records(releases=releases)
    assert datadog.mended(known).collect().get_column("event_id").to_list() == ["r1"]
    assert number(datadog.change_failure_rate, known) == 0.25
    assert number(datadog.recovery_time, known) == 5 * hour


def test_a_hotfix_marks_the_release_just_before_it_however_old(records, number, hour):
    known = records(releases=[{"entered_at": 0}, {"entered_at": 500, "is_flagged_unplanned": True}])
    assert number(datadog.change_failure_rate, known) == 0.5
    assert number(datadog.recovery_time, known) == 500 * hour


def test_a_revert_marks_the_release_of_what_it_reverts(records, number):
    known = records(
        releases=[{"entered_at": 1}, {"entered_at": 2}, {"entered_at": 3}],
        changes=[
            {"change_id": "a", "merged_at": 0, "deployed_at": 1},
            {"change_id": "b", "merged_at": 2, "deployed_at": 3, "reverts_change_id": "a"},
        ],
    )
    assert datadog.mended(known).collect().get_column("event_id").to_list() == ["r0"]
    assert number(datadog.change_failure_rate, known) == pytest.approx(1 / 3)


def test_an_incident_is_no_failure_where_no_deployment_mends_it(records, number):
    known = records(releases=[{"entered_at": 1}], incidents=[{"opened_at": 2}])
    assert number(datadog.change_failure_rate, known) == 0.0
    assert number(datadog.recovery_time, known) is None
