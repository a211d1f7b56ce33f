"""Does the effort go where it counts?"""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from assets.tradeoffs.strategic_fit import draws, fit_of, strategic_fit

PROMISES = ("flexibility", "feedback", "support", "reliability", "stability", "security")


def promises(importance, performance, half_width=0.2):
    performance = [float(at) for at in performance]
    return pl.DataFrame(
        {
            "segment": "core",
            "promise": PROMISES[: len(importance)],
            "importance_stated": [float(at) for at in importance],
            "performance": performance,
            "performance_low": [max(at - half_width, 1.0) for at in performance],
            "performance_high": [min(at + half_width, 5.0) for at in performance],
        }
    )


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.sampled_from([1.0, 1.5, 2.0, 3.25, 4.0, 5.0])),
        min_size=4,
        max_size=6,
    )
)
def test_the_fit_is_kendalls_tau_b_as_scipy_gives_it(pairs):
    importance, performance = zip(*pairs, strict=True)
    found, low, high, n = fit_of(promises(importance, performance))
    expected = stats.kendalltau(importance, performance).statistic
    assert n == len(pairs)
    if np.isnan(expected):
        assert (found, low, high) == (None, None, None)
    else:
        assert found == pytest.approx(expected)
        assert -1 <= low <= high <= 1


def test_certain_performances_leave_the_fit_without_doubt():
    rows = promises([1, 2, 3, 5], [1.5, 2.5, 3.5, 4.5], half_width=0)
    assert fit_of(rows) == (1.0, 1.0, 1.0, 4)


def test_wider_intervals_make_the_fit_less_certain():
    ends = [1, 2, 3, 5], [1.5, 2.5, 3.5, 4.5]
    _, narrow, _, _ = fit_of(promises(*ends, half_width=0.3))
    _, wide, _, _ = fit_of(promises(*ends, half_width=2.0))
    assert wide < narrow <= 1


def test_the_interval_is_the_same_each_time_and_whatever_else_is_in_the_map():
    mine = promises([1, 2, 3, 5], [2.5, 2.0, 3.5, 3.0])
    other = mine.with_columns(segment=pl.lit("other"), performance=pl.col("performance") + 0.4)
    names = pl.DataFrame({"segment": ["core", "other"], "name": ["Core", "Other"]})
    alone = strategic_fit(mine, names.head(1))
    together = strategic_fit(pl.concat([other, mine]), names)
    assert together.head(1).equals(alone)


def test_draws_stay_on_the_scale_and_follow_the_truncated_normal():
    drawn = draws(np.array([4.8, 3.0]), np.array([0.5, 0.0]))
    assert drawn.min() >= 1
    assert drawn.max() <= 5
    assert (drawn[:, 1] == 3.0).all()
    expected = stats.truncnorm((1 - 4.8) / 0.5, (5 - 4.8) / 0.5, loc=4.8, scale=0.5)
    assert drawn[:, 0].mean() == pytest.approx(expected.mean(), abs=0.03)
    assert drawn[:, 0].std() == pytest.approx(expected.std(), abs=0.03)


@pytest.mark.parametrize(
    ("importance", "performance", "says"),
    [
        ([1, 2, 3, 5], [1.5, 2.5, 3.5, 4.5], "what matters more is served better: τ-b 1.0"),
        ([1, 2, 3, 5], [4.5, 3.5, 2.5, 1.5], "what matters more is served worse: τ-b -1.0"),
        ([1, 2, 3, 5], [3.0, 3.1, 2.9, 3.0], "it cannot be told whether"),
        ([3, 3, 3, 3], [3.0, 3.1, 2.9, 3.0], "no order can be told"),
        ([1, 2, 3], [3.0, 3.1, 2.9], "the fit needs at least 4 promises"),
    ],
)
def test_the_sentence_says_no_more_than_the_interval_allows(importance, performance, says):
    names = pl.DataFrame({"segment": ["core"], "name": ["Core product"]})
    found = strategic_fit(promises(importance, performance), names)
    assert says in found.get_column("sentence").item()


def test_a_promise_without_importance_or_performance_does_not_count():
    rows = promises([1, 2, 3, 5, 4], [1.5, 2.5, 3.5, 4.5, 4.0]).with_columns(
        pl.when(pl.col("promise") != "stability").then("importance_stated"),
        pl.when(pl.col("promise") != "support").then("performance"),
    )
    names = pl.DataFrame({"segment": ["core"], "name": ["Core product"]})
    assert strategic_fit(rows, names).row(0)[:5] == ("core", None, None, None, 3)
