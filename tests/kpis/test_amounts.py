"""Cells of amounts: their quantiles, their rates, weighted ratios and rates per customer."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from assets.kpis.cells import cells_of
from assets.methods.intervals import (
    clustered_ratio,
    quotient_of_clusters,
    weighted_poisson_rate,
    wilson,
)

AS_OF = datetime(2026, 4, 15, 13, 30, tzinfo=UTC)
IN_MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)
MARCH_WEEKS = 31 / 7


@pytest.fixture
def march(kpi, fact, terms, told_all_along):
    """`march(statistics, columns, customers, …)`: the organisation's cell of March 2026."""

    def cell(statistics, columns, customers=None, days=None, **definition):
        n = len(next(iter(columns.values())))
        days = days or [0] * n
        frame = fact(
            [{"scope_set": 1, "entered_at": IN_MARCH + timedelta(days=day)} for day in days]
        ).with_columns(pl.Series(name, values) for name, values in columns.items())
        usual = {"fact": "f"} | definition
        found = cells_of(kpi(statistics, **usual), frame, terms(AS_OF, told_all_along), customers)
        return found.filter(
            scope_kind="organisation", period_kind="month", period_start_on=date(2026, 3, 1)
        )

    return cell


def test_quantiles_of_an_amount_are_those_of_its_values(march):
    found = march(("p50", "p90"), {"lines": [1.0, 100.0, None]}, amount="lines", unit="lines")
    assert found["value"].to_list() == [50.5, 100.0]
    assert found["n"].to_list() == [2, 2]


def test_a_rate_of_amounts_adds_them_up(march):
    hours = [2.0, 0.5, 7.5]
    row = march(("rate",), {"h": hours}, amount="h", unit="hours_per_week").row(0, named=True)
    squares = sum(h * h for h in hours)
    expected = [float(x) for x in weighted_poisson_rate(10, squares, 7.5, MARCH_WEEKS)]
    assert row["value"] == pytest.approx(10 / MARCH_WEEKS)
    assert [row["low"], row["high"]] == pytest.approx(expected)
    assert row["n"] == 3


def test_a_covered_month_without_amounts_is_zero_with_an_interval(march):
    row = march(("rate",), {"h": [3.0]}, days=[-40], amount="h", unit="hours_per_week").row(
        0, named=True
    )
    assert (row["value"], row["low"], row["value_state"], row["n"]) == (0.0, 0.0, "ok", 0)
    assert row["high"] > 0


def test_a_weighted_share_is_the_sum_of_numerators_through_that_of_denominators(march):
    good, total, days = [90.0, 50.0, 99.0], [100.0, 100.0, 100.0], [0, 1, 2]
    row = march(
        ("ratio",), {"good": good, "total": total}, days=days, numerator="good", denominator="total"
    ).row(0, named=True)
    expected = [float(x) for x in clustered_ratio(good, total, days)]
    assert [row["value"], row["low"], row["high"]] == pytest.approx(expected)
    assert row["n"] == 3


def test_a_share_without_spread_is_as_sure_as_so_many_clusters(march):
    row = march(
        ("ratio",),
        {"good": [1e6, 1e6], "total": [1e6, 1e6]},
        numerator="good",
        denominator="total",
    ).row(0, named=True)
    assert [row["low"], row["high"]] == pytest.approx([float(x) for x in wilson(2, 2)])


def test_clusters_of_a_weighted_share_are_its_own_and_the_day(march):
    columns = {
        "good": [1.0, 2.0, 3.0, 1.0],
        "total": [4.0] * 4,
        "team": ["a", "a", "b", "a"],
    }
    row = march(
        ("ratio",),
        columns,
        days=[0, 0, 0, 1],
        numerator="good",
        denominator="total",
        clusters=("team",),
    ).row(0, named=True)
    expected = clustered_ratio([3.0, 3.0, 1.0], [8.0, 4.0, 4.0], [0, 1, 2])
    assert [row["value"], row["low"], row["high"]] == pytest.approx([float(x) for x in expected])


def test_a_quotient_may_be_negative_and_above_one(march):
    top, bottom = np.array([-3.0, 1.0, -5.0]), np.array([2.0, 1.0, 1.0])
    row = march(
        ("ratio",),
        {"top": top, "bottom": bottom},
        numerator="top",
        denominator="bottom",
        is_share=False,
    ).row(0, named=True)
    sums = [side.sum() for side in (top, bottom, top**2, top * bottom, bottom**2)]
    expected = [float(x) for x in quotient_of_clusters(3, *sums)]
    assert [row["value"], row["low"], row["high"]] == pytest.approx(expected)
    assert row["value"] == pytest.approx(-7 / 4)


@pytest.mark.parametrize("is_share", [True, False])
def test_denominators_of_zero_alone_give_no_ratio_and_still_count(march, is_share):
    row = march(
        ("ratio",),
        {"top": [2.0], "bottom": [0.0]},
        numerator="top",
        denominator="bottom",
        is_share=is_share,
    ).row(0, named=True)
    assert (row["value"], row["value_state"], row["n"]) == (None, "no_events", 1)


def customers_on(days, customers):
    return pl.DataFrame(
        {
            "scope_kind": "organisation",
            "scope": "organisation",
            "on": [date(2026, 3, 1) + timedelta(days=day) for day in days],
            "customers": customers,
        }
    )


def test_a_rate_per_customer_divides_by_the_weeks_that_customers_were_active(march):
    active = customers_on([0, 1, 2], [2, 4, 1])
    row = march(
        ("rate",), {"x": [1] * 5}, active, exposure="e", unit="tickets_per_customer_week"
    ).row(0, named=True)
    assert row["value"] == pytest.approx(5 / (7 / 7))


def test_without_an_active_customer_there_is_no_rate_per_customer(march):
    row = march(("rate",), {"x": [1]}, customers_on([-40], [3]), exposure="e").row(0, named=True)
    assert (row["value"], row["value_state"], row["n"]) == (None, "no_events", 1)


@pytest.mark.parametrize(
    ("statistic", "fields"),
    [
        ("rate", {"amount": "a", "unit": "hours_per_week"}),
        ("ratio", {"numerator": "a", "denominator": "b"}),
        ("ratio", {"numerator": "a", "denominator": "b", "clusters": ("team",)}),
    ],
    ids=["amounts", "ratio of sums", "clusters"],
)
def test_the_order_of_records_changes_no_bit_of_a_sum(march, statistic, fields):
    draw = np.random.default_rng(7)
    columns = {"a": draw.random(200) / 3, "b": 1 + draw.random(200), "team": ["x", "y"] * 100}
    shuffled = draw.permutation(200)
    other = {name: [values[i] for i in shuffled] for name, values in columns.items()}
    days = [i % 3 for i in range(200)]
    one = march((statistic,), columns, days=days, **fields)
    two = march((statistic,), other, days=[days[i] for i in shuffled], **fields)
    assert one.equals(two)
