"""From what somebody typed (KPI, scope, period, statistic, slice) to one cell of an edition.

Holds the reading of such words and the answers to those that fit nothing: each says what is
nearest. What a cell is made of is in `assets.published.explanation`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

import polars as pl

from assets.errors import UsageError
from assets.published import periods
from assets.published.periods import Period
from assets.published.reading import Edition

Row = dict[str, Any]
PLACE = ("statistic", "slice_kind", "slice", "scope_kind", "scope", "period_kind")
KEY = (*PLACE, "period_start_on", "period_end_on")


@dataclass(frozen=True)
class Question:
    """What is asked for, as it was typed; None takes the headline statistic, the whole."""

    kpi: str
    scope: str
    period: str
    statistic: str | None = None
    slice: str | None = None


@dataclass(frozen=True)
class Asked:
    """One cell: its row of `kpi_values`, its KPI's row of the catalogue, its scope's name."""

    kpi: Row
    cell: Row
    scope_name: str

    @property
    def numerator(self) -> str | None:
        """The column that says which records count, of a slice its own."""
        for cut in self.kpi.get("slice_numerators") or []:
            if (cut["slice_kind"], cut["slice"]) == (self.cell["slice_kind"], self.cell["slice"]):
                return str(cut["column"])
        return self.kpi["numerator"] or None

    @property
    def slice_column(self) -> str | None:
        """The column by whose values the slice is cut; None for the whole and for numerators."""
        kind = self.cell["slice_kind"]
        cut = {one["slice_kind"] for one in self.kpi.get("slice_numerators") or []}
        return kind if kind and kind not in cut else None


def find(edition: Edition, question: Question) -> Asked:
    """The cell that is asked for; UsageError with the nearest that there is."""
    catalogue = edition.scan("kpi_catalogue").collect()
    kpi = _kpi(catalogue, question.kpi)
    cells = edition.scan("kpi_values").filter(pl.col("kpi") == kpi["id"]).collect()
    scope = _scope(kpi, cells, edition.scan("scopes").collect(), question.scope)
    statistic = _statistic(kpi, question.statistic)
    slice_kind, one = _slice(kpi, cells, question.slice)
    series = cells.filter(
        pl.col("scope_kind") == scope["scope_kind"],
        pl.col("scope") == scope["scope"],
        pl.col("statistic") == statistic,
        pl.col("slice_kind") == slice_kind,
        pl.col("slice") == one,
    )
    return Asked(kpi, _cell(kpi, series, periods.parse(question.period)), scope["name"])


def same_cell(edition: Edition, asked: Asked) -> Asked | None:
    """The same cell in another edition, under that edition's definition; None if not there."""
    kpis = edition.scan("kpi_catalogue").filter(pl.col("id") == asked.kpi["id"]).collect()
    is_same = [pl.col(name) == asked.cell[name] for name in ("kpi", *KEY)]
    found = edition.scan("kpi_values").filter(*is_same).collect()
    if kpis.is_empty() or found.is_empty():
        return None
    return Asked(kpis.row(0, named=True), found.row(0, named=True), asked.scope_name)


def _kpi(catalogue: pl.DataFrame, wanted: str) -> Row:
    found = catalogue.filter((pl.col("id") == wanted) | (pl.col("name") == wanted))
    if found.is_empty():
        ids = catalogue.get_column("id").to_list()
        by_name = dict(zip(catalogue.get_column("name"), ids, strict=True))
        near = [by_name.get(one, one) for one in _nearest(wanted, [*ids, *by_name])]
        raise UsageError(
            f"There is no KPI {wanted!r} in this edition.{_said('Nearest', near)} "
            "All of them: plumbline kpis."
        )
    return found.row(0, named=True)


def _scope(kpi: Row, cells: pl.DataFrame, scopes: pl.DataFrame, wanted: str) -> Row:
    """The scope of that id or name, which `kind:id` tells apart."""
    named = (
        cells.select("scope_kind", "scope")
        .unique()
        .join(scopes.select("scope_kind", "scope", "name"), on=["scope_kind", "scope"], how="left")
        .with_columns(pl.col("name").fill_null(pl.col("scope")))
        .with_columns(exactly=pl.format("{}:{}", "scope_kind", "scope"))
        .sort("exactly")
    )
    for column in ("exactly", "scope", "name"):
        found = named.filter(pl.col(column) == wanted)
        if found.height == 1:
            return found.row(0, named=True)
        if found.height > 1:
            kinds = " and ".join(found.get_column("scope_kind"))
            ways = " or ".join(f"--scope {one}" for one in found.get_column("exactly"))
            raise UsageError(f"--scope {wanted} names several: {kinds}. Say which: {ways}.")
    rows = named.to_dicts()
    close = _nearest(wanted, [text for row in rows for text in (row["scope"], row["name"])])
    near = [row["exactly"] for one in close for row in rows if one in (row["scope"], row["name"])]
    raise UsageError(
        f"--scope {wanted}: {kpi['id']} has no such scope. {_scopes(kpi, named, near)}"
    )


def _scopes(kpi: Row, named: pl.DataFrame, near: list[str]) -> str:
    if near:
        return _said("Nearest", near).strip()
    kinds = named.get_column("scope_kind").unique().sort().to_list()
    return f"It has cells for {', '.join(kinds)}, for example --scope {named.item(0, 'scope')}."


def _statistic(kpi: Row, wanted: str | None) -> str:
    if wanted is not None and wanted not in kpi["statistics"]:
        there = ", ".join(kpi["statistics"])
        raise UsageError(f"--statistic {wanted}: {kpi['id']} has {there}.")
    return wanted or str(kpi["headline_statistic"])


def _slice(kpi: Row, cells: pl.DataFrame, wanted: str | None) -> tuple[str, str]:
    """Kind and value of a slice, given as `value` or `kind:value`; nothing for the whole."""
    if wanted is None:
        return "", ""
    pairs = cells.filter(pl.col("slice_kind") != "").select("slice_kind", "slice").unique()
    known = sorted(pairs.rows())
    kind, _, value = wanted.rpartition(":")
    found = [pair for pair in known if pair[1] == value and kind in ("", pair[0])]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{kind}:{value}" for kind, value in found or known) or "no slices"
    raise UsageError(f"--slice {wanted} is not one slice of {kpi['id']}. There are: {there}.")


def _cell(kpi: Row, series: pl.DataFrame, period: Period) -> Row:
    found = period.cells(series.lazy()).collect()
    if found.height == 1:
        return found.row(0, named=True)
    near = ""
    of_kind = series.filter(pl.col("period_kind") == period.kind)
    if of_kind.height and period.start_on:
        distance = (pl.col("period_start_on") - period.start_on).abs()
        start: date = of_kind.sort(distance).item(0, "period_start_on")
        near = f" The nearest is {periods.named(period.kind, start)}."
    raise UsageError(
        f"--period {period.text}: {kpi['id']} has no such cell here.{near} "
        f"{periods.that_exist(series.lazy())}"
    )


def _nearest(wanted: str, known: Iterable[str]) -> list[str]:
    """Up to three that look like it, or that hold it."""
    by_lower = {text.lower(): text for text in known}
    close = get_close_matches(wanted.lower(), by_lower, n=3, cutoff=0.5)
    holding = [text for text in by_lower if wanted.lower() in text]
    return [by_lower[text] for text in dict.fromkeys([*holding, *close])][:3]


def _said(label: str, texts: list[str]) -> str:
    return f" {label}: {', '.join(dict.fromkeys(texts))}." if texts else ""
