"""Rank agreement against scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from assets.methods.ranking import tau_b

# Importance is stated in whole steps of 1..5, so ties are the rule.
pairs = st.lists(st.tuples(st.integers(1, 5), st.floats(1, 5)), min_size=2, max_size=30)


@given(pairs)
def test_tau_b_equals_scipys_kendalltau(rows):
    x, y = zip(*rows, strict=True)
    expected = stats.kendalltau(x, y, variant="b").statistic
    assert tau_b(x, y) == pytest.approx(expected, abs=1e-9, nan_ok=True)


@given(pairs)
def test_pairs_with_an_unknown_side_are_left_out(rows):
    x, y = zip(*rows, strict=True)
    found = tau_b([*x, np.nan, 3], [*y, 2, np.nan])
    assert found == pytest.approx(tau_b(x, y), abs=0, nan_ok=True)


def test_many_draws_at_once_equal_each_alone():
    random = np.random.default_rng(2)
    stated, draws = random.integers(1, 6, 8), random.uniform(1, 5, (50, 8))
    assert tau_b(stated, draws).tolist() == [tau_b(stated, draw) for draw in draws]


def test_full_agreement_is_exactly_one_and_full_contradiction_minus_one():
    assert tau_b([1, 2, 3, 3], [10, 20, 30, 30]) == 1
    assert tau_b([1, 2, 3, 4], [4, 3, 2, 1]) == -1


@pytest.mark.parametrize(("x", "y"), [([], []), ([1], [2]), ([3, 3, 3], [1, 2, 3])])
def test_nothing_to_rank_is_unknown_and_not_zero(x, y):
    assert np.isnan(tau_b(x, y))
