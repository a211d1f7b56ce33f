"""Business time against a clock that looks at the wall once a minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.methods.business_time import WEEKDAYS, BusinessClock, Calendar

NINE_TO_FIVE = {day: ["09:00-17:00"] for day in WEEKDAYS[:5]}
ALWAYS = {day: ["00:00-24:00"] for day in WEEKDAYS}
START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)

# Days around which these zones change: whole and half hours, and a day that never was.
CHANGES = {
    "Europe/Berlin": [date(2025, 3, 30), date(2025, 10, 26)],
    "America/New_York": [date(2025, 3, 9), date(2025, 11, 2)],
    "America/St_Johns": [date(2025, 3, 9), date(2025, 11, 2)],
    "Australia/Lord_Howe": [date(2025, 4, 6), date(2025, 10, 5)],
    "Africa/Casablanca": [date(2025, 2, 23), date(2025, 4, 6)],
    "Asia/Kolkata": [date(2025, 6, 1)],
    "Pacific/Apia": [date(2011, 12, 30)],
    "UTC": [date(2024, 2, 29)],
}

quarter_hours = st.lists(st.integers(0, 96), unique=True, max_size=6).map(
    lambda marks: [
        f"{a // 4:02}:{a % 4 * 15:02}-{b // 4:02}:{b % 4 * 15:02}"
        for a, b in zip(*[iter(sorted(marks)[: len(marks) // 2 * 2])] * 2, strict=True)
    ]
)


def calendars(zone, days):
    return st.builds(
        Calendar,
        st.just(zone),
        st.dictionaries(st.sampled_from(WEEKDAYS), quarter_hours),
        st.dictionaries(st.sampled_from(days), quarter_hours, max_size=2),
        st.sets(st.sampled_from(days), max_size=2),
    )


@st.composite
def spans(draw):
    zone = draw(st.sampled_from(list(CHANGES)))
    day = draw(st.sampled_from(CHANGES[zone]))
    days = [day + timedelta(days=n) for n in range(-2, 4)]
    begin = datetime.combine(days[0], datetime.min.time(), UTC)
    marks = draw(st.lists(st.integers(0, 5 * 1440), min_size=2, max_size=2))
    first, last = (begin + timedelta(minutes=m) for m in sorted(marks))
    return zone, days, first, last


@st.composite
def cases(draw):
    zone, days, first, last = draw(spans())
    return draw(calendars(zone, days)), first, last


@st.composite
def dated_cases(draw):
    """Up to three versions of a calendar, each from its day on."""
    zone, days, first, last = draw(spans())
    versions = st.dictionaries(st.sampled_from(days), calendars(zone, days), min_size=1, max_size=3)
    return draw(versions), first, last


def minutes_on_the_wall(versions, first, last):
    """Count the minutes between two instants at which the local clock shows an open time.

    The version of the newest day that has begun counts, before the first one the first.
    """
    zone, count, at = ZoneInfo(next(iter(versions.values())).zone), 0, first
    while at < last:
        local = at.astimezone(zone)
        begun = [day for day in versions if day <= local.date()]
        calendar = versions[max(begun) if begun else min(versions)]
        hours = calendar.weekly.get(WEEKDAYS[local.weekday()], [])
        if local.date() in calendar.holidays:
            hours = []
        hours = calendar.exceptions.get(local.date(), hours)
        now = f"{local:%H:%M}"
        count += any(span[:5] <= now < span[6:] for span in hours)
        at += timedelta(minutes=1)
    return count


def micros(*instants):
    return np.array([at.replace(tzinfo=None) for at in instants], dtype="datetime64[us]")


def elapsed(calendar, first, last):
    clock = BusinessClock(calendar, START, END)
    return clock.elapsed_seconds(micros(first), micros(last))[0]


@given(cases(), st.integers(0, 6 * 1440))
def test_the_instant_of_open_seconds_is_the_first_minute_after_which_more_pass(case, minute):
    calendar, first, last = case
    clock = BusinessClock(calendar, first, last)
    at = min(first + timedelta(minutes=minute), last)
    seconds = clock.passed_seconds(micros(at))
    again = clock.instants(seconds)
    assert clock.passed_seconds(again) == seconds
    always = {date(1970, 1, 1): calendar}
    is_open = minutes_on_the_wall(always, at, at + timedelta(minutes=1)) == 1
    if at < last and is_open:
        assert again == micros(at).astype(np.int64)
    else:
        assert again >= micros(at).astype(np.int64)
        opened = again[0] < clock.end
        assert not opened or clock.passed_seconds(again + 1) > seconds


def test_a_clock_of_the_spans_of_another_is_the_same_clock():
    calendar = Calendar("Europe/Berlin", NINE_TO_FIVE)
    clock = BusinessClock(calendar, START, END)
    again = BusinessClock.of_spans(clock.spans, START, END)
    instants = micros(*(START + timedelta(hours=7 * n) for n in range(1_000)))
    assert (again.passed_seconds(instants) == clock.passed_seconds(instants)).all()


def test_a_calendar_that_never_opens_reaches_nothing():
    clock = BusinessClock(Calendar("UTC", {}), START, END)
    assert clock.instants(np.array([0.0, 5.0])).tolist() == [clock.end] * 2


@given(cases())
def test_elapsed_time_is_what_the_wall_clock_shows(case):
    calendar, first, last = case
    clock = BusinessClock(calendar, first, last)
    seconds = clock.elapsed_seconds(micros(first), micros(last))[0]
    assert seconds == 60 * minutes_on_the_wall({first.date(): calendar}, first, last)


@given(dated_cases())
def test_elapsed_time_under_changing_calendars_is_what_the_wall_clock_shows(case):
    versions, first, last = case
    clock = BusinessClock.of_versions(versions, first, last)
    seconds = clock.elapsed_seconds(micros(first), micros(last))[0]
    assert seconds == 60 * minutes_on_the_wall(versions, first, last)


@given(cases(), st.lists(st.integers(0, 5 * 86_400_000_000), min_size=3, max_size=3))
def test_elapsed_times_add_up_to_the_microsecond(case, offsets):
    calendar, first, _ = case
    clock = BusinessClock(calendar, first, first + timedelta(days=5))
    one, two, three = np.sort(offsets) + int(first.timestamp()) * 1_000_000
    whole = clock.elapsed_seconds(np.array([one]), np.array([three]))
    parts = clock.elapsed_seconds(np.array([one, two]), np.array([two, three]))
    assert whole[0] == pytest.approx(parts.sum(), abs=1e-9)
    assert (parts >= 0).all()
    assert parts[0] <= (two - one) / 1e6
    assert (clock.elapsed_seconds(np.array([three]), np.array([one])) == -whole).all()


@given(cases())
def test_open_spans_are_in_order_and_apart(case):
    calendar, first, last = case
    edges = calendar.open_edges(first, last)
    assert (edges[:, 0] < edges[:, 1]).all()
    assert (edges[1:, 0] > edges[:-1, 1]).all()


@pytest.mark.parametrize(("on", "hours"), [((2025, 3, 30), 23), ((2025, 10, 26), 25)])
def test_a_day_with_a_clock_change_has_23_or_25_open_hours(on, hours):
    zone = ZoneInfo("Europe/Berlin")
    first = datetime(*on, tzinfo=zone).astimezone(UTC)
    last = (datetime(*on, tzinfo=zone) + timedelta(days=1)).astimezone(UTC)
    assert elapsed(Calendar("Europe/Berlin", ALWAYS), first, last) == hours * 3600


def test_from_friday_afternoon_to_monday_morning_passes_two_hours():
    first = datetime(2025, 6, 6, 14, tzinfo=UTC)  # 16:00 in Berlin
    last = datetime(2025, 6, 9, 8, tzinfo=UTC)  # 10:00
    assert elapsed(Calendar("Europe/Berlin", NINE_TO_FIVE), first, last) == 2 * 3600


def test_a_holiday_closes_the_day_and_a_half_day_shortens_it():
    calendar = Calendar(
        "Europe/Berlin",
        NINE_TO_FIVE,
        exceptions={date(2025, 12, 24): ["09:00-12:00"]},
        holidays={date(2025, 12, 25), date(2025, 12, 26)},
    )
    first, last = datetime(2025, 12, 24, tzinfo=UTC), datetime(2025, 12, 29, tzinfo=UTC)
    assert elapsed(calendar, first, last) == 3 * 3600


def test_an_exception_opens_a_holiday():
    day = date(2025, 12, 25)
    calendar = Calendar("UTC", NINE_TO_FIVE, {day: ["10:00-11:30"]}, {day})
    first = datetime(2025, 12, 25, tzinfo=UTC)
    assert elapsed(calendar, first, first + timedelta(days=1)) == 5400


def test_a_calendar_that_changes_counts_each_day_under_its_own_version():
    short = Calendar("Europe/Berlin", {"mon": ["09:00-10:00"], "tue": ["09:00-10:00"]})
    versions = {date(2024, 1, 1): short, date(2025, 6, 3): Calendar("Europe/Berlin", NINE_TO_FIVE)}
    clock = BusinessClock.of_versions(versions, START, END)
    monday = datetime(2025, 6, 2, tzinfo=UTC)
    ends = micros(*(monday + timedelta(days=n) for n in (0, 1, 2)))
    assert clock.elapsed_seconds(ends[:-1], ends[1:]).tolist() == [3600, 8 * 3600]


def test_a_single_version_is_the_plain_clock():
    calendar = Calendar("America/New_York", NINE_TO_FIVE)
    at = micros(datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    plain = BusinessClock(calendar, START, END).elapsed_seconds(at[:1], at[1:])
    dated = BusinessClock.of_versions({date(2025, 7, 1): calendar}, START, END)
    assert dated.elapsed_seconds(at[:1], at[1:]) == plain


def test_an_unknown_instant_gives_an_unknown_time():
    clock = BusinessClock(Calendar("UTC", ALWAYS), START, END)
    known = micros(START, START)
    missing = np.array(["NaT", "2024-01-01T00:00:05"], dtype="datetime64[us]")
    assert clock.elapsed_seconds(known, missing).tolist() == [pytest.approx(np.nan, nan_ok=True), 5]
    floats = np.array([np.nan, START.timestamp() * 1e6])
    found = clock.elapsed_seconds(floats, floats)
    assert np.isnan(found[0])
    assert found[1] == 0


def test_no_rows_give_no_times():
    clock = BusinessClock(Calendar("UTC", ALWAYS), START, END)
    assert clock.elapsed_seconds(np.array([]), np.array([])).shape == (0,)


def test_a_calendar_that_never_opens_lets_no_time_pass():
    first = datetime(2025, 1, 1, tzinfo=UTC)
    assert elapsed(Calendar("UTC", {}), first, first + timedelta(days=99)) == 0


def test_overlapping_hours_count_once():
    calendar = Calendar("UTC", {"wed": ["09:00-12:00", "10:00-11:00", "11:00-13:00"]})
    first = datetime(2025, 1, 1, tzinfo=UTC)
    assert elapsed(calendar, first, first + timedelta(days=1)) == 4 * 3600


def test_an_instant_outside_the_clock_is_refused():
    clock = BusinessClock(Calendar("UTC", ALWAYS), START, END)
    with pytest.raises(ValueError, match=r"2027-01-02T00:00:00\+00:00 lies outside the clock"):
        clock.elapsed_seconds(micros(START), micros(END + timedelta(days=1)))


@pytest.mark.parametrize(
    ("zone", "weekly", "message"),
    [
        ("UTC", {"mon": ["9-17"]}, "hours '9-17' cannot be read"),
        ("UTC", {"mon": ["22:00-06:00"]}, "split a night at midnight"),
        ("UTC", {"monday": []}, "weekly hours name .'monday'."),
        ("Europe/Berlim", {}, "time zone 'Europe/Berlim' is not known"),
    ],
)
def test_a_calendar_that_cannot_be_read_is_refused(zone, weekly, message):
    with pytest.raises(ValueError, match=message):
        Calendar(zone, weekly)


def test_instants_without_a_zone_are_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        Calendar("UTC", ALWAYS).open_edges(datetime(2025, 1, 1), datetime(2025, 1, 2))  # noqa: DTZ001
