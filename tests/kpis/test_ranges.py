"""Cells as ranges: which rows are members of a cell, and their sums."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.kpis.ranges import in_order, ranges, sums

FIRST = date(2026, 1, 1)
rows = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(-3, 9)), max_size=12)
spans = st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 9), st.integers(0, 9)), max_size=6)


@given(members=rows, cells=spans)
def test_the_sum_of_a_cell_is_that_of_its_scope_and_days(members, cells):
    frame = pl.DataFrame(
        [(scope, FIRST + timedelta(days=day), value) for scope, day, value in members],
        schema={"scope_id": pl.UInt32, "day": pl.Date, "value": pl.Int64},
        orient="row",
    )
    grid = pl.DataFrame(
        [
            (number, scope, FIRST + timedelta(days=begin), FIRST + timedelta(days=begin + length))
            for number, (scope, begin, length) in enumerate(cells)
        ],
        schema={
            "cell": pl.Int64,
            "scope_id": pl.UInt32,
            "from_on": pl.Date,
            "to_on": pl.Date,
        },
        orient="row",
    )
    ordered = in_order(frame)
    found = sums(ordered, ranges(ordered, grid), total=pl.col("value"))
    expected = {}
    for number, (scope, begin, length) in enumerate(cells):
        inside = [v for s, day, v in members if s == scope and begin <= day <= begin + length]
        if inside:
            expected[number] = sum(inside)
    assert dict(found.select("cell", "total").iter_rows()) == expected
