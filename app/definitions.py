"""A KPI's definition in words: clock, exclusions, what null means, source, version.

Turns catalogue entries into rows to search and texts to read.
"""

import polars as pl

from app.cells import Kpi
from app.words import number, spaced

UNITS = {
    "seconds": "time",
    "business_seconds": "business time",
    "ratio": "share in %",
    "per_week": "per week",
}
DIRECTIONS = {
    "lower": "Lower is better",
    "higher": "Higher is better",
    "neutral": "Neither is better",
}
STATISTICS = {
    "p50": "median",
    "p90": "time within which nine of ten end",
    "ratio": "share",
    "rate": "rate",
    "count": "count",
    "sum": "total",
}


def matching(kpis: dict[str, Kpi], text: str) -> dict[str, Kpi]:
    """The KPIs whose entry holds every word of `text`, in any case and order."""
    words = text.casefold().split()
    return {one: kpi for one, kpi in kpis.items() if all(word in _haystack(kpi) for word in words)}


def _haystack(kpi: Kpi) -> str:
    parts = [kpi.id, kpi.name, kpi.promise, kpi.row["definition"], kpi.row["audience"]]
    return " ".join(str(part or "") for part in parts).replace("_", " ").casefold() + f" {kpi.id}"


def overview(kpis: dict[str, Kpi]) -> pl.DataFrame:
    """One row per KPI: name, promise, what it measures in."""
    rows = [
        {
            "KPI": kpi.name,
            "Promise": kpi.promise.capitalize(),
            "In": UNITS.get(kpi.unit, kpi.unit),
            "Better": DIRECTIONS.get(kpi.row["direction"], kpi.row["direction"]),
            "Headline": kpi.row["is_headline"],
            "Id": kpi.id,
        }
        for kpi in kpis.values()
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def in_full(kpi: Kpi) -> dict[str, str]:
    """Everything about one KPI as a description list in Markdown, in the order to read it."""
    row = kpi.row
    hours = row["look_ahead_hours"]
    facts = {
        "Promise": f"{kpi.promise.capitalize()}, to {spaced(row['audience'] or 'all').lower()}",
        "Shown as": ", ".join(STATISTICS.get(one, one) for one in kpi.statistics),
        "Measured in": UNITS.get(kpi.unit, kpi.unit),
        "Better": DIRECTIONS.get(row["direction"], row["direction"]),
        "Enters at": f"`{row['entered_at']}` of `{row['fact']}`",
        "Clock starts": row["clock_start"],
        "Clock stops": row["clock_stop"],
        "Counts in the numerator": f"`{row['numerator']}`" if row["numerator"] else "",
        "Belongs to it only if": ", ".join(f"`{one}`" for one in row["members"] or []),
        "Left out": "  \n".join(one["sentence"] for one in row["exclusions"] or []),
        "Also shown by": ", ".join(spaced(one).lower() for one in row["slices"] or []),
        "Known only with": ", ".join(spaced(one).lower() for one in row["requires"] or []),
        "Waits for outcomes": f"{number(hours)} h" if hours else "",
        "Few events": f"fewer than {number(row['minimum_n'])}" if row["minimum_n"] else "",
        "A missing value means": row["null_means"],
        "Worked example": row.get("worked_example", ""),  # editions before it have none
        "Benchmark": row["benchmark"],
        "Source of the definition": row["definition_source"],
        "Version": f"{row['version']}",
        "Changes": row["changelog"],
    }
    return {name: text for name, text in facts.items() if text}
