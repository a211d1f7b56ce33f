"""The three ways of measuring a cell: durations, ratios, rates.

Each takes members (`cell` and what is measured, one row per event and cell) and gives one row per
cell and statistic: `cell, statistic, state, value, low, high, n, n_open`.
"""

import polars as pl

from assets.kpis.definition import Kpi
from assets.methods.intervals import clustered_ratio, poisson_rate, wilson
from assets.methods.kaplan_meier import quantiles

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


def durations(kpi: Kpi, members: pl.DataFrame) -> pl.DataFrame:
    """Quantiles of time by Kaplan-Meier; with competing exits by Aalen-Johansen."""
    asked = {QUANTILES[s]: s for s in kpi.statistics if s in QUANTILES}
    found = quantiles(
        members.get_column("cell").to_numpy(),
        members.get_column(f"{kpi.clock}_seconds").to_numpy(),
        members.get_column(f"{kpi.clock}_exit").to_numpy(),
        list(asked),
        competing=kpi.exit_without_event == "competing",
    )
    return _measured(
        found.select(
            pl.exclude("group", "probability"),
            cell="group",
            statistic=pl.col("probability").replace_strict(asked, return_dtype=pl.String),
        )
    )


def ratios(kpi: Kpi, members: pl.DataFrame, numerator: str) -> pl.DataFrame:
    """Share of members with the numerator; Wilson, or robust to clusters where there are any."""
    if kpi.clusters:
        return _clustered(members, numerator)
    sums = members.group_by("cell").agg(
        hits=(pl.col(numerator) * pl.col("weight")).sum(), n=pl.col("weight").sum()
    )
    low, high = wilson(sums.get_column("hits").to_numpy(), sums.get_column("n").to_numpy())
    return _measured(
        sums.select(
            "cell",
            "n",
            statistic=pl.lit("ratio"),
            state=pl.lit("ok"),
            value=pl.col("hits") / pl.col("n"),
            low=pl.Series(low),
            high=pl.Series(high),
            n_open=0,
        )
    )


def _clustered(members: pl.DataFrame, numerator: str) -> pl.DataFrame:
    sums = (
        members.group_by("cell", "cluster")
        .agg(hits=(pl.col(numerator) * pl.col("weight")).sum(), trials=pl.col("weight").sum())
        .sort("cell")
    )
    value, low, high = clustered_ratio(
        sums.get_column("hits").to_numpy(),
        sums.get_column("trials").to_numpy(),
        sums.get_column("cluster").to_numpy(),
        sums.get_column("cell").to_numpy(),
    )
    trials = sums.group_by("cell", maintain_order=True).agg(n=pl.col("trials").sum())
    return _measured(
        trials.with_columns(
            statistic=pl.lit("ratio"),
            state=pl.lit("ok"),
            value=pl.Series(value),
            low=pl.Series(low),
            high=pl.Series(high),
            n_open=0,
        )
    )


def rates(members: pl.DataFrame, covered: pl.DataFrame) -> pl.DataFrame:
    """Events per covered week with Garwood's exact interval; a covered cell without events is 0.

    `covered`: `cell, covered_days`.
    """
    counted = covered.join(
        members.group_by("cell").agg(n=pl.col("weight").sum()), on="cell", how="left"
    ).with_columns(pl.col("n").fill_null(0), weeks=pl.col("covered_days") / DAYS_PER_WEEK)
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
