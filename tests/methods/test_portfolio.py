"""Plans: the best one against every plan there is, and what a plan gives against a loop."""

import time
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.methods.portfolio import (
    Portfolio,
    best_plan,
    curve,
    difference,
    kept_of,
    same_for_all,
    spread_evenly,
    value_per_hour,
)

FACTORS = np.array([0.1, 0.5, 1.0, 1.7])
seeds = st.integers(0, 2**32 - 1)


def drawn(seed, offerings=6, segments=3):
    random = np.random.default_rng(seed)
    today = random.uniform(1, 30, offerings)
    hours = today[:, None] * FACTORS
    quality = random.uniform(0.3, 0.95, offerings)
    use = random.dirichlet(np.ones(offerings), segments)
    lowest = random.integers(0, 2, offerings)
    portfolio = Portfolio(hours, curve(quality, hours, today), use, lowest)
    return portfolio, today, random.uniform(0.1, 3, segments), quality


def every_plan(portfolio, capacity, weights, floors=None):
    """Values of all plans that fit, by going through each of them."""
    offerings, levels = portfolio.hours.shape
    shares = weights / weights.sum()
    for plan in product(range(levels), repeat=offerings):
        hours = sum(portfolio.hours[i, level] for i, level in enumerate(plan))
        served = [
            sum(share * portfolio.served[i, plan[i]] for i, share in enumerate(of_segment))
            for of_segment in portfolio.use
        ]
        is_allowed = all(level >= low for level, low in zip(plan, portfolio.lowest, strict=True))
        keeps = floors is None or all(s >= f for s, f in zip(served, floors, strict=True))
        if hours <= capacity and is_allowed and keeps:
            yield sum(w * s for w, s in zip(shares, served, strict=True))


@settings(max_examples=25)
@given(seeds, st.floats(0.2, 1.6))
def test_the_best_plan_is_the_best_of_all_that_there_are(seed, share):
    portfolio, today, weights, _ = drawn(seed, offerings=5)
    capacity = share * today.sum()
    values = list(every_plan(portfolio, capacity, weights))
    found = best_plan(portfolio, capacity, weights, gap=1e-9)
    assert (found is None) == (not values)
    if found:
        assert found.value == pytest.approx(max(values), abs=1e-7)
        assert portfolio.hours_of(found.levels) <= capacity * (1 + 1e-9)
        assert (found.levels >= portfolio.lowest).all()


@settings(max_examples=15)
@given(seeds, st.floats(0.3, 0.8))
def test_floors_hold_for_every_segment_or_there_is_no_plan(seed, floor):
    portfolio, today, weights, _ = drawn(seed, offerings=5)
    floors = np.full(len(weights), floor)
    values = list(every_plan(portfolio, today.sum(), weights, floors))
    found = best_plan(portfolio, today.sum(), weights, floors, gap=1e-9)
    assert (found is None) == (not values)
    if found:
        assert found.value == pytest.approx(max(values), abs=1e-7)
        assert (portfolio.served_of(found.levels) >= floor - 1e-6).all()


@settings(max_examples=20)
@given(seeds)
def test_the_default_gap_bounds_what_was_missed(seed):
    portfolio, today, weights, _ = drawn(seed)
    close = best_plan(portfolio, today.sum(), weights)
    exact = best_plan(portfolio, today.sum(), weights, gap=1e-9)
    assert close.value >= exact.value * (1 - 2e-4)


@settings(max_examples=20)
@given(seeds, st.floats(0.1, 1.5), st.floats(0.0, 0.5))
def test_more_capacity_never_makes_the_best_plan_worse(seed, share, more):
    portfolio, today, weights, _ = drawn(seed)
    plans = [
        best_plan(portfolio, capacity * today.sum(), weights, gap=1e-9)
        for capacity in (share, share + more)
    ]
    if plans[0]:
        assert plans[1].value >= plans[0].value - 1e-7


def test_of_equally_good_plans_the_one_with_fewer_hours_is_taken():
    hours = np.array([[1.0, 2.0, 3.0]])
    portfolio = Portfolio(hours, np.array([[0.1, 0.7, 0.7]]), np.array([[1.0]]), np.array([0]))
    assert best_plan(portfolio, 10.0, [1.0]).levels.tolist() == [1]


def test_at_todays_hours_users_are_served_as_today_and_without_hours_not_at_all():
    served = curve([0.6, 0.9], np.array([[0.0, 10.0, 20.0], [0.0, 4.0, 8.0]]), [10.0, 4.0])
    assert served[:, 0].tolist() == [0.0, 0.0]
    assert served[:, 1] == pytest.approx([0.6, 0.9])
    assert served[:, 2] == pytest.approx([1 - 0.4**2, 1 - 0.1**2])


@given(st.floats(0.05, 0.99), st.floats(0.5, 50))
def test_each_further_hour_adds_less(quality, today):
    hours = np.linspace(0, 3 * today, 31)[None, :]
    gains = np.diff(curve([quality], hours, [today])[0])
    assert (gains > 0).all()
    assert (np.diff(gains) < 1e-12).all()


def test_what_takes_no_hours_today_is_served_as_today():
    assert curve([0.7], np.array([[0.0, 0.0]]), [0.0]).tolist() == [[0.7, 0.7]]


@given(seeds, st.floats(0.2, 2))
def test_the_same_level_for_all_is_the_highest_that_fits(seed, share):
    portfolio, today, _, _ = drawn(seed)
    capacity = share * today.sum()
    found = same_for_all(portfolio, capacity)
    fitting = [
        level
        for level in range(4)
        if portfolio.hours_of(np.maximum(level, portfolio.lowest)) <= capacity
    ]
    assert (found is None) == (not fitting)
    if found:
        assert (found.levels == np.maximum(max(fitting), portfolio.lowest)).all()


def test_the_best_plan_is_at_least_as_good_as_the_same_level_for_all():
    for seed in range(20):
        portfolio, today, _, _ = drawn(seed)
        even = np.ones(3)
        same = same_for_all(portfolio, today.sum())
        assert best_plan(portfolio, today.sum(), even, gap=1e-9).value >= same.value - 1e-9


def test_a_cut_that_spares_nobody_is_the_curve_of_every_offering():
    portfolio, today, _, quality = drawn(1)
    found = spread_evenly(quality, portfolio.use, [1.0, 0.5])
    for row, share in zip(found, (1.0, 0.5), strict=True):
        served = curve(quality, share * today[:, None], today)[:, 0]
        assert row == pytest.approx(portfolio.use @ served)


def test_value_per_hour_is_what_stopping_loses_through_what_it_saves():
    hours = np.array([[1.0, 5.0], [0.0, 2.0], [3.0, 3.0]])
    served = np.array([[0.2, 0.8], [0.0, 0.5], [0.1, 0.4]])
    use = np.array([[0.5, 0.3, 0.2], [0.0, 1.0, 0.0]])
    found = value_per_hour(Portfolio(hours, served, use, np.zeros(3, int)), [1, 1, 1], [3.0, 1.0])
    assert found[0] == pytest.approx(0.75 * 0.5 * 0.6 / 4)
    assert found[1] == pytest.approx((0.75 * 0.3 + 0.25 * 1.0) * 0.5 / 2)
    assert np.isnan(found[2])


@pytest.mark.parametrize("weights", [[-1.0, 2.0], [0.0, 0.0]])
def test_weights_below_0_or_none_above_are_named(weights):
    portfolio, today, _, _ = drawn(1, segments=2)
    with pytest.raises(ValueError, match="give none below 0 and one above"):
        best_plan(portfolio, today.sum(), weights)


@given(seeds)
def test_what_a_plan_keeps_is_its_hours_through_todays(seed):
    portfolio, today, _, quality = drawn(seed)
    plan = np.random.default_rng(seed).integers(0, 4, len(today))
    kept = kept_of(portfolio, quality, plan)
    assert kept == pytest.approx(FACTORS[plan])


def test_what_is_stopped_keeps_nothing_and_perfect_service_stays():
    portfolio = Portfolio(
        np.ones((2, 2)), np.array([[0.0, 0.6], [0.0, 1.0]]), np.eye(2), np.zeros(2, int)
    )
    assert kept_of(portfolio, [0.6, 1.0], [0, 0]).tolist() == [0.0, 0.0]
    assert kept_of(portfolio, [0.6, 1.0], [1, 1]).tolist() == [1.0, 1.0]


def test_a_difference_of_plans_is_that_of_their_values_and_its_ends_hold_it():
    portfolio, _, weights, quality = drawn(3)
    worth = weights / weights.sum() @ portfolio.use
    one, other = np.full(6, 3), np.full(6, 1)
    kept = [kept_of(portfolio, quality, plan) for plan in (one, other)]
    by, low, high = difference(quality, worth, *kept)
    assert by == pytest.approx(
        portfolio.value_of(one, weights) - portfolio.value_of(other, weights)
    )
    assert low < by < high


def test_what_two_plans_share_does_not_make_their_difference_unsure():
    quality, worth = [0.5, 0.9], [0.9, 0.1]
    one, other = [1.0, 1.0], [1.0, 0.5]
    _, low, high = difference(quality, worth, one, other)
    assert high - low < 0.03
    assert difference(quality, worth, one, one) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("seed", range(3))
def test_100_offerings_at_4_levels_for_10_segments_are_answered_within_half_a_second(seed):
    portfolio, today, weights, _ = drawn(seed, offerings=100, segments=10)
    took = []
    for _ in range(3):  # of the processor, as a machine may have other work
        start = time.process_time()
        found = best_plan(portfolio, 0.7 * today.sum(), weights, np.full(10, 0.1), seconds=0.4)
        took.append(time.process_time() - start)
    assert min(took) < 0.5
    assert found.gap < 0.01
