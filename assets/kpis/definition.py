"""What a KPI is: one entry of the catalogue, from which everything else about it is made."""

from dataclasses import dataclass, field
from typing import Literal

Statistic = Literal["p50", "p90", "ratio", "rate", "count"]
Unit = Literal[
    "seconds",
    "lines",
    "ratio",
    "per_week",
    "findings",
    "hours_per_week",
    "hours_per_ticket",
    "hours_per_customer_week",
    "tickets_per_customer_week",
]
ALL_PERIODS = ("week", "month", "quarter", "trailing_28d")
ALL_SCOPES = ("organisation", "segment", "customer", "service")
SCOPE_COLUMNS = ("tool", "offering")  # scopes that a fact has as columns, not in its scope set


@dataclass(frozen=True)
class Exclusion:
    """Rows of the cohort that are not measured: a boolean column of the fact, and why."""

    column: str
    sentence: str


@dataclass(frozen=True)
class Slice:
    """Cells beside the headline: by the values of a column, or by other numerators.

    They are few where the headline is many: a week of one service and one priority tells nothing.
    """

    kind: str
    column: str | None = None
    numerators: dict[str, str] = field(default_factory=dict)
    periods: tuple[str, ...] = ("month", "quarter")


@dataclass(frozen=True, kw_only=True)
class Example:
    """A June 2026 with few records, and the headline statistic of its month (else quarter).

    `records` says what comes in; the rest how many, or with which seconds on the clock: `happened`,
    `still_open` and `left` by a competing exit for durations (for a stock the ages, for an amount
    the amounts, as `happened`); `n` and `hits` (with the numerator, which `hit` says in words) for
    ratios; `parts` (numerator, denominator) of each record for weighted ones; `n` for rates and
    counts; `amounts` for rates of amounts; `customers` is how many are active all the time, where a
    rate is per customer; `excluded` names one exclusion per record.
    """

    records: str
    value: float
    happened: tuple[float, ...] = ()
    still_open: tuple[float, ...] = ()
    left: tuple[float, ...] = ()
    n: int = 0
    hits: int = 0
    hit: str = ""
    amounts: tuple[float, ...] = ()
    parts: tuple[tuple[float, float], ...] = ()
    customers: int = 0
    excluded: tuple[str, ...] = ()
    too_young: int = 0


def minutes(*amounts: float) -> tuple[float, ...]:
    """Seconds of so many minutes each, for an example's clocks."""
    return tuple(60 * amount for amount in amounts)


def hours(*amounts: float) -> tuple[float, ...]:
    """Seconds of so many hours each, for an example's clocks."""
    return tuple(3_600 * amount for amount in amounts)


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One definition, written once.

    Where it looks: rows of `fact` whose `members` are all true, which entered at the instant
    `entered_at`, less the `exclusions` (the first that holds counts). What it measures: the clock
    `clock` (`<clock>_seconds`, `<clock>_exit`) for p50 and p90; `numerator` for a ratio; rows per
    covered week for a rate. `requires` names the conformed tables without which nothing is known.

    `amount` is a column that is measured itself: its quantiles are taken where there is no clock,
    and a rate adds it up instead of counting rows. `denominator` makes a ratio one of sums, with
    `is_share` False where the numerator is no part of it. `exposure` names a fact of `scope_kind,
    scope, on, customers`, and the rate is per customer and week. `left_at` makes a stock: what has
    entered and not left at the end of the period, by its age (p50, p90), counted from `aged_from`
    if that is not when it entered, or how many (count).
    """

    id: str
    name: str
    promise: str
    audience: Literal["business", "software_teams"]
    unit: Unit
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
    amount: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    is_share: bool = True
    exposure: str | None = None
    left_at: str | None = None
    aged_from: str | None = None
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
    example: Example | None = None
    version: int = 1
    changelog: str = "1: first definition."

    @property
    def headline_statistic(self) -> Statistic:
        """The statistic that stands for the KPI where there is room for one."""
        return self.statistics[0]

    @property
    def columns(self) -> list[str]:
        """The columns of the fact that its cells are made of."""
        clock = [f"{self.clock}_seconds", f"{self.clock}_exit"] if self.clock else []
        sums = [self.amount, self.numerator, self.denominator]
        by_value = [s.column for s in self.slices if s.column]
        by_numerator = [name for s in self.slices for name in s.numerators.values()]
        places = [kind for kind in SCOPE_COLUMNS if kind in self.scopes]
        named = [*places, *clock, *filter(None, sums), *by_value, *by_numerator, *self.clusters]
        return list(dict.fromkeys(named))

    @property
    def duration(self) -> str | None:
        """The column of elapsed seconds, if the KPI has a clock."""
        return f"{self.clock}_seconds" if self.clock else None

    @property
    def has_quantiles(self) -> bool:
        """Whether its cells are quantiles: of a clock, of an amount, or of the ages of a stock."""
        return "p50" in self.statistics

    @property
    def entry(self) -> tuple[str, str, str]:
        """What KPIs share whose records are the same rows, and enter at the same instant."""
        return self.fact, self.entered_at, self.id if self.is_stock else ""

    @property
    def adds_up(self) -> bool:
        """Whether its cells are made of how many records there are, and of which kind."""
        return not (self.has_quantiles or self.amount or self.denominator)

    @property
    def is_stock(self) -> bool:
        """Whether it is measured at the end of a period, and not over it."""
        return self.left_at is not None

    @property
    def chart(self) -> Literal["log", "p", "u", "x"]:
        """The process behaviour chart its months are judged on (`assets.kpis.limits`)."""
        if self.has_quantiles:
            return "log"
        if self.is_stock or self.amount or self.exposure or self.denominator:
            return "x"
        return "p" if self.numerator else "u"

    @property
    def is_business_time(self) -> bool:
        """Whether the clock runs in support hours only."""
        return "business" in (self.clock or "")
