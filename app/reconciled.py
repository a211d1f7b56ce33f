"""What came into a cell and where it went, as one sentence. Records one by one: `app.evidence`."""

import polars as pl

from app.cells import Cell, Kpi
from app.edition import Edition
from app.words import counted, inside, number, spaced

MEASURED, STILL_OPEN, TOO_YOUNG = "measured", "still_open", "is_immature"


def reconciled(edition: Edition, cell: Cell) -> str:
    """What came in, what was left out by which rule, and what counts; the numbers of the cell.

    Empty for private KPIs, of which nothing is told beside the cell.
    """
    if cell.kpi.is_private:
        return ""
    by_fate = _by_fate(edition, cell)
    if not by_fate:
        return "Nothing came in that could be measured."
    total = sum(by_fate.values())
    still_open, young = by_fate.pop(STILL_OPEN, 0), by_fate.pop(TOO_YOUNG, 0)
    counts = by_fate.pop(MEASURED, 0) + still_open
    reasons = "; ".join(f"{number(n)} × {reason(cell.kpi, fate)}" for fate, n in by_fate.items())
    whole = "Over all parts, " if cell.slice else ""
    return (
        f"{whole}{counted(total, 'record')} came in: {number(counts)} count"
        f"{f', {number(still_open)} of them still open' if still_open else ''}; "
        f"{number(sum(by_fate.values()))} left out{f' ({reasons})' if reasons else ''}"
        f"{f'; {number(young)} too young, outcomes can still come in' if young else ''}."
    )


def _by_fate(edition: Edition, cell: Cell) -> dict[str, int]:
    rows = edition.scan("kpi_reconciliation").filter(
        pl.col("kpi") == cell.kpi.id,
        pl.col("scope_kind") == cell.scope_kind,
        pl.col("scope") == cell.scope,
        pl.col("period_kind") == cell.period_kind,
        pl.col("period_start_on") == cell.start,
        pl.col("period_end_on") == cell.end,
    )
    kept = rows.select("fate", "records").sort("records", descending=True).collect()
    return dict(kept.rows())


def reason(kpi: Kpi, rule: str) -> str:
    """Why an exclusion's records are left out, to stand inside a sentence."""
    for exclusion in kpi.row["exclusions"] or []:
        if exclusion["column"] == rule:
            return inside(str(exclusion["sentence"])).rstrip(".")
    return spaced(rule.removeprefix("is_")).lower()
