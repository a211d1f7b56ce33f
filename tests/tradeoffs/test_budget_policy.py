"""Error budgets: the account, the burn rates and the states, against a loop in plain Python."""

import math
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from assets.tradeoffs.budget_days import DAYS
from assets.tradeoffs.budget_policy import WINDOW_DAYS, accounts, since

LAST_ON = date(2026, 6, 30)
NAME = {"scope_kind": "service", "scope": "shop", "budget": "availability"}


def on(back):
    return LAST_ON - timedelta(days=back)


def account(bad, allowed, told=None):
    """Accounts of one budget; one number per day, the last for LAST_ON, None for none."""
    rows = [
        NAME | {"day": on(len(bad) - 1 - n), "bad": b, "allowed": a}
        for n, (b, a) in enumerate(zip(bad, allowed, strict=True))
        if b is not None
    ]
    is_told = [True] * len(bad) if told is None else told
    known = [
        {"scope_kind": "service", "scope": "shop", "day": on(len(bad) - 1 - n)}
        for n, yes in enumerate(is_told)
        if yes
    ]
    schema = {name: DAYS[name] for name in ("scope_kind", "scope", "day")}
    return accounts(pl.DataFrame(rows, DAYS), pl.DataFrame(known, schema), LAST_ON)


def newest(bad, allowed, told=None):
    return account(bad, allowed, told).row(-1, named=True)


def steady(bad, days=40):
    return newest([bad] * days, [100.0] * days)


def test_what_is_left_is_what_was_allowed_less_what_was_bad():
    row = newest([10.0, 50.0] * 20, [100.0] * 40)
    assert (row["bad"], row["allowed"]) == (14 * 60, 2800)
    assert row["left"] == pytest.approx(0.7)
    assert row["low"] < 0.7 < row["high"]
    assert row["state"] == "spend"


def test_a_budget_that_is_spent_to_the_last_event_holds():
    assert steady(100.0)["state"] == "hold"
    assert steady(99.0)["state"] == "spend"
    assert newest([0.0] * 20 + [2800.0] + [0.0] * 7, [100.0] * 28)["state"] == "hold"


def test_a_bad_day_leaves_the_account_after_28_days():
    bad = [3000.0] + [0.0] * 30
    found = account(bad, [100.0] * 31)
    spent = found.filter(pl.col("left") <= 0).get_column("day")
    assert spent.to_list() == [on(30 - n) for n in range(28)]


def test_a_budget_burns_where_both_windows_say_so():
    calm = [10.0] * 30
    row = newest([*calm, 300.0, 300.0, 300.0], [100.0] * 33)
    assert (row["burn_long"], row["burn_short"], row["state"]) == (3, 3, "watch")
    over = newest([*calm, 300.0, 300.0, 10.0], [100.0] * 33)
    assert over["burn_long"] > 2
    assert over["state"] == "spend"
    moment = newest([*calm, 10.0, 10.0, 110.0], [100.0] * 33)
    assert moment["burn_short"] > 1
    assert moment["state"] == "spend"


def test_a_few_bad_ones_do_not_burn_by_chance():
    row = newest([0.0] * 30 + [1.0], [0.2] * 31)
    assert row["burn_short"] == 5
    assert not row["is_burning"]


def test_a_day_that_nobody_tells_of_leaves_the_state_unknown():
    told = [True] * 40
    told[-20] = False
    assert newest([10.0] * 40, [100.0] * 40, told)["state"] == "unknown"
    told[-20], told[-28 - 1] = True, False
    assert newest([10.0] * 40, [100.0] * 40, told)["state"] == "spend"


def test_without_traffic_on_a_day_the_others_make_the_account():
    bad = [10.0, None] * 20
    row = newest(bad, [100.0] * 40)
    assert (row["bad"], row["state"]) == (140, "spend")
    assert row["burn_short"] is None


def test_a_budget_in_which_not_one_may_fail_decides_nothing():
    assert newest([0.0] * 30, [0.03] * 30)["state"] == "unknown"
    assert newest([1.0] + [0.0] * 29, [0.03] * 30)["state"] == "unknown"


def test_what_is_left_of_few_tickets_is_less_sure_than_that_of_many_requests():
    few, many = newest([0.0] * 30, [0.1] * 30), newest([0.0] * 30, [2000.0] * 30)
    assert few["left"] == many["left"] == 1
    assert few["low"] < 0 < many["low"]


def test_the_state_began_when_it_changed_and_may_be_older_than_what_is_known():
    bad = [10.0] * 50 + [3000.0] + [10.0] * 9
    [row] = since(account(bad, [100.0] * 60)).to_dicts()
    assert (row["since_on"], row["is_open_start"]) == (on(9), False)
    [calm] = since(account([10.0] * 60, [100.0] * 60)).to_dicts()
    assert (calm["since_on"], calm["is_open_start"]) == (on(60 - WINDOW_DAYS), True)


numbers = st.one_of(st.none(), st.tuples(st.integers(0, 400), st.integers(1, 200)))


@given(
    days=st.lists(numbers, min_size=1, max_size=70).filter(lambda rows: rows[0] is not None),
    silent=st.sets(st.integers(0, 69), max_size=2),
)
def test_accounts_are_those_of_a_loop(days, silent):
    bad = [None if row is None else float(row[0]) for row in days]
    allowed = [0.0 if row is None else float(row[1]) for row in days]
    told = [n not in silent for n in range(len(days))]
    found = account(bad, allowed, told).to_dicts()
    assert len(found) == len(days)

    def total(values, end, length):
        return sum(v or 0.0 for v in values[max(0, end - length + 1) : end + 1])

    for n, row in enumerate(found):
        b, a = total(bad, n, 28), total(allowed, n, 28)
        assert (row["bad"], row["allowed"]) == (b, a)
        assert row["left"] == (pytest.approx(1 - b / a) if a else None)
        long, whole = total(bad, n, 3), total(allowed, n, 3)
        assert row["burn_long"] == (pytest.approx(long / whole) if whole else None)
        last = row["burn_short"]
        assert last == (pytest.approx(bad[n] / allowed[n]) if allowed[n] else None)
        least = stats.gamma.ppf(0.025, long) if long else 0.0
        burns = whole > 0 and least / whole > 1 and last is not None and last >= 1
        assert row["is_burning"] == burns
        is_known = sum(told[max(0, n - 27) : n + 1]) == 28 and a >= 1
        state = "hold" if b >= a else "watch" if burns else "spend"
        assert row["state"] == (state if is_known else "unknown")


@given(days=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 200)), min_size=2, max_size=28))
def test_the_interval_is_the_wider_one_of_days_and_events(days):
    bad, allowed = ([float(row[side]) for row in days] for side in (0, 1))
    row = newest(bad, allowed)
    b, a, k = sum(bad), sum(allowed), len(days)
    left = 1 - b / a
    residuals = sum(((x - y) - left * x) ** 2 for y, x in days)
    ends = [
        1 - stats.gamma.ppf(0.975, b + 1) / a,
        1 - (stats.gamma.ppf(0.025, b) / a if b else 0.0),
    ]
    if residuals > 1e-9 * a * a:
        half = stats.t.ppf(0.975, k - 1) * math.sqrt(k / (k - 1) * residuals) / a
        ends += [left - half, left + half]
    assert row["low"] == pytest.approx(min(ends), rel=1e-6, abs=1e-6)
    assert row["high"] == pytest.approx(min(1.0, max(ends)), rel=1e-6, abs=1e-6)
