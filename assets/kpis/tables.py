"""Which `kpi_*` tables hold cells, and all their cells as one frame."""

from collections.abc import Mapping

import polars as pl

from assets.kpis.catalogue import CATALOGUE

# One table per promise that has a KPI, in the catalogue's order.
KPI_TABLES = tuple(dict.fromkeys(f"kpi_{kpi.promise}" for kpi in CATALOGUE))


def all_cells(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """The cells of all promises, in the order of `KPI_TABLES`."""
    return pl.concat([tables[name] for name in KPI_TABLES])
