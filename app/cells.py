"""Reads KPI cells of an edition: series of one KPI, catalogue entries, names of scopes.

Only the columns and rows that a question needs leave the file. Holds no words and no charts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl
import streamlit as st

from app.edition import Edition, key_of
from app.words import BUSINESS_SECONDS

Row = Mapping[str, Any]
RATINGS = "fact_ticket_ratings"
FLAG_COLUMNS = ("is_low_n", "is_immature", "is_stale")
KEY_COLUMNS = (
    *("kpi", "statistic", "slice_kind", "slice"),
    *("scope_kind", "scope", "period_kind", "period_start_on", "period_end_on"),
)
KEPT_COLUMNS = (
    *KEY_COLUMNS,
    *("value_state", "value", "low", "high", "n", "n_open", "n_excluded"),
    *("is_complete", *FLAG_COLUMNS, "definition_version"),
)


@dataclass(frozen=True)
class Series:
    """Which cells: one KPI, statistic, slice and kind of period, for some scopes of one level."""

    kpi: str
    statistic: str
    scope_kind: str
    scopes: tuple[str, ...]
    period_kind: str
    slice_kind: str = ""
    slice: str = ""


@dataclass(frozen=True)
class Kpi:
    """A catalogue entry; `row` holds all its columns, `unit` knows business time."""

    id: str
    name: str
    promise: str
    unit: str
    statistics: tuple[str, ...]
    headline_statistic: str
    row: Row

    @property
    def amount(self) -> str | None:
        """The column that is measured itself; editions from before such KPIs have none."""
        return self.row.get("amount")

    @property
    def denominator(self) -> str | None:
        """The column that is added up below, of a ratio of sums."""
        return self.row.get("denominator")

    @property
    def left_at(self) -> str | None:
        """The column of the instant at which a record leaves a stock; only stocks have one."""
        return self.row.get("left_at")

    @property
    def is_per_customer(self) -> bool:
        """Whether it is a rate per active customer and week."""
        return bool(self.row.get("exposure"))

    @property
    def is_private(self) -> bool:
        """Whether its records are answers of persons, which are never listed."""
        return bool(self.row["fact"] == RATINGS)


@dataclass(frozen=True)
class Cell:
    """One cell: its KPI, its row of `kpi_values`, and what its scope is called."""

    kpi: Kpi
    row: Row
    who: str

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells the cell from all others of an edition."""
        return tuple(self.row[name] for name in KEY_COLUMNS)

    @property
    def numerator(self) -> str | None:
        """The column that says which records count, of a slice its own."""
        for cut in self.kpi.row.get("slice_numerators") or []:
            if (cut["slice_kind"], cut["slice"]) == (self.row["slice_kind"], self.row["slice"]):
                return str(cut["column"])
        return self.kpi.row["numerator"] or None

    @property
    def slice_column(self) -> str | None:
        """The column by whose values the slice is cut; None for the whole and for numerators."""
        kind = self.row["slice_kind"]
        cut = {one["slice_kind"] for one in self.kpi.row.get("slice_numerators") or []}
        return kind if kind and kind not in cut else None


@st.cache_resource(max_entries=20, show_spinner=False, hash_funcs={Edition: key_of})
def catalogue(edition: Edition) -> dict[str, Kpi]:
    """Every KPI of the edition by id, in the catalogue's order."""
    return {row["id"]: _kpi(row) for row in edition.table("kpi_catalogue").to_dicts()}


def _kpi(row: Row) -> Kpi:
    is_business = row["unit"] == "seconds" and "business" in (row["duration"] or "")
    return Kpi(
        id=row["id"],
        name=row["name"],
        promise=row["promise"],
        unit=BUSINESS_SECONDS if is_business else row["unit"],
        statistics=tuple(row["statistics"]),
        headline_statistic=row["headline_statistic"],
        row=row,
    )


@lru_cache(maxsize=20)  # asked a hundred times a page, and Streamlit's own takes 60 µs each time
def names(edition: Edition) -> dict[str, dict[str, str]]:
    """What each scope is called: level → scope → name; the newest name wins."""
    columns = ["scope_kind", "scope", "name"]
    rows = edition.table("scopes").sort("valid_from").select(columns)
    newest = rows.unique(["scope_kind", "scope"], keep="last", maintain_order=True)
    # Names stand in links and lists, so two scopes of one name are told apart by their ids.
    is_shared = pl.len().over("scope_kind", "name") > 1
    told = pl.when(is_shared).then(pl.format("{} ({})", "name", "scope")).otherwise("name")
    found: dict[str, dict[str, str]] = {}
    for kind, scope, name in newest.with_columns(name=told).rows():
        found.setdefault(kind, {})[scope] = name or scope
    return found


def name_of(edition: Edition, scope_kind: str, scope: str) -> str:
    """The scope's name, or its id when it has none."""
    if scope == "unassigned":
        return "Unassigned"
    if scope_kind == "organisation":
        return edition.organisation
    return names(edition).get(scope_kind, {}).get(scope, scope)


@st.cache_resource(max_entries=300, show_spinner=False, hash_funcs={Edition: key_of})
def series(edition: Edition, wanted: Series) -> pl.DataFrame:
    """The cells in order of time, one row per scope and period."""
    cells = edition.scan("kpi_values").filter(
        pl.col("kpi") == wanted.kpi,
        pl.col("statistic") == wanted.statistic,
        pl.col("scope_kind") == wanted.scope_kind,
        pl.col("period_kind") == wanted.period_kind,
        pl.col("slice_kind") == wanted.slice_kind,
        pl.col("slice") == wanted.slice,
        pl.col("scope").is_in(wanted.scopes),
    )
    return cells.select(KEPT_COLUMNS).sort("scope", "period_start_on", "period_end_on").collect()


def same_cell(edition: Edition, cell: Cell) -> Cell | None:
    """The cell of that key in another edition, under its definition then; None if not there."""
    kpi = catalogue(edition).get(cell.kpi.id)
    is_same = [pl.col(name) == wanted for name, wanted in zip(KEY_COLUMNS, cell.key, strict=True)]
    found = edition.scan("kpi_values").filter(*is_same).select(KEPT_COLUMNS).collect()
    return Cell(kpi, found.row(0, named=True), cell.who) if kpi and found.height else None


@st.cache_resource(max_entries=20, show_spinner=False, hash_funcs={Edition: key_of})
def headline_months(edition: Edition) -> pl.DataFrame:
    """The months of every headline KPI for the segments, for the Brief's trends.

    `is_final` tells months that are over, whole and mature from those that can still change.
    """
    heads = edition.table("kpi_catalogue").filter("is_headline")
    found = edition.scan("kpi_values").filter(
        pl.col("kpi").is_in(heads["id"].to_list()),
        pl.col("scope_kind") == "segment",
        pl.col("period_kind") == "month",
        pl.col("slice_kind") == "",
    )
    cells = found.with_columns(is_final=pl.col("is_complete") & ~pl.col("is_immature"))
    columns = ["is_final", *KEPT_COLUMNS]
    wanted = heads.select(kpi="id", statistic="headline_statistic").lazy()
    kept = cells.select(columns).join(wanted, on=["kpi", "statistic"], how="semi")
    return kept.sort("kpi", "scope", "period_start_on").collect()


@st.cache_resource(max_entries=300, show_spinner=False, hash_funcs={Edition: key_of})
def choices(edition: Edition, kpi: str) -> pl.DataFrame:
    """Which slices, levels, scopes and kinds of period the KPI has cells for."""
    columns = ["slice_kind", "slice", "scope_kind", "scope", "period_kind"]
    cells = edition.scan("kpi_values").filter(pl.col("kpi") == kpi)
    return cells.select(columns).unique().sort(columns).collect()
