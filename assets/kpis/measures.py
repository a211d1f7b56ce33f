"""The ways of measuring a cell: quantiles, ratios, rates, counts.

Each takes rows in order and the ranges of them that are cells (`assets.kpis.ranges`), and gives
one row per cell and statistic: `cell, statistic, state, value, low, high, n, n_open`.
"""

import numpy as np
import polars as pl

from assets.kpis.definition import Kpi
from assets.kpis.ranges import ranges, sums
from assets.methods.distributions import Floats
from assets.methods.intervals import (
    poisson_rate,
    quotient_of_clusters,
    ratio_of_clusters,
    weighted_poisson_rate,
    wilson,
)
from assets.methods.range_quantiles import quantiles

QUANTILES = {"p50": 0.5, "p90": 0.9}
DAYS_PER_WEEK = 7
MEASURED: dict[str, type[pl.DataType]] = {
    "cell": pl.Int64,
    "statistic": pl.String,
    "state": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.UInt32,
    "n_open": pl.UInt32,
}


def quantiles_of(kpi: Kpi, rows: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """Quantiles by Kaplan-Meier; with competing exits by Aalen-Johansen.

    `measured` is what quantiles are taken of, `exit` how it ended.
    """
    asked = {QUANTILES[s]: s for s in kpi.statistics if s in QUANTILES}
    cells = ranges(rows, grid)
    found = quantiles(
        rows.get_column("measured").to_numpy(),
        rows.get_column("exit").to_numpy(),
        cells.get_column("first").to_numpy(),
        cells.get_column("last").to_numpy(),
        list(asked),
        competing=kpi.exit_without_event == "competing",
    )
    return _measured(
        found.select(
            pl.exclude("group", "probability"),
            cell=cells.get_column("cell").gather(found.get_column("group")),
            statistic=pl.col("probability").replace_strict(asked, return_dtype=pl.String),
        )
    )


def ratios(kpi: Kpi, rows: pl.DataFrame, grid: pl.DataFrame, numerator: str) -> pl.DataFrame:
    """Share of members with the numerator; Wilson, or robust to clusters where there are any."""
    hits, trials = pl.col(numerator).cast(pl.Int64) * pl.col("weight"), pl.col("weight")
    if kpi.clusters:
        found = _cluster_sums(kpi, rows.with_columns(top=hits, bottom=trials), grid)
        value, low, high = ratio_of_clusters(*_arrays(found, CLUSTER_SUMS))
    else:
        found = sums(rows, ranges(rows, grid), top=hits, n=trials)
        of, n = _arrays(found, ("top", "n"))
        value, (low, high) = of / n, wilson(of, n)
    return _answers(found, "ratio", value, low, high)


def weighted_ratios(kpi: Kpi, rows: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """Sum of the numerators ÷ sum of the denominators, robust to clusters; n counts rows.

    A share stays within 0..1; clusters that show no spread say as much about it as so many trials.
    A row is a cluster of its own where none are declared. A sum of 0 below has no cell.
    """
    parts = [pl.col(str(name)).cast(pl.Float64) for name in (kpi.numerator, kpi.denominator)]
    # Amounts are added up in one order, so that equal records make equal editions to the last bit.
    of = rows.with_columns(top=parts[0], bottom=parts[1]).sort("place", "top", "bottom")
    found = _cluster_sums(kpi, of, grid).filter(pl.col("bottom") > 0)
    given = _arrays(found, CLUSTER_SUMS)
    if kpi.is_share:
        value, low, high = ratio_of_clusters(*given, trials=given[0])
    else:
        value, low, high = quotient_of_clusters(*given)
    return _answers(found, "ratio", value, low, high)


CLUSTER_SUMS = ("clusters", "top", "bottom", "top_squared", "product", "bottom_squared")


def _cluster_sums(kpi: Kpi, rows: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """A cluster lies within a day, so what its interval needs adds up over days."""
    clusters = rows
    if kpi.clusters:
        clusters = (
            rows.group_by("place", *kpi.clusters, maintain_order=kpi.denominator is not None)
            .agg(pl.col("top", "bottom", "weight").sum())
            .sort("place", "top", "bottom")
        )
    top, bottom = pl.col("top"), pl.col("bottom")
    return sums(
        clusters,
        ranges(clusters, grid),
        clusters=(bottom != 0).cast(pl.Int64),
        top=top,
        bottom=bottom,
        top_squared=top**2,
        product=top * bottom,
        bottom_squared=bottom**2,
        n=pl.col("weight"),
    )


def weeks() -> pl.Expr:
    """The covered weeks of a cell; null where nobody tells."""
    return pl.col("covered_days") / DAYS_PER_WEEK


def exposed_weeks(exposure: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """`cell, weeks`: customers times weeks that they were active; rows in order, `customers`."""
    found = sums(exposure, ranges(exposure, grid), customers=pl.col("customers"))
    return found.select("cell", weeks=pl.col("customers") / DAYS_PER_WEEK)


def rates(kpi: Kpi, rows: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """Events, or the sum of their amounts, per unit of the grid's `weeks`.

    A covered cell without events is 0; one whose `weeks` are null or 0 is left out. The interval
    is Garwood's exact one, for amounts that of Fay and Feuer.
    """
    counted = _counted(kpi.amount, rows, grid.filter(pl.col("weeks") > 0))
    n, total, squares, time = _arrays(counted, ("n", "total", "squares", "weeks"))
    if kpi.amount:
        largest = np.max(rows.get_column(kpi.amount).to_numpy(), initial=0.0)
        low, high = weighted_poisson_rate(total, squares, largest, time)
    else:
        low, high = poisson_rate(n, time)
    return _answers(counted, "rate", total / time, low, high)


def counts(rows: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """How many there are, with Garwood's exact interval; a covered cell without any is 0."""
    counted = _counted(None, rows, grid.filter(pl.col("covered_days") > 0))
    (n,) = _arrays(counted, ("n",))
    return _answers(counted, "count", n.astype(np.float64), *poisson_rate(n, 1.0))


def _counted(amount: str | None, rows: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """`cell, weeks, n, total, squares` of every cell of the grid."""
    weight = pl.col("weight")
    of = weight if amount is None else pl.col(amount).cast(pl.Float64)
    rows = rows if amount is None else rows.sort("place", amount)
    found = sums(rows, ranges(rows, grid), n=weight, total=of, squares=of**2)
    return (
        grid.select("cell", "weeks")
        .join(found, on="cell", how="left")
        .with_columns(pl.col("n", "total", "squares").fill_null(0))
    )


def _arrays(frame: pl.DataFrame, names: tuple[str, ...]) -> list[Floats]:
    return [frame.get_column(name).to_numpy() for name in names]


def _answers(
    found: pl.DataFrame, statistic: str, value: Floats, low: Floats, high: Floats
) -> pl.DataFrame:
    """`found` has `cell` and `n`."""
    return _measured(
        found.select("cell", "n").with_columns(
            statistic=pl.lit(statistic),
            state=pl.lit("ok"),
            value=pl.Series(value),
            low=pl.Series(low),
            high=pl.Series(high),
            n_open=0,
        )
    )


def _measured(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in MEASURED.items()).with_columns(
        pl.col("value", "low", "high").fill_nan(None)
    )
