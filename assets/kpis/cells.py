"""From facts to cells: every KPI for every scope and period, with n, interval, state and flags."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import polars as pl

from assets.kpis.definition import Kpi
from assets.kpis.known import covered_days, stale_cells
from assets.kpis.measures import durations, rates, ratios
from assets.kpis.periods import days_of, last_full_day
from assets.kpis.terms import SCOPE_COLUMNS, Terms
from assets.kpis.withholding import withheld

MINIMUM_N_P90 = 50

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
    found = pl.concat([empty, *(cells_of(kpi, facts[kpi.fact], terms) for kpi in kpis)])
    for kpi in kpis:
        if kpi.is_private:
            answers = measured_rows(terms.cohort(kpi, facts[kpi.fact]))
            found = withheld(found, kpi.id, answers.select("scope_set", "day"), terms.scope_sets)
    return found


def cells_of(kpi: Kpi, fact: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """All cells of one KPI.

    The grid has a cell for every scope and period, so that nothing is left out silently; slices
    have cells only where they have members.
    """
    cohort = terms.cohort(kpi, fact)
    scopes = terms.scopes(kpi, cohort)
    periods = terms.periods(kpi)
    days = days_of(periods)
    grid = scopes.join(periods, how="cross").with_columns(
        cell=cell_number(periods), slice_kind=pl.lit(""), slice=pl.lit("")
    )
    covered = covered_days(terms.spans, kpi.requires, scopes, days).with_columns(
        cell=cell_number(periods)
    )
    counted = grid.join(covered.select("cell", "covered_days"), on="cell", how="left").join(
        n_excluded(kpi, cohort, scopes, days, periods, terms), on="cell", how="left"
    )
    rows = columns_needed(kpi, measured_rows(cohort))
    members = (
        terms.members(scopes, rows).join(days, on="day").with_columns(cell=cell_number(periods))
    )
    measured = pl.concat(
        [
            counted.join(statistics(kpi), how="cross").join(
                measure(kpi, members, covered), on=["cell", "statistic"], how="left"
            ),
            *(
                counted.drop("slice_kind", "slice").join(found, on="cell")
                for found in sliced(kpi, members, covered)
            ),
        ],
        how="diagonal",
    )
    stale = stale_cells(terms.doubts(kpi, scopes), periods)
    return judged(kpi, measured, stale, terms)


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
    sliced_by = [s.column for s in kpi.slices if s.column]
    keys = ["scope_set", "day", *present(kpi), *sliced_by]
    if kpi.clock:
        return rows.select(*keys, f"{kpi.clock}_seconds", f"{kpi.clock}_exit").drop_nulls(
            f"{kpi.clock}_seconds"
        )
    numerators = [n for s in kpi.slices for n in s.numerators.values()]
    columns = [*numerators, *([kpi.numerator] if kpi.numerator else [])]
    cluster = (
        [pl.struct(*kpi.clusters, "day").rank("dense").cast(pl.Int64).alias("cluster")]
        if kpi.clusters
        else []
    )
    return (
        rows.with_columns(*cluster)
        .group_by(*keys, *columns, *(["cluster"] if kpi.clusters else []))
        .agg(weight=pl.len().cast(pl.Int64))
    )


def measure(kpi: Kpi, members: pl.DataFrame, covered: pl.DataFrame) -> pl.DataFrame:
    """All headline statistics of a KPI by cell."""
    if kpi.clock:
        return durations(kpi, members)
    if kpi.numerator:
        return ratios(kpi, members, kpi.numerator)
    return rates(members, covered.select("cell", "covered_days"))


def sliced(kpi: Kpi, members: pl.DataFrame, covered: pl.DataFrame) -> list[pl.DataFrame]:
    """The statistics of each slice, with `slice_kind` and `slice`."""
    found = []
    for cut in kpi.slices:
        parts = (
            {name: ratios(kpi, members, column) for name, column in cut.numerators.items()}
            if cut.numerators
            else {
                str(name): measure(kpi, part, covered.join(part, on="cell", how="semi"))
                for (name,), part in members.group_by(cut.column)
            }
        )
        found += [
            part.with_columns(slice_kind=pl.lit(cut.kind), slice=pl.lit(name))
            for name, part in parts.items()
        ]
    return found


def n_excluded(
    kpi: Kpi,
    cohort: pl.DataFrame,
    scopes: pl.DataFrame,
    days: pl.DataFrame,
    periods: pl.DataFrame,
    terms: Terms,
) -> pl.DataFrame:
    """`cell, n_excluded`: rows of the cohort that a rule keeps from being measured."""
    rows = (
        cohort.filter(pl.col("excluded_by").is_not_null())
        .group_by("scope_set", "day", *present(kpi))
        .agg(n_excluded=pl.len())
    )
    return (
        terms.members(scopes, rows)
        .join(days, on="day")
        .group_by(cell=cell_number(periods))
        .agg(pl.col("n_excluded").sum())
    )


def judged(kpi: Kpi, measured: pl.DataFrame, stale: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """States and flags; a cell without data has no value, and says whether anybody was looking."""
    last_on = last_full_day(terms.as_of, terms.zone)
    mature_on = last_full_day(terms.as_of - timedelta(hours=kpi.look_ahead_hours), terms.zone)
    length = (pl.col("period_end_on") - pl.col("period_start_on")).dt.total_days() + 1
    is_covered = pl.col("covered_days").fill_null(0) > 0
    minimum = pl.when(pl.col("statistic") == "p90").then(MINIMUM_N_P90).otherwise(kpi.minimum_n)
    state = (
        pl.when(pl.col("n").fill_null(0) > 0)
        .then("state")
        .when(is_covered & (pl.col("statistic") == "rate"))
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
        < pl.when(pl.col("statistic") == "rate").then(0).otherwise(minimum),
        is_immature=pl.col("period_end_on") > mature_on,
        definition_version=pl.lit(kpi.version),
        as_of=pl.lit(terms.as_of),
    )
    return flagged.select(pl.col(name).cast(dtype) for name, dtype in CELL.items())
