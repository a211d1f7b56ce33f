"""Where one cell comes from: what was left out by which rule, and the records behind it.

Reads reconciliation and `evidence_*` of an edition. An edition holds no single rating, so the
records of satisfaction KPIs show that somebody was asked, never what was answered.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from app.cells import Kpi, Series
from app.edition import Edition, key_of
from app.words import EXITS, counted, inside, number, quantity, spaced

MOST_RECORDS = 500
COUNTED = "counted"
MEASURED, STILL_OPEN = "measured", "still_open"
LEFT_OUT = {"is_immature": "too young, its outcome can still come in"}


@dataclass(frozen=True)
class Cell:
    """One cell: a KPI (and slice) for one scope and period; days are local and inclusive."""

    kpi: Kpi
    scope_kind: str
    scope: str
    period_kind: str
    start: date
    end: date
    slice_kind: str = ""
    slice: str = ""

    @classmethod
    def of(cls, kpi: Kpi, wanted: Series, scope: str, start: date, end: date) -> "Cell":
        """The cell of a series at one scope and period."""
        place = (wanted.scope_kind, scope, wanted.period_kind, start, end)
        return cls(kpi, *place, wanted.slice_kind, wanted.slice)


@dataclass(frozen=True)
class Records:
    """The newest records behind a cell, as a table to show; `found` counts all of them."""

    rows: pl.DataFrame
    found: int


def reconciled(edition: Edition, cell: Cell) -> str:
    """What came in, what was left out by which rule, and what was measured, as one sentence."""
    rows = (
        edition.scan("kpi_reconciliation")
        .filter(
            pl.col("kpi") == cell.kpi.id,
            pl.col("scope_kind") == cell.scope_kind,
            pl.col("scope") == cell.scope,
            pl.col("period_kind") == cell.period_kind,
            pl.col("period_start_on") == cell.start,
        )
        .select("fate", "records")
        .sort("records", descending=True)
        .collect()
        .to_dicts()
    )
    if not rows:
        return "Nothing came in that could be measured."
    by_fate = {row["fate"]: row["records"] for row in rows}
    still_open, measured = by_fate.pop(STILL_OPEN, 0), by_fate.pop(MEASURED, 0)
    reasons = "; ".join(f"{number(n)} × {_reason(cell.kpi, fate)}" for fate, n in by_fate.items())
    left_out = sum(by_fate.values())
    return (
        f"{counted(left_out + measured + still_open, 'record')} came in: "
        f"{number(measured)} measured"
        f"{f', {number(still_open)} still open' if still_open else ''}, "
        f"{number(left_out)} left out{f' ({reasons})' if reasons else ''}."
    )


def _reason(kpi: Kpi, rule: str) -> str:
    for exclusion in kpi.row["exclusions"] or []:
        if exclusion["column"] == rule:
            return inside(str(exclusion["sentence"])).rstrip(".")
    return LEFT_OUT.get(rule, spaced(rule).lower())


@st.cache_resource(
    max_entries=50, show_spinner=False, hash_funcs={Edition: key_of, Kpi: lambda kpi: kpi.id}
)
def records(edition: Edition, cell: Cell) -> Records | None:
    """The records that entered in the cell's period and scope; None where the edition has none."""
    table = f"evidence_{cell.kpi.row['fact']}"
    if not edition.has(table):
        return None
    facts = edition.scan(table)
    columns = facts.collect_schema().names()
    entered = cell.kpi.row["entered_at"]
    if entered not in columns:
        return None
    found = _of_cell(edition, facts, cell, entered, columns)
    counts = _why_not_counted(cell.kpi, columns)
    shown = found.with_columns(counts.alias("counts")).sort(entered, descending=True)
    kept = [name for name in ("event_id", "url", "service", entered) if name in columns]
    kept += [name for name in (_duration(cell.kpi), _exit(cell.kpi)) if name in columns]
    frame = shown.select(*kept, "counts").head(MOST_RECORDS).collect()
    total = found.select(pl.len()).collect().item()
    return Records(_readable(frame, cell.kpi, entered), total)


def _of_cell(
    edition: Edition, facts: pl.LazyFrame, cell: Cell, entered: str, columns: list[str]
) -> pl.LazyFrame:
    zone = ZoneInfo(edition.time_zone)
    begin = datetime.combine(cell.start, time(), zone).astimezone(UTC)
    end = datetime.combine(cell.end + timedelta(days=1), time(), zone).astimezone(UTC)
    here = pl.col("scope_kind") == cell.scope_kind, pl.col("scope") == cell.scope
    sets = edition.scan("scope_sets").filter(*here).select("scope_set").collect()["scope_set"]
    chosen = facts.filter(
        pl.col("scope_set").is_in(sets.implode()),
        pl.col(entered) >= begin,
        pl.col(entered) < end,
    )
    if cell.slice and cell.slice_kind in columns:
        return chosen.filter(pl.col(cell.slice_kind) == cell.slice)
    return chosen


def _why_not_counted(kpi: Kpi, columns: list[str]) -> pl.Expr:
    """`counted`, or the reason why the record is not part of the number."""
    reason: pl.Expr = pl.lit(COUNTED)
    for exclusion in reversed(kpi.row["exclusions"] or []):
        if exclusion["column"] in columns:
            holds = pl.col(exclusion["column"]).fill_null(False)
            reason = pl.when(holds).then(pl.lit(exclusion["sentence"])).otherwise(reason)
    for member in reversed(kpi.row["members"] or []):
        if member in columns:
            says = pl.lit(f"not part of it: not {member.removeprefix('is_').replace('_', ' ')}")
            reason = pl.when(pl.col(member).fill_null(False)).then(reason).otherwise(says)
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
    return named_frame.with_columns(pl.col(pl.String).fill_null(""))
