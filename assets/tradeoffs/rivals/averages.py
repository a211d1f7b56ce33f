"""How other tools average: their medians, their means and their divisions, as expressions.

Each reads a group or a whole column. Holds nothing about what is averaged.
"""

import polars as pl


def lower_median(values: pl.Expr) -> pl.Expr:
    """`max(value) where percent_rank() <= 0.5`, with nulls first as MySQL sorts: [1, 100] → 1."""
    return values.sort(nulls_last=False).get((pl.len() - 1) // 2)


def floored_average(counts: pl.Expr) -> pl.Expr:
    """`sum // len` of whole numbers: 29 in 30 days → 0."""
    return counts.sum() // pl.len()


def whole(seconds: pl.Expr, unit: float) -> pl.Expr:
    """Seconds cut to whole units (a minute, an hour), still in seconds; towards zero."""
    return (seconds / unit).cast(pl.Int64) * unit


def begun(seconds: pl.Expr, unit: float) -> pl.Expr:
    """Seconds rounded up to units that have begun; null below zero."""
    units = (seconds / unit).ceil() + 0.0
    return pl.when(units >= 0).then(units * unit)
