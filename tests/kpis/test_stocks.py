"""Stocks: what is there at the end of a period, against a loop over records and days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assets.kpis.cells import cells_of
from assets.kpis.definition import Exclusion
from assets.kpis.reconciliation import reconciliation
from assets.methods import kaplan_meier

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = datetime(2026, 4, 15, 13, 30, tzinfo=UTC)
LAST_FULL_DAY = date(2026, 4, 14)

offsets = st.integers(0, 110 * 24 * 60)
records = st.lists(
    st.tuples(st.sampled_from((1, 2, 3, 4)), offsets, st.none() | st.integers(0, 60 * 24 * 60)),
    max_size=20,
)


def stock(kpi, statistics, **other):
    unit = "seconds" if "p50" in statistics else "findings"
    return kpi(statistics, left_at="left_at", unit=unit, fact="f", **other)


def rows_of(fact, given_records):
    rows = fact([{"scope_set": number} for number, _, _ in given_records])
    entered = [BEGIN + timedelta(minutes=begun) for _, begun, _ in given_records]
    left = [
        None if lasted is None else at + timedelta(minutes=lasted)
        for at, (_, _, lasted) in zip(entered, given_records, strict=True)
    ]
    instant = pl.Datetime("us", "UTC")
    return rows.with_columns(
        pl.Series("entered_at", entered, instant), pl.Series("left_at", left, instant)
    )


def ages(frame, sets, scope, on):
    """Ages in seconds at the end of a local day, one by one."""
    end = datetime.combine(on + timedelta(days=1), datetime.min.time(), BERLIN).astimezone(UTC)
    return [
        (end - row["entered_at"]).total_seconds()
        for row in frame.iter_rows(named=True)
        if scope in sets[row["scope_set"]]
        and row["entered_at"] < end
        and (row["left_at"] is None or row["left_at"] >= end)
    ]


@given(given_records=records)
@settings(max_examples=15)
def test_a_stock_is_what_has_entered_and_not_left_when_the_period_ends(
    given_records, kpi, fact, terms, told_all_along, sets
):
    frame, world = rows_of(fact, given_records), terms(AS_OF, told_all_along)
    both = [cells_of(stock(kpi, names), frame, world) for names in (("p50", "p90"), ("count",))]
    for cell in pl.concat(both).iter_rows(named=True):
        on = min(cell["period_end_on"], LAST_FULL_DAY)
        there = ages(frame, sets, f"{cell['scope_kind']}:{cell['scope']}", on)
        assert cell["n"] == len(there)
        assert cell["is_complete"] == (cell["period_end_on"] <= LAST_FULL_DAY)
        if cell["statistic"] == "count":
            assert (cell["value"], cell["value_state"]) == (len(there), "ok")
            assert cell["high"] == pytest.approx(stats.chi2.ppf(0.975, 2 * len(there) + 2) / 2)
        elif not there:
            assert (cell["value"], cell["value_state"]) == (None, "no_events")
        else:
            q = {"p50": 0.5, "p90": 0.9}[cell["statistic"]]
            found = kaplan_meier.quantiles([0] * len(there), there, [1] * len(there), [q])
            assert cell["value"] == pytest.approx(found["value"][0])
            assert cell["low"] == pytest.approx(found["low"][0])


@given(given_records=records, earlier=st.integers(0, 9_000))
def test_a_stock_may_be_aged_from_before_it_was_entered(
    given_records, earlier, kpi, fact, terms, told_all_along, sets
):
    frame, world = rows_of(fact, given_records), terms(AS_OF, told_all_along)
    begun = pl.col("entered_at") - pl.duration(minutes=earlier)
    aged = stock(kpi, ("p50", "p90"), aged_from="begun_at")
    found = cells_of(aged, frame.with_columns(begun_at=begun), world)
    plain = cells_of(stock(kpi, ("p50", "p90")), frame, world)
    assert found.get_column("n").equals(plain.get_column("n"))
    older = (found.get_column("value") - plain.get_column("value")).drop_nulls()
    assert older.to_list() == pytest.approx([60.0 * earlier] * len(older))


def test_a_day_that_the_clock_changes_makes_the_stock_an_hour_younger(
    kpi, fact, terms, told_all_along
):
    frame = rows_of(fact, [(1, (87 * 24 - 1) * 60, None)])  # from midnight of 29 March, 23 hours
    found = cells_of(stock(kpi, ("p50", "p90")), frame, terms(AS_OF, told_all_along))
    week = found.filter(
        scope_kind="organisation", period_kind="week", period_end_on=date(2026, 3, 29)
    )
    assert week["value"].unique().to_list() == [23 * 3_600.0]


def test_an_uncovered_end_of_a_period_has_no_stock(kpi, fact, terms):
    until = [("s", "tickets", "", BEGIN - timedelta(days=1), datetime(2026, 3, 10, tzinfo=UTC), 1)]
    frame = rows_of(fact, [(1, 0, None)])
    found = cells_of(stock(kpi, ("count",)), frame, terms(AS_OF, until))
    months = found.filter(scope_kind="organisation", period_kind="month").sort("period_start_on")
    states = ["ok", "ok", "not_covered", "not_covered"]
    assert (
        months.filter(pl.col("period_start_on") >= BEGIN.date())["value_state"].to_list() == states
    )


def test_what_is_left_out_of_a_stock_is_reconciled(kpi, fact, terms, told_all_along):
    frame = rows_of(fact, [(1, 0, None), (1, 5, None)]).with_columns(
        is_out=pl.Series([True, False])
    )
    definition = stock(kpi, ("count",), exclusions=(Exclusion("is_out", "It is out."),))
    world = terms(AS_OF, told_all_along)
    cell = cells_of(definition, frame, world).filter(
        scope_kind="organisation", period_kind="month", period_start_on=date(2026, 2, 1)
    )
    assert cell.select("n", "n_excluded").row(0) == (1, 1)
    fates = reconciliation([definition], {definition.fact: frame}, world).filter(
        scope_kind="organisation", period_kind="month", period_start_on=date(2026, 2, 1)
    )
    assert dict(fates.select("fate", "records").iter_rows()) == {"is_out": 1, "measured": 1}
