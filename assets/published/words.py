"""The words in which a workbook says statistics, states, flags, verdicts and units.

Holds words and number formats only; the app has its own, since it imports no stage.
"""

from dataclasses import dataclass

STATISTICS = {
    "p50": "median (P50)",
    "p90": "P90",
    "ratio": "share",
    "rate": "rate",
    "count": "count",
    "sum": "sum",
    "mean": "mean, at most 30 days a stage",
    "share": "share of the way to production",
}
STATES = {
    "ok": "known",
    "no_events": "nothing to measure",
    "not_covered": "not known",
    "not_reached": "not reached yet",
    "withheld": "withheld",
}
STATE_REASONS = {
    "ok": "there is a value; Low and High are its 95 % interval",
    "no_events": "the sources tell about this time, and nothing happened that could be measured",
    "not_covered": "no source tells about this time: this is not a zero",
    "not_reached": "too many are still open for a value; Low is a lower bound",
    "withheld": "too few people answered to show it without exposing one of them",
}
OPEN_ENDS = {"low": "no lower bound", "high": "no upper bound"}
FLAGS = {
    "is_complete": "period not complete",
    "is_low_n": "few events",
    "is_immature": "outcomes can still come in",
    "is_stale": "a source is late",
}
FLAG_REASONS = {
    "is_complete": "the period had not ended, so more will come",
    "is_low_n": "fewer events than the KPI's minimum n: read the interval, not the value",
    "is_immature": "part of the cohort is younger than the KPI's look-ahead",
    "is_stale": "a source that this number rests on has not delivered up to date",
}
VERDICTS = {
    "excels_where_it_counts": "excels where it counts",
    "serves": "serves",
    "under_served": "under-served",
    "over_served": "over-served",
    "fits": "fits",
    "bad_on_purpose": "bad on purpose",
    "weak_undeclared": "weak, undeclared",
    "unknown": "unknown",
}
DIRECTIONS = {"lower": "lower", "higher": "higher", "neutral": "neither"}
BUSINESS_SECONDS = "business_seconds"  # `seconds` of a KPI whose clock runs in business time
DAY, HOUR, MINUTE = 86_400.0, 3_600.0, 60.0
# One unit of time per promise and not per value, so that exports of two periods can be compared.
IN_DAYS = frozenset({"flexibility", "security"})
IN_MINUTES = frozenset({"feedback"})


@dataclass(frozen=True)
class Shown:
    """How values of a unit are shown: divided by `divisor`, named `label`, in Excel's `format`."""

    label: str
    divisor: float
    format: str


def shown(unit: str, promise: str) -> Shown:
    """How a sheet of this promise shows values of this unit."""
    if unit == BUSINESS_SECONDS:
        return Shown("business hours", HOUR, "#,##0.00")
    if unit == "seconds":
        if promise in IN_DAYS:
            return Shown("days", DAY, "#,##0.00")
        if promise in IN_MINUTES:
            return Shown("minutes", MINUTE, "#,##0.0")
        return Shown("hours", HOUR, "#,##0.00")
    if unit == "ratio":
        return Shown("share", 1.0, "0.0%")
    return Shown(spaced(unit), 1.0, "#,##0" if unit == "count" else "#,##0.00")


def spaced(identifier: str) -> str:
    """`per_week` as `per week`."""
    return identifier.replace("_", " ")


def titled(identifier: str) -> str:
    """`per_week` as `Per week`."""
    text = spaced(identifier)
    return text[:1].upper() + text[1:]
