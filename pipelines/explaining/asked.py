"""From what somebody typed (KPI, scope, period, statistic, slice) to one cell of an edition.

Holds the reading of such words and the answers to those that fit nothing: each says what is
nearest. What a cell is made of is in `app.explained.explanation`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import polars as pl

from app.cells import KEPT_COLUMNS, Cell, Kpi, Row, catalogue, name_of
from app.edition import Edition
from assets.errors import UsageError
from assets.published import periods
from assets.published.periods import Period


@dataclass(frozen=True)
class Question:
    """What is asked for, as it was typed; None takes the headline statistic, the whole."""

    kpi: str
    scope: str
    period: str
    statistic: str | None = None
    slice: str | None = None


def find(edition: Edition, question: Question) -> Cell:
    """The cell that is asked for; UsageError with the nearest that there is."""
    kpi = _kpi(catalogue(edition), question.kpi)
    cells = edition.scan("kpi_values").filter(pl.col("kpi") == kpi.id).collect()
    kind, scope = _scope(edition, kpi, cells, question.scope)
    statistic = _statistic(kpi, question.statistic)
    slice_kind, one = _slice(kpi, cells, question.slice)
    series = cells.filter(
        pl.col("scope_kind") == kind,
        pl.col("scope") == scope,
        pl.col("statistic") == statistic,
        pl.col("slice_kind") == slice_kind,
        pl.col("slice") == one,
    ).select(KEPT_COLUMNS)
    row = _cell(kpi, series, periods.parse(question.period))
    return Cell(kpi, row, name_of(edition, kind, scope))


def _kpi(known: dict[str, Kpi], wanted: str) -> Kpi:
    by_name = {kpi.name: kpi for kpi in known.values()}
    found = known.get(wanted) or by_name.get(wanted)
    if found is None:
        near = [
            by_name[one].id if one in by_name else one
            for one in _nearest(wanted, [*known, *by_name])
        ]
        raise UsageError(
            f"There is no KPI {wanted!r} in this edition.{_said('Nearest', near)} "
            "All of them: plumbline kpis."
        )
    return found


def _scope(edition: Edition, kpi: Kpi, cells: pl.DataFrame, wanted: str) -> tuple[str, str]:
    """Kind and id of the scope of that id or name, which `kind:id` tells apart."""
    pairs = cells.select("scope_kind", "scope").unique().sort("scope_kind", "scope").rows()
    named = pl.DataFrame(
        [(*pair, ":".join(pair), name_of(edition, *pair)) for pair in pairs],
        schema=dict.fromkeys(("scope_kind", "scope", "exactly", "name"), pl.String),
        orient="row",
    )
    for column in ("exactly", "scope", "name"):
        found = named.filter(pl.col(column) == wanted)
        if found.height == 1:
            return found.item(0, "scope_kind"), found.item(0, "scope")
        if found.height > 1:
            kinds = " and ".join(found.get_column("scope_kind"))
            ways = " or ".join(f"--scope {one}" for one in found.get_column("exactly"))
            raise UsageError(f"--scope {wanted} names several: {kinds}. Say which: {ways}.")
    rows = named.to_dicts()
    close = _nearest(wanted, [text for row in rows for text in (row["scope"], row["name"])])
    near = [row["exactly"] for one in close for row in rows if one in (row["scope"], row["name"])]
    raise UsageError(f"--scope {wanted}: {kpi.id} has no such scope. {_scopes(named, near)}")


def _scopes(named: pl.DataFrame, near: list[str]) -> str:
    if near:
        return _said("Nearest", near).strip()
    kinds = named.get_column("scope_kind").unique().sort().to_list()
    return f"It has cells for {', '.join(kinds)}, for example --scope {named.item(0, 'scope')}."


def _statistic(kpi: Kpi, wanted: str | None) -> str:
    if wanted is not None and wanted not in kpi.statistics:
        raise UsageError(f"--statistic {wanted}: {kpi.id} has {', '.join(kpi.statistics)}.")
    return wanted or kpi.headline_statistic


def _slice(kpi: Kpi, cells: pl.DataFrame, wanted: str | None) -> tuple[str, str]:
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
    raise UsageError(f"--slice {wanted} is not one slice of {kpi.id}. There are: {there}.")


def _cell(kpi: Kpi, series: pl.DataFrame, period: Period) -> Row:
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
        f"--period {period.text}: {kpi.id} has no such cell here.{near} "
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
