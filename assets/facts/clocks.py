"""How a fact writes down a duration: elapsed seconds and how the clock stopped.

Holds no definition of a KPI; the catalogue says which clock a KPI reads.
"""

from datetime import datetime

import polars as pl

STILL_OPEN, HAPPENED, COMPETING_EXIT = 0, 1, 2


def clock(
    name: str, start: str, stop: pl.Expr, as_of: datetime, left_at: pl.Expr | None = None
) -> list[pl.Expr]:
    """Two columns, `<name>_seconds` and `<name>_exit`, for one clock per row.

    `start` is a column of instants, `stop` the instant of the event, `left_at` the instant of an
    exit that makes the event impossible (an abandoned change); of both the earlier counts. The
    clock of a row that has neither runs until `as_of`. No start, no clock: both columns are null.
    A stop before the start (a first commit authored after the change was opened) is 0 seconds.
    """
    begun = pl.col(start)
    left = pl.lit(None, dtype=pl.Datetime("us", "UTC")) if left_at is None else left_at
    end = pl.coalesce(pl.min_horizontal(stop, left), pl.lit(as_of))
    how = (
        pl.when(stop.is_not_null() & (stop <= left).fill_null(True))
        .then(HAPPENED)
        .when(left.is_not_null())
        .then(COMPETING_EXIT)
        .otherwise(STILL_OPEN)
    )
    return [
        seconds_between(begun, end).clip(lower_bound=0).alias(f"{name}_seconds"),
        pl.when(begun.is_not_null()).then(how).cast(pl.Int8).alias(f"{name}_exit"),
    ]


def seconds_between(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Elapsed calendar seconds, Float64."""
    return (end - start).dt.total_microseconds() / 1e6
