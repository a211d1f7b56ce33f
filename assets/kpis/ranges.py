"""Cells as ranges: of rows in the order of scope and day, each cell's members are a stretch.

Nothing is copied out, so a row costs the same whether it belongs to two periods or to ten.
"""

import numpy as np
import polars as pl

# A place is a scope and a day in one integer; 2^20 days reach to the year 4840.
DAYS = 1 << 20


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with `scope_id, day` sorted by both, which `place` holds in one integer."""
    return rows.select(pl.exclude("scope_id", "day"), place=_place(pl.col("day"))).sort("place")


def _place(day: pl.Expr) -> pl.Expr:
    return pl.col("scope_id").cast(pl.Int64) * DAYS + day.cast(pl.Int32)


def ranges(rows: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """`cell, first, last`: which rows belong to each cell of the grid that has any.

    `grid` has `cell, scope_id, from_on, to_on`.
    """
    edges = grid.select("cell", begin=_place(pl.col("from_on")), end=_place(pl.col("to_on")))
    places = rows.get_column("place").to_numpy()
    return edges.select(
        "cell",
        first=pl.Series(np.searchsorted(places, edges.get_column("begin").to_numpy(), "left")),
        last=pl.Series(np.searchsorted(places, edges.get_column("end").to_numpy(), "right")),
    ).filter(pl.col("first") < pl.col("last"))


def sums(rows: pl.DataFrame, ranges: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    """`cell` and the sum of each column over its rows; null counts as nothing."""
    first, last = (ranges.get_column(name).to_numpy() for name in ("first", "last"))
    values = rows.select(**columns).fill_null(0)
    running = {
        name: np.append(0, np.cumsum(values.get_column(name).to_numpy())) for name in columns
    }
    return ranges.select("cell").with_columns(
        pl.Series(name, total[last] - total[first]) for name, total in running.items()
    )
