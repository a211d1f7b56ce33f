"""Survival curves against lifelines, quantiles against a slow reading of the same curve."""

import warnings
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.methods import kaplan_meier

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifelines import AalenJohansenFitter, KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

# Few distinct times make ties; exits in every mix, all censored and none censored included.
members = st.lists(
    st.tuples(st.integers(0, 40).map(lambda t: t / 4), st.sampled_from([0, 1, 1, 2])),
    min_size=1,
    max_size=60,
)


def fitted(seconds, exit_):
    fitter = KaplanMeierFitter()
    with warnings.catch_warnings():
        # lifelines warns when a curve is not defined for all of its own table.
        warnings.simplefilter("ignore")
        return fitter.fit(seconds, np.asarray(exit_) == 1)


def slow_quantile(steps, q, last):
    """R's `findq`: first time at or below 1 - q, or the middle of a stretch that equals it."""
    reached = [t for t, s in steps if s <= 1 - q + 1e-9]
    if not reached:
        return None
    below = [t for t, s in steps if s < 1 - q - 1e-9]
    height = next(s for t, s in steps if t == reached[0])
    if abs(height - (1 - q)) <= 1e-9:
        return (reached[0] + (below[0] if below else last)) / 2
    return reached[0]


def quantile(seconds, exit_, q, **options):
    found = kaplan_meier.quantiles(np.zeros(len(seconds)), seconds, exit_, [q], **options)
    return found.row(0, named=True)


def test_1_and_100_have_the_median_50_point_5():
    assert quantile([1, 100], [1, 1], 0.5)["value"] == 50.5


def test_p90_of_1_to_10_is_9_point_5():
    assert quantile(range(1, 11), [1] * 10, 0.9)["value"] == 9.5


@given(members)
def test_curve_and_greenwood_band_equal_lifelines(rows):
    seconds, exit_ = zip(*rows, strict=True)
    ours = kaplan_meier.curve(seconds, exit_)
    theirs = fitted(seconds, exit_)
    times = ours["seconds"].to_numpy()
    value = theirs.survival_function_.iloc[:, 0].reindex(times, method="ffill").to_numpy()
    band = theirs.confidence_interval_.reindex(times, method="ffill").to_numpy()
    assert ours["value"].to_numpy() == pytest.approx(value, abs=1e-9)
    between = (value > 1e-12) & (value < 1)
    assert ours["low"].to_numpy()[between] == pytest.approx(band[between, 0], abs=1e-9)
    assert ours["high"].to_numpy()[between] == pytest.approx(band[between, 1], abs=1e-9)


@given(members, st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]))
def test_quantile_and_its_ends_are_read_off_lifelines_curve_and_band(rows, q):
    seconds, exit_ = zip(*rows, strict=True)
    theirs = fitted(seconds, exit_)
    curve = theirs.survival_function_.iloc[:, 0]
    found = quantile(seconds, exit_, q)
    assert found["value"] == slow_quantile(list(curve.items()), q, max(seconds))
    assert found["state"] == ("ok" if found["value"] is not None else "not_reached")
    band = theirs.confidence_interval_[(curve > 1e-12) & (curve < 1)]
    lows = [t for t, low in band.iloc[:, 0].items() if low <= 1 - q]
    highs = [t for t, high in band.iloc[:, 1].items() if high <= 1 - q]
    if lows:
        assert found["low"] == lows[0]
    if highs and found["value"] is not None:
        assert found["high"] == highs[0]
    if found["value"] is None:
        assert found["high"] is None


@given(st.lists(members, min_size=1, max_size=8), st.booleans())
def test_many_groups_at_once_equal_each_group_alone_in_any_order(groups, competing):
    rows = [(5 * g, *row) for g, group in enumerate(groups) for row in group]
    np.random.default_rng(len(rows)).shuffle(rows)
    label, seconds, exit_ = zip(*rows, strict=True)
    together = kaplan_meier.quantiles(label, seconds, exit_, [0.9, 0.5], competing=competing)
    alone = [
        kaplan_meier.quantiles(
            [5 * g] * len(group), *zip(*group, strict=True), [0.5, 0.9], competing=competing
        )
        for g, group in enumerate(groups)
    ]
    assert together.equals(pl.concat(alone))


@given(members)
def test_incidence_and_its_variance_equal_lifelines_aalen_johansen(rows):
    # lifelines jitters ties apart at random, so every time is made unique here.
    seconds = np.array([t for t, _ in rows]) + np.arange(len(rows)) / 1000 + 1
    exit_ = np.array([e for _, e in rows])
    exit_[0] = 1
    fitter = AalenJohansenFitter(calculate_variance=True)
    with warnings.catch_warnings():
        # It divides by zero in the variance once nobody is left.
        warnings.simplefilter("ignore")
        fitter.fit(seconds, exit_, event_of_interest=1)
    table = kaplan_meier.risk_table(np.zeros(len(seconds)), seconds, exit_)
    share, variance = kaplan_meier._aalen_johansen(table)
    theirs = fitter.cumulative_density_.iloc[:, 0].reindex(table.seconds).to_numpy()
    assert 1 - share == pytest.approx(theirs, abs=1e-9)
    spread = fitter.variance_.reindex(table.seconds).to_numpy()
    known = np.isfinite(spread) & (table.at_risk > 1)
    assert variance[known] == pytest.approx(spread[known], abs=1e-9)


@given(members)
def test_incidence_with_ties_equals_the_sum_written_out(rows):
    seconds, exit_ = (np.array(column) for column in zip(*rows, strict=True))
    ours = kaplan_meier.curve(seconds, exit_, competing=True).filter(pl.col("seconds") > 0)
    everybody = incidence = None
    for row in ours.iter_rows(named=True):
        t = row["seconds"]
        if everybody is None:
            first = seconds == 0
            n = len(seconds)
            incidence = (first & (exit_ == 1)).sum() / n
            everybody = 1 - (first & (exit_ > 0)).sum() / n
        n = (seconds >= t).sum()
        incidence += everybody * ((seconds == t) & (exit_ == 1)).sum() / n
        everybody *= 1 - ((seconds == t) & (exit_ > 0)).sum() / n
        assert row["value"] == pytest.approx(1 - incidence, abs=1e-9)


@given(members)
def test_without_competing_exits_aalen_johansen_is_kaplan_meier(rows):
    seconds = [t for t, _ in rows]
    exit_ = [min(e, 1) for _, e in rows]
    plain = kaplan_meier.curve(seconds, exit_)
    competing = kaplan_meier.curve(seconds, exit_, competing=True)
    for name in plain.columns:
        ours, theirs = plain[name].to_list(), competing[name].to_list()
        assert theirs == [None if v is None else pytest.approx(v, abs=1e-7) for v in ours]


def test_competing_exits_can_keep_a_quantile_from_ever_being_reached():
    found = quantile([1, 2, 3, 4, 5], [1, 2, 2, 2, 1], 0.5, competing=True)
    assert found["state"] == "not_reached"
    assert found["value"] is None
    assert quantile([1, 2, 3, 4, 5], [1, 2, 2, 2, 1], 0.5)["state"] == "ok"


def test_quantiles_are_those_of_the_tests_of_rs_survival_package():
    # tests/quantile.R of therneau/survival: all seven members, then its two strata.
    heights = (13 / 14, 6 / 7, 2 / 3, 1 / 2, 9 / 35, 1 / 10)
    members = [(9, 1), (1, 1), (1, 0), (6, 1), (6, 1), (8, 0), (10, 0)]
    strata = {0: (0, 4, 5, 6), 1: (1, 2, 3), 2: range(7)}
    expected = {
        0: [6, 6, 9, 9, None, None],
        1: [1, 1, 3.5, 6, 6, 6],
        2: [1, 3.5, 6, 9, 9.5, None],
    }
    for name, numbers in strata.items():
        seconds, exit_ = zip(*(members[number] for number in numbers), strict=True)
        found = [quantile(seconds, exit_, 1 - height)["value"] for height in heights]
        assert found == expected[name]


def test_a_stretch_that_lasts_until_the_last_time_seen_ends_there_with_an_open_interval():
    found = quantile([1, 100], [1, 0], 0.5)
    assert (found["value"], found["high"], found["n_open"]) == (50.5, None, 1)


def test_all_censored_is_not_reached_with_a_lower_bound_as_far_as_six_were_seen():
    found = quantile(range(1, 11), [0] * 10, 0.5)
    assert found == {
        "group": 0,
        "probability": 0.5,
        "value": None,
        "low": 5.0,  # six of ten lived to see it: 0.5 ** 6 < 0.025 < 0.5 ** 5
        "high": None,
        "n": 10,
        "n_open": 10,
        "state": "not_reached",
    }


def test_one_observation_has_a_value_and_no_interval():
    found = quantile([7], [1], 0.5)
    assert (found["value"], found["low"], found["high"], found["n"]) == (7, None, None, 1)


def test_one_open_observation_bounds_nothing():
    found = quantile([7], [0], 0.5)
    assert (found["value"], found["low"], found["state"]) == (None, None, "not_reached")


def test_a_hundred_equal_durations_are_a_sure_median():
    found = quantile([0] * 100, [1] * 100, 0.5)
    assert (found["value"], found["low"], found["high"]) == (0, 0, 0)


def test_empty_input_gives_an_empty_table_of_the_same_schema():
    full = kaplan_meier.quantiles([1], [1], [1], [0.5])
    assert kaplan_meier.quantiles([], [], [], [0.5]).equals(full.clear())
    assert kaplan_meier.curve([], []).schema == kaplan_meier.curve([1], [1]).schema
    assert not len(kaplan_meier.restricted_times([], [], [], 5))


def test_members_without_a_time_are_left_out():
    found = kaplan_meier.quantiles([0, 0, 1], [4.0, np.nan, np.inf], [1, 1, 0], [0.5])
    assert found.select("group", "value", "n").rows() == [(0, 4.0, 1)]


horizons = st.integers(1, 44).map(lambda t: t / 4)


@given(members, horizons)
def test_the_mean_of_restricted_times_is_that_of_lifelines(rows, horizon):
    seconds, exit_ = (np.array(column) for column in zip(*rows, strict=True))
    found = kaplan_meier.restricted_times([0] * len(rows), seconds, exit_, horizon)
    ended = np.where(seconds == seconds.max(), 1, exit_)  # the curve ends with the last one seen
    theirs = restricted_mean_survival_time(fitted(seconds, ended), t=horizon)
    assert found.mean() == pytest.approx(theirs, abs=1e-9)


@given(members, horizons)
def test_the_spread_of_restricted_times_is_greenwoods_variance_of_the_area(rows, horizon):
    seconds, exit_ = zip(*rows, strict=True)
    found = kaplan_meier.restricted_times([0] * len(rows), seconds, exit_, horizon)
    curve = kaplan_meier.curve(seconds, exit_).rows()

    def area(since):
        spans = [(max(a[0], since), min(b[0], horizon), a[1]) for a, b in pairwise(curve)]
        return sum(max(end - begin, 0) * height for begin, end, height in spans)

    variance = sum(area(t) ** 2 * d / (n * (n - d)) for t, *_, n, d in curve if 0 < d < n)
    spread = ((found - found.mean()) ** 2).sum() / len(rows) ** 2
    assert spread == pytest.approx(variance, abs=1e-9)


@given(members, horizons)
def test_without_open_members_restricted_times_are_the_times_themselves(rows, horizon):
    seconds = np.array([time for time, _ in rows])
    found = kaplan_meier.restricted_times([0] * len(rows), seconds, [1] * len(rows), horizon)
    assert found == pytest.approx(np.minimum(seconds, horizon), abs=1e-9)


@given(st.lists(members, min_size=1, max_size=8), horizons)
def test_restricted_times_of_many_groups_are_those_of_each_alone_in_any_order(groups, horizon):
    rows = [(5 * g, *row) for g, group in enumerate(groups) for row in group]
    np.random.default_rng(len(rows)).shuffle(rows)
    label, seconds, exit_ = (np.array(column) for column in zip(*rows, strict=True))
    together = kaplan_meier.restricted_times(label, seconds, exit_, horizon)
    for one in np.unique(label):
        mine = label == one
        alone = kaplan_meier.restricted_times(label[mine], seconds[mine], exit_[mine], horizon)
        assert together[mine] == pytest.approx(alone, abs=1e-9)


def test_wrong_arguments_are_refused_with_the_value():
    with pytest.raises(ValueError, match=r"exit holds \[3\]"):
        kaplan_meier.quantiles([0], [1], [3], [0.5])
    with pytest.raises(ValueError, match=r"columns differ in length"):
        kaplan_meier.quantiles([0, 0], [1], [1], [0.5])
    with pytest.raises(ValueError, match=r"probability is 90\.0"):
        kaplan_meier.quantiles([0], [1], [1], [90])
    with pytest.raises(ValueError, match=r"horizon is 0"):
        kaplan_meier.restricted_times([0], [1], [1], 0)


def test_products_stay_exact_over_many_groups_and_long_ones():
    # 300 x 1,000 members without censoring: the curve is a ratio of counts at every row.
    group = np.repeat(np.arange(300), 1000)
    seconds = np.tile(np.arange(1.0, 1001), 300)
    found = kaplan_meier.quantiles(group, seconds, np.ones(300_000), [0.5, 0.9])
    assert found["value"].to_list() == [500.5, 900.5] * 300
