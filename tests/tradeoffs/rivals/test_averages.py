"""How other tools average, on numbers worked by hand."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.tradeoffs.rivals.averages import begun, floored_average, lower_median, whole


def only(values, expression, dtype=pl.Float64):
    return pl.DataFrame({"x": values}, schema={"x": dtype}).select(expression).item()


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 100], 1), ([1, 2, 100], 2), ([5], 5), ([1, 1, 1, 9], 1), ([None, 3, 7], 3)],
)
def test_the_lower_median_of_1_and_100_is_1_and_an_open_one_sorts_first(values, expected):
    assert only(values, lower_median(pl.col("x"))) == expected


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12))
def test_the_lower_median_is_the_largest_value_with_a_percent_rank_of_a_half_at_most(values):
    ranks = {v: sum(w < v for w in values) / max(len(values) - 1, 1) for v in values}
    assert only(values, lower_median(pl.col("x"))) == max(v for v in values if ranks[v] <= 0.5)


def test_29_deployments_in_30_days_are_0_a_day():
    assert only([1] * 29 + [0], floored_average(pl.col("x")), pl.Int64) == 0


def test_119_minutes_are_one_whole_hour_and_119_begun_minutes():
    assert only([119 * 60.0], whole(pl.col("x"), 3_600.0)) == 3_600.0
    assert only([118 * 60.0 + 1], begun(pl.col("x"), 60.0)) == 119 * 60.0


def test_a_negative_span_has_no_begun_minutes():
    assert only([-60.0], begun(pl.col("x"), 60.0)) is None
