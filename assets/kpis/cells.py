"""From facts to cells: every KPI for every scope and period, with n, interval, state and flags."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import polars as pl

from assets.kpis.definition import SCOPE_COLUMNS, Kpi
from assets.kpis.known import covered_days, stale_cells
from assets.kpis.measures import (
    counts,
    exposed_weeks,
    quantiles_of,
    rates,
    ratios,
    weeks,
    weighted_ratios,
)
from assets.kpis.periods import days_of, last_full_day
from assets.kpis.ranges import in_order, ranges, sums
from assets.kpis.terms import AGE_SECONDS, Terms
from assets.kpis.withholding import withheld
from assets.methods.range_quantiles import HAPPENED

MINIMUM_N_P90 = 50
COUNTED = ("rate", "count")  # where nothing happened, they are 0

CELL: dict[str, pl.DataType | type[pl.DataType]] = {
    "kpi": pl.String,
    "statistic": pl.String,
    "slice_kind": pl.String,
    "slice": pl.String,
    "promise": pl.String,
    "scope_kind": pl.String,
    "scope": pl.String,
    "period_kind": pl.String,
    "period_start_on": pl.Date,
    "period_end_on": pl.Date,
    "value_state": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.UInt32,
    "n_open": pl.UInt32,
    "n_excluded": pl.UInt32,
    "is_complete": pl.Boolean,
    "is_low_n": pl.Boolean,
    "is_immature": pl.Boolean,
    "is_stale": pl.Boolean,
    "definition_version": pl.UInt16,
    "as_of": pl.Datetime("us", "UTC"),
}


def cells(kpis: Sequence[Kpi], facts: Mapping[str, pl.DataFrame], terms: Terms) -> pl.DataFrame:
    """All cells of the KPIs given, in the schema `CELL`; `facts` by name."""
    empty = pl.DataFrame(schema=CELL)
    exposures = {kpi.id: facts[kpi.exposure] for kpi in kpis if kpi.exposure}
    found = pl.concat(
        [empty, *(cells_of(k, facts[k.fact], terms, exposures.get(k.id)) for k in kpis)]
    )
    for kpi in kpis:
        if kpi.is_private:
            answers = measured_rows(terms.cohort(kpi, facts[kpi.fact]))
            found = withheld(found, kpi.id, answers.select("scope_set", "day"), terms.scope_sets)
    return found


def cells_of(
    kpi: Kpi, fact: pl.DataFrame, terms: Terms, customers: pl.DataFrame | None = None
) -> pl.DataFrame:
    """All cells of one KPI; `customers` is its exposure, if it has one.

    The grid has a cell for every scope and period, so that nothing is left out silently; slices
    have cells only where they have members.
    """
    cohort = terms.cohort(kpi, fact)
    scopes = terms.scopes(kpi, cohort)
    periods = terms.periods(kpi)
    grid = scopes.join(periods, how="cross").with_columns(cell=cell_number(periods))
    covered = covered_days(terms.spans, kpi.requires, scopes, days_of(periods)).with_columns(
        cell=cell_number(periods)
    )
    grid = grid.join(covered.select("cell", "covered_days"), on="cell", how="left")
    if customers is None:
        grid = grid.with_columns(weeks=weeks())
    else:
        exposure = in_order(terms.exposure(kpi, customers, scopes))
        grid = grid.join(exposed_weeks(exposure, grid), on="cell", how="left")
    left_out = n_excluded(terms.members(scopes, excluded_rows(kpi, cohort)), grid)
    grid = grid.join(left_out, on="cell", how="left")
    rows = in_order(terms.members(scopes, columns_needed(kpi, measured_rows(cohort))))
    whole = measure(kpi, rows, grid).with_columns(slice_kind=pl.lit(""), slice=pl.lit(""))
    keys = grid.join(statistics(kpi), how="cross").join(whole, on=["cell", "statistic"], how="left")
    measured = [keys.with_columns(pl.col("slice_kind", "slice").fill_null(""))]
    measured += [grid.join(found, on="cell") for found in sliced(kpi, rows, grid)]
    stale = stale_cells(terms.doubts(kpi, scopes), periods)
    return judged(kpi, pl.concat(measured, how="diagonal"), stale, terms)


def measured_rows(cohort: pl.DataFrame) -> pl.DataFrame:
    """The rows of a cohort that no rule excludes and that are old enough."""
    return cohort.filter(pl.col("excluded_by").is_null() & ~pl.col("is_immature"))


def cell_number(periods: pl.DataFrame) -> pl.Expr:
    """One integer per scope and period: strings are compared once, when scopes are numbered."""
    return pl.col("scope_id").cast(pl.Int64) * max(periods.height, 1) + pl.col("period_id")


def present(kpi: Kpi) -> list[str]:
    """The scope kinds of a KPI that are columns of its fact."""
    return [kind for kind in SCOPE_COLUMNS if kind in kpi.scopes]


def statistics(kpi: Kpi) -> pl.DataFrame:
    """The statistics of a KPI as a column."""
    return pl.DataFrame({"statistic": list(kpi.statistics)})


def columns_needed(kpi: Kpi, rows: pl.DataFrame) -> pl.DataFrame:
    """Early and narrow: what is added up is counted per day here, before it is multiplied."""
    keys = ["scope_set", "day", *kpi.columns]
    if kpi.has_quantiles:
        return rows.select(*keys, *measured_columns(kpi)).drop_nulls("measured")
    if kpi.amount or kpi.denominator:
        named = [name for name in (kpi.amount, kpi.numerator, kpi.denominator) if name]
        return rows.select(keys, weight=pl.lit(1, dtype=pl.Int64)).drop_nulls(named)
    return rows.group_by(keys).agg(weight=pl.len().cast(pl.Int64))


def measured_columns(kpi: Kpi) -> list[pl.Expr]:
    """What quantiles are taken of: `measured` and `exit`; only a clock may still be running."""
    if kpi.clock:
        return [
            pl.col(f"{kpi.clock}_seconds").alias("measured"),
            pl.col(f"{kpi.clock}_exit").alias("exit"),
        ]
    measured = pl.col(kpi.amount or AGE_SECONDS).cast(pl.Float64).alias("measured")
    return [measured, pl.lit(HAPPENED, dtype=pl.Int8).alias("exit")]


def measure(kpi: Kpi, rows: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """All headline statistics of a KPI by cell."""
    if kpi.has_quantiles:
        return quantiles_of(kpi, rows, grid)
    if kpi.denominator:
        return weighted_ratios(kpi, rows, grid)
    if kpi.numerator:
        return ratios(kpi, rows, grid, kpi.numerator)
    return counts(rows, grid) if kpi.is_stock else rates(kpi, rows, grid)


def sliced(kpi: Kpi, rows: pl.DataFrame, grid: pl.DataFrame) -> list[pl.DataFrame]:
    """The statistics of each slice, with `slice_kind` and `slice`."""
    found = []
    for cut in kpi.slices:
        place = grid.filter(pl.col("period_kind").is_in(cut.periods))
        if cut.column is None:
            parts = {name: ratios(kpi, rows, place, of) for name, of in cut.numerators.items()}
        else:
            parts = {
                str(name): measure(kpi, part, place.join(ranges(part, place), on="cell"))
                for (name,), part in rows.group_by(cut.column, maintain_order=True)
            }
        found += [
            part.with_columns(slice_kind=pl.lit(cut.kind), slice=pl.lit(name))
            for name, part in parts.items()
        ]
    return found


def excluded_rows(kpi: Kpi, cohort: pl.DataFrame) -> pl.DataFrame:
    """How many rows of the cohort a rule keeps from being measured, by scope set and day."""
    return (
        cohort.filter(pl.col("excluded_by").is_not_null())
        .group_by("scope_set", "day", *present(kpi))
        .agg(n_excluded=pl.len().cast(pl.Int64))
    )


def n_excluded(members: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """`cell, n_excluded`."""
    rows = in_order(members)
    return sums(rows, ranges(rows, grid), n_excluded=pl.col("n_excluded"))


def judged(kpi: Kpi, measured: pl.DataFrame, stale: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """States and flags; a cell without data has no value, and says whether anybody was looking."""
    last_on = last_full_day(terms.as_of, terms.zone)
    mature_on = last_full_day(terms.as_of - timedelta(hours=kpi.look_ahead_hours), terms.zone)
    length = (pl.col("to_on") - pl.col("from_on")).dt.total_days() + 1
    is_covered = pl.col("covered_days").fill_null(0) > 0
    minimum = pl.when(pl.col("statistic") == "p90").then(MINIMUM_N_P90).otherwise(kpi.minimum_n)
    state = (
        pl.when(pl.col("n").fill_null(0) > 0)
        .then("state")
        .when(is_covered & pl.col("statistic").is_in(COUNTED) & pl.col("value").is_not_null())
        .then(pl.lit("ok"))
        .when(is_covered)
        .then(pl.lit("no_events"))
        .otherwise(pl.lit("not_covered"))
    )
    flagged = measured.join(
        stale.with_columns(is_stale=True), on=["scope_id", "period_id"], how="left"
    ).with_columns(
        pl.col("n", "n_open", "n_excluded").fill_null(0),
        pl.col("is_stale").fill_null(False),
        kpi=pl.lit(kpi.id),
        promise=pl.lit(kpi.promise),
        unit=pl.lit(kpi.unit),
        value_state=state,
        is_complete=(pl.col("covered_days").fill_null(0) >= length)
        & (pl.col("period_end_on") <= last_on),
        is_low_n=pl.col("n").fill_null(0)
        < pl.when(pl.col("statistic").is_in(COUNTED)).then(0).otherwise(minimum),
        is_immature=pl.col("period_end_on") > mature_on,
        definition_version=pl.lit(kpi.version),
        as_of=pl.lit(terms.as_of),
    )
    return flagged.select(pl.col(name).cast(dtype) for name, dtype in CELL.items())
