"""The clock starts a run a day, once it is allowed to."""

import dagster as dg

from pipelines.schedules import daily


def test_the_schedule_is_off_until_it_is_switched_on():
    assert daily.default_status == dg.DefaultScheduleStatus.STOPPED


def test_the_schedule_refreshes_everything_once_a_day():
    assert daily.job_name == "refresh"
    assert daily.cron_schedule == "0 4 * * *"
