"""What cells promise, one sentence each."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.kpis.cells import cells_of
from assets.kpis.definition import Exclusion

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = datetime(2026, 4, 15, 13, 30, tzinfo=UTC)
OUT = (Exclusion("is_out", "It is out."),)
KEY = ("statistic", "slice", "scope_kind", "scope", "period_kind", "period_start_on")

offsets = st.integers(0, int((AS_OF - BEGIN).total_seconds() // 60))
facts = st.lists(
    st.fixed_dictionaries(
        {
            "scope_set": st.sampled_from((1, 1, 2, 3, 4)),
            "entered_at": offsets.map(lambda m: BEGIN + timedelta(minutes=m)),
            "c_seconds": st.integers(0, 9).map(float),
            "c_exit": st.just(1),
            "is_hit": st.booleans(),
            "is_out": st.sampled_from((False, False, True, None)),
        }
    ),
    max_size=25,
)


def month_of(found, month, **where):
    rows = found.filter(period_kind="month", period_start_on=date(2026, month, 1), **where)
    return rows.filter(scope_kind="organisation", slice_kind="").row(0, named=True)


def test_the_newest_72_hours_are_in_neither_numerator_nor_denominator(
    kpi, fact, terms, told_all_along
):
    border = AS_OF - timedelta(hours=72)
    rows = [
        {"scope_set": 1, "entered_at": border + timedelta(seconds=s), "is_hit": True}
        for s in (0, 1)
    ]
    definition = kpi(("ratio",), numerator="is_hit", look_ahead_hours=72)
    found = cells_of(definition, fact(rows), terms(AS_OF, told_all_along))
    april = month_of(found, 4)
    assert (april["n"], april["value"], april["is_immature"]) == (1, 1.0, True)
    assert not month_of(found, 3)["is_immature"]
    trailing = found.filter(period_kind="trailing_28d").get_column("period_end_on").max()
    assert trailing == border.astimezone(BERLIN).date() - timedelta(days=1)


def test_the_median_of_1_and_100_is_50_5(kpi, fact, terms, told_all_along):
    rows = [
        {"scope_set": 1, "entered_at": BEGIN, "c_seconds": s, "c_exit": 1} for s in (1.0, 100.0)
    ]
    found = cells_of(kpi(("p50",), clock="c"), fact(rows), terms(AS_OF, told_all_along))
    assert month_of(found, 1)["value"] == 50.5


def test_an_open_incident_raises_the_median(kpi, fact, terms, told_all_along):
    rows = [
        {"scope_set": 1, "entered_at": BEGIN, "c_seconds": s, "c_exit": 1} for s in (1.0, 2.0, 3.0)
    ]
    still = {"scope_set": 1, "entered_at": BEGIN, "c_seconds": 9.0, "c_exit": 0}
    world, definition = terms(AS_OF, told_all_along), kpi(("p50",), clock="c")
    without, with_open = (
        month_of(cells_of(definition, fact(r), world), 1) for r in (rows, [*rows, still])
    )
    assert (without["value"], with_open["value"], with_open["n_open"]) == (2.0, 2.5, 1)


def test_an_abandoned_change_is_no_fast_one(kpi, fact, terms, told_all_along):
    rows = [
        {"scope_set": 1, "entered_at": BEGIN, "c_seconds": s, "c_exit": e}
        for s, e in ((1.0, 2), (2.0, 1), (3.0, 1), (4.0, 2))
    ]
    definition = kpi(("p50",), clock="c", exit_without_event="competing")
    cell = month_of(cells_of(definition, fact(rows), terms(AS_OF, told_all_along)), 1)
    assert (cell["value"], cell["value_state"]) == (3.5, "ok")
    rows[1]["c_exit"] = 2
    cell = month_of(cells_of(definition, fact(rows), terms(AS_OF, told_all_along)), 1)
    assert (cell["value"], cell["value_state"]) == (None, "not_reached")


def test_no_answers_give_null(kpi, fact, terms, told_all_along):
    rows = [{"scope_set": 1, "entered_at": BEGIN, "is_member": False}]
    found = cells_of(kpi(("ratio",), numerator="is_hit"), fact(rows), terms(AS_OF, told_all_along))
    cell = month_of(found, 1)
    assert (cell["value"], cell["low"], cell["n"], cell["value_state"]) == (
        None,
        None,
        0,
        "no_events",
    )


@settings(max_examples=8)
@given(rows=facts)
def test_shifting_the_window_by_a_day_changes_no_cell_of_the_same_period(
    rows, kpi, fact, terms, told_all_along
):
    day = timedelta(days=1)
    earlier = [(*row[:3], row[3] - day, *row[4:]) for row in told_all_along]
    outside = [r | {"entered_at": BEGIN - day} for r in rows[:3]]
    later = [r | {"entered_at": AS_OF + timedelta(hours=12)} for r in rows[:3]]
    same = ["is_complete", "is_immature", "value_state", "value", "low", "high", "n", "n_excluded"]
    for definition in (
        kpi(("p50",), clock="c", exclusions=OUT),
        kpi(("ratio",), numerator="is_hit", exclusions=OUT, look_ahead_hours=72),
        kpi(("rate",), exclusions=OUT),
    ):
        columns = [*KEY, *same]
        one = cells_of(definition, fact(rows), terms(AS_OF, told_all_along))
        other = cells_of(definition, fact(outside + rows + later), terms(AS_OF + day, earlier))
        is_weekly = (pl.col("period_kind") != "trailing_28d") | (
            pl.col("period_end_on").dt.weekday() == 7
        )
        ripe = one.filter(pl.col("is_complete") & ~pl.col("is_immature") & is_weekly)
        ripe = ripe.select(columns)
        shared = other.select(columns).join(ripe, on=KEY, how="semi")
        assert shared.sort(KEY).equals(ripe.sort(KEY))
