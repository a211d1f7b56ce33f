"""Bursts are found where they are, not where chance makes them, and measured as they are."""

import numpy as np
import pytest
from scipy import stats

from assets.methods import bursts

WEEKDAY = np.arange(91) % 7


def claims(draw, worlds=150):
    found = [draw(np.random.default_rng([5, world])) for world in range(worlds)]
    return sum(one.p_value <= 0.01 for one in found), found


def test_independent_records_are_said_to_burst_in_one_of_a_hundred_worlds():
    busy = np.where(WEEKDAY < 5, 2.0, 0.2)

    def counts(random):
        return bursts.of_counts(random.poisson(busy), WEEKDAY)

    def shares(random):
        records = random.poisson(busy) + 1
        return bursts.of_shares(random.binomial(records, 0.9), records)

    for draw in (counts, shares):
        claimed, found = claims(draw)
        assert claimed <= stats.binom.ppf(0.999, len(found), 0.01)
        assert np.mean([one.variance for one in found]) == pytest.approx(1, abs=0.03)


def test_records_in_bursts_of_three_vary_about_three_times_as_much_and_are_found():
    claimed, found = claims(lambda r: bursts.of_counts(3 * r.poisson(0.7, 91), WEEKDAY))
    assert claimed > 0.99 * len(found)
    assert np.mean([one.variance for one in found]) == pytest.approx(3, abs=0.15)


def test_hits_that_share_their_day_widen_by_the_design_effect():
    members, correlation = 10, 0.2

    def draw(random):
        chance = random.beta(0.5 * (1 / correlation - 1), 0.5 * (1 / correlation - 1), 90)
        return bursts.of_shares(random.binomial(members, chance), np.full(90, members))

    claimed, found = claims(draw)
    assert claimed > 0.99 * len(found)
    design_effect = 1 + (members - 1) * correlation
    assert np.mean([one.variance for one in found]) == pytest.approx(design_effect, rel=0.05)


def test_the_chance_of_counts_is_that_of_the_chi_squared_test_where_days_have_many():
    records = np.random.default_rng(3).poisson(60, 40)
    found = bursts.of_counts(records, np.zeros(40, dtype=np.int64))
    expected = stats.chisquare(records)
    assert found.p_value == pytest.approx(expected.pvalue, abs=0.04)
    assert found.variance == pytest.approx(expected.statistic / 39)


def test_where_nothing_could_vary_nothing_is_said():
    nothing = np.zeros(5, dtype=np.int64)
    assert bursts.of_counts(nothing, nothing) is None
    assert bursts.of_counts(np.array([3]), np.array([0])) is None
    assert bursts.of_shares(nothing, nothing) is None
    assert bursts.of_shares(np.array([2, 3]), np.array([2, 3])) is None
