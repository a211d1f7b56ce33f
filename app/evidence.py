"""The records behind a cell: those that came into it, and which of them count.

Reads `evidence_*` of an edition by the rules of the KPI's catalogue entry, so that the records of
a whole cell are as many as its reconciliation says. Records of private KPIs are never listed.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from app.cell_table import without_formulas
from app.cells import Cell, Kpi
from app.edition import Edition, key_of
from app.words import EXITS, quantity

MOST_RECORDS = 500
COUNTED = "counted"
TOO_YOUNG = "too young, its outcome can still come in"
# Scopes that a fact names itself; the others are in its scope sets.
OWN_SCOPES = ("tool", "offering")


@dataclass(frozen=True)
class Records:
    """The newest records behind a cell, as a table to show; `found` counts all of them."""

    rows: pl.DataFrame
    found: int


@st.cache_resource(
    max_entries=50, show_spinner=False, hash_funcs={Edition: key_of, Kpi: lambda kpi: kpi.id}
)
def records(edition: Edition, cell: Cell) -> Records | None:
    """The records that came into the cell; None where the edition shows none."""
    table = f"evidence_{cell.kpi.row['fact']}"
    if cell.kpi.is_private or not edition.has(table):
        return None
    facts = edition.scan(table)
    columns = facts.collect_schema().names()
    entered = cell.kpi.row["entered_at"]
    if entered not in columns:
        return None
    found = _of_cell(edition, facts, cell, columns)
    counts = _why_not_counted(edition, cell.kpi, columns)
    shown = found.with_columns(counts.alias("counts")).sort(entered, descending=True)
    kept = [name for name in ("event_id", "url", "service", entered) if name in columns]
    kept += [name for name in (_duration(cell.kpi), _exit(cell.kpi)) if name in columns]
    frame = shown.select(*kept, "counts").head(MOST_RECORDS).collect()
    total = found.select(pl.len()).collect().item()
    return Records(_readable(frame, cell.kpi, entered), total)


def _of_cell(edition: Edition, facts: pl.LazyFrame, cell: Cell, columns: list[str]) -> pl.LazyFrame:
    """The rows that came into the cell: its members, within whole local days, and its part."""
    zone = ZoneInfo(edition.time_zone)
    today = edition.as_of.astimezone(zone).date()  # not over, so not counted
    begin, end = _midnight(cell.start, zone), _midnight(cell.end + timedelta(days=1), zone)
    entered = pl.col(cell.kpi.row["entered_at"])
    members = [pl.col(name) for name in cell.kpi.row["members"] or [] if name in columns]
    return facts.filter(
        _here(edition, cell),
        entered >= begin,
        entered < min(end, _midnight(today, zone)),
        *members,
        *_part(cell, columns),
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _here(edition: Edition, cell: Cell) -> pl.Expr:
    if cell.scope_kind in OWN_SCOPES:
        return pl.col(cell.scope_kind) == cell.scope
    here = pl.col("scope_kind") == cell.scope_kind, pl.col("scope") == cell.scope
    sets = edition.scan("scope_sets").filter(*here).select("scope_set").collect()["scope_set"]
    return pl.col("scope_set").is_in(sets.implode())


def _part(cell: Cell, columns: list[str]) -> list[pl.Expr]:
    """What makes a slice: its own numerator (`is_failed_hotfix`), else a value of its column."""
    own = part_numerator(cell)
    if own in columns:
        return [pl.col(own).fill_null(False)]
    return [pl.col(cell.slice_kind) == cell.slice] if cell.slice_kind in columns else []


def part_numerator(cell: Cell) -> str:
    """The column of a slice that has a numerator of its own; empty where there is none."""
    numerator = cell.kpi.row["numerator"]
    return f"{numerator}_{cell.slice}" if numerator and cell.slice else ""


def _why_not_counted(edition: Edition, kpi: Kpi, columns: list[str]) -> pl.Expr:
    """`counted`, or the reason why the record is not part of the number."""
    look_ahead = timedelta(hours=kpi.row["look_ahead_hours"] or 0)
    is_young = pl.col(kpi.row["entered_at"]) > edition.as_of - look_ahead
    reason = pl.when(is_young).then(pl.lit(TOO_YOUNG)).otherwise(pl.lit(COUNTED))
    for exclusion in reversed(kpi.row["exclusions"] or []):
        if exclusion["column"] in columns:
            holds = pl.col(exclusion["column"]).fill_null(False)
            reason = pl.when(holds).then(pl.lit(exclusion["sentence"])).otherwise(reason)
    return reason


def _duration(kpi: Kpi) -> str:
    return kpi.row["duration"] or ""


def _exit(kpi: Kpi) -> str:
    return f"{_duration(kpi).removesuffix('_seconds')}_exit"


def _readable(frame: pl.DataFrame, kpi: Kpi, entered: str) -> pl.DataFrame:
    named = {"event_id": "Record", "url": "Link", "service": "Service", entered: "Entered (UTC)"}
    columns = frame.columns
    if _duration(kpi) in columns:
        texts = [quantity(value, kpi.unit) for value in frame[_duration(kpi)]]
        frame = frame.with_columns(pl.Series("Time", texts, pl.String)).drop(_duration(kpi))
    if _exit(kpi) in columns:
        words = pl.col(_exit(kpi)).replace_strict(EXITS, default=None, return_dtype=pl.String)
        frame = frame.with_columns(words.alias("State")).drop(_exit(kpi))
    present = {old: new for old, new in named.items() if old in frame.columns}
    named_frame = frame.rename({**present, "counts": "Counts"})
    return without_formulas(named_frame.with_columns(pl.col(pl.String).fill_null("")))
