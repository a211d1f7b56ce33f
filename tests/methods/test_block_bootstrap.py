"""Quantiles, shares and intervals over blocks against their plain definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.methods.block_bootstrap import block_counts, middle, quantiles, shares_within

BLOCKS = 4


@st.composite
def samples(draw):
    size = draw(st.integers(1, 20))
    values = draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
    block = draw(st.lists(st.integers(-1, BLOCKS - 1), min_size=size, max_size=size))
    counts = st.lists(st.integers(0, 3), min_size=BLOCKS, max_size=BLOCKS)
    drawn = draw(st.lists(counts, min_size=1, max_size=3))
    return np.array(values, dtype=float), np.array(block), np.array(drawn)


def written_out(values, block, row):
    """Every value as often as its block was drawn, in order."""
    pairs = zip(values, block, strict=True)
    return sorted(value for value, b in pairs if b >= 0 for _ in range(row[b]))


@given(samples(), st.sampled_from([0.1, 0.5, 0.9]))
def test_a_quantile_is_the_smallest_value_that_enough_do_not_exceed(sample, level):
    values, block, counts = sample
    for row, found in zip(counts, quantiles(*sample, level), strict=True):
        every = written_out(values, block, row)
        enough = [v for v in every if sum(o <= v for o in every) >= level * len(every) - 1e-9]
        assert (found == enough[0]) if every else np.isnan(found)


@given(samples())
def test_a_share_counts_what_is_not_larger(sample):
    values, block, counts = sample
    times = np.array([-1.0, 0.0, 4.5, 9.0])
    for row, found in zip(counts, shares_within(*sample, times), strict=True):
        every = written_out(values, block, row)
        expected = [sum(v <= t for v in every) / len(every) if every else np.nan for t in times]
        assert found == pytest.approx(expected, nan_ok=True)


def test_what_is_still_open_is_longer_than_everything_else():
    values, block = np.array([1.0, np.inf, 2.0]), np.zeros(3, dtype=int)
    assert quantiles(values, block, np.ones((1, 1), dtype=int), 0.9) == np.inf
    assert quantiles(values, block, np.ones((1, 1), dtype=int), 0.5) == 2.0


def test_every_draw_has_as_many_blocks_as_there_are():
    counts = block_counts(7, 1_000, seed=1)
    assert (counts.sum(axis=1) == 7).all()
    assert counts.mean(axis=0) == pytest.approx(np.ones(7), abs=0.1)
    assert (block_counts(7, 1_000, seed=1) == counts).all()


def test_an_interval_leaves_a_fortieth_at_each_end_and_has_open_ends():
    draws = np.arange(401.0)
    assert middle(draws[:, None]) == (pytest.approx([10.0]), pytest.approx([390.0]))
    low, high = middle(np.append(draws[:-20], [np.inf] * 20)[:, None])
    assert np.isfinite(low).all()
    assert np.isinf(high).all()


def test_a_mean_over_whole_weeks_is_as_uncertain_as_the_weeks_are():
    """Within a week all values are alike: 20 weeks tell as much as 20 numbers."""
    generator = np.random.default_rng(2)
    covered = 0
    for n in range(200):
        weeks = generator.normal(size=25)
        values, block = np.repeat(weeks, 10), np.repeat(np.arange(25), 10)
        low, high = middle(quantiles(values, block, block_counts(25, 300, n), 0.5)[:, None])
        covered += int(low[0] <= 0 <= high[0])
    assert covered / 200 > 0.88
