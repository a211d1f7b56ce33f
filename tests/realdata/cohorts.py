"""Periods of a civil calendar, and what entered in them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
WEEK_DAYS = 7

Thing = TypeVar("Thing")


def first_day(at: datetime, period_kind: str) -> date:
    """The first local day of the period that an instant falls into."""
    day = at.astimezone(ZONE).date()
    if period_kind == "week":
        return day - timedelta(days=day.weekday())
    month = day.month if period_kind == "month" else (day.month - 1) // 3 * 3 + 1
    return date(day.year, month, 1)


def days_of(first: date, period_kind: str) -> int:
    """Length of the period that begins on a day."""
    if period_kind == "week":
        return WEEK_DAYS
    after = first + timedelta(days={"month": 31, "quarter": 92}[period_kind])
    return (after.replace(day=1) - first).days


def by_period(
    things: Iterable[Thing], entered: Callable[[Thing], datetime], period_kind: str
) -> dict[str, list[Thing]]:
    """Cohorts by the first day of the period they entered in."""
    cohorts = defaultdict(list)
    for thing in things:
        cohorts[first_day(entered(thing), period_kind).isoformat()].append(thing)
    return cohorts
