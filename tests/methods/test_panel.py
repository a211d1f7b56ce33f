"""Slopes within customers: against statsmodels, and the bootstrap against one that refits."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.methods import panel

CLUSTERS, PERIODS = 8, 6
seeds = st.integers(0, 2**32 - 1)


def world(seed, slope=0.5, missing=0.2):
    random = np.random.default_rng(seed)
    cluster, period = (side.ravel() for side in np.indices((CLUSTERS, PERIODS)))
    x = random.normal(size=cluster.size) + 0.5 * random.normal(size=CLUSTERS)[cluster]
    y = slope * x + random.normal(size=CLUSTERS)[cluster] + random.normal(size=PERIODS)[period]
    y += random.normal(size=cluster.size) * random.uniform(0.5, 2, CLUSTERS)[cluster]
    y[random.random(cluster.size) < missing] = np.nan
    return y, x, cluster, period, random.uniform(1, 9, cluster.size)


def design(x, cluster, period):
    clusters, periods = (
        (label[:, None] == np.unique(label)).astype(float) for label in (cluster, period)
    )
    return np.column_stack([x, clusters, periods[:, 1:]])


def kept(columns):
    rows = ~np.isnan(columns[0])
    return [side[rows] for side in columns]


@settings(max_examples=30)
@given(seeds)
def test_slope_and_error_are_those_of_weighted_least_squares_with_dummies(seed):
    columns = world(seed)
    found = panel.fit(*columns)
    y, x, cluster, period, weight = kept(columns)
    if found is None or min(np.bincount(cluster)) < 2:
        return
    fitted = sm.WLS(y, design(x, cluster, period), weights=weight).fit(
        cov_type="cluster",
        cov_kwds={"groups": cluster, "use_correction": False},
    )
    groups = len(np.unique(cluster))
    assert found.slope == pytest.approx(fitted.params[0], abs=1e-9)
    assert found.error == pytest.approx(fitted.bse[0] * np.sqrt(groups / (groups - 1)), abs=1e-9)
    assert found.n == len(y)


@settings(max_examples=6)
@given(seeds, st.sampled_from([0.0, 0.4, -1.0]))
def test_the_bootstrap_is_that_of_refitting_every_draw(seed, null):
    columns = world(seed, missing=0.0)
    found = panel.fit(*columns)
    weights = panel.webb_weights(15, CLUSTERS, seed=1)
    y, x, cluster, period, weight = columns
    full, without = design(x, cluster, period), design(x, cluster, period)[:, 1:]
    restricted = sm.WLS(y - null * x, without, weights=weight).fit()
    drawn = []
    for row in weights:
        again = restricted.fittedvalues + null * x + restricted.resid * row[cluster]
        refit = sm.WLS(again, full, weights=weight).fit(
            cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False}
        )
        error = refit.bse[0] * np.sqrt(CLUSTERS / (CLUSTERS - 1))
        drawn.append(abs(refit.params[0] - null) / error)
    assert found.drawn(weights).t(null) == pytest.approx(drawn, rel=1e-7)
    reached = sum(t >= abs(found.slope - null) / found.error for t in drawn)
    assert found.p_value(found.drawn(weights), null) == pytest.approx((1 + reached) / 16)


@settings(max_examples=10)
@given(seeds)
def test_an_interval_holds_the_slopes_that_are_not_rejected(seed):
    found = panel.fit(*world(seed))
    weights = panel.webb_weights(399, CLUSTERS, seed=2)
    worlds = found.drawn(weights)
    low, high = found.interval(worlds)
    assert low < found.slope < high
    for end, outwards in ((low, -1), (high, 1)):
        if np.isfinite(end):
            # Draws change with the null, too: p falls outwards, but not in every small step.
            step = outwards * 0.05 * found.error
            assert found.p_value(worlds, end - step) >= 0.05 - 2 / 400
            assert found.p_value(worlds, end + step) < 0.05 + 2 / 400


@settings(max_examples=10)
@given(seeds)
def test_judged_together_no_slope_looks_surer_than_alone(seed):
    fits = [panel.fit(*world(seed + i, slope)) for i, slope in enumerate((0.0, 0.3, 1.0))]
    weights = panel.webb_weights(199, CLUSTERS, seed=3)
    worlds = [one.drawn(weights) for one in fits]
    drawn = [one.t() for one in worlds]
    order = sorted(range(3), key=lambda i: -abs(fits[i].t()))
    expected, reached = {}, 0.0
    for place, i in enumerate(order):
        rest = [drawn[j] for j in order[place:]]
        beyond = sum(max(each) >= abs(fits[i].t()) for each in zip(*rest, strict=True))
        reached = max(reached, (1 + beyond) / 200)
        expected[i] = reached
    assert panel.step_down(fits, worlds) == pytest.approx([expected[i] for i in range(3)])
    alone = [one.p_value(of) for one, of in zip(fits, worlds, strict=True)]
    assert (panel.step_down(fits, worlds) >= np.array(alone) - 1e-12).all()
    assert panel.step_down(fits[:1], worlds[:1]) == pytest.approx(alone[:1])


def test_what_all_customers_have_in_common_in_a_period_says_nothing():
    _, x, cluster, period, weight = world(7)
    common = period.astype(float) + 10.0 * cluster
    y = 3 * x
    found = panel.fit(
        y + common + np.random.default_rng(1).normal(size=y.size), x, cluster, period, weight
    )
    same = panel.fit(y + np.random.default_rng(1).normal(size=y.size), x, cluster, period, weight)
    assert found.slope == pytest.approx(same.slope, abs=1e-9)


@pytest.mark.parametrize("constant", ["customer", "period"])
def test_what_does_not_vary_within_customers_has_no_slope(constant):
    y, _, cluster, period, weight = world(3)
    x = (cluster if constant == "customer" else period).astype(float)
    assert panel.fit(y, x, cluster, period, weight) is None


def test_of_few_customers_nothing_is_said():
    y, x, cluster, period, weight = world(4, missing=0.0)
    few = cluster < panel.FEWEST_CLUSTERS - 1
    assert panel.fit(*(side[few] for side in (y, x, cluster, period, weight))) is None


def test_a_customer_that_changed_is_not_compared_with_what_it_was():
    y, x, cluster, period, weight = world(5, missing=0.0)
    has_moved = (cluster == 0) & (period > 2)
    jump = np.where(has_moved, 40.0, 0.0)
    unit = np.where(has_moved, CLUSTERS, cluster)
    whole, apart = (
        panel.fit(y + move, x + move, cluster, period, weight, unit) for move in (0 * jump, jump)
    )
    assert apart.slope == pytest.approx(whole.slope, abs=1e-9)
    assert (apart.clusters == whole.clusters).all()


def test_weights_have_mean_0_and_variance_1_and_are_the_same_for_a_seed():
    weights = panel.webb_weights(20_000, 3, seed=5)
    assert weights.mean() == pytest.approx(0, abs=0.02)
    assert (weights**2).mean() == pytest.approx(1, abs=0.02)
    assert (weights == panel.webb_weights(20_000, 3, seed=5)).all()
