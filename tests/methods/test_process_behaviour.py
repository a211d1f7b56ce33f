"""Limits against a published worked example and the formulas written out as loops."""

from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.methods import process_behaviour

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, flow rates of ten batches.
FLOW_RATES = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]

counts = st.lists(
    st.integers(5, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=5,
    max_size=30,
)


def test_xmr_gives_the_limits_of_the_nist_handbooks_worked_example():
    found = process_behaviour.xmr(FLOW_RATES, n_baseline=10)
    assert found.center == pytest.approx(50.81)
    assert found.high == pytest.approx(55.8041, abs=5e-5)
    assert found.low == pytest.approx(45.8159, abs=5e-5)


def test_points_after_the_baseline_do_not_move_the_limits():
    alone = process_behaviour.xmr(FLOW_RATES, n_baseline=10)
    longer = process_behaviour.xmr([*FLOW_RATES, 90, 100], n_baseline=10)
    assert (alone.low, alone.center, alone.high) == (longer.low, longer.center, longer.high)


def test_a_gap_breaks_the_chain_of_moving_ranges():
    found = process_behaviour.xmr([1.0, 2.0, np.nan, 9.0, 10.0], n_baseline=4)
    assert found.center == 5.5
    assert found.sigma == pytest.approx(1 / 1.128)


def test_many_series_at_once_equal_each_alone():
    series = np.random.default_rng(3).normal(size=(6, 30))
    series[2, 5:9] = np.nan
    together = process_behaviour.xmr(series)
    for row, values in enumerate(series):
        assert together.high[row] == process_behaviour.xmr(values).high


@pytest.mark.parametrize("values", [[], [1.0], [1.0] * 19, [3.0] * 25, [np.nan] * 30])
def test_a_short_or_flat_baseline_has_no_limits(values):
    found = process_behaviour.xmr(values)
    assert np.isnan([found.low, found.high, found.p_value(4.0)]).all()


def slow_laney(parts, wholes, n_baseline, variance):
    center = sum(parts[:n_baseline]) / sum(wholes[:n_baseline])
    if variance(center) <= 0:
        return None
    expected = [sqrt(variance(center) / n) for n in wholes]
    scores = [(k / n - center) / s for k, n, s in zip(parts, wholes, expected, strict=True)]
    ranges = [abs(scores[i] - scores[i - 1]) for i in range(1, n_baseline)]
    factor = sum(ranges) / len(ranges) / 1.128
    return [(center - 3 * s * factor, center + 3 * s * factor) for s in expected]


@given(counts, st.booleans())
def test_laney_charts_equal_the_formula_written_out(rows, is_ratio):
    parts, wholes = zip(*rows, strict=True)
    chart = process_behaviour.laney_p if is_ratio else process_behaviour.laney_u
    found = chart(parts, wholes, n_baseline=5)
    variance = (lambda p: p * (1 - p)) if is_ratio else (lambda u: u)
    expected = slow_laney(parts, wholes, 5, variance)
    if expected is None or expected[0][0] == expected[0][1]:
        assert np.isnan(found.low).all()
        return
    top = 1 if is_ratio else float("inf")
    ends = list(zip(found.low.tolist(), found.high.tolist(), strict=True))
    for (low, high), (slow_low, slow_high) in zip(ends, expected, strict=True):
        if isnan(low):  # a spread that is only rounding in the slow form
            assert slow_high - slow_low == pytest.approx(0, abs=1e-9)
            continue
        assert low == pytest.approx(max(slow_low, 0), abs=1e-9)
        assert high == pytest.approx(min(slow_high, top), abs=1e-9)


def test_a_point_without_trials_has_no_limits_and_is_no_part_of_the_baseline():
    found = process_behaviour.laney_p([1, 0, 3, 2, 5], [10, 0, 12, 9, 50], n_baseline=4)
    assert np.isnan(found.high).tolist() == [False, True, False, False, False]
    assert found.center[0] == 11 / 81


def test_more_than_binomial_spread_widens_the_laney_limits():
    random = np.random.default_rng(5)
    n = np.full(30, 10_000)
    steady = process_behaviour.laney_p(random.binomial(n, 0.1), n)
    drifting = process_behaviour.laney_p(random.binomial(n, random.uniform(0.05, 0.15, 30)), n)
    assert drifting.high[0] - drifting.low[0] > 4 * (steady.high[0] - steady.low[0])


def test_five_percent_of_new_points_without_a_change_have_a_p_value_below_five_percent():
    series = np.random.default_rng(11).normal(size=(200_000, 21))
    p = process_behaviour.xmr(series).p_value(series[:, 20])
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.002)
    assert (p < 0.005).mean() == pytest.approx(0.005, abs=0.0015)


def test_a_point_on_the_center_is_no_news_at_all():
    found = process_behaviour.xmr(FLOW_RATES, n_baseline=10)
    assert found.p_value(found.center) == 1


def test_a_baseline_of_one_point_is_refused():
    with pytest.raises(ValueError, match="n_baseline is 1, a moving range needs at least 2"):
        process_behaviour.xmr([1.0, 2.0], n_baseline=1)
