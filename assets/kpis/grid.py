"""Cells as a grid: a row per scope, a column per period, both in order.

Rows of a fact count for the scopes of their scope set, and for the tool or offering that they
name. What adds up is counted per scope and day once, so that any period is a difference of two
running totals; quantiles are taken period kind by period kind. Holds where rows belong, not what
is measured.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assets.methods.distributions import Floats

Integers = NDArray[np.int64]
Places = NDArray[np.int32]


@dataclass(frozen=True)
class Way:
    """From a number in a column of rows to the scopes they count for: `scope[first[n]:first[n+1]]`.

    The scopes are of one kind, the last number has none. `names` are what the numbers stand for,
    if the column has texts.
    """

    column: str
    first: Integers
    scope: Integers
    names: tuple[str, ...] | None = None

    def follow(self, number: Integers) -> tuple[Integers, Integers | slice]:
        """The scope of each member, and which row it is; a row may be several members or none."""
        sizes = np.diff(self.first)[number]
        if (sizes == 1).all():
            return self.scope[self.first[number]], slice(None)
        row = np.repeat(np.arange(len(number)), sizes)
        within = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return self.scope[self.first[number[row]] + within], row


@dataclass(frozen=True)
class Placed:
    """Members by one way: `place` is their scope and day in one number, `row` which row each is."""

    place: Places
    row: Integers | slice


@dataclass(frozen=True)
class Family:
    """Periods that share no day: the place of each day's period among `ids`, -1 for none."""

    ids: Integers
    period: Integers


@dataclass(frozen=True)
class Grid:
    """Scopes (`scope_id, scope_kind, scope`) times periods (as `periods` gives them).

    Arrays about cells have the shape `(scopes, periods)`.
    """

    scopes: pl.DataFrame
    periods: pl.DataFrame
    ways: tuple[Way, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """How many scopes and periods."""
        return self.scopes.height, self.periods.height

    @cached_property
    def first_on(self) -> int:
        """The first day of any period, as days since 1970."""
        return int(self._days("from_on").min(initial=0x7FFFFFFF))

    @cached_property
    def n_days(self) -> int:
        """How many days from the first on any period reaches."""
        return max(int(self._days("to_on").max(initial=-1)) + 1 - self.first_on, 0)

    def _days(self, column: str) -> Integers:
        return self.periods.get_column(column).cast(pl.Int32).to_numpy().astype(np.int64)

    def inside(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows whose `day` belongs to any period."""
        day = pl.col("day").cast(pl.Int32)
        return rows.filter(day.is_between(self.first_on, self.first_on + self.n_days - 1))

    def placed(self, rows: pl.DataFrame) -> list[Placed]:
        """Rows with `day` and the ways' columns, all of them inside, as members by each way."""
        day = rows.get_column("day").cast(pl.Int32).to_numpy() - self.first_on
        numbers = {way.column: _numbers(rows[way.column], way) for way in self.ways}
        found = []
        for way in self.ways:
            scope, row = way.follow(numbers[way.column])
            place = scope * self.n_days + day[row]
            found.append(Placed(place.astype(np.int32), row))
        return found

    def sums(self, members: Sequence[Placed], amount: Floats) -> Floats:
        """Per cell the sum of an amount of the rows that are its members."""
        return self.over_periods(self.per_day(members, amount))

    def per_day(self, members: Sequence[Placed], amount: Floats) -> Floats:
        """The same per scope and day."""
        size = self.scopes.height * self.n_days
        found = np.zeros(size)
        for one in members:
            found += np.bincount(one.place, amount[one.row], size)
        return found.reshape(self.scopes.height, self.n_days)

    def over_periods(self, per_day: Floats) -> Floats:
        """Sums of each period's days; `per_day` has the shape (scopes, days)."""
        running = np.zeros((len(per_day), self.n_days + 1))
        np.cumsum(per_day, axis=1, out=running[:, 1:])
        begin, end = self._days("from_on"), self._days("to_on") + 1
        sums: Floats = running[:, end - self.first_on] - running[:, begin - self.first_on]
        return sums

    def scatter(self, frame: pl.DataFrame, column: str) -> Floats:
        """A column of a frame with `scope_id, period_id` as an array about cells, else 0."""
        found = np.zeros(self.shape)
        at = (frame.get_column(name).to_numpy() for name in ("scope_id", "period_id"))
        found[tuple(at)] = frame.get_column(column).to_numpy()
        return found

    def families(self, kinds: Sequence[str]) -> Iterator[Family]:
        """The periods of these kinds, as few families as hold them without a shared day."""
        begin, end = (self._days(name) - self.first_on for name in ("from_on", "to_on"))
        kind = self.periods.get_column("period_kind").to_numpy()
        for name in kinds:
            waiting = np.flatnonzero(kind == name)
            while len(waiting):
                is_taken, until = np.zeros(len(waiting), dtype=np.bool_), -1
                for place in np.argsort(begin[waiting], kind="stable"):
                    if begin[waiting[place]] > until:
                        is_taken[place], until = True, end[waiting[place]]
                yield self._family(waiting[is_taken], begin, end)
                waiting = waiting[~is_taken]

    def _family(self, ids: Integers, begin: Integers, end: Integers) -> Family:
        period = np.full(self.n_days, -1, dtype=np.int64)
        length = end[ids] - begin[ids] + 1
        owner = np.repeat(np.arange(len(ids)), length)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(length) - length, length)
        period[begin[ids][owner] + within] = owner
        return Family(ids, period)


def ways(
    scopes: pl.DataFrame, scope_sets: pl.DataFrame, kinds: Sequence[str], columns: Sequence[str]
) -> tuple[Way, ...]:
    """How rows find the scopes of each kind: by their `scope_set`, or by a column of that name."""
    found = []
    largest = scope_sets.get_column("scope_set").max() if scope_sets.height else None
    size = 0 if largest is None else int(str(largest)) + 1
    pairs = scopes.join(scope_sets, on=["scope_kind", "scope"]).sort("scope_set", "scope_id")
    for kind in kinds:
        of_kind = pairs.filter(scope_kind=kind)
        first = np.zeros(size + 2, dtype=np.int64)
        np.cumsum(np.bincount(of_kind["scope_set"].to_numpy(), minlength=size + 1), out=first[1:])
        found.append(Way("scope_set", first, of_kind["scope_id"].to_numpy().astype(np.int64)))
    for kind in columns:
        own = scopes.filter(scope_kind=kind)
        first = np.minimum(np.arange(own.height + 2), own.height)
        scope = own["scope_id"].to_numpy().astype(np.int64)
        found.append(Way(kind, first, scope, tuple(own["scope"])))
    return tuple(found)


def _numbers(column: pl.Series, way: Way) -> Integers:
    """A column as numbers of a way; what the way does not know gets the last one."""
    none = len(way.first) - 2
    if way.names is not None:
        known = dict(zip(way.names, range(none), strict=True))
        column = column.replace_strict(known, default=None, return_dtype=pl.Int64)
    numbers = column.cast(pl.Int64).fill_null(none).to_numpy()
    return np.where(numbers < none, numbers, none)
