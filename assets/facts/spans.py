"""Spans of time: joined where they overlap, and cut at the organisation's midnights.

A span is half-open, from `from_at` to `to_at`. Holds no meaning: whether somebody was covered or
an incident was open is the caller's.
"""

from collections.abc import Sequence

import polars as pl


def disjoint(spans: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """`by, from_at, to_at`: spans of one key that overlap or touch are one; empty ones are none."""
    reached = pl.col("to_at").cum_max().shift(1).over(by)
    return (
        spans.filter(pl.col("to_at") > pl.col("from_at"))
        .sort(*by, "from_at", "to_at")
        .with_columns(begins=(pl.col("from_at") > reached).fill_null(True))
        .with_columns(run=pl.col("begins").cum_sum().over(by))
        .group_by(*by, "run")
        .agg(pl.col("from_at").min(), pl.col("to_at").max())
        .drop("run")
    )


def by_day(spans: pl.LazyFrame, zone: str) -> pl.LazyFrame:
    """The part of each span that lies in each local day `on`."""
    first, last = (
        at.dt.convert_time_zone(zone).dt.date()
        for at in (pl.col("from_at"), pl.col("to_at") - pl.duration(microseconds=1))
    )
    return (
        spans.with_columns(on=pl.date_ranges(first, last))
        .explode("on")
        .with_columns(
            from_at=pl.max_horizontal("from_at", midnight(pl.col("on"), zone)),
            to_at=pl.min_horizontal("to_at", midnight(pl.col("on").dt.offset_by("1d"), zone)),
        )
    )


def midnight(day: pl.Expr, zone: str) -> pl.Expr:
    """When a local day begins, in UTC; where clocks go forward at midnight, at one."""
    wall = day.cast(pl.Datetime("us"))
    return pl.coalesce(
        begin.dt.replace_time_zone(zone, non_existent="null", ambiguous="earliest")
        for begin in (wall, wall.dt.offset_by("1h"))
    ).dt.convert_time_zone("UTC")
