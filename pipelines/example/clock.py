"""Days, working hours and business time of the example company.

Draws instants within working days, and turns business seconds into instants. What elapsed
business time *is* for the KPIs is said in `assets.methods.business_time`; this is its inverse.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from pipelines.example.world import (
    BEGINS_ON,
    DRAWN_UNTIL,
    HOUR,
    TIME_ZONE,
    Bools,
    Floats,
    Ints,
)

# calendar id -> opening and closing hour of Monday to Friday, and of the two half days
CALENDARS = {"support": (9, 17), "extended": (7, 20)}
HALF_DAYS = tuple(date(year, 12, day) for year in range(2024, 2027) for day in (24, 31))
HALF_DAY_ENDS = 12


@lru_cache(maxsize=1)
def days() -> tuple[date, ...]:
    """All days of the example, from a month before its beginning."""
    first = BEGINS_ON - timedelta(days=31)
    return tuple(first + timedelta(days=n) for n in range((DRAWN_UNTIL - first).days + 120))


@lru_cache(maxsize=1)
def holidays() -> frozenset[date]:
    """Public holidays of Berlin."""
    from holidays import country_holidays  # 60 ms that only the demo pays

    years = range(BEGINS_ON.year, DRAWN_UNTIL.year + 1)
    return frozenset(country_holidays("DE", subdiv="BE", years=years))


def is_working_day() -> Bools:
    """Per day of `days`: Monday to Friday and no holiday."""
    return np.array([day.weekday() < 5 and day not in holidays() for day in days()])


def season() -> Floats:
    """Per day of `days`: how much goes on; summer and the end of the year are quiet."""
    quiet = {8: 0.75, 12: 0.9}
    usual = np.array([quiet.get(day.month, 1.0) for day in days()])
    between_years = np.array([(day.month, day.day) >= (12, 22) for day in days()]) | np.array(
        [(day.month, day.day) <= (1, 3) for day in days()]
    )
    return np.where(between_years, 0.15, usual)


@lru_cache(maxsize=1)
def _noons_utc() -> Ints:
    """The instant of local noon of each day: counted from there, a shift of clocks is no matter."""
    zone = ZoneInfo(TIME_ZONE)
    noons = [datetime(day.year, day.month, day.day, 12, tzinfo=zone) for day in days()]
    return np.array([noon.astimezone(UTC).timestamp() for noon in noons], dtype=np.int64)


def at(day: Ints, hour_of_day: Floats) -> Ints:
    """UTC seconds of local hours (3.0 to 23.9) on days of `days`."""
    return _noons_utc()[day] + np.rint((hour_of_day - 12) * HOUR).astype(np.int64)


def day_index(first: date) -> int:
    """Where a day stands in `days`."""
    return (first - days()[0]).days


def working_hours(generator: np.random.Generator, size: int) -> Floats:
    """Hours of the day at which people do things: around 13:30, from 8:30 to 18:00."""
    return np.clip(generator.normal(13.5, 2.3, size), 8.5, 18.0) + generator.uniform(0, 0.2, size)


@dataclass(frozen=True)
class BusinessHours:
    """One calendar as a curve: business seconds passed at instants; flat while closed."""

    instants: Floats
    passed: Floats

    def passed_at(self, instants: Ints) -> Floats:
        """Business seconds that have passed at instants."""
        return np.interp(instants, self.instants, self.passed)

    def instant_of(self, passed: Floats) -> Ints:
        """The instants at which so many have passed; at closing time, the next opening."""
        return np.rint(np.interp(passed, self.passed, self.instants)).astype(np.int64)

    def after(self, start: Ints, business_seconds: Floats) -> Ints:
        """The instants at which so many business seconds have passed since the starts."""
        return self.instant_of(self.passed_at(start) + business_seconds)

    def between(self, start: Ints, stop: Ints) -> Floats:
        """Business seconds from start to stop."""
        return self.passed_at(stop) - self.passed_at(start)


@lru_cache(maxsize=2)
def business_hours(calendar: str) -> BusinessHours:
    """The curve of one of CALENDARS."""
    opens, closes = CALENDARS[calendar]
    working = np.flatnonzero(is_working_day())
    is_half = np.array([days()[day] in HALF_DAYS for day in working])
    from_s = at(working, np.full(working.size, float(opens)))
    to_s = at(working, np.where(is_half, HALF_DAY_ENDS, closes).astype(np.float64))
    passed = np.concatenate([[0.0], np.repeat(np.cumsum(to_s - from_s), 2)[:-1]])
    return BusinessHours(np.column_stack([from_s, to_s]).ravel().astype(np.float64), passed)
