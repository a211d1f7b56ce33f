"""q-values against scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from assets.methods.multiple_testing import benjamini_hochberg

probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=50)


@given(probabilities)
def test_q_values_equal_scipys_false_discovery_control(p):
    assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p), abs=1e-9)


@given(probabilities)
def test_unknown_p_values_stay_unknown_and_are_no_look(p):
    found = benjamini_hochberg([np.nan, *p, np.nan])
    assert np.isnan(found[[0, -1]]).all()
    assert found[1:-1].tolist() == benjamini_hochberg(p).tolist()


def test_one_look_costs_nothing_and_no_look_gives_nothing():
    assert benjamini_hochberg([0.03]).tolist() == [0.03]
    assert benjamini_hochberg([]).tolist() == []


@pytest.mark.parametrize("odd", [-0.1, 1.5])
def test_a_p_value_outside_zero_to_one_is_refused(odd):
    with pytest.raises(ValueError, match=f"p-value {odd} lies outside"):
        benjamini_hochberg([0.5, odd])
