"""How surely a promise is kept: one set of graded words, said alike on every page.

A verdict is sure where the whole interval of the score lies on its side of the border.
"""

from collections.abc import Callable, Sequence

from app.cells import Row
from app.verdicts import IMPORTANT_FROM, KEPT
from app.words import NOT_KNOWN, SPACE, score

KEPT_FROM, ENOUGH_FROM = 3.0, 2.5
CANNOT_TELL = "cannot tell"
# Grades of promises that count, as said of a row and as said of us.
SAID_OF_US = {
    "surely kept": "surely keep",
    "probably kept": "probably keep",
    "surely missed": "surely miss",
    "probably missed": "probably miss",
    CANNOT_TELL: "cannot tell about",
}


def is_important(row: Row) -> bool:
    """Whether the organisation says that the promise counts for the segment."""
    return (row["importance_stated"] or 0.0) >= IMPORTANT_FROM


def grade(row: Row) -> str:
    """`surely kept`, `probably missed`, `cannot tell`; where less counts `surely good enough`."""
    if row["verdict"] == "unknown" or row["performance"] is None:
        return CANNOT_TELL
    border = KEPT_FROM if is_important(row) else ENOUGH_FROM
    low, high = row["performance_low"], row["performance_high"]
    if is_important(row):
        is_good = row["verdict"] in KEPT
        word = "kept" if is_good else "missed"
    else:
        is_good = row["verdict"] in ("fits", "over_served")
        word = "good enough" if is_good else "weak"
    end_that_counts = low if is_good else high
    is_sure = end_that_counts is not None and (end_that_counts >= border) == is_good
    return f"{'surely' if is_sure else 'probably'} {word}"


def said_of_us(counting: Sequence[Row], show: Callable[[Sequence[Row]], str]) -> list[str]:
    """`surely keep …`, `cannot tell about …`: per grade that there is, with what `show` makes."""
    by_grade = {
        words: [row for row in counting if grade(row) == name] for name, words in SAID_OF_US.items()
    }
    return [f"{words} {show(rows)}" for words, rows in by_grade.items() if rows]


def scored(row: Row) -> str:
    """`3.4 of 5 (2.9–3.8), from 1 of 2 KPIs`."""
    if not row["n_kpis"]:
        return "no headline KPI yet"
    counted = row["n_kpis"] - row["n_missing"]
    part = f"{counted} of " if row["n_missing"] else ""
    kpis = f"from {part}{row['n_kpis']}{SPACE}KPI{'' if row['n_kpis'] == 1 else 's'}"
    value = score(row["performance"], row["performance_low"], row["performance_high"])
    return kpis if value == NOT_KNOWN else f"{value} {kpis}"


def why_not_sure(row: Row) -> str:
    """Why nothing can be told, or what is not counted; empty where all of it counts."""
    if row.get("missing"):
        return f"not counted: {row['missing']}"
    if row["verdict"] != "unknown":
        return ""
    if row["importance_stated"] is None:
        return "nobody has stated how much it counts"
    return (
        "no score" if row["performance"] is None else "its interval reaches from weak to excellent"
    )
