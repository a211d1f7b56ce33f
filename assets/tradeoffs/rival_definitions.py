"""What would other tools say? The same records under their definitions, beside our numbers.

Holds the asset and which rules there are; each tool's rules are in a file of `rivals`.
"""

from datetime import date

import dagster as dg
import polars as pl

from assets.home import Home
from assets.kpis.catalogue import CATALOGUE
from assets.tradeoffs import choices
from assets.tradeoffs.rivals import (
    datadog,
    devlake_2021,
    devlake_2023,
    faros,
    four_keys,
    gitlab,
    middleware,
)
from assets.tradeoffs.rivals.comparison import PERIOD_KIND, SCOPE_KINDS, compared
from assets.tradeoffs.rivals.records import CELL, KEY, TABLES, Grid, records_of
from assets.tradeoffs.rivals.rule import STATISTICS
from assets.tradeoffs.scoring import unsliced_cells

RULES = (
    *devlake_2021.RULES,
    *devlake_2023.RULES,
    *four_keys.RULES,
    *gitlab.RULES,
    *middleware.RULES,
    *datadog.RULES,
    *faros.RULES,
)
# Where the KPIs are that theirs are compared with.
OURS = tuple(dict.fromkeys(f"kpi_{kpi.promise}" for kpi in CATALOGUE if kpi.id in STATISTICS))


def grid_of(ours: pl.DataFrame, scope_sets: pl.DataFrame, zone: str, on: date) -> Grid:
    """The cells of ours whose quarter has ended before the day `on`."""
    cells = ours.filter(pl.col("period_end_on") < on).select(*KEY, "period_end_on")
    members = scope_sets.select("scope_set", "scope_kind", "scope").unique()
    return Grid(
        cells=cells.unique().sort(KEY).with_row_index(CELL),
        members=members.filter(pl.col("scope_kind").is_in(SCOPE_KINDS)),
        zone=zone,
    )


@dg.asset(ins={table: dg.AssetIn(table) for table in (*OURS, *TABLES)})
def tradeoff_rival_definitions(home: Home, **tables: pl.LazyFrame) -> pl.DataFrame:
    """The four DORA metrics as other tools define them, beside ours, with why they differ."""
    kpis = pl.Series("kpi", list(STATISTICS))
    cells = pl.concat([tables[name] for name in OURS])
    ours = unsliced_cells(cells, kpis, SCOPE_KINDS, (PERIOD_KIND,))
    zone = home.configuration.organisation.time_zone
    scope_sets = tables["fact_scope_sets"].collect()
    grid = grid_of(ours, scope_sets, zone, choices.as_of_on(home))
    return compared(RULES, records_of(tables, grid), ours)
