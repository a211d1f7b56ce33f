"""One factory turns the entries of a promise into its asset `kpi_<promise>`."""

from collections.abc import Sequence

import dagster as dg
import polars as pl

from assets.home import Home
from assets.kpis.cells import compact_cells
from assets.kpis.definition import Kpi
from assets.kpis.terms import Terms

SHARED_TABLES = (
    "fact_scope_sets",
    "fact_told_scopes",
    "conformed_source_coverage",
    "conformed_segments",
    "conformed_customers",
    "conformed_services",
)


def terms_of(home: Home, tables: dict[str, pl.LazyFrame]) -> Terms:
    """The terms of a run, from `SHARED_TABLES`."""
    declared = [
        tables[f"conformed_{kind}s"].select(scope_kind=pl.lit(kind), scope="id").unique()
        for kind in ("segment", "customer", "service")
    ]
    organisation = pl.LazyFrame({"scope_kind": ["organisation"], "scope": ["organisation"]})
    return Terms(
        as_of=home.as_of_instant,
        zone=home.configuration.organisation.time_zone,
        scope_sets=tables["fact_scope_sets"]
        .select("scope_set", "scope_kind", "scope")
        .unique()
        .collect(),
        declared=pl.concat([organisation, *declared]).collect(),
        coverage=tables["conformed_source_coverage"].collect(),
        told=tables["fact_told_scopes"].collect(),
    )


def kpi_asset(promise: str, kpis: Sequence[Kpi]) -> dg.AssetsDefinition:
    """The asset `kpi_<promise>`; it reads the facts that its KPIs name and nothing else."""
    facts = sorted({name for kpi in kpis for name in (kpi.fact, kpi.exposure) if name})

    @dg.asset(
        name=f"kpi_{promise}",
        ins={name: dg.AssetIn() for name in (*SHARED_TABLES, *facts)},
        description=f"Every KPI of {promise}, for every scope and period.",
    )
    def asset(home: Home, **tables: pl.LazyFrame) -> pl.DataFrame:
        return compact_cells(kpis, tables, terms_of(home, tables))

    return asset
