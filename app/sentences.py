"""Plain sentences made from cells: what a number says, why one is missing, what a flag means.

Pure functions from rows to text; no reading, no page.
"""

from collections.abc import Sequence

from app.cells import FLAG_COLUMNS, Kpi, Row
from app.words import (
    FLAGS,
    SPACE,
    STATE_REASONS,
    STATES,
    counted,
    inside,
    interval,
    number,
    period,
    possessive,
    quantity,
    spaced,
)

NO_VALUE = "None"  # the slice of records that do not say
QUANTILES = {"p50": " in the median", "p90": " for nine of ten"}


def cell(row: Row, kpi: Kpi, statistic: str, who: str) -> str:
    """One sentence for one cell, with its interval and n, or with why there is no number.

    `Core’s change lead time was 2.1 days in the median in May 2026 (1.9–2.4 days, n = 412).`
    A number that can still change ends in `not final yet`.
    """
    subject = f"{possessive(who)} {inside(kpi.name)}{f' ({part(row)})' if part(row) else ''}"
    when, quantile = _when(row, kpi), QUANTILES.get(statistic, "")
    if row["value_state"] == "ok" and row["value"] is not None:
        return (
            f"{subject} {_verb(row, kpi)} {quantity(row['value'], kpi.unit)}"
            f"{quantile} {when} ({_certainty(row, kpi)}){_not_final(row)}."
        )
    if row["value_state"] == "not_reached":
        bound = "" if row["low"] is None else f": at least {quantity(row['low'], kpi.unit)}"
        open_ones = f"n = {number(row['n'])}, {number(row['n_open'])} still open"
        return f"{subject}{quantile} is not reached yet {when}{bound} ({open_ones})."
    reason = STATE_REASONS.get(row["value_state"], row["value_state"])
    if row["value_state"] == "withheld":
        return f"{subject} {when} is {reason}."
    if row["value_state"] == "no_events":
        return f"{subject} has nothing to measure {when}: {reason}."
    return f"{subject} {when} is not known: {reason}."


def part(row: Row) -> str:
    """`link rule: hotfix` of a slice; empty for the whole."""
    if not row.get("slice"):
        return ""
    value = "not told" if row["slice"] == NO_VALUE else row["slice"].replace("_", " ")
    return f"{spaced(row['slice_kind']).lower()}: {value}"


def short(row: Row, kpi: Kpi) -> str:
    """`10.1 % (95 % interval 7.2–14 %, n = 168)`; of a cell without a value what is known."""
    quantile = QUANTILES.get(row["statistic"], "")
    if row["value_state"] == "withheld":
        return STATES["withheld"]
    if row["value"] is not None:
        value = f"{quantity(row['value'], kpi.unit)}{quantile}"
        return f"{value} (95{SPACE}% interval {_certainty(row, kpi)})"
    bound = "" if row["low"] is None else f", at least {quantity(row['low'], kpi.unit)}"
    return f"{STATES[row['value_state']]}{bound} (n = {number(row['n'])})"


def _when(row: Row, kpi: Kpi) -> str:
    """`in May 2026`; of a stock, which is measured then, `at the end of May 2026`."""
    text = period(row["period_kind"], row["period_start_on"], row["period_end_on"])
    return f"at the end of {text}" if kpi.left_at and row["is_complete"] else f"in {text}"


def _verb(row: Row, kpi: Kpi) -> str:
    is_plural = kpi.name.endswith("s") and not kpi.name.endswith("ss")
    if row["is_complete"]:
        return "were" if is_plural else "was"
    return "are so far" if is_plural else "is so far"


def _not_final(row: Row) -> str:
    if row["is_immature"]:
        return "; not final yet, outcomes can still come in"
    return "" if row["is_complete"] else "; not final yet, the period is not over or not all told"


def _certainty(row: Row, kpi: Kpi) -> str:
    bounds = interval(row["low"], row["high"], row["value"], kpi.unit)
    open_ones = f", {number(row['n_open'])} still open" if row["n_open"] else ""
    return f"{bounds}, n = {number(row['n'])}{open_ones}"


def flags(row: Row) -> list[str]:
    """The cell's flags in words, an unfinished period first; none of a withheld cell."""
    if row["value_state"] == "withheld":
        return []
    unfinished = [] if row["is_complete"] else [FLAGS["is_incomplete"]]
    return unfinished + [FLAGS[name] for name in FLAG_COLUMNS if row[name]]


def remark(row: Row) -> str:
    """State and flags of a cell as one short remark; empty for a sound number."""
    parts = [] if row["value_state"] == "ok" else [STATES.get(row["value_state"], "")]
    return "; ".join(part for part in parts + flags(row) if part)


def gaps(rows: Sequence[Row]) -> list[str]:
    """Why a series has gaps: one sentence per kind of missing value, with how many periods."""
    found: dict[str, int] = {}
    for row in rows:
        if row["value_state"] != "ok":
            found[row["value_state"]] = found.get(row["value_state"], 0) + 1
    total = len(rows)
    return [
        f"{counted(count, 'value')} of {total} missing: {STATE_REASONS.get(state, state)}."
        for state, count in found.items()
    ]
