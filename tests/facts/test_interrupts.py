"""Incidents outside the support hours of whom they hit."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.configuration import Calendar, CalendarException, Configuration, Organisation, Segment
from assets.facts.incidents import incidents
from assets.facts.interrupts import interrupts

BERLIN = ZoneInfo("Europe/Berlin")
CONFIGURATION = Configuration(
    organisation=Organisation(name="x"),
    segments=(
        Segment(id="core", name="Core", calendar="office"),
        Segment(id="always", name="Always"),
    ),
    calendars=(
        Calendar(
            id="office",
            time_zone="Europe/Berlin",
            weekly=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("09:00-17:00",)),
            exceptions=(CalendarException(on=date(2026, 4, 3), hours=()),),
        ),
    ),
)
SETS = pl.LazyFrame(
    [(1, "segment", "core"), (2, "segment", "always")],
    schema={"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String},
    orient="row",
)
BEGIN = datetime(2026, 3, 23, tzinfo=UTC)  # clocks change on the 29th


@pytest.fixture(scope="session")
def found(conformed):
    def build(*opened, scope_set=1):
        rows = [
            {"incident_id": str(n), "opened_at": at, "status": "open", "scope_set": scope_set}
            for n, at in enumerate(opened)
        ]
        links = pl.LazyFrame(schema={"link_rule": pl.String, "shown_by": pl.String})
        fact = incidents(conformed("incidents", *rows), links, BEGIN + timedelta(days=99))
        frame = interrupts(fact, SETS, CONFIGURATION)
        return set(frame["entered_at"].to_list())

    return build


def is_served(at):
    here = at.astimezone(BERLIN)
    return here.weekday() < 5 and 9 <= here.hour < 17 and here.date() != date(2026, 4, 3)


@given(minutes=st.lists(st.integers(0, 20 * 24 * 60), max_size=8, unique=True))
def test_an_interrupt_is_an_incident_at_a_minute_that_no_support_is_promised(minutes, found):
    opened = [BEGIN + timedelta(minutes=m) for m in minutes]
    assert found(*opened) == {at for at in opened if not is_served(at)}


def test_the_hour_that_opens_is_served_and_the_hour_that_closes_is_not(found):
    opens = datetime(2026, 3, 23, 9, tzinfo=BERLIN).astimezone(UTC)
    closes = datetime(2026, 3, 23, 17, tzinfo=BERLIN).astimezone(UTC)
    assert found(opens, closes) == {closes}


def test_nothing_interrupts_where_support_never_ends(found):
    assert found(BEGIN, BEGIN + timedelta(hours=3), scope_set=2) == set()
