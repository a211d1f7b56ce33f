"""The three ways of measuring a cell: durations, ratios, rates.

Each takes rows in order and the ranges of them that are cells (`assets.kpis.ranges`), and gives
one row per cell and statistic: `cell, statistic, state, value, low, high, n, n_open`.
"""

import polars as pl

from assets.kpis.definition import Kpi
from assets.kpis.ranges import ranges, sums
from assets.methods.distributions import Floats
from assets.methods.intervals import poisson_rate, ratio_of_clusters, wilson
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


def durations(kpi: Kpi, rows: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """Quantiles of time by Kaplan-Meier; with competing exits by Aalen-Johansen."""
    asked = {QUANTILES[s]: s for s in kpi.statistics if s in QUANTILES}
    cells = ranges(rows, grid)
    found = quantiles(
        rows.get_column(f"{kpi.clock}_seconds").to_numpy(),
        rows.get_column(f"{kpi.clock}_exit").to_numpy(),
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
    hits = pl.col(numerator).cast(pl.Int64) * pl.col("weight")
    if kpi.clusters:
        found, (value, low, high) = _clustered(kpi, rows.with_columns(hits=hits), grid)
    else:
        found = sums(rows, ranges(rows, grid), hits=hits, n=pl.col("weight"))
        of, n = (found.get_column(name).to_numpy() for name in ("hits", "n"))
        value, (low, high) = of / n, wilson(of, n)
    return _measured(
        found.with_columns(
            statistic=pl.lit("ratio"),
            state=pl.lit("ok"),
            value=pl.Series(value),
            low=pl.Series(low),
            high=pl.Series(high),
            n_open=0,
        )
    )


def _clustered(
    kpi: Kpi, rows: pl.DataFrame, grid: pl.DataFrame
) -> tuple[pl.DataFrame, tuple[Floats, Floats, Floats]]:
    """A cluster lies within a day, so what its interval needs adds up over days."""
    clusters = (
        rows.group_by("place", *kpi.clusters).agg(pl.col("hits", "weight").sum()).sort("place")
    )
    hits, trials = pl.col("hits"), pl.col("weight")
    found = sums(
        clusters,
        ranges(clusters, grid),
        clusters=(trials > 0).cast(pl.Int64),
        hits=hits,
        n=trials,
        hits_squared=hits**2,
        hits_trials=hits * trials,
        trials_squared=trials**2,
    )
    return found, ratio_of_clusters(*(found.get_column(c).to_numpy() for c in found.columns[1:]))


def rates(rows: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """Events per covered week with Garwood's exact interval; a covered cell without events is 0.

    The grid's `covered_days` is null for a cell of which nobody tells: it is left out.
    """
    counted = (
        grid.select("cell", "covered_days")
        .drop_nulls()
        .join(sums(rows, ranges(rows, grid), n=pl.col("weight")), on="cell", how="left")
        .with_columns(pl.col("n").fill_null(0), weeks=pl.col("covered_days") / DAYS_PER_WEEK)
    )
    low, high = poisson_rate(
        counted.get_column("n").to_numpy(), counted.get_column("weeks").to_numpy()
    )
    return _measured(
        counted.with_columns(
            statistic=pl.lit("rate"),
            state=pl.lit("ok"),
            value=pl.col("n") / pl.col("weeks"),
            low=pl.Series(low),
            high=pl.Series(high),
            n_open=0,
        )
    )


def _measured(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in MEASURED.items()).with_columns(
        pl.col("value", "low", "high").fill_nan(None)
    )
