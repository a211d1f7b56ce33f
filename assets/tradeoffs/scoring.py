"""The scale from 1 to 5 on which unlike KPIs can be compared, and means of scores on it.

1 is poor, 3 is on target, 5 is excellent; a target row says which value that is. Knows cells and
targets, but no promise, segment or verdict.
"""

import math
from collections.abc import Sequence

import polars as pl

from assets.kpis.signals import WHY_NOT_JUDGED

POOR, ON_TARGET, EXCELLENT = 1.0, 3.0, 5.0
# A 95 % interval of a normal is so many standard deviations wide.
WIDTH_95 = 3.92
# Scores are rounded so far that sums in another order give the same score.
DIGITS = 9


def is_certain() -> pl.Expr:
    """Whether a verdict may rest on a cell: `ok` and without a flag."""
    flags = pl.any_horizontal("is_low_n", "is_immature", "is_stale")
    return (pl.col("value_state") == "ok") & pl.col("is_complete") & ~flags


def doubt() -> pl.Expr:
    """Why a verdict cannot rest on a cell, in words; null where it can."""
    return (
        pl.when(pl.col("value_state") != "ok")
        .then(
            pl.col("value_state").replace_strict(
                WHY_NOT_JUDGED, default=None, return_dtype=pl.String
            )
        )
        .when("is_stale")
        .then(pl.lit("a source is late or incomplete"))
        .when("is_immature")
        .then(pl.lit("outcomes can still come in"))
        .when(~pl.col("is_complete"))
        .then(pl.lit("the period is not over"))
        .when("is_low_n")
        .then(pl.lit("too few events"))
    )


def score(
    value: pl.Expr, poor: pl.Expr, target: pl.Expr, excellent: pl.Expr, is_duration: pl.Expr
) -> pl.Expr:
    """Where `value` lies: poor → 1, target → 3, excellent → 5, linear between, cut at 1 and 5.

    Durations are measured on the log scale. Whether less or more is better follows from the order
    of poor and excellent. Infinite values lie at the ends; null gives null.
    """

    def on_axis(amount: pl.Expr) -> pl.Expr:
        return pl.when(is_duration).then(amount.clip(lower_bound=0.0).log()).otherwise(amount)

    at, worst, middle, best = map(on_axis, (value, poor, target, excellent))
    to_target = POOR + (ON_TARGET - POOR) * (at - worst) / (middle - worst)
    to_best = ON_TARGET + (EXCELLENT - ON_TARGET) * (at - middle) / (best - middle)
    is_beyond_target = (at - middle) * (best - middle).sign() >= 0
    return (
        pl.when(value.is_not_null())
        .then(pl.when(is_beyond_target).then(to_best).otherwise(to_target))
        .clip(POOR, EXCELLENT)
    )


def scored(cells: pl.DataFrame, name: str) -> pl.DataFrame:
    """Adds `<name>`, `<name>_low`, `<name>_high`: null where the cell is not certain.

    `cells` holds a cell's columns, `poor, target, excellent` and `is_duration`. An end of the
    cell's interval that is null is open: a duration whose upper end is not known may be poor.
    """
    scale = [pl.col(column) for column in ("poor", "target", "excellent", "is_duration")]
    at_value = score(pl.col("value"), *scale)
    at_low = score(pl.col("low").fill_null(-math.inf), *scale)
    at_high = score(pl.col("high").fill_null(math.inf), *scale)
    return cells.with_columns(
        pl.when(is_certain() & at_value.is_not_null()).then(expression).alias(column)
        for column, expression in (
            (name, at_value),
            (f"{name}_low", pl.min_horizontal(at_low, at_value, at_high)),
            (f"{name}_high", pl.max_horizontal(at_low, at_value, at_high)),
        )
    )


def mean_score(name: str, into: str, weight: str = "weight") -> list[pl.Expr]:
    """Aggregations `<into>`, `<into>_low`, `<into>_high`: the weighted mean of scores `<name>`.

    The half-widths of the scores' intervals are added as root of the sum of squares, on each side
    by itself, as if the KPIs erred independently. Scores that are null do not count; null if none
    does.
    """
    middle, low, high = (pl.col(f"{name}{end}") for end in ("", "_low", "_high"))
    share = pl.col(weight).filter(middle.is_not_null())
    total = share.sum()
    mean = (pl.col(weight) * middle).sum() / total
    down = (pl.col(weight) * (middle - low)).pow(2).sum().sqrt() / total
    up = (pl.col(weight) * (high - middle)).pow(2).sum().sqrt() / total
    return [
        pl.when(total > 0).then(expression).clip(POOR, EXCELLENT).round(DIGITS).alias(column)
        for column, expression in (
            (into, mean),
            (f"{into}_low", mean - down),
            (f"{into}_high", mean + up),
        )
    ]


def shown(value: pl.Expr, borders: Sequence[float] = ()) -> pl.Expr:
    """A score with one decimal, cut where rounding would lift it over a border: 2.98 → `2.9`."""
    rounded = value.round(1)
    is_lifted = pl.any_horizontal(
        pl.lit(False), *[(value < border) & (rounded >= border) for border in borders]
    )
    cut = ((value * 10).floor() / 10).round(1)
    return pl.when(is_lifted).then(cut).otherwise(rounded).cast(pl.String)


def spoken(name: str, borders: Sequence[float] = ()) -> pl.Expr:
    """`1.8 of 5 (1.5–2.2)` for the score `name`."""
    middle, low, high = (pl.col(f"{name}{end}") for end in ("", "_low", "_high"))
    return pl.format("{} of 5 ({}–{})", *(shown(end, borders) for end in (middle, low, high)))


def unsliced_cells(
    cells: pl.LazyFrame, kpis: pl.Series, scope_kinds: Sequence[str], period_kinds: Sequence[str]
) -> pl.DataFrame:
    """The cells of some KPIs, kinds of scope and kinds of period, over all slices, in memory."""
    return cells.filter(
        pl.col("kpi").is_in(kpis.to_list()),
        pl.col("scope_kind").is_in(scope_kinds),
        pl.col("period_kind").is_in(period_kinds),
        pl.col("slice_kind") == "",
    ).collect()
