"""The ways of measuring cells: quantiles, ratios, rates, counts.

Each takes rows (`day`, where they belong and what is measured) and the grid of cells that they
belong to, and gives a number per statistic and cell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from assets.kpis.definition import Kpi
from assets.kpis.grid import Grid, Integers, Placed
from assets.methods.distributions import Floats
from assets.methods.group_quantiles import (
    Grouping,
    Lifetimes,
    lifetimes,
    narrow,
    quantiles,
)
from assets.methods.intervals import (
    poisson_rate,
    quotient_of_clusters,
    ratio_of_clusters,
    weighted_poisson_rate,
    wilson,
)

QUANTILES = {"p50": 0.5, "p90": 0.9}
DAYS_PER_WEEK = 7


@dataclass(frozen=True)
class Rows:
    """Rows of one cohort and where they belong; all lie inside the grid's days.

    A row stands for so many `records`, and its numerators for so many of them.
    """

    frame: pl.DataFrame
    grid: Grid

    @cached_property
    def members(self) -> list[Placed]:
        """The rows as members of scopes and days."""
        return self.grid.placed(self.frame)

    def column(self, name: str) -> Floats:
        """A column as floats; null counts as nothing."""
        return self.frame.get_column(name).cast(pl.Float64).fill_null(0).to_numpy()

    def sums(self, amount: Floats) -> Floats:
        """Per cell the sum of an amount."""
        return self.grid.sums(self.members, amount)

    @cached_property
    def count(self) -> Floats:
        """How many records each cell has."""
        return self.sums(self.column("records"))


@dataclass(frozen=True)
class Measured:
    """One statistic of every cell of a grid; NaN is unknown, `n` is 0 where nothing is measured."""

    statistic: str
    value: Floats
    low: Floats
    high: Floats
    n: Floats
    n_open: Floats | None = None


def measure(
    kpi: Kpi, rows: Rows, weeks: Floats, kinds: Sequence[str] | None = None
) -> list[Measured]:
    """All headline statistics of a KPI; `kinds` are the period kinds that are asked for.

    `weeks` is the exposure of each cell: covered weeks, or weeks of active customers; NaN or 0
    where there is none.
    """
    if kpi.has_quantiles:
        return quantiles_of(kpi, rows, kinds or kpi.periods)
    if kpi.denominator:
        return [weighted_ratios(kpi, rows)]
    if kpi.numerator:
        return [ratios(kpi, rows, kpi.numerator)]
    return [counts(rows, weeks) if kpi.is_stock else rates(kpi, rows, weeks)]


def quantiles_of(kpi: Kpi, rows: Rows, kinds: Sequence[str]) -> list[Measured]:
    """Quantiles by Kaplan-Meier; with competing exits by Aalen-Johansen.

    `measured` is what quantiles are taken of, `exit` how it ended. Scopes and periods are taken
    by their kinds, in which a row has one place, or few.
    """
    asked = [s for s in kpi.statistics if s in QUANTILES]
    measured, exits = (rows.frame.get_column(name).to_numpy() for name in ("measured", "exit"))
    ordered = lifetimes(measured, exits)
    cells = np.arange(rows.grid.scopes.height * rows.grid.periods.height).reshape(rows.grid.shape)
    places: list[np.ndarray] = []
    found = quantiles(
        ordered,
        _groupings(rows, ordered, kinds, cells, places),
        [QUANTILES[s] for s in asked],
        competing=kpi.exit_without_event == "competing",
    )
    place = np.concatenate([cells[:0].ravel(), *places])

    def spread(values: np.ndarray, unknown: float) -> Floats:
        everywhere = np.full(cells.size, unknown)
        everywhere[place] = values
        return everywhere.reshape(cells.shape)

    n, n_open = spread(found.n, 0), spread(found.n_open, 0)
    return [
        Measured(
            name,
            value=spread(found.value[i], np.nan),
            low=spread(found.low[i], np.nan),
            high=spread(found.high[i], np.nan),
            n=n,
            n_open=n_open,
        )
        for i, name in enumerate(asked)
    ]


def _groupings(
    rows: Rows,
    ordered: Lifetimes,
    kinds: Sequence[str],
    cells: np.ndarray,
    places: list[np.ndarray],
) -> Iterator[Grouping]:
    """The members of the cells of one kind of scope and one family of periods after the other.

    Adds to `places` which cells their groups are.
    """
    n_days = rows.grid.n_days
    families = list(rows.grid.families(kinds))
    for way, members in zip(rows.grid.ways, rows.grid.placed(rows.frame[ordered.row]), strict=True):
        if not len(members.place):
            continue
        first, size = int(way.scope.min()), int(np.ptp(way.scope)) + 1
        scope, place = np.arange(size)[:, np.newaxis], members.place - first * n_days
        row = None if isinstance(members.row, slice) else members.row
        for family in families:
            n_groups = size * len(family.ids)
            group = scope * len(family.ids) + family.period
            of_place = np.where(family.period < 0, n_groups, group).ravel()
            places.append(cells[first : first + size, family.ids].ravel())
            yield Grouping(narrow(of_place, n_groups)[place], n_groups, row)


def ratios(kpi: Kpi, rows: Rows, numerator: str) -> Measured:
    """Share of members with the numerator; Wilson, or robust to clusters where there are any."""
    hits = rows.column(numerator)
    if kpi.clusters:
        sums = _cluster_sums(kpi, rows, hits, rows.column("records"))
        return Measured("ratio", *ratio_of_clusters(*sums), rows.count)
    of, n = rows.sums(hits), rows.count
    return Measured("ratio", np.divide(of, np.where(n > 0, n, np.nan)), *wilson(of, n), n)


def weighted_ratios(kpi: Kpi, rows: Rows) -> Measured:
    """Sum of the numerators ÷ sum of the denominators, robust to clusters; n counts rows.

    A share stays within 0..1; clusters that show no spread say as much about it as so many trials.
    A row is a cluster of its own where none are declared. Over a sum of 0 there is no
    value.
    """
    top, bottom = (rows.column(str(name)) for name in (kpi.numerator, kpi.denominator))
    sums = _cluster_sums(kpi, rows, top, bottom)
    if kpi.is_share:
        answer = ratio_of_clusters(*sums, trials=sums[0])
    else:
        answer = quotient_of_clusters(*sums)
    is_there = sums[2] > 0
    value, low, high = (np.where(is_there, each, np.nan) for each in answer)
    return Measured("ratio", value, low, high, rows.count)


def _cluster_sums(kpi: Kpi, rows: Rows, top: Floats, bottom: Floats) -> list[Floats]:
    """How many clusters, and sums over them; a cluster lies within a day, so they add up over days.

    In the order that the intervals ask for: tops, bottoms, and of both the squares and products.
    """
    if not kpi.clusters:
        amounts = ((bottom != 0).astype(np.float64), *moments(top, bottom))
        return [rows.sums(amount) for amount in amounts]
    is_exact = kpi.denominator is None
    cluster = _numbered(rows.frame.select(kpi.clusters))
    n_clusters = cluster.max(initial=0) + 1
    both = pl.DataFrame({"top": top, "bottom": bottom})
    found = [np.zeros(rows.grid.shape) for _ in range(6)]
    for one in rows.members:
        # One number for place and cluster: grouping by two would have to put them together first.
        of_place = pl.Series("of_place", one.place * n_clusters + cluster[one.row])
        sums = _added_up(_of(both, one.row).with_columns(of_place), is_exact)
        place = sums["of_place"].to_numpy() // n_clusters
        tops, bottoms = (sums[name].to_numpy() for name in ("top", "bottom"))
        each = ((bottoms != 0).astype(np.float64), *moments(tops, bottoms))
        for total, amount in zip(found, each, strict=True):
            total += rows.grid.sums([Placed(place, slice(None))], amount)
    return found


def _of(frame: pl.DataFrame, row: Integers | slice) -> pl.DataFrame:
    return frame if isinstance(row, slice) else frame[row]


def _numbered(clusters: pl.DataFrame) -> Integers:
    """A number per row, alike for rows of equal words."""
    number = np.zeros(clusters.height, dtype=np.int64)
    for column in clusters:
        physical = column.cast(pl.Categorical).to_physical()
        code = (physical.cast(pl.Int64) + 1).fill_null(0).to_numpy()
        number = number * (code.max(initial=0) + 1) + code
    return number


def _added_up(rows: pl.DataFrame, is_exact: bool) -> pl.DataFrame:
    """`top` and `bottom` of each `of_place`; what rounds is added up in the order of its size."""
    sums = rows.group_by("of_place", maintain_order=not is_exact).agg(pl.col("top", "bottom").sum())
    return sums if is_exact else sums.sort("top", "bottom")


def moments(top: Floats, bottom: Floats) -> tuple[Floats, ...]:
    """What sums over clusters are made of, in the order that the intervals ask for."""
    return top, bottom, top**2, top * bottom, bottom**2


def rates(kpi: Kpi, rows: Rows, weeks: Floats) -> Measured:
    """Events, or the sum of their amounts, per week of exposure.

    A cell with exposure but without events is 0; one without exposure is unknown, and has an n only
    if the exposure is that of customers. The interval is Garwood's exact one, for amounts that of
    Fay and Feuer.
    """
    is_there = weeks > 0
    time = np.where(is_there, weeks, np.nan)
    n = rows.count if kpi.exposure else np.where(is_there, rows.count, 0)
    if kpi.amount:
        amount = rows.column(kpi.amount)
        total = rows.sums(amount)
        largest = np.max(amount, initial=0.0)
        ends = weighted_poisson_rate(total, rows.sums(amount**2), largest, time)
    else:
        total, ends = n, poisson_rate(n, time)
    return Measured("rate", total / time, *ends, n)


def counts(rows: Rows, weeks: Floats) -> Measured:
    """How many there are, with Garwood's exact interval; a covered cell without any is 0."""
    is_there = weeks > 0
    n = np.where(is_there, rows.count, 0)
    low, high = poisson_rate(n, np.where(is_there, 1.0, np.nan))
    return Measured("count", np.where(is_there, n, np.nan), low, high, n)


def by_value(rows: Rows, column: str) -> Iterator[tuple[str, Rows]]:
    """The rows of each value of a column, null by the name None."""
    for (name,), part in rows.frame.group_by(column, maintain_order=True):
        yield str(name), Rows(part, rows.grid)
