"""Business time as the configuration promises it, against a counter of minutes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.configuration import (
    Calendar,
    CalendarException,
    Configuration,
    Holidays,
    Organisation,
    Segment,
)
from assets.facts.support_hours import business_seconds, calendar_of_segment

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHRISTMAS_EVE = date(2025, 12, 24)
CONFIGURATION = Configuration(
    organisation=Organisation(name="x"),
    calendars=(
        Calendar(
            id="berlin",
            time_zone="Europe/Berlin",
            weekly=dict.fromkeys(DAYS[:5], ("09:00-17:00",)),
            holidays=Holidays(country="DE", subdivision="BE"),
            exceptions=(CalendarException(on=CHRISTMAS_EVE, hours=("09:00-12:00",)),),
            valid_from=date(2020, 1, 1),
        ),
        Calendar(
            id="berlin",
            time_zone="Europe/Berlin",
            weekly={"sat": ("10:00-11:00",)},
            valid_from=date(2026, 6, 1),
        ),
        Calendar(
            id="new york",
            time_zone="America/New_York",
            weekly=dict.fromkeys(DAYS[:5], ("09:00-20:00",)),
            holidays=Holidays(country="US"),
        ),
    ),
)


def elapsed(calendar, start, end):
    frame = pl.DataFrame(
        {"calendar": [calendar], "start": [start], "end": [end]},
        schema_overrides=dict.fromkeys(("start", "end"), pl.Datetime("us", "UTC")),
    )
    return business_seconds(frame, {"s": ("start", "end")}, CONFIGURATION).get_column("s").item()


def local(zone, day, hour=0):
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def is_open(calendar, moment):
    """Whether somebody is there at an instant, read from the words of the configuration."""
    zone = NEW_YORK if calendar == "new york" else BERLIN
    here = moment.astimezone(zone)
    new_year, christmas = (1, 1), {(12, 25), (12, 26)}
    month_day = (here.month, here.day)
    if calendar == "new york":
        closed = month_day in {new_year, (12, 25)} or here.date() == date(2025, 11, 27)
        return here.weekday() < 5 and not closed and 9 <= here.hour < 20
    if here.date() >= date(2026, 6, 1):
        return here.weekday() == 5 and here.hour == 10
    if here.date() == CHRISTMAS_EVE:
        return 9 <= here.hour < 12
    return here.weekday() < 5 and month_day not in {new_year, *christmas} and 9 <= here.hour < 17


@pytest.mark.parametrize(
    ("calendar", "first", "last"),
    [
        ("berlin", date(2025, 12, 19), date(2026, 1, 6)),
        ("berlin", date(2026, 5, 27), date(2026, 6, 9)),
        ("new york", date(2025, 11, 24), date(2025, 12, 1)),
        ("new york", date(2025, 12, 22), date(2026, 1, 5)),
    ],
)
@given(data=st.data())
def test_business_time_is_that_of_a_minute_counter(calendar, first, last, data):
    minutes = (last - first).days * 24 * 60
    begin, end = sorted(data.draw(st.tuples(*[st.integers(0, minutes)] * 2)))
    origin = local(UTC, first)
    counted = sum(is_open(calendar, origin + timedelta(minutes=m)) for m in range(begin, end))
    start, stop = (origin + timedelta(minutes=m) for m in (begin, end))
    assert elapsed(calendar, start, stop) == 60 * counted


def test_a_dst_day_has_23_or_25_hours():
    for day, hours in ((date(2026, 3, 29), 23), (date(2025, 10, 26), 25)):
        start, end = local(BERLIN, day), local(BERLIN, day + timedelta(days=1))
        assert elapsed("every hour", start, end) == hours * 3600


def test_a_holiday_and_a_half_day_are_taken_out():
    monday = date(2025, 12, 22)
    assert elapsed("berlin", local(BERLIN, monday), local(BERLIN, date(2025, 12, 29))) == 3600 * (
        8 + 8 + 3
    )


def test_a_9_to_20_new_york_schedule_knows_its_holidays():
    week = local(NEW_YORK, date(2025, 11, 24)), local(NEW_YORK, date(2025, 12, 1))
    assert elapsed("new york", *week) == 3600 * 11 * 4


def test_a_status_across_a_weekend_with_a_calendar_change_counts_once():
    friday, tuesday = local(BERLIN, date(2026, 5, 29), 16), local(BERLIN, date(2026, 6, 2), 12)
    assert elapsed("berlin", friday, tuesday) == 3600


def test_an_unknown_instant_has_no_business_time():
    assert elapsed("berlin", None, datetime(2026, 1, 1, tzinfo=UTC)) is None
    assert elapsed("berlin", None, None) is None


def test_a_segment_has_the_calendar_of_its_latest_row_or_the_default():
    configuration = Configuration(
        organisation=Organisation(name="x", default_calendar="usual"),
        segments=(
            Segment(id="a", name="A", calendar="late", valid_from=date(2026, 1, 1)),
            Segment(id="a", name="A", calendar="early", valid_from=date(2025, 1, 1)),
            Segment(id="b", name="B"),
        ),
    )
    assert dict(calendar_of_segment(configuration).iter_rows()) == {"a": "late", "b": "usual"}
