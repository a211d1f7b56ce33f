"""`kpi_reconciliation`: what of each cell's cohort was measured, and what was not and why.

For every cell with members: came in = excluded by each rule + too young + not told + measured +
still open.
"""

from collections.abc import Mapping

import dagster as dg
import polars as pl

from assets.home import Home
from assets.kpis.catalogue import CATALOGUE
from assets.kpis.cells import cell_number, present
from assets.kpis.definition import Kpi
from assets.kpis.periods import days_of
from assets.kpis.promise import SHARED_TABLES, terms_of
from assets.kpis.terms import Terms

TOO_YOUNG = "is_immature"
MEASURED = "measured"
STILL_OPEN = "still_open"
NOT_TOLD = "not_told"
RECONCILIATION: dict[str, pl.DataType | type[pl.DataType]] = {
    "kpi": pl.String,
    "scope_kind": pl.String,
    "scope": pl.String,
    "period_kind": pl.String,
    "period_start_on": pl.Date,
    "period_end_on": pl.Date,
    "fate": pl.String,
    "records": pl.UInt32,
}
FACTS = sorted({kpi.fact for kpi in CATALOGUE})


def reconciliation(kpi: Kpi, fact: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Records of one KPI by cell and fate, in `RECONCILIATION`.

    A fate is `measured`, `still_open`, `is_immature`, `not_told` (the record does not say what is
    measured) or the column of the exclusion that held first. The fates of a cell add up to what
    came in.
    """
    cohort = terms.cohort(kpi, fact)
    scopes = terms.scopes(kpi, cohort)
    periods = terms.periods(kpi)
    counted = (
        cohort.with_columns(fate=_fate(kpi))
        .group_by("scope_set", "day", "fate", *present(kpi))
        .agg(records=pl.len())
    )
    return (
        terms.members(scopes, counted)
        .join(days_of(periods), on="day")
        .with_columns(cell=cell_number(periods))
        .group_by("cell", "fate")
        .agg(pl.first("scope_id", "period_id"), pl.col("records").sum())
        .join(scopes, on="scope_id")
        .join(periods, on="period_id")
        .with_columns(kpi=pl.lit(kpi.id))
        .select(pl.col(name).cast(dtype) for name, dtype in RECONCILIATION.items())
    )


def _fate(kpi: Kpi) -> pl.Expr:
    immature = pl.when(pl.col("is_immature")).then(pl.lit(TOO_YOUNG))
    reasons: list[pl.Expr] = [pl.col("excluded_by"), immature]
    needed = [
        kpi.duration,
        kpi.amount,
        *((kpi.numerator, kpi.denominator) if kpi.denominator else ()),
    ]
    lacks = [pl.col(name).is_null() for name in needed if name]
    if lacks:
        reasons.append(pl.when(pl.any_horizontal(lacks)).then(pl.lit(NOT_TOLD)))
    if kpi.clock:
        reasons.append(pl.when(pl.col(f"{kpi.clock}_exit") == 0).then(pl.lit(STILL_OPEN)))
    return pl.coalesce(*reasons, pl.lit(MEASURED))


def reconciled(facts: Mapping[str, pl.DataFrame], terms: Terms) -> pl.DataFrame:
    """The reconciliation of every KPI of the catalogue but the private ones."""
    shown = [kpi for kpi in CATALOGUE if not kpi.is_private]
    return pl.concat(reconciliation(kpi, facts[kpi.fact], terms) for kpi in shown)


@dg.asset(ins={name: dg.AssetIn() for name in (*SHARED_TABLES, *FACTS)})
def kpi_reconciliation(home: Home, **tables: pl.LazyFrame) -> pl.DataFrame:
    """What came into each cell, and where it went."""
    facts = {name: tables[name].collect() for name in FACTS}
    return reconciled(facts, terms_of(home, tables))
