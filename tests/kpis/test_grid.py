"""Cells as a grid: who is a member of a cell, what members add up to, which periods meet."""

from datetime import date, timedelta

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.kpis.grid import Grid, ways

FIRST = date(2026, 1, 1)
SCOPES = pl.DataFrame(
    {
        "scope_id": [0, 1, 2, 3, 4],
        "scope_kind": ["customer", "customer", "service", "tool", "tool"],
        "scope": ["a", "b", "shop", "ci", "old"],
    }
)
# Set 3 counts for both customers; set 9 is named by no scope set.
SETS = {1: ("customer:a",), 2: ("customer:b", "service:shop"), 3: ("customer:a", "customer:b")}
rows = st.lists(
    st.tuples(
        st.sampled_from((1, 2, 3, 9, None)),
        st.sampled_from(("ci", "old", "unheard", None)),
        st.integers(-1, 9),
        st.integers(-3, 9),
    ),
    max_size=20,
)
spans = st.lists(
    st.tuples(st.sampled_from(("week", "month")), st.integers(0, 6), st.integers(0, 3)),
    min_size=1,
    max_size=6,
)


def grid_of(periods):
    pairs = [(number, *text.split(":")) for number, texts in SETS.items() for text in texts]
    sets = pl.DataFrame(pairs, schema=["scope_set", "scope_kind", "scope"], orient="row")
    begun = [
        (kind, FIRST + timedelta(days=begin), FIRST + timedelta(days=begin + length))
        for kind, begin, length in periods
    ]
    frame = pl.DataFrame(begun, schema=["period_kind", "from_on", "to_on"], orient="row")
    return Grid(SCOPES, frame, ways(SCOPES, sets, ["customer", "service"], ["tool"]))


@given(members=rows, periods=spans)
def test_the_sum_of_a_cell_is_that_of_its_scope_and_days(members, periods):
    grid = grid_of(periods)
    schema = {"scope_set": pl.UInt32, "tool": pl.String, "day": pl.Date, "value": pl.Int64}
    dated = [(s, tool, FIRST + timedelta(days=day), value) for s, tool, day, value in members]
    inside = grid.inside(pl.DataFrame(dated, schema=schema, orient="row"))
    value = inside.get_column("value").cast(pl.Float64).to_numpy()
    placed = grid.placed(inside)
    expected, counted = np.zeros(grid.shape), np.zeros(grid.shape)
    for cell in np.ndindex(*grid.shape):
        scope = SCOPES.row(cell[0], named=True)
        _, begin, length = periods[cell[1]]
        for scope_set, tool, day, amount in members:
            texts = (*SETS.get(scope_set, ()), f"tool:{tool}")
            is_in = f"{scope['scope_kind']}:{scope['scope']}" in texts
            if is_in and begin <= day <= begin + length:
                expected[cell] += amount
                counted[cell] += 1
    assert (grid.sums(placed, value) == expected).all()
    assert (grid.sums(placed, np.ones_like(value)) == counted).all()


@given(periods=spans)
def test_families_hold_every_period_once_and_share_no_day(periods):
    grid = grid_of(periods)
    seen = []
    for family in grid.families(["week", "month"]):
        for place, number in enumerate(family.ids):
            _, begin, length = periods[number]
            days = np.flatnonzero(family.period == place) + grid.first_on
            expected = (FIRST - date(1970, 1, 1)).days + begin + np.arange(length + 1)
            assert days.tolist() == expected.tolist()
            seen.append(number)
        assert len({periods[number][0] for number in family.ids}) == 1
    assert sorted(seen) == list(range(len(periods)))
