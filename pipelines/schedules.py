"""When runs start by the clock. Off until switched on in Dagster's UI."""

import dagster as dg

from pipelines.jobs import refresh

daily = dg.ScheduleDefinition(
    name="daily",
    job=refresh,
    cron_schedule="0 4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="A new edition every night.",
)
