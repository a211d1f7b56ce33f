"""Business time again, day by day, with the standard library's time zones."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

Hours = tuple[tuple[time, time], ...]
Span = tuple[datetime, datetime]

ZONE = ZoneInfo("Europe/Stockholm")
LONG: Hours = ((time(8), time(12)), (time(13), time(17, 30)))
FRIDAY: Hours = ((time(8), time(15)),)
WEEK: tuple[Hours, ...] = (LONG, LONG, LONG, LONG, FRIDAY, (), ())
OTHERWISE: dict[date, Hours] = {
    date(2012, 4, 5): ((time(8), time(12)),),
    date(2012, 4, 6): (),
    date(2012, 4, 9): (),
    date(2012, 5, 1): (),
    date(2012, 5, 12): ((time(10), time(14)),),
    date(2012, 5, 17): (),
}


def support_seconds(start: datetime, stop: datetime) -> float:
    """Seconds between two instants within the hours of the calendar `support`."""
    return sum(
        max(0.0, (min(stop, closes) - max(start, opens)).total_seconds())
        for day in _days(start, stop)
        for opens, closes in _open(day)
    )


def _days(start: datetime, stop: datetime) -> Iterator[date]:
    day, last = start.astimezone(ZONE).date(), stop.astimezone(ZONE).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


@cache
def _open(day: date) -> tuple[Span, ...]:
    hours = OTHERWISE.get(day, WEEK[day.weekday()])
    return tuple((_instant(day, opens), _instant(day, closes)) for opens, closes in hours)


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE).astimezone(UTC)
