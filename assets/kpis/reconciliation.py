"""`kpi_reconciliation`: what of each cell's cohort was measured, and what was not and why.

For every cell with members: came in = excluded by each rule + too young + not told + measured +
still open.
"""

from collections.abc import Sequence

import dagster as dg
import numpy as np
import polars as pl

from assets.home import Home
from assets.kpis.catalogue import CATALOGUE
from assets.kpis.definition import Kpi
from assets.kpis.measures import Rows
from assets.kpis.promise import SHARED_TABLES, terms_of
from assets.kpis.tally import tallies
from assets.kpis.terms import Facts, Terms

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
COMPACT = {n: pl.Categorical() if t == pl.String else t for n, t in RECONCILIATION.items()}
# Of private KPIs nothing is counted that their cells withhold.
SHOWN = sorted((kpi for kpi in CATALOGUE if not kpi.is_private), key=lambda kpi: kpi.id)
FACTS = sorted({kpi.fact for kpi in SHOWN})


def reconciliation(kpis: Sequence[Kpi], facts: Facts, terms: Terms) -> pl.DataFrame:
    """Records of each KPI by cell and fate, in `RECONCILIATION`, in the order of the KPIs given.

    A fate is one of `assets.kpis.fates`. The fates of a cell add up to what came in.
    """
    return compact_reconciliation(kpis, facts, terms).cast(pl.Schema(RECONCILIATION))


def compact_reconciliation(kpis: Sequence[Kpi], facts: Facts, terms: Terms) -> pl.DataFrame:
    """The same with categories instead of words."""
    tallied = tallies(kpis, facts, terms)
    return pl.concat(_reconciled(kpi, tallied[kpi.id], terms) for kpi in kpis)


def _reconciled(kpi: Kpi, tally: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    grid = terms.grid(kpi, tally)
    rows = Rows(grid.inside(tally), grid)
    fates = sorted(terms.fates(kpi))
    counted = np.stack([rows.sums(rows.column(fate)) for fate in fates], axis=-1)
    scope, period, fate = np.nonzero(counted)
    records = counted[scope, period, fate]
    scopes, periods = (
        frame.select(pl.col(n).cast(t) for n, t in COMPACT.items() if n in frame.columns)
        for frame in (grid.scopes, grid.periods)
    )
    return (
        scopes[scope]
        .hstack(periods[period])
        .with_columns(
            kpi=pl.lit(kpi.id).cast(COMPACT["kpi"]),
            fate=pl.Series(fates, dtype=COMPACT["fate"])[fate],
            records=pl.Series(records).cast(COMPACT["records"]),
        )
        .select(COMPACT.keys())
    )


@dg.asset(ins={name: dg.AssetIn() for name in (*SHARED_TABLES, *FACTS)})
def kpi_reconciliation(home: Home, **tables: pl.LazyFrame) -> pl.DataFrame:
    """What came into each cell, and where it went."""
    return compact_reconciliation(SHOWN, tables, terms_of(home, tables))
