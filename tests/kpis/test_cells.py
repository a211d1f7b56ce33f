"""Cells against a brute-force computation over rows: values, states, flags, for every KPI kind."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import sqrt
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, norm

from assets.kpis.cells import CELL, ORDER, cells, cells_of
from assets.kpis.definition import Exclusion, Slice

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = datetime(2026, 4, 15, 13, 30, tzinfo=UTC)
OUT = (Exclusion("is_out", "It is out."),)
KEY = ("statistic", "slice", "scope_kind", "scope", "period_kind", "period_start_on")

MINUTES = int((AS_OF - BEGIN).total_seconds() // 60)
offsets = st.one_of(st.integers(0, MINUTES), st.integers(MINUTES - 5 * 24 * 60, MINUTES))
facts = st.lists(
    st.fixed_dictionaries(
        {
            "scope_set": st.sampled_from((1, 1, 2, 3, 4)),
            "entered_at": offsets.map(lambda m: BEGIN + timedelta(minutes=m)),
            "c_seconds": st.integers(0, 9).map(float),
            "c_exit": st.sampled_from((0, 1, 1, 1, 2)),
            "is_member": st.sampled_from((True, True, True, False)),
            "is_hit": st.booleans(),
            "is_out": st.sampled_from((False, False, True, None)),
            "kind": st.sampled_from("kl"),
        }
    ),
    max_size=25,
)


def today(instant):
    return instant.astimezone(BERLIN).date()


def cohort(rows, look_ahead):
    """Members of days that are over, old enough, not excluded; and those that are excluded."""
    members = [r for r in rows if r["is_member"] and today(r["entered_at"]) < today(AS_OF)]
    mature = [r for r in members if r["entered_at"] <= AS_OF - look_ahead and not r["is_out"]]
    return mature, [r for r in members if r["is_out"]]


def inside(rows, cell, sets):
    scope = f"{cell['scope_kind']}:{cell['scope']}"
    return [
        r
        for r in rows
        if cell["period_start_on"] <= today(r["entered_at"]) <= cell["period_end_on"]
        and scope in sets[r["scope_set"]]
    ]


def days_covered(cell):
    """The world is covered from its first local day until yesterday."""
    first = max(cell["period_start_on"], today(BEGIN))
    last = min(cell["period_end_on"], today(AS_OF) - timedelta(days=1))
    return max((last - first).days + 1, 0)


def quantile(rows, share, competing):
    """Kaplan-Meier, or Aalen-Johansen, in fractions; midpoint where the curve is level."""
    times = sorted({r["c_seconds"] for r in rows})
    everybody, left, curve = Fraction(1), Fraction(0), []
    for time in times:
        at_risk = sum(r["c_seconds"] >= time for r in rows)
        here = [r["c_exit"] for r in rows if r["c_seconds"] == time]
        left += everybody * Fraction(here.count(1), at_risk)
        gone = here.count(1) + (here.count(2) if competing else 0)
        everybody *= 1 - Fraction(gone, at_risk)
        curve.append((time, left))
    reached = [(time, so_far) for time, so_far in curve if so_far >= share]
    if not reached:
        return None
    first, so_far = reached[0]
    beyond = [time for time, height in curve if height > so_far] or [times[-1]]
    return (first + beyond[0]) / 2 if so_far == share else first


def check_common(cell, kpi, members, excluded, sets, look_ahead):
    assert cell["n_excluded"] == len(inside(excluded, cell, sets))
    covered = days_covered(cell)
    length = (cell["period_end_on"] - cell["period_start_on"]).days + 1
    assert cell["is_complete"] == (covered == length)
    assert cell["is_immature"] == (cell["period_end_on"] >= today(AS_OF - look_ahead))
    assert not cell["is_stale"]
    if not members and not (kpi.statistics == ("rate",) and covered):
        assert cell["value"] is None
        assert cell["value_state"] == ("no_events" if covered else "not_covered")


@pytest.mark.parametrize("exit_without_event", ["never", "competing"])
@given(rows=facts)
def test_durations_are_those_of_a_loop_over_rows(
    rows, exit_without_event, kpi, fact, terms, told_all_along, sets
):
    definition = kpi(
        ("p50", "p90"),
        clock="c",
        exclusions=OUT,
        unit="seconds",
        exit_without_event=exit_without_event,
    )
    world = terms(AS_OF, told_all_along)
    found = cells_of(definition, fact(rows), world)
    mature, excluded = cohort(rows, timedelta(0))
    for cell in found.iter_rows(named=True):
        members = inside(mature, cell, sets)
        check_common(cell, definition, members, excluded, sets, timedelta(0))
        share = Fraction(1, 2) if cell["statistic"] == "p50" else Fraction(9, 10)
        expected = quantile(members, share, exit_without_event == "competing") if members else None
        assert cell["value"] == expected
        assert cell["n"] == len(members)
        assert cell["n_open"] == sum(r["c_exit"] == 0 for r in members)
        if members:
            assert cell["value_state"] == ("not_reached" if expected is None else "ok")
        assert cell["is_low_n"] == (len(members) < (10 if cell["statistic"] == "p50" else 50))
        if expected is not None and cell["low"] is not None:
            assert cell["low"] <= expected <= (cell["high"] or expected)


@given(rows=facts)
def test_ratios_are_those_of_a_loop_over_rows(rows, kpi, fact, terms, told_all_along, sets):
    look_ahead = timedelta(hours=72)
    definition = kpi(
        ("ratio",), numerator="is_hit", exclusions=OUT, look_ahead_hours=72, minimum_n=3
    )
    mature, excluded = cohort(rows, look_ahead)
    z = norm.ppf(0.975)
    for cell in cells_of(definition, fact(rows), terms(AS_OF, told_all_along)).iter_rows(
        named=True
    ):
        members = inside(mature, cell, sets)
        check_common(cell, definition, members, excluded, sets, look_ahead)
        n, hits = len(members), sum(r["is_hit"] for r in members)
        assert (cell["n"], cell["is_low_n"]) == (n, n < 3)
        if n:
            p = hits / n
            middle, half = p + z * z / 2 / n, z * sqrt(p * (1 - p) / n + z * z / 4 / n / n)
            ends = [max((middle - half) / (1 + z * z / n), 0), (middle + half) / (1 + z * z / n)]
            assert [cell["value"], cell["low"], cell["high"]] == pytest.approx([p, *ends], abs=1e-9)


@given(rows=facts)
def test_rates_are_those_of_a_loop_over_rows(rows, kpi, fact, terms, told_all_along, sets):
    definition = kpi(("rate",), exclusions=OUT, unit="per_week")
    mature, excluded = cohort(rows, timedelta(0))
    for cell in cells_of(definition, fact(rows), terms(AS_OF, told_all_along)).iter_rows(
        named=True
    ):
        members = inside(mature, cell, sets)
        check_common(cell, definition, members, excluded, sets, timedelta(0))
        n, weeks = len(members), days_covered(cell) / 7
        assert cell["n"] == (n if weeks else 0)
        if weeks:
            low = chi2.ppf(0.025, 2 * n) / 2 / weeks if n else 0.0
            high = chi2.ppf(0.975, 2 * n + 2) / 2 / weeks
            found = [cell["value"], cell["low"], cell["high"]]
            assert found == pytest.approx([n / weeks, low, high], abs=1e-9)
            assert cell["value_state"] == "ok"


@given(rows=facts)
def test_there_is_a_cell_for_every_scope_and_period_and_an_event_counts_once_in_each(
    rows, kpi, fact, terms, told_all_along
):
    found = cells_of(kpi(("rate",)), fact(rows), terms(AS_OF, told_all_along))
    assert list(found.schema) == list(CELL)
    assert found.select(KEY).is_unique().all()
    per_scope = found.group_by("scope_kind", "scope").len()
    assert per_scope.get_column("len").n_unique() == 1
    assert {("organisation", "organisation"), ("customer", "quiet")} <= set(
        per_scope.select("scope_kind", "scope").rows()
    )


@settings(max_examples=8)
@given(rows=facts)
def test_slices_are_cells_of_their_own_rows(rows, kpi, fact, terms, told_all_along):
    world = terms(AS_OF, told_all_along)
    usual = {"slices": (Slice("kind", column="kind"),), "scopes": ("organisation", "customer")}
    for definition in (
        kpi(("rate",), **usual),
        kpi(("ratio",), numerator="is_hit", **usual),
        kpi(("p50",), clock="c", **usual),
    ):
        found = cells_of(definition, fact(rows), world).filter(slice_kind="kind")
        for word in "kl":
            part = cells_of(definition, fact([r for r in rows if r["kind"] == word]), world)
            expected = part.filter(
                (pl.col("slice_kind") == "")
                & (pl.col("n") > 0)
                & pl.col("period_kind").is_in(["month", "quarter"])
            )
            columns = [*KEY[2:], "statistic", "value", "low", "high", "n", "n_open"]
            ours = found.filter(slice=word).select(columns).sort(columns[:5])
            assert ours.equals(expected.select(columns).sort(columns[:5]))


def test_numerators_as_slices_share_the_denominator(kpi, fact, terms, told_all_along):
    rows = [
        {"scope_set": 1, "entered_at": BEGIN + timedelta(days=i), "is_hit": i < 3, "is_out": i < 1}
        for i in range(10)
    ]
    cut = Slice("rule", numerators={"one": "is_hit", "two": "is_out"})
    found = cells_of(
        kpi(("ratio",), numerator="is_hit", slices=(cut,)), fact(rows), terms(AS_OF, told_all_along)
    )
    january = found.filter(
        scope_kind="organisation", period_start_on=date(2026, 1, 1), period_kind="month"
    )
    values = {row["slice"]: (row["value"], row["n"]) for row in january.iter_rows(named=True)}
    assert values == {"": (0.3, 10), "one": (0.3, 10), "two": (0.1, 10)}


def test_cells_come_in_the_order_of_an_edition_whatever_that_of_the_records(
    kpi, fact, terms, told_all_along
):
    rows = [
        {"scope_set": 1 + i % 4, "entered_at": BEGIN + timedelta(hours=7 * i), "kind": "lk"[i % 2]}
        for i in range(40)
    ]
    cut = (Slice("kind", column="kind"),)
    usual = {"numerator": "is_hit", "slices": cut}
    asked = [kpi(("ratio",), id=name, **usual) for name in ("second", "first")]
    asked.append(kpi(("p90", "p50"), id="third", clock="c", slices=cut))
    timed = [row | {"c_seconds": float(i), "c_exit": 1} for i, row in enumerate(rows)]
    world = terms(AS_OF, told_all_along)
    found = cells(asked, {"f": fact(timed)}, world)
    assert found.equals(found.sort(ORDER))
    assert found.equals(cells(asked[::-1], {"f": fact(timed[::-1])}, world))
