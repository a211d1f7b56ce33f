"""The catalogue: every definition, collected from the promises' files, and as a table."""

from dataclasses import asdict

import dagster as dg
import polars as pl

from assets.kpis import (
    accountability,
    cost,
    feedback,
    flexibility,
    reliability,
    security,
    stability,
    support,
)
from assets.kpis.definition import Kpi
from assets.kpis.worked_example import worked_example

CATALOGUE: tuple[Kpi, ...] = (
    *flexibility.KPIS,
    *feedback.KPIS,
    *support.KPIS,
    *reliability.KPIS,
    *stability.KPIS,
    *security.KPIS,
    *accountability.KPIS,
    *cost.KPIS,
)

EXCLUSION = pl.Struct({"column": pl.String, "sentence": pl.String})
# Slices that are cut by another numerator and not by the value of a column.
NUMERATOR = pl.Struct({"slice_kind": pl.String, "slice": pl.String, "column": pl.String})
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.String,
    "name": pl.String,
    "promise": pl.String,
    "audience": pl.String,
    "unit": pl.String,
    "direction": pl.String,
    "statistics": pl.List(pl.String),
    "headline_statistic": pl.String,
    "is_headline": pl.Boolean,
    "fact": pl.String,
    "entered_at": pl.String,
    "clock_start": pl.String,
    "clock_stop": pl.String,
    "exit_without_event": pl.String,
    "duration": pl.String,
    "amount": pl.String,
    "numerator": pl.String,
    "denominator": pl.String,
    "exposure": pl.String,
    "left_at": pl.String,
    "aged_from": pl.String,
    "chart": pl.String,
    "members": pl.List(pl.String),
    "exclusions": pl.List(EXCLUSION),
    "slices": pl.List(pl.String),
    "slice_numerators": pl.List(NUMERATOR),
    "look_ahead_hours": pl.Int64,
    "minimum_n": pl.Int64,
    "clusters": pl.List(pl.String),
    "requires": pl.List(pl.String),
    "scopes": pl.List(pl.String),
    "periods": pl.List(pl.String),
    "definition": pl.String,
    "null_means": pl.String,
    "definition_source": pl.String,
    "version": pl.Int64,
    "changelog": pl.String,
    "benchmark": pl.String,
    "worked_example": pl.String,
}


def as_frame(kpis: tuple[Kpi, ...] = CATALOGUE) -> pl.DataFrame:
    """One row per KPI in the order of the catalogue, in `SCHEMA`."""
    rows = [
        asdict(kpi)
        | {
            "headline_statistic": kpi.headline_statistic,
            "duration": kpi.duration,
            "chart": kpi.chart,
            "slices": [s.kind for s in kpi.slices],
            "slice_numerators": [
                {"slice_kind": s.kind, "slice": name, "column": column}
                for s in kpi.slices
                for name, column in s.numerators.items()
            ],
            "worked_example": worked_example(kpi),
        }
        for kpi in kpis
    ]
    return pl.DataFrame([{name: row[name] for name in SCHEMA} for row in rows], schema=SCHEMA)


@dg.asset
def kpi_catalogue() -> pl.DataFrame:
    """Every definition, as the app and the exports show it."""
    return as_frame()
