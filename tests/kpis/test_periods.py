"""Periods are local days: weeks from Monday, months, quarters, trailing 28 days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.kpis.periods import days_of, last_full_day, local_day, periods

BERLIN = "Europe/Berlin"
instants = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def periods_by_loop(first, as_of, look_ahead):
    """Every period that holds a day from `first` to the last day that is over."""
    here = ZoneInfo(BERLIN)
    last = as_of.astimezone(here).date() - timedelta(days=1)
    newest = (as_of - look_ahead).astimezone(here).date() - timedelta(days=1)
    found = {("trailing_28d", newest - timedelta(days=27), newest)}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        monday = day - timedelta(days=day.weekday())
        found.add(("week", monday, monday + timedelta(days=6)))
        for kind, months in (("month", 1), ("quarter", 3)):
            start = date(day.year, (day.month - 1) // months * months + 1, 1)
            after = start.month + months
            end = date(start.year + (after > 12), (after - 1) % 12 + 1, 1) - timedelta(days=1)
            found.add((kind, start, end))
        if day.weekday() == 6 and day <= newest:
            found.add(("trailing_28d", day - timedelta(days=27), day))
    return found


@given(as_of=instants, length=st.integers(-1, 200), look_ahead=st.sampled_from((0, 72, 14 * 24)))
def test_periods_are_those_of_a_loop_over_local_days(as_of, length, look_ahead):
    first = last_full_day(as_of, BERLIN) - timedelta(days=length)
    ahead = timedelta(hours=look_ahead)
    found = periods(first, as_of, ahead, BERLIN)
    rows = found.select("period_kind", "period_start_on", "period_end_on").rows()
    assert len(rows) == len(set(rows))
    assert set(rows) == periods_by_loop(first, as_of, ahead)
    assert found.get_column("period_id").to_list() == list(range(found.height))


def test_weeks_begin_on_monday():
    found = periods(date(2026, 1, 1), datetime(2026, 2, 1, tzinfo=UTC), timedelta(0), BERLIN)
    weeks = found.filter(period_kind="week").get_column("period_start_on")
    assert set(weeks.dt.weekday()) == {1}


def test_trailing_28_days_end_at_as_of_less_the_look_ahead():
    as_of = datetime(2026, 2, 13, 12, tzinfo=UTC)
    found = periods(date(2026, 1, 1), as_of, timedelta(hours=72), BERLIN)
    newest = found.filter(period_kind="trailing_28d").get_column("period_end_on").max()
    assert newest == date(2026, 2, 9)


def test_a_day_is_cut_at_local_midnight_also_when_clocks_change():
    moments = {
        datetime(2026, 3, 28, 22, 59, tzinfo=UTC): date(2026, 3, 28),
        datetime(2026, 3, 28, 23, 0, tzinfo=UTC): date(2026, 3, 29),
        datetime(2026, 3, 29, 21, 59, tzinfo=UTC): date(2026, 3, 29),
        datetime(2026, 3, 29, 22, 0, tzinfo=UTC): date(2026, 3, 30),
        datetime(2025, 10, 26, 22, 59, tzinfo=UTC): date(2025, 10, 26),
        datetime(2025, 10, 26, 23, 0, tzinfo=UTC): date(2025, 10, 27),
    }
    frame = pl.DataFrame({"at": list(moments)}, schema={"at": pl.Datetime("us", "UTC")})
    assert frame.select(local_day(pl.col("at"), BERLIN)).to_series().to_list() == list(
        moments.values()
    )


def test_a_day_belongs_to_every_period_that_it_lies_in():
    found = periods(date(2026, 1, 1), datetime(2026, 4, 1, tzinfo=UTC), timedelta(0), BERLIN)
    days = days_of(found).filter(pl.col("day") == date(2026, 2, 10))
    lying = found.filter(
        (pl.col("period_start_on") <= date(2026, 2, 10))
        & (pl.col("period_end_on") >= date(2026, 2, 10))
    )
    assert sorted(days.get_column("period_id")) == sorted(lying.get_column("period_id"))
    assert days.height == 7
