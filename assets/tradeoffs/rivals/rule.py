"""What a rule of another tool is: its number per cell, what makes it differ, where it is written.

Holds the words of the comparison, and no rule. Every rule is a small function from `Records` to one
row per cell with events: `cell`, `value` (in the rule's unit), `n` (what it was made of) and `part`
(the number that its reason speaks of).
"""

from collections.abc import Callable
from dataclasses import dataclass
from string import Formatter
from typing import Literal

import polars as pl

from assets.tradeoffs.rivals.records import Records

Metric = Literal["lead_time", "deployment_frequency", "change_fail_rate", "recovery_time"]
Effect = Literal[
    "same_rule",
    "other_start",
    "other_stop",
    "per_commit",
    "per_deployment",
    "mean",
    "lower_median",
    "median_of_medians",
    "open_left_out",
    "open_as_fastest",
    "whole_hours",
    "floor_division",
    "days_counted",
    "replicas_counted",
    "staging_counted",
    "unlinked_counted",
    "unlinked_dropped",
    "counted_repeatedly",
    "no_window",
    "other_services_blamed",
    "incidents_ignored",
    "empty_is_zero",
    "nothing_measured",
]
SECONDS, RATIO, PER_WEEK, DAYS_PER_WEEK = "seconds", "ratio", "per_week", "days_per_week"
# The statistic of ours that stands beside theirs.
STATISTICS = {
    "change_lead_time": "p50",
    "deployment_frequency": "rate",
    "change_fail_rate": "ratio",
    "failed_deployment_recovery_time": "p50",
    "time_to_restore": "p50",
}


@dataclass(frozen=True)
class Rule:
    """One metric as one version of a tool defines it.

    `ours` is the KPI that measures the same thing. `reason` says why the numbers differ; `{n}` and
    `{part}` in it are the rule's own counts. `empty` is what the tool shows where nothing happened:
    0, or nothing (None). `plain` are effect and reason of a cell in which `part` is 0, so that
    what did not happen explains nothing. `source` names repository, file and commit, or the page.
    """

    tool: str
    version: str
    metric: Metric
    compute: Callable[[Records], pl.LazyFrame]
    unit: str
    ours: str
    effect: Effect
    reason: str
    source: str
    empty: float | None = None
    plain: tuple[Effect, str] | None = None


def said(template: str) -> pl.Expr:
    """The template with the row's own `n` and `part` in their places."""
    parts = [(text, name) for text, name, _, _ in Formatter().parse(template)]
    names = [name for _, name in parts if name]
    return pl.format("".join(text + ("{}" if name else "") for text, name in parts), *names)
