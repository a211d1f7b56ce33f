"""Does the effort go where it counts? Importance against performance, in one number per segment.

Kendall's τ-b over the promises of `tradeoff_attribute_map`, with an interval that comes from the
uncertainty of the performances alone; that importance is stated in whole points is taken as given.
"""

from datetime import date

import dagster as dg
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assets.configuration import Configuration
from assets.home import Home
from assets.kpis.tables import KPI_TABLES, all_cells
from assets.methods.ranking import tau_b
from assets.tradeoffs import choices
from assets.tradeoffs.attribute_map import answered
from assets.tradeoffs.attribute_scores import VERDICT_PERIOD
from assets.tradeoffs.scoring import EXCELLENT, POOR, WIDTH_95

# Three promises have six orders, so that chance alone gives full agreement once in six.
FEWEST_PROMISES = 4
DRAWS = 2_000
SEED = 20_260_701
LEVEL = 0.95
QUARTERS = 8
HISTORY = {
    "segment": pl.String,
    "period_start_on": pl.Date,
    **dict.fromkeys(("tau_b", "low", "high"), pl.Float64),
    "n_promises": pl.UInt32,
}

Floats = NDArray[np.float64]


def strategic_fit(attribute_map: pl.DataFrame, segments: pl.DataFrame) -> pl.DataFrame:
    """One row per segment: `segment, tau_b, low, high, n_promises, sentence`.

    τ-b is null with fewer than `FEWEST_PROMISES` promises that have both importance and
    performance, and where one of the two is the same for all promises.
    """
    known = attribute_map.drop_nulls(["importance_stated", "performance"]).sort("promise")
    fits = [
        (segment, *fit_of(known.filter(pl.col("segment") == segment)))
        for segment in segments.get_column("segment")
    ]
    schema = {
        "segment": pl.String,
        "tau_b": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "n_promises": pl.UInt32,
    }
    named = segments.select("segment", "name")
    return (
        pl.DataFrame(fits, schema=schema, orient="row")
        .join(named, on="segment", maintain_order="left")
        .with_columns(sentence=_sentence())
        .drop("name")
    )


def fit_of(promises: pl.DataFrame) -> tuple[float | None, float | None, float | None, int]:
    """τ-b of one segment's promises, its interval, and how many promises there are.

    The interval holds the middle 95 % of τ-b over seeded draws of all performances. Each segment
    draws from its own generator, so that another segment does not change it.
    """
    importance = promises.get_column("importance_stated").to_numpy()
    performance = promises.get_column("performance").to_numpy()
    if promises.height < FEWEST_PROMISES:
        return None, None, None, promises.height
    observed = float(tau_b(importance, performance))
    if np.isnan(observed):
        return None, None, None, promises.height
    width = promises.get_column("performance_high") - promises.get_column("performance_low")
    drawn = draws(performance, width.to_numpy() / WIDTH_95)
    taus = tau_b(importance, drawn)
    tail = (1 - LEVEL) / 2
    low, high = np.nanquantile(taus, [tail, 1 - tail])
    return observed, float(low), float(high), promises.height


def draws(middle: Floats, deviation: Floats) -> Floats:
    """`DRAWS` × n scores from normals around `middle`, truncated to the scale from 1 to 5.

    What falls outside is drawn again. `middle` lies inside and its interval is no wider than the
    scale, so that about half of the draws or more stay each time.
    """
    generator = np.random.default_rng(SEED)
    size = (DRAWS, middle.size)
    drawn = generator.normal(middle, deviation, size)
    while (is_outside := (drawn < POOR) | (drawn > EXCELLENT)).any():
        drawn = np.where(is_outside, generator.normal(middle, deviation, size), drawn)
    return drawn


def _sentence() -> pl.Expr:
    found = pl.format(
        "τ-b {} ({} to {}) over {} promises",
        pl.col("tau_b").round(2),
        pl.col("low").round(2),
        pl.col("high").round(2),
        "n_promises",
    )
    too_few = pl.format(
        "For {}, the fit needs at least {} promises with importance and performance; {} have both.",
        "name",
        pl.lit(FEWEST_PROMISES),
        "n_promises",
    )
    return (
        pl.when(pl.col("n_promises") < FEWEST_PROMISES)
        .then(too_few)
        .when(pl.col("tau_b").is_null())
        .then(
            pl.format(
                "For {}, no order can be told: importance or performance is the same for all {} "
                "promises.",
                "name",
                "n_promises",
            )
        )
        .when(pl.col("low") > 0)
        .then(pl.format("For {}, what matters more is served better: {}.", "name", found))
        .when(pl.col("high") < 0)
        .then(pl.format("For {}, what matters more is served worse: {}.", "name", found))
        .otherwise(
            pl.format(
                "For {}, it cannot be told whether what matters more is served better: {}.",
                "name",
                found,
            )
        )
    )


def history(
    configuration: Configuration, on: date, cells: pl.LazyFrame, catalogue: pl.LazyFrame
) -> pl.DataFrame:
    """The fit of each of the last `QUARTERS` ended quarters, by the choices of today.

    `segment, period_start_on, tau_b, low, high, n_promises`. What changes is how well promises were
    kept: had importance or targets of the time been taken, a change of mind would look like a
    change of service.
    """
    quarters = cells.filter(
        pl.col("period_kind") == VERDICT_PERIOD,
        pl.col("scope_kind").is_in(["organisation", "segment"]),
        pl.col("slice_kind") == "",
    ).collect()
    ended = quarters.filter("is_complete").get_column("period_start_on").unique().sort()
    segments = choices.segments(configuration, on)
    parts = [
        strategic_fit(
            answered(configuration, on, quarters.filter(period_start_on=start).lazy(), catalogue)[
                0
            ],
            segments,
        ).with_columns(period_start_on=pl.lit(start))
        for start in ended.tail(QUARTERS)
    ]
    return pl.concat(
        [pl.DataFrame(schema=HISTORY), *(part.select(list(HISTORY)) for part in parts)]
    )


@dg.asset(ins={table: dg.AssetIn(table) for table in KPI_TABLES})
def tradeoff_strategic_fit_history(
    home: Home, kpi_catalogue: pl.LazyFrame, **kpi_tables: pl.LazyFrame
) -> pl.DataFrame:
    """Whether what matters more was served better, quarter by quarter."""
    on = choices.as_of_on(home)
    return history(home.configuration, on, all_cells(kpi_tables), kpi_catalogue)


@dg.asset
def tradeoff_strategic_fit(home: Home, tradeoff_attribute_map: pl.LazyFrame) -> pl.DataFrame:
    """Per segment: whether what matters more is served better."""
    segments = choices.segments(home.configuration, choices.as_of_on(home))
    return strategic_fit(tradeoff_attribute_map.collect(), segments)
