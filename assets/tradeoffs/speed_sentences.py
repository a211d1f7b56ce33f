"""What a test of speed against stability says, in a sentence. Holds words only."""

from collections.abc import Mapping
from typing import Any

from assets.methods.panel import FEWEST_CLUSTERS, FEWEST_ROWS

SPEEDS = {
    "lead_time": "has half its change lead time",
    "release_pace": "makes twice as many planned releases",
    "change_size": "makes changes half as large",
}
OUTCOMES = {
    "failed_releases": "its share of failed releases (first three link rules)",
    "recovery_time": "its recovery time",
    "rework": "its share of releases that mend another",
    "satisfaction": "its satisfaction (CSAT)",
}
VERDICTS = {
    "trade_off": "faster goes with worse, beyond what chance over all tests explains.",
    "go_together": "faster goes with better, beyond what chance over all tests explains.",
    "no_evidence": "no evidence, once all tests are judged together, of either way.",
}
WHEN = {0: "in the same quarter", 1: "in the quarter after"}


def sentence(row: Mapping[str, Any]) -> str:
    """`When a customer …, its share of failed releases is … : no evidence …`"""
    pair = f"When a customer {SPEEDS[row['speed']]}, {OUTCOMES[row['outcome']]}"
    when = WHEN[row["lag_quarters"]]
    if row.get("slope") is None:
        return (
            f"{pair} {when} cannot be compared: {row['n']} quarters of {row['n_customers']} "
            f"customers are known, at least {FEWEST_ROWS} of {FEWEST_CLUSTERS} that change in "
            "speed are needed."
        )
    found = f"{pair} {when} is {amount(row['slope'], row)} ({_interval(row)})"
    if row["verdict"] != "no_evidence":
        return f"{found}: {VERDICTS[row['verdict']]}"
    shown = amount(row["smallest_effect"], row, bare=True)
    return f"{found}: {VERDICTS['no_evidence']} A change of {shown} would probably have shown."


def amount(slope: float, row: Mapping[str, Any], bare: bool = False) -> str:
    """`2.1 points higher`, `18 % lower`; `bare` leaves out the direction."""
    size = 100 * abs(2**slope - 1 if row["is_factor"] else slope)
    text = f"{size:.{0 if size >= 10 else 1}f} {'%' if row['is_factor'] else 'points'}"
    return text if bare else f"{text} {'higher' if slope >= 0 else 'lower'}"


def _interval(row: Mapping[str, Any]) -> str:
    ends = [row["low"], row["high"]]
    said = ["any lower" if ends[0] is None else amount(ends[0], row)]
    said.append("any higher" if ends[1] is None else amount(ends[1], row))
    return f"{' to '.join(said)}, n {row['n']} quarters of {row['n_customers']} customers"
