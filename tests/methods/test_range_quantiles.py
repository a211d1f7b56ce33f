"""Quantiles of ranges are those of Kaplan-Meier over the members copied out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.methods import kaplan_meier, range_quantiles


def both(seconds, exit, first, last, competing):
    sizes = last - first
    members = np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)])
    group = np.repeat(np.arange(len(first)), sizes)
    expected = kaplan_meier.quantiles(
        group, seconds[members], exit[members], [0.5, 0.9], competing=competing
    )
    found = range_quantiles.quantiles(seconds, exit, first, last, [0.5, 0.9], competing=competing)
    return found, expected


@pytest.mark.parametrize("competing", [False, True])
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(1, 300),
    distinct=st.sampled_from((2, 9, 1000)),
    open_share=st.sampled_from((0.0, 0.02, 0.3)),
    left_share=st.sampled_from((0.0, 0.08, 0.6)),
    open_after=st.sampled_from((0, 500)),
)
def test_quantiles_of_ranges_are_those_of_their_members_copied_out(
    seed, size, distinct, open_share, left_share, open_after, competing
):
    random = np.random.default_rng(seed)
    seconds = random.integers(0, distinct, size).astype(np.float64)
    chance = [1 - open_share - left_share, open_share, left_share]
    exit = random.choice(np.array([1, 0, 2], dtype=np.int8), size, p=chance)
    seconds = np.where(exit == 0, seconds + open_after, seconds)
    first = random.integers(0, size, 12)
    last = random.integers(first + 1, size + 1)
    found, expected = both(seconds, exit, first, last, competing)
    assert_frame_equal(found, expected, rel_tol=1e-12)


@pytest.mark.parametrize(("n", "p50", "p90"), [(2, 50.5, 100.0), (10, 5.5, 9.5)])
def test_the_median_of_1_and_100_is_50_5_and_p90_of_1_to_10_is_9_5(n, p50, p90):
    seconds = np.array([1.0, 100.0]) if n == 2 else np.arange(1.0, 11.0)
    first, last = np.array([0]), np.array([n])
    found, _ = both(seconds, np.ones(n, dtype=np.int8), first, last, competing=False)
    assert found.get_column("value").to_list() == [p50, p90]


def test_no_ranges_give_an_empty_frame_of_the_same_columns():
    nothing = np.zeros(0, dtype=np.int64)
    found = range_quantiles.quantiles(
        np.ones(2), np.ones(2, dtype=np.int8), nothing, nothing, [0.5]
    )
    assert found.is_empty()
    assert found.columns == kaplan_meier.quantiles([0], [1.0], [1], [0.5]).columns
