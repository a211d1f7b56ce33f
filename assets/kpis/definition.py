"""What a KPI is: one entry of the catalogue, from which everything else about it is made."""

from dataclasses import dataclass, field
from typing import Literal

Statistic = Literal["p50", "p90", "ratio", "rate"]
ALL_PERIODS = ("week", "month", "quarter", "trailing_28d")
ALL_SCOPES = ("organisation", "segment", "customer", "service")


@dataclass(frozen=True)
class Exclusion:
    """Rows of the cohort that are not measured: a boolean column of the fact, and why."""

    column: str
    sentence: str


@dataclass(frozen=True)
class Slice:
    """Cells beside the headline: by the values of a column, or by other numerators."""

    kind: str
    column: str | None = None
    numerators: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One definition, written once.

    Where it looks: rows of `fact` whose `members` are all true, which entered at the instant
    `entered_at`, less the `exclusions` (the first that holds counts). What it measures: the clock
    `clock` (`<clock>_seconds`, `<clock>_exit`) for p50 and p90; `numerator` for a ratio; rows per
    covered week for a rate. `requires` names the conformed tables without which nothing is known.
    """

    id: str
    name: str
    promise: str
    audience: Literal["business", "software_teams"]
    unit: Literal["seconds", "ratio", "per_week"]
    direction: Literal["lower", "higher", "neutral"]
    statistics: tuple[Statistic, ...]
    fact: str
    entered_at: str
    requires: tuple[str, ...]
    definition: str
    null_means: str
    definition_source: str
    clock: str | None = None
    clock_start: str = ""
    clock_stop: str = ""
    exit_without_event: Literal["never", "competing", "exclude"] = "never"
    numerator: str | None = None
    members: tuple[str, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    slices: tuple[Slice, ...] = ()
    clusters: tuple[str, ...] = ()
    look_ahead_hours: int = 0
    minimum_n: int = 10
    is_headline: bool = False
    is_private: bool = False
    scopes: tuple[str, ...] = ALL_SCOPES
    periods: tuple[str, ...] = ALL_PERIODS
    benchmark: str = ""
    version: int = 1
    changelog: str = "1: first definition."

    @property
    def headline_statistic(self) -> Statistic:
        """The statistic that stands for the KPI where there is room for one."""
        return self.statistics[0]

    @property
    def duration(self) -> str | None:
        """The column of elapsed seconds, if the KPI has a clock."""
        return f"{self.clock}_seconds" if self.clock else None
