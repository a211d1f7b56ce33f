"""Two cells against each other: the interval of the difference, and what may not be compared."""

from datetime import date

import numpy as np
import pytest

from app.cells import Cell, Kpi
from app.compared import compared, difference_of, other_to_compare, verdict_of
from assets.methods.intervals import ratio_difference, wilson
from assets.methods.kaplan_meier import quantiles

ROW = {
    **{"kpi": "k", "statistic": "ratio", "slice_kind": "", "slice": "", "scope_kind": "segment"},
    **{"scope": "core", "period_kind": "month", "period_start_on": date(2026, 5, 1)},
    **{"period_end_on": date(2026, 5, 31), "value_state": "ok", "n_open": 0, "n_excluded": 0},
    **{"is_complete": True, "is_low_n": False, "is_immature": False, "is_stale": False},
}
APRIL = {"period_start_on": date(2026, 4, 1), "period_end_on": date(2026, 4, 30)}


def cell(unit="ratio", direction="lower", who="Core", **row):
    kpi = Kpi("k", "Change fail rate", "stability", unit, (), "ratio", {"direction": direction})
    return Cell(kpi, ROW | row, who)


def ratio(hits, n, **row):
    low, high = (float(end) for end in wilson(hits, n))
    return cell(value=hits / n, low=low, high=high, n=n, **row)


def said(one, other):
    return " ".join(compared(one, other)).replace("\u00a0", " ")


def test_a_difference_of_shares_is_newcombes():
    one, other = ratio(5, 100), ratio(20, 100)
    low, high = difference_of(one, other)
    assert (low, high) == pytest.approx([float(end) for end in ratio_difference(5, 100, 20, 100)])


def test_what_is_surely_lower_says_by_how_much_and_whether_that_is_better():
    text = said(ratio(5, 100), ratio(20, 100, **APRIL))
    assert text == (
        "Core, May 2026: 5 % (95 % interval 2.2–11.2 %, n = 100) "
        "Core, April 2026: 20 % (95 % interval 13.3–28.9 %, n = 100) "
        "**Surely lower**, which is better: −15 percentage points, "
        "95 % interval of the difference −24.3 to −5.9."
    )


def test_overlapping_numbers_cannot_be_told_apart():
    text = said(ratio(10, 100), ratio(14, 100, **APRIL))
    assert "**Cannot tell** whether they differ: −4 percentage points" in text
    assert text.endswith("It may be none at all.")


def test_a_higher_time_is_worse_and_said_in_the_unit_of_the_larger():
    one = cell("seconds", value=200_000.0, low=190_000.0, high=210_000.0, n=90)
    other = cell("seconds", value=100_000.0, low=99_000.0, high=101_000.0, n=90, **APRIL)
    text = said(one, other)
    assert "**Surely higher**, which is worse: +1.2 days, 95 % interval of the difference" in text


def test_a_neutral_number_is_neither_better_nor_worse():
    text = said(ratio(5, 100, direction="neutral"), ratio(20, 100, **APRIL))
    assert "**Surely lower**: −15" in text


def test_an_open_end_decides_nothing_on_its_side():
    one = cell("seconds", value=200.0, low=150.0, high=None, n=9)
    other = cell("seconds", value=190.0, low=180.0, high=195.0, n=9, **APRIL)
    low, high = difference_of(one, other)
    assert high is None
    assert verdict_of(low, high) == "cannot tell"
    assert verdict_of(5.0, None) == "surely higher"
    assert "or more" in said(one, other)


def test_a_withheld_number_is_compared_with_nothing_and_no_n_is_told():
    hidden = cell(value=None, low=None, high=None, n=3, value_state="withheld", who="Data")
    for pair in ((hidden, ratio(3, 40, **APRIL)), (ratio(3, 40, **APRIL), hidden)):
        assert compared(*pair) == ["Data, May 2026: withheld, so not compared with anything."]


def test_a_number_without_a_value_has_no_difference():
    nothing = cell(value=None, low=None, high=None, n=0, value_state="no_events", **APRIL)
    assert "There is no difference to tell" in said(ratio(3, 40), nothing)


def test_days_in_both_and_flags_are_warned_of():
    trailing = {"period_kind": "trailing_28d", "period_start_on": date(2026, 5, 8)}
    one = ratio(5, 100, **trailing, is_low_n=True)
    other = ratio(20, 100, period_kind="trailing_28d")
    text = said(one, other)
    assert "Their days overlap" in text
    assert "few events." in text


def test_what_stays_in_a_stock_is_warned_of():
    kpi = Kpi(
        "k", "Overdue", "security", "findings", (), "count", {"direction": "lower", "left_at": "x"}
    )
    cells = [
        Cell(kpi, ROW | {"value": n, "low": n - 9, "high": n + 9, "n": n} | when, "Core")
        for n, when in ((40.0, {}), (20.0, APRIL))
    ]
    assert "What stayed is counted twice" in said(*cells)


def test_the_period_before_is_what_one_compares_with_first():
    may, april, others = ROW, ROW | APRIL, ROW | APRIL | {"scope": "lab"}
    assert other_to_compare([may, others, april], may) == april
    assert other_to_compare([may, others], april | {"scope": "x"}) == may
    assert other_to_compare([may], may) is None


@pytest.mark.slow
@pytest.mark.parametrize(("n1", "n2", "ratio_of_medians"), [(40, 60, 1.0), (80, 200, 1.5)])
def test_the_interval_of_a_difference_of_medians_covers_the_truth(n1, n2, ratio_of_medians):
    draw, worlds, covered = np.random.default_rng(20_261), 2_000, 0
    truth = 3_600.0 * (ratio_of_medians - 1)
    for _ in range(worlds):
        cells = [_median(draw, n1, 3_600.0 * ratio_of_medians), _median(draw, n2, 3_600.0)]
        low, high = difference_of(*cells)
        covered += low <= truth <= high
    assert 0.935 <= covered / worlds <= 0.985


def _median(draw, n, median):
    seconds = median * draw.lognormal(0, 1, n)
    found = quantiles(np.zeros(n, dtype=int), seconds, np.ones(n, dtype=int), [0.5])
    row = found.select("value", "low", "high").row(0, named=True)
    return cell("seconds", n=n, **row)
