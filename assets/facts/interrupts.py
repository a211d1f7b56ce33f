"""`fact_interrupts`: one row per incident that was opened while no support was promised.

Incidents page somebody at any hour. Tickets, urgent ones too, wait for the support hours, in which
their answer is promised; so they interrupt nobody.
"""

import dagster as dg
import polars as pl

from assets.configuration import Configuration
from assets.facts.support_hours import calendars, outside_hours
from assets.home import Home


def interrupts(
    incidents: pl.LazyFrame, scope_sets: pl.LazyFrame, configuration: Configuration
) -> pl.DataFrame:
    """Incidents opened outside the support hours of the segment of the service's customer.

    Of several segments' calendars the alphabetically first counts, as for tickets.
    """
    timed = incidents.select(
        "event_id", "source", "url", "scope_set", "service", "entered_at", "severity",
        "is_duplicate",
    ).join(calendars(scope_sets, configuration), on="scope_set", how="left")  # fmt: skip
    judged = outside_hours(timed.collect(), "entered_at", configuration)
    return judged.filter("is_off_hours").drop("is_off_hours")


@dg.asset
def fact_interrupts(
    home: Home, fact_incidents: pl.LazyFrame, fact_scope_sets: pl.LazyFrame
) -> pl.DataFrame:
    """Incidents at night, on weekends and on holidays."""
    return interrupts(fact_incidents, fact_scope_sets, home.configuration)
