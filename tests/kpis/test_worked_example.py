"""Each KPI's worked example, computed again by the cells themselves."""

from datetime import UTC, date, datetime, timedelta
from statistics import median

import polars as pl
import pytest

from assets.kpis.catalogue import CATALOGUE, as_frame
from assets.kpis.cells import cells
from assets.kpis.definition import Example, Exclusion, Kpi
from assets.kpis.worked_example import n_measured, worked_example

AS_OF = datetime(2026, 7, 1, 0, 0, tzinfo=UTC)
IN_JUNE = datetime(2026, 6, 10, 12, tzinfo=UTC)
TOO_YOUNG = datetime(2026, 6, 30, 12, tzinfo=UTC)
WITH_EXAMPLE = [kpi for kpi in CATALOGUE if kpi.example is not None]


def rows_of(kpi: Kpi, example: Example) -> pl.DataFrame:
    """The example's records as rows of the KPI's fact."""
    usual = {
        **dict.fromkeys(kpi.columns, False),
        **dict.fromkeys([exclusion.column for exclusion in kpi.exclusions], False),
        **dict.fromkeys(kpi.members, True),
        kpi.entered_at: IN_JUNE,
        "scope_set": 1,
    }
    texts = [*kpi.clusters, "tool", "offering", *(cut.column for cut in kpi.slices if cut.column)]
    usual |= {name: "x" for name in texts if name in kpi.columns}
    if kpi.left_at:
        usual |= {kpi.left_at: None, kpi.aged_from or kpi.entered_at: IN_JUNE}
    measured = measured_rows(kpi, example)
    others = [{column: True} for column in example.excluded]
    others += [{kpi.entered_at: TOO_YOUNG}] * example.too_young
    unmeasured = {f"{kpi.clock}_seconds": 1.0, f"{kpi.clock}_exit": 1} if kpi.clock else {}
    sums = dict.fromkeys(filter(None, (kpi.amount, kpi.denominator)), 1.0)
    rows = [usual | row for row in measured]
    rows += [usual | unmeasured | sums | row for row in others]
    instants = filter(None, [kpi.entered_at, kpi.left_at, kpi.aged_from])
    types = dict.fromkeys(instants, pl.Datetime("us", "UTC")) | {"scope_set": pl.UInt32}
    return pl.DataFrame(rows, schema_overrides=types, infer_schema_length=None)


def measured_rows(kpi: Kpi, example: Example) -> list[dict]:
    """What each measured record says: its time, its amount, its parts, or whether it counts."""
    if kpi.clock:
        clocks = {1: example.happened, 0: example.still_open, 2: example.left}
        names = f"{kpi.clock}_seconds", f"{kpi.clock}_exit"
        return [
            dict(zip(names, (at, how), strict=True))
            for how, times in clocks.items()
            for at in times
        ]
    if kpi.is_stock and example.happened:
        begun = kpi.aged_from or kpi.entered_at
        return [{begun: AS_OF - timedelta(seconds=age)} for age in example.happened]
    if kpi.amount:
        return [{kpi.amount: amount} for amount in example.amounts or example.happened]
    if kpi.denominator:
        return [{kpi.numerator: top, kpi.denominator: bottom} for top, bottom in example.parts]
    if kpi.numerator:
        return [{kpi.numerator: i < example.hits} for i in range(example.n)]
    return [{}] * example.n


def active_customers(example: Example) -> pl.DataFrame:
    """The example's customers, active on each day of June."""
    days = pl.date_range(date(2026, 6, 1), date(2026, 6, 30), eager=True).alias("on")
    return days.to_frame().with_columns(
        scope_kind=pl.lit("organisation"),
        scope=pl.lit("organisation"),
        customers=pl.lit(example.customers),
    )


def covered_june(kpi: Kpi) -> list[tuple]:
    begin, end = datetime(2026, 5, 31, tzinfo=UTC), AS_OF
    return [("s", entity, "", begin, end, True) for entity in kpi.requires]


@pytest.mark.parametrize("kpi", WITH_EXAMPLE, ids=lambda kpi: kpi.id)
def test_the_cells_come_to_the_number_of_the_example(kpi, terms):
    example = kpi.example
    world = terms(AS_OF, covered_june(kpi), zone="UTC")
    facts = {kpi.fact: rows_of(kpi, example)}
    facts |= {kpi.exposure: active_customers(example)} if kpi.exposure else {}
    found = cells([kpi], facts, world)
    cell = found.filter(
        pl.col("statistic") == kpi.headline_statistic,
        pl.col("scope_kind") == "organisation",
        pl.col("period_kind") == ("month" if "month" in kpi.periods else "quarter"),
        pl.col("period_end_on") == date(2026, 6, 30),
        pl.col("slice_kind") == "",
    ).row(0, named=True)
    assert cell["value"] == pytest.approx(example.value)
    assert cell["n"] == n_measured(example)
    assert cell["n_open"] == len(example.still_open)
    assert cell["n_excluded"] == len(example.excluded)


@pytest.mark.parametrize("kpi", CATALOGUE, ids=lambda kpi: kpi.id)
def test_every_kpi_has_a_worked_example(kpi):
    assert worked_example(kpi), f"{kpi.id} needs an `example=Example(…)` in its promise's file"


@pytest.mark.parametrize(
    "kpi", [k for k in WITH_EXAMPLE if k.clock and (k.example.still_open or k.example.left)]
)
def test_a_naive_median_is_called_too_good_only_where_it_is(kpi):
    assert median(kpi.example.happened) < kpi.example.value


def test_an_example_says_what_came_in_and_where_it_went(kpi):
    definition = kpi(
        ("ratio",),
        numerator="is_hit",
        look_ahead_hours=72,
        exclusions=(Exclusion("is_out", "It is out."),),
        example=Example(
            records="releases",
            n=10,
            hits=2,
            hit="failed",
            excluded=("is_out", "is_out"),
            too_young=1,
            value=0.2,
        ),
    )
    assert worked_example(definition) == (
        "June 2026: 13 releases come in. 2 are left out: “It is out.” "
        "1 is younger than 72 hours and not counted yet. "
        "10 are measured, of which 2 failed: 2 ÷ 10 = 20 %."
    )


def test_an_example_of_times_says_what_open_ones_do_to_the_median(kpi):
    times = Example(
        records="incidents",
        happened=tuple(timedelta(hours=h).total_seconds() for h in (4, 20, 48, 216)),
        still_open=(timedelta(days=5).total_seconds(),),
        value=172_800.0,
    )
    definition = kpi(("p50", "p90"), unit="seconds", clock="c", example=times)
    assert worked_example(definition) == (
        "June 2026: 5 incidents come in. All are measured: 4 h, 20 h, 2 days and 9 days; "
        "1 is still open after 5 days. Half are done within 2 days. "
        "The median of the finished ones alone, 34 h, would be too good."
    )


def test_a_kpi_without_an_example_says_nothing(kpi):
    assert worked_example(kpi(("ratio",))) == ""


def test_the_catalogue_shows_the_example():
    assert as_frame().get_column("worked_example").str.len_chars().min() > 0
