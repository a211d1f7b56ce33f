"""Time that passes only while a calendar is open, for arrays of instants at once.

A calendar is local weekly hours, dated exceptions, holidays and an IANA zone. It is open when the
local clock shows an open time, so a day of 23 or 25 hours counts what its clock showed. Not here:
where holidays come from (the `holidays` package) and which calendar a ticket falls under.
"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from assets.methods.distributions import Floats

Micros = NDArray[np.int64]
MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d:[0-5]\d|2[0-3]:[0-5]\d|24:00)")


@dataclass(frozen=True)
class Calendar:
    """Opening hours: `weekly` by `mon` … `sun`, in words such as "09:00-17:00" or "00:00-24:00".

    An exception replaces the day's hours (none: closed) and wins over a holiday, which closes
    the day. A weekday that is not named is closed. Raises ValueError for hours that are not of
    this form or run past midnight, for unknown weekdays and unknown zones.
    """

    zone: str
    weekly: Mapping[str, Sequence[str]]
    exceptions: Mapping[date, Sequence[str]] = field(default_factory=dict)
    holidays: AbstractSet[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what `open_edges` could not read."""
        odd = set(self.weekly) - set(WEEKDAYS)
        if odd:
            raise ValueError(f"weekly hours name {sorted(odd)}; use {', '.join(WEEKDAYS)}")
        for hours in (*self.weekly.values(), *self.exceptions.values()):
            _minutes(hours)
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            raise ValueError(
                f"time zone {self.zone!r} is not known; use an IANA name such as Europe/Berlin"
            ) from None

    def open_edges(self, start: datetime, end: datetime) -> Micros:
        """Open spans between two instants: shape (spans, 2), UTC microseconds since 1970.

        Spans are in order, apart from each other and cut at start and end.
        """
        offsets = _offsets(self.zone, _micros(start), _micros(end))
        local = self._local_spans(start.date() - timedelta(days=2), end.date() + timedelta(days=2))
        pieces = [
            np.clip(local - offset, since, until)
            for since, until, offset in zip(
                offsets[:, 0], np.append(offsets[1:, 0], _micros(end)), offsets[:, 1], strict=True
            )
        ]
        return _joined(np.concatenate(pieces))

    def _local_spans(self, first: date, last: date) -> Micros:
        """Open spans of local days as the wall clock shows them, in microseconds since 1970."""
        weekly = [_minutes(self.weekly.get(name, ())) for name in WEEKDAYS]
        special = {on: _minutes(()) for on in self.holidays}
        special |= {on: _minutes(hours) for on, hours in self.exceptions.items()}
        first_day = first.toordinal()
        days = []
        for ordinal in range(first_day, last.toordinal() + 1):
            on = date.fromordinal(ordinal)
            midnight = (ordinal - date(1970, 1, 1).toordinal()) * DAY
            days.append(special.get(on, weekly[on.weekday()]) * MINUTE + midnight)
        return np.concatenate(days)


class BusinessClock:
    """Open seconds between instants of a span that is laid out once."""

    def __init__(self, calendar: Calendar, start: datetime, end: datetime) -> None:
        """Lay out a calendar between two instants, beyond which the clock does not reach."""
        self._set(calendar.open_edges(start, end), start, end)

    @classmethod
    def of_versions(
        cls, versions: Mapping[date, Calendar], start: datetime, end: datetime
    ) -> "BusinessClock":
        """A clock whose calendar changes at local midnight of each version's `valid_from`.

        The first version also holds before its date.
        """
        if not versions:
            raise ValueError("a clock needs at least one version of its calendar")
        ordered = sorted(versions.items())
        begins = [_midnight(calendar.zone, on) for on, calendar in ordered[1:]]
        changes = [min(max(at, start), end) for at in begins]
        spans = zip(ordered, [start, *changes], [*changes, end], strict=True)
        edges = [calendar.open_edges(since, until) for (_, calendar), since, until in spans]
        clock = cls.__new__(cls)
        clock._set(_joined(np.concatenate(edges)), start, end)
        return clock

    @classmethod
    def of_spans(cls, spans: Micros, start: datetime, end: datetime) -> "BusinessClock":
        """A clock from spans such as `spans` gives; they neither touch nor overlap."""
        clock = cls.__new__(cls)
        clock._set(spans, start, end)
        return clock

    @property
    def spans(self) -> Micros:
        """Its open spans: shape (spans, 2), UTC microseconds since 1970."""
        return self._edges.reshape(-1, 2)

    @property
    def end(self) -> int:
        """Where it ends, in UTC microseconds since 1970."""
        return _micros(self._end)

    def _set(self, edges: Micros, start: datetime, end: datetime) -> None:
        self._start, self._end = start, end
        self._edges = edges.ravel()
        closed_adds_nothing = np.zeros_like(edges)
        closed_adds_nothing[:, 1] = edges[:, 1] - edges[:, 0]
        self._open = np.cumsum(closed_adds_nothing.ravel())

    def elapsed_seconds(self, t1: np.ndarray, t2: np.ndarray) -> Floats:
        """Open seconds from t1 to t2, elementwise; negative where t2 lies before t1.

        Instants are `datetime64` (UTC) or microseconds since 1970; NaT or NaN gives NaN. Raises
        ValueError for an instant outside the clock's span.
        """
        opened, opened_known = self._open_until(np.asarray(t1))
        closed, closed_known = self._open_until(np.asarray(t2))
        return np.where(opened_known & closed_known, (closed - opened) / 1e6, np.nan)

    def is_open(self, instants: np.ndarray) -> NDArray[np.bool_]:
        """Whether somebody is there at each instant; False for one that is not known."""
        micros, is_known = self._micros_of(np.asarray(instants))
        edge = np.searchsorted(self._edges, micros, side="right") - 1
        is_open: NDArray[np.bool_] = is_known & (edge >= 0) & (edge % 2 == 0)
        return is_open

    def passed_seconds(self, instants: np.ndarray) -> Floats:
        """Open seconds from the clock's beginning to instants, as `elapsed_seconds` counts them."""
        return self.elapsed_seconds(np.full(np.shape(instants), _micros(self._start)), instants)

    def instants(self, passed_seconds: Floats) -> Micros:
        """When so many open seconds have passed since the clock's beginning, in microseconds.

        At closing time the next opening; what the clock's span does not reach is its end.
        """
        if not len(self._edges):
            return np.full(np.shape(passed_seconds), _micros(self._end))
        passed = np.rint(np.asarray(passed_seconds) * 1e6).astype(np.int64)
        opened = self._open[1::2]
        span = np.searchsorted(opened, passed, side="right")
        inside = np.minimum(span, len(opened) - 1)
        instant = self._edges[2 * inside] + passed - self._open[2 * inside]
        return np.where(span < len(opened), instant, _micros(self._end))

    def _open_until(self, instants: np.ndarray) -> tuple[Micros, NDArray[np.bool_]]:
        micros, is_known = self._micros_of(instants)
        if not len(self._edges):
            return np.zeros_like(micros), is_known
        # Integers throughout: past the last edge at or before the instant, if that edge opens.
        edge = np.searchsorted(self._edges, micros, side="right") - 1
        before = np.where(edge >= 0, self._open[edge], 0)
        is_open = (edge >= 0) & (edge % 2 == 0)
        return before + np.where(is_open, micros - self._edges[edge], 0), is_known

    def _micros_of(self, instants: np.ndarray) -> tuple[Micros, NDArray[np.bool_]]:
        if instants.dtype.kind == "M":
            is_known = ~np.isnat(instants)
            micros = np.where(is_known, instants.astype("datetime64[us]").astype(np.int64), 0)
        else:
            is_known = np.isfinite(instants)
            micros = np.where(is_known, instants, 0).astype(np.int64)
        inside = (micros >= _micros(self._start)) & (micros <= _micros(self._end))
        if (is_known & ~inside).any():
            at = EPOCH + timedelta(microseconds=int(micros[is_known & ~inside].flat[0]))
            raise ValueError(
                f"instant {at.isoformat()} lies outside the clock's span {self._start.isoformat()}"
                f" to {self._end.isoformat()}; build the clock over all instants it is asked for"
            )
        return micros, is_known


def _minutes(hours: Sequence[str]) -> Micros:
    """Shape (spans, 2), minutes since local midnight."""
    spans = []
    for words in hours:
        match = HOURS.fullmatch(words)
        if match is None:
            raise ValueError(f"hours {words!r} cannot be read; write them as '09:00-17:00'")
        begin = int(match[1]) * 60 + int(match[2])
        until = int(match[3][:2]) * 60 + int(match[3][3:])
        if until <= begin:
            raise ValueError(
                f"hours {words!r} do not end after they begin; split a night at midnight into"
                " '22:00-24:00' and the next day's '00:00-06:00'"
            )
        spans.append((begin, until))
    return np.array(spans, dtype=np.int64).reshape(-1, 2)


def _micros(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError(f"instant {at.isoformat()} has no time zone; give it in UTC")
    return (at - EPOCH) // timedelta(microseconds=1)


def _midnight(zone: str, on: date) -> datetime:
    return datetime.combine(on, time(), ZoneInfo(zone)).astimezone(UTC)


def _offset(zone: ZoneInfo, micros: int) -> int:
    ahead = (EPOCH + timedelta(microseconds=micros)).astimezone(zone).utcoffset()
    return (ahead or timedelta()) // timedelta(microseconds=1)


def _offsets(name: str, start: int, end: int) -> Micros:
    """Rows of (from, offset) in microseconds that hold until the next row's from.

    One look a day finds a change, halving the day finds its second; no zone of the IANA base
    changes its offset and takes it back within a day.
    """
    zone, second = ZoneInfo(name), 1_000_000
    rows = [(start, _offset(zone, start))]
    for day in range(start, end, DAY):
        low, high = day, min(day + DAY, end)
        if _offset(zone, high) == rows[-1][1]:
            continue
        low, high = low // second, -(-high // second)
        while high - low > 1:
            middle = (low + high) // 2
            if _offset(zone, middle * second) == rows[-1][1]:
                low = middle
            else:
                high = middle
        rows.append((high * second, _offset(zone, high * second)))
    return np.array(rows, dtype=np.int64)


def _joined(spans: Micros) -> Micros:
    """The same open time as spans in order that neither touch nor overlap nor are empty."""
    spans = spans[spans[:, 1] > spans[:, 0]]
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    if not len(spans):
        return spans
    reached = np.maximum.accumulate(spans[:, 1])
    starts = np.flatnonzero(np.append(True, spans[1:, 0] > reached[:-1]))
    return np.stack([spans[starts, 0], np.maximum.reduceat(spans[:, 1], starts)], axis=1)
