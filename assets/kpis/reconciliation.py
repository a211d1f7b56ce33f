"""`kpi_reconciliation`: what of each cell's cohort was measured, and what was not and why.

For every cell with members: came in = excluded by each rule + too young + not told + measured +
still open.
"""

import dagster as dg
import numpy as np
import polars as pl

from assets.home import Home
from assets.kpis.catalogue import CATALOGUE
from assets.kpis.cells import Facts
from assets.kpis.definition import Kpi
from assets.kpis.measures import Rows
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


def reconciliation(kpi: Kpi, fact: pl.DataFrame | pl.LazyFrame, terms: Terms) -> pl.DataFrame:
    """Records of one KPI by cell and fate, in `RECONCILIATION`.

    A fate is `measured`, `still_open`, `is_immature` or the column of the exclusion that held
    first. The fates of a cell add up to what came in.
    """
    cohort = terms.cohort(kpi, fact)
    grid = terms.grid(kpi, cohort)
    fated = grid.inside(cohort).with_columns(fate=_fate(kpi))
    parts = {fate: part for (fate,), part in fated.group_by("fate")}
    fates = sorted(parts)
    counted = np.stack(
        [np.zeros(grid.shape), *(Rows(parts[fate], grid).count for fate in fates)], axis=-1
    )
    scope, period, fate = np.nonzero(counted)
    return (
        grid.scopes[scope]
        .hstack(grid.periods[period].drop("period_id"))
        .with_columns(
            kpi=pl.lit(kpi.id),
            fate=pl.Series(["", *fates], dtype=pl.String)[fate],
            records=pl.Series(counted[scope, period, fate]),
        )
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


def reconciled(facts: Facts, terms: Terms) -> pl.DataFrame:
    """The reconciliation of every KPI of the catalogue but the private ones, in order."""
    shown = sorted((k for k in CATALOGUE if not k.is_private), key=lambda kpi: kpi.id)
    return pl.concat(reconciliation(kpi, facts[kpi.fact], terms) for kpi in shown)


@dg.asset(ins={name: dg.AssetIn() for name in (*SHARED_TABLES, *FACTS)})
def kpi_reconciliation(home: Home, **tables: pl.LazyFrame) -> pl.DataFrame:
    """What came into each cell, and where it went."""
    return reconciled(tables, terms_of(home, tables))
