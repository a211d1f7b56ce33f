"""The catalogue as a document, `docs/kpis.md`, and one entry of it as rows to print.

Holds the words around the definitions; the definitions themselves are in the promises' files.
"""

from collections.abc import Sequence

from assets.kpis.definition import Kpi, Slice
from assets.kpis.worked_example import worked_example

UNITS = {"seconds": "time", "ratio": "share"}
BUSINESS_TIME = "business time, by the support hours promised"
DIRECTIONS = {"lower": "lower", "higher": "higher", "neutral": "neither"}
AUDIENCES = {"business": "the business", "software_teams": "software teams"}
STATISTICS = {
    "p50": "median (P50)",
    "p90": "time within which nine of ten end (P90)",
    "ratio": "share, with its 95 % interval",
    "rate": "rate, with its exact 95 % interval",
    "count": "count, with its exact 95 % interval",
}
EXITS = {
    "never": "None: what has not happened is still open, however long it takes.",
    "competing": "What left by another exit never gets there: it is no fast one (Aalen–Johansen).",
    "exclude": "What ends without it is left out.",
}
PERIODS = {
    "week": "week",
    "month": "month",
    "quarter": "quarter",
    "trailing_28d": "trailing 28 days",
}
INTRODUCTION = """# The KPIs

<!-- Made from the catalogue in assets/kpis. After a change there:
     UPDATE_SNAPSHOT=1 .venv/bin/pytest tests/kpis/test_handbook.py -->

Every KPI with its definition, clock, exclusions and a worked example. The same is on the
dashboard's Definitions page, in the exports' definitions sheet and in
`plumbline kpis change_fail_rate`. Where one number comes from says
`plumbline explain change_fail_rate --scope core --period 2026-Q1`.

All durations are medians and P90 by Kaplan–Meier over what *entered* in the period, what is still
open included. Shares have Wilson's interval, rates and counts the exact Poisson interval; what is
alike within a cluster (runs of one workflow and day) has an interval that allows for it. A stock is
what is there at the end of a period. A missing number is never a zero. What entered before its
sources begin to tell is left out, as only what lasted is known of that time. How often the
intervals hold the truth, and where not (times of what comes in bursts), is in
[coverage.md](coverage.md).

Medians of stages do not add up. How the time of a change divides among its stages is in the table
`kpi_stage_shares`, by scope and quarter: each stage's mean, in which a change counts with 30 days
at most, and its share in the sum of the means. It stands on the page Speed and stability
([how and why](decisions/0088-where-the-time-goes.md)).
"""


def handbook(kpis: Sequence[Kpi]) -> str:
    """The whole catalogue in Markdown, by promise, in the order given."""
    promises = list(dict.fromkeys(kpi.promise for kpi in kpis))
    by_promise = {p: [kpi for kpi in kpis if kpi.promise == p] for p in promises}
    contents = "\n".join(
        f"- **{promise.capitalize()}**: "
        + ", ".join(f"[{kpi.name}](#{_anchor(kpi.name)})" for kpi in members)
        for promise, members in by_promise.items()
    )
    chapters = [
        f"## {promise.capitalize()}\n\n" + "\n".join(map(_section, members))
        for promise, members in by_promise.items()
    ]
    return "\n".join([INTRODUCTION, contents, "", *chapters])


def entry(kpi: Kpi) -> dict[str, str]:
    """All that there is to say about a KPI, by label, in the order to read it; nothing empty."""
    clock = kpi.clock is not None
    rows = {
        "ID": kpi.id,
        "Name": kpi.name,
        "Promise": f"{kpi.promise}, to {AUDIENCES[kpi.audience]}",
        "Definition": kpi.definition,
        "Worked example": worked_example(kpi),
        "Unit": unit_of(kpi),
        "Better": DIRECTIONS[kpi.direction],
        "Statistics": "; ".join(STATISTICS.get(one, one) for one in kpi.statistics),
        "Headline": "yes" if kpi.is_headline else "no",
        "Cohort": _cohort(kpi),
        "Clock starts": kpi.clock_start,
        "Clock stops": kpi.clock_stop,
        "Other exits": EXITS[kpi.exit_without_event] if clock else "",
        "Measured": kpi.amount or "",
        "Numerator": kpi.numerator or "",
        "Denominator": kpi.denominator or "",
        "Per": f"active customer and week ({kpi.exposure})" if kpi.exposure else "",
        "Left out": "\n".join(f"{one.sentence} ({one.column})" for one in kpi.exclusions),
        "Look-ahead": f"{kpi.look_ahead_hours} hours" if kpi.look_ahead_hours else "none",
        "Minimum n": f"{kpi.minimum_n}; below, the number is flagged as resting on few events",
        "No value means": kpi.null_means,
        "Also shown by": "\n".join(map(_slice, kpi.slices)),
        "For each": ", ".join(kpi.scopes),
        "In each": ", ".join(PERIODS.get(one, one) for one in kpi.periods),
        "Known only with": ", ".join(one.replace("_", " ") for one in kpi.requires),
        "Benchmark": kpi.benchmark or "none that is public and measured",
        "Source": kpi.definition_source,
        "Version": f"{kpi.version}",
        "Changes": kpi.changelog,
    }
    return {label: text for label, text in rows.items() if text}


def _section(kpi: Kpi) -> str:
    """Name, definition and example in prose, the rest as a table."""
    rows = entry(kpi)
    for label in ("Name", "Promise", "Definition", "Worked example"):
        rows.pop(label, None)
    rows = {"ID": f"`{rows.pop('ID')}`", "Audience": AUDIENCES[kpi.audience], **rows}
    table = "\n".join(f"| {label} | {_in_cell(text)} |" for label, text in rows.items())
    example = worked_example(kpi)
    prose = [kpi.definition, *([f"*Worked example.* {example}"] if example else [])]
    return "\n\n".join([f"### {kpi.name}", *prose, f"| | |\n|---|---|\n{table}\n"])


def unit_of(kpi: Kpi) -> str:
    """What its values are in, in words."""
    if kpi.is_business_time:
        return BUSINESS_TIME
    return UNITS.get(kpi.unit, kpi.unit.replace("_", " "))


def _cohort(kpi: Kpi) -> str:
    only = f", where {' and '.join(kpi.members)}" if kpi.members else ""
    rows = f"rows of {kpi.fact}{only}"
    if kpi.is_stock:
        return f"{rows}, from {kpi.entered_at} to {kpi.left_at}, at the end of the period"
    return f"{rows}, by the local day of {kpi.entered_at}"


def _slice(cut: Slice) -> str:
    values = f": {', '.join(cut.numerators)}" if cut.numerators else ""
    periods = " and ".join(PERIODS.get(one, one) for one in cut.periods)
    return f"{cut.kind}{values} (by {periods})".replace("_", " ")


def _in_cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")


def _anchor(heading: str) -> str:
    """The anchor that Markdown renderers give a heading."""
    kept = "".join(c for c in heading.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")
