"""Synthetic worlds whose truth is known: what a cell would say if it had seen everything.

A world is an organisation of 4 to 12 customers that differ in share, speed and spread; a month of
it is a cell. Not here: what the product says about such a cell (`coverage_designs`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from assets.kpis.grid import Grid, ways
from assets.kpis.measures import Measured, Rows

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
BEGIN, END = date(2026, 6, 1), date(2026, 6, 30)
MOST_CUSTOMERS = 12
STUCK_SHARE, STUCK_FACTOR = 0.05, 8.0
MORE_MEMBERS, DISPERSION = 40, 2


@dataclass(frozen=True)
class Customers:
    """One row per cell, one column per customer: share of members, and their lognormal durations.

    `left` is the share of a customer's members that leave by a competing exit.
    """

    share: Floats
    location: Floats
    spread: Floats
    left: Floats

    def happened(self, seconds: Floats, share: Floats | None = None) -> Floats:
        """Share of members that had the event by a time, per cell."""
        log = np.log(seconds)[:, np.newaxis] - self.location
        quick, stuck = (ndtr((log - more) / self.spread) for more in (0, np.log(STUCK_FACTOR)))
        done = (1 - STUCK_SHARE) * quick + STUCK_SHARE * stuck
        weight = self.share if share is None else share
        return (weight * (1 - self.left) * done).sum(axis=1)

    def quantile(self, q: float, share: Floats | None = None) -> Floats:
        """The true quantile of time, per cell."""
        return crossing(lambda seconds: self.happened(seconds, share), q, len(self.share))


def crossing(rising: Callable[[Floats], Floats], height: float, cells: int) -> Floats:
    """The seconds at which a rising function reaches a height, by halving on the log scale."""
    low, high = np.full(cells, -10.0), np.full(cells, 30.0)
    for _ in range(60):
        middle = (low + high) / 2
        is_below = rising(np.exp(middle)) < height
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return np.exp((low + high) / 2)


def customers(
    random: np.random.Generator, worlds: int, months: int, left: float = 0.0
) -> Customers:
    """The customers of each world, the same in all its months; medians lie around 8 hours."""
    shape = (worlds, MOST_CUSTOMERS)
    is_there = np.arange(MOST_CUSTOMERS) < random.integers(4, MOST_CUSTOMERS + 1, (worlds, 1))
    share = random.gamma(2.0, size=shape) * is_there
    columns = (
        share / share.sum(axis=1, keepdims=True),
        random.normal(np.log(8 * 3600), 0.5, shape),
        random.uniform(0.7, 1.4, shape),
        random.uniform(0, 2 * left, shape),
    )
    return Customers(*(np.repeat(column, months, axis=0) for column in columns))


def sizes(random: np.random.Generator, cells: int, least: int) -> Integers:
    """Members of each cell: at least so many, and on average 40 more with 21 times the variance."""
    chance = DISPERSION / (DISPERSION + MORE_MEMBERS)
    return least + random.negative_binomial(DISPERSION, chance, cells)


def assigned(random: np.random.Generator, owner: Integers, share: Floats) -> Integers:
    """The customer of each member, drawn by the shares of its cell."""
    steps = np.cumsum(share, axis=1)[owner]
    drawn = random.random((len(owner), 1)) * steps[:, -1:]
    return (drawn >= steps).sum(axis=1)


def bursts(random: np.random.Generator, owner: Integers, members: int) -> Integers:
    """The burst of each member: numbers over all cells, with so many members on average."""
    counts = np.ceil(np.bincount(owner) / members).astype(np.int64)
    first = np.cumsum(counts) - counts
    return first[owner] + (random.random(len(owner)) * counts[owner]).astype(np.int64)


def durations(
    random: np.random.Generator,
    people: Customers,
    owner: Integers,
    customer: Integers,
    burst: Integers | None = None,
    shared: float = 0.0,
) -> Floats:
    """Seconds of each member: its customer's speed, its own luck and that of its burst.

    `shared` is the part of the luck's variance that a burst has in common; the truth is the same
    whatever the part. A twentieth of the members is stuck and takes eight times as long.
    """
    luck = np.sqrt(1 - shared) * random.normal(size=len(owner))
    if burst is not None:
        luck += np.sqrt(shared) * random.normal(size=burst.max() + 1)[burst]
    stuck = np.where(random.random(len(owner)) < STUCK_SHARE, np.log(STUCK_FACTOR), 0)
    return np.exp(people.location[owner, customer] + people.spread[owner, customer] * luck + stuck)


def rows(cells: int, owner: Integers, day: Integers, **columns: np.ndarray) -> Rows:
    """Rows as the measures read them: cell n is the June of scope n; `day` counts from 0."""
    numbers = np.arange(cells)
    scopes = pl.DataFrame({"scope_id": numbers, "scope_kind": "world", "scope": numbers})
    june = {"period_id": [0], "period_kind": ["month"], "from_on": [BEGIN], "to_on": [END]}
    sets = scopes.select("scope_kind", "scope", scope_set="scope_id")
    grid = Grid(scopes, pl.DataFrame(june), ways(scopes, sets, ["world"], []))
    frame = pl.DataFrame({"scope_set": owner, "day": day, "records": 1, **columns})
    return Rows(frame.with_columns(day=pl.lit(BEGIN) + pl.duration(days="day")), grid)


def found(measured: Measured) -> pl.DataFrame:
    """`cell, value, low, high` of the cells that were measured; null is unknown."""
    values = {name: getattr(measured, name).ravel() for name in ("value", "low", "high")}
    every = pl.DataFrame(values).with_row_index("cell").fill_nan(None)
    is_there = (measured.n.ravel() > 0) | ~np.isnan(measured.value.ravel())
    return every.filter(pl.Series(is_there))
