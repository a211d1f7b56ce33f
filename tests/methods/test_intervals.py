"""Intervals against statsmodels and scipy, and what they say about nothing."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from assets.methods import intervals

levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])
samples = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(samples, levels)
def test_wilson_equals_statsmodels(sample, level):
    k, n = sample
    expected = proportion_confint(k, n, alpha=1 - level, method="wilson")
    assert intervals.wilson(k, n, level) == pytest.approx(expected, abs=1e-9)


@given(st.integers(0, 1_000_000), st.floats(1e-3, 1e6), levels)
def test_poisson_rate_equals_scipys_chi_square_form(count, exposure, level):
    low, high = intervals.poisson_rate(count, exposure, level)
    tail = (1 - level) / 2
    expected_low = stats.chi2.ppf(tail, 2 * count) / 2 / exposure if count else 0
    expected_high = stats.chi2.ppf(1 - tail, 2 * count + 2) / 2 / exposure
    assert (low, high) == pytest.approx((expected_low, expected_high), rel=1e-9)


amounts = st.lists(st.floats(0.01, 100), min_size=1, max_size=30)


@given(st.integers(0, 100_000), st.floats(1e-3, 1e6), levels)
def test_a_rate_of_amounts_of_one_is_a_rate_of_events(count, exposure, level):
    of_amounts = intervals.weighted_poisson_rate(count, count, 1.0, exposure, level)
    assert of_amounts == pytest.approx(intervals.poisson_rate(count, exposure, level), rel=1e-9)


@given(amounts, st.floats(1e-3, 1e6), levels)
def test_a_rate_of_amounts_equals_fay_and_feuers_chi_square_form(given_amounts, exposure, level):
    y, v, k = sum(given_amounts), sum(a * a for a in given_amounts), max(given_amounts)
    tail = (1 - level) / 2
    low = v / (2 * y) * stats.chi2.ppf(tail, 2 * y**2 / v)
    y_up, v_up = y + k, v + k**2
    high = v_up / (2 * y_up) * stats.chi2.ppf(1 - tail, 2 * y_up**2 / v_up)
    found = intervals.weighted_poisson_rate(y, v, k, exposure, level)
    assert found == pytest.approx((low / exposure, high / exposure), rel=1e-9)


def test_no_amounts_at_all_leave_room_for_three_of_the_largest():
    low, high = intervals.weighted_poisson_rate(0.0, 0.0, 2.0, 1.0)
    assert (low, high) == pytest.approx((0.0, 2 * stats.chi2.ppf(0.975, 2) / 2))


@given(st.integers(0, 2**32 - 1))
def test_a_quotient_of_clusters_equals_cluster_robust_weighted_least_squares(seed):
    random = np.random.default_rng(seed)
    cluster = random.integers(0, 6, 40)
    cluster[:2] = 0, 1
    bottom = random.uniform(0.5, 4, 40)
    top = bottom * random.normal(random.uniform(-1, 2, 6)[cluster], 0.5)
    fit = sm.WLS(top, bottom, weights=1 / bottom).fit(
        cov_type="cluster", cov_kwds={"groups": cluster}
    )
    tops, bottoms = (np.bincount(cluster, side, 6) for side in (top, bottom))
    sums = (tops, bottoms, tops**2, tops * bottoms, bottoms**2)
    found = intervals.quotient_of_clusters(len(set(cluster)), *(side.sum() for side in sums))
    half = stats.t.ppf(0.975, len(set(cluster)) - 1) * fit.bse[0]
    p = fit.params[0]
    assert [float(x) for x in found] == pytest.approx([p, p - half, p + half], abs=1e-9)


def test_a_quotient_of_one_cluster_has_open_ends():
    value, low, high = intervals.quotient_of_clusters(1, 3.0, 2.0, 9.0, 6.0, 4.0)
    assert value == 1.5
    assert np.isnan([low, high]).all()


@given(samples, samples, levels)
def test_ratio_difference_equals_statsmodels_newcombe(one, two, level):
    expected = confint_proportions_2indep(
        *one, *two, method="newcomb", compare="diff", alpha=1 - level
    )
    assert intervals.ratio_difference(*one, *two, level) == pytest.approx(expected, abs=1e-9)


@given(st.integers(0, 2**32 - 1))
def test_clustered_ratio_equals_cluster_robust_least_squares(seed):
    random = np.random.default_rng(seed)
    cluster = random.integers(0, 6, 60)
    success = (random.random(60) < random.uniform(0.2, 0.8, 6)[cluster]).astype(float)
    success[:2] = 0, 1
    cluster[:2] = 0, 1
    fit = sm.OLS(success, np.ones(60)).fit(cov_type="cluster", cov_kwds={"groups": cluster})
    value, low, high = intervals.clustered_ratio(success, np.ones(60), cluster)
    p, deviation = fit.params[0], fit.bse[0]
    half = stats.t.ppf(0.975, len(set(cluster)) - 1) * deviation / (p * (1 - p))
    center = np.log(p / (1 - p))
    expected = [p, 1 / (1 + np.exp(half - center)), 1 / (1 + np.exp(-half - center))]
    assert [value, low, high] == pytest.approx(expected, abs=1e-9)


def test_clustered_ratio_gives_each_group_what_it_gets_alone():
    random = np.random.default_rng(7)
    group, cluster = random.integers(0, 20, 2000), random.integers(0, 9, 2000)
    den = random.integers(0, 5, 2000)
    num = random.binomial(den, 0.7)
    together = np.array(intervals.clustered_ratio(num, den, cluster, group))
    for g in range(20):
        mine = group == g
        alone = intervals.clustered_ratio(num[mine], den[mine], cluster[mine])
        assert together[:, g] == pytest.approx(np.array(alone), abs=1e-12)


def test_clustered_ratio_is_wider_than_wilson_when_clusters_differ():
    success = np.repeat([1.0, 0, 1, 0, 1, 1], 100)
    _, low, high = intervals.clustered_ratio(success, np.ones(600), np.repeat(range(6), 100))
    wilson_low, wilson_high = intervals.wilson(400, 600)
    assert low < wilson_low
    assert high > wilson_high
    assert 0 < low < high < 1


@pytest.mark.parametrize(
    ("numerator", "denominator", "cluster"),
    [
        ([3], [4], [0]),
        ([1, 2], [2, 2], [5, 5]),
        ([0, 0], [9, 9], [0, 1]),
        ([9, 9], [9, 9], [0, 1]),
        ([1, 2], [2, 4], [0, 1]),
        ([1, 0], [2, 0], [0, 1]),
    ],
)
def test_clustered_ratio_without_a_spread_is_wilson(numerator, denominator, cluster):
    value, low, high = intervals.clustered_ratio(numerator, denominator, cluster)
    assert value == sum(numerator) / sum(denominator)
    assert (low, high) == intervals.wilson(sum(numerator), sum(denominator))


def test_nothing_to_measure_is_unknown_and_not_zero():
    assert np.isnan(intervals.wilson(0, 0)).all()
    assert np.isnan(intervals.poisson_rate(0, 0)).all()
    assert np.isnan(intervals.clustered_ratio([], [], [])).all()
    assert np.isnan(intervals.clustered_ratio([0, 0], [0, 0], [1, 2])).all()
    assert np.isnan(intervals.ratio_difference(0, 0, 1, 2)).all()


def test_empty_arrays_give_empty_arrays():
    for found in (
        *intervals.wilson([], []),
        *intervals.poisson_rate([], []),
        *intervals.clustered_ratio([], [], [], group=[]),
        *intervals.ratio_difference([], [], [], []),
    ):
        assert found.shape == (0,)


def test_no_event_in_a_known_span_has_a_rate_of_at_most_three_point_seven():
    assert intervals.poisson_rate(0, 1) == (0, pytest.approx(3.688879454))


def test_wilson_touches_zero_and_one_exactly():
    low, high = intervals.wilson([0, 7], [7, 7])
    assert low[0] == 0
    assert high[1] == 1


def test_a_difference_is_open_where_an_end_it_needs_is_open():
    low, high = intervals.difference(5.0, 4.0, np.nan, 2.0, 1.0, 3.0)
    assert low == 3 - np.sqrt(2)
    assert np.isnan(high)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_outside_zero_to_one_is_refused(level):
    with pytest.raises(ValueError, match=f"level is {level}, it must lie between 0 and 1"):
        intervals.wilson(1, 2, level)


def test_every_interval_of_many_groups_holds_its_value():
    random = np.random.default_rng(1)
    group, cluster = random.integers(0, 10_000, 100_000), random.integers(0, 9, 100_000)
    success = random.random(100_000) < 0.9
    value, low, high = intervals.clustered_ratio(success, np.ones(100_000), cluster, group)
    assert value.shape == (10_000,)
    assert ((low <= value) & (value <= high)).all()
