"""What a driver's model says of a segment's satisfaction, in a sentence. Holds words only."""

from collections.abc import Mapping
from typing import Any

DRIVERS = {
    "first_response": "the first response takes twice as long",
    "resolution": "the solution takes twice as long",
    "reopened": "the ticket is reopened",
    "ci_feedback_time": "CI feedback took twice as long in the month before",
    "ci_red_time": "default branches were red twice as long in the month before",
    "failed_releases": "one more release failed in the month before",
}


def sentence(row: Mapping[str, Any]) -> str:
    """`Where …, 4.1 points fewer answers are good (…): this goes with satisfaction.`"""
    verdict = row["verdict"]
    if verdict == "not_estimable":
        return "Not estimable: no rating can see how this promise is kept."
    if verdict == "too_little":
        is_flat = row["n_needed"] is None
        wanted = "none that differ in it" if is_flat else f"{_wanted(row)} needed"
        return f"Not enough evidence on whether it matters if {DRIVERS[row['driver']]}: " + (
            f"{row['n']} answers, {wanted}."
        )
    found = f"Where {DRIVERS[row['driver']]}, {_points(row['slope'])} answers are good"
    ends = " to ".join(
        "no limit" if end is None else _points(end) for end in (row["low"], row["high"])
    )
    ends += f", n {row['n']}"
    if verdict == "goes_with":
        return f"{found} ({ends}): it goes with satisfaction."
    shown = f"{100 * row['smallest_effect']:.1f}"
    return (
        f"{found} ({ends}): no evidence, once all drivers are judged together. {shown} points "
        "would probably have shown."
    )


def _wanted(row: Mapping[str, Any]) -> int:
    return max(80, int(row["n_needed"]))


def _points(slope: float) -> str:
    return f"{100 * abs(slope):.1f} points {'more' if slope >= 0 else 'fewer'}"
