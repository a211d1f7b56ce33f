"""How numbers, periods and states are said: units, intervals, months, what a missing value means.

Pure functions from values to short texts. Sentences made of them are in `app.sentences`.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
BUSINESS_SECONDS = "business_seconds"
# The next unit is used from two of it on: 119 s, 2 min, 119 min, 2 h, 47 h, 2 days.
UNTIL_NEXT = 2
NOT_KNOWN = "–"
PER_CENT = 0.01
NEARLY_WHOLE = (
    0.99  # above it a share is told by what is missing: 99.9 % and 99.99 % differ tenfold
)
SCORE_BORDERS = (2.5, 3.0, 4.0)
# A number and its unit, or its thousands, never part at the end of a line.
SPACE, NARROW_SPACE, MINUS = "\u00a0", "\u202f", "\u2212"

STATISTICS = {
    "p50": "Median",
    "p90": "Nine of ten within",
    "ratio": "Share",
    "rate": "Per week",
    "count": "Count",
    "sum": "Total",
}
PERIOD_KINDS = {
    "week": "Weeks",
    "month": "Months",
    "quarter": "Quarters",
    "trailing_28d": "28 days, rolling",
}
LEVELS = {
    "organisation": "Organisation",
    "segment": "Segments",
    "customer": "Customers",
    "service": "Services",
    "offering": "Offerings",
    "tool": "Tools",
}
STATES = {
    "ok": "known",
    "no_events": "nothing to measure",
    "not_covered": "not known",
    "not_reached": "not reached yet",
    "withheld": "withheld",
}
STATE_REASONS = {
    "no_events": "the sources tell about this time, and nothing happened that could be measured",
    "not_covered": "no source tells about this time, so nothing is known (this is not a zero)",
    "not_reached": "too many are still open for the curve to fall that far; a lower bound is known",
    "withheld": "withheld, to protect those who answered",
}
FLAGS = {
    "is_incomplete": "the period is not over",
    "is_low_n": "few events",
    "is_immature": "outcomes can still come in",
    "is_stale": "a source is late",
}
FLAG_REASONS = {
    "is_incomplete": "more will come, or not all of it is told",
    "is_low_n": "fewer than the KPI's minimum n: read the interval, not the value",
    "is_immature": "part of the cohort is younger than the KPI's look-ahead",
    "is_stale": "a source that this number rests on has not delivered up to date",
}


@dataclass(frozen=True)
class Unit:
    """A unit to say a number in: the number is divided by `divisor`, and `suffix` follows."""

    divisor: float
    suffix: str


def unit_for(value: float | None, unit: str) -> Unit:
    """The unit in which a value of the catalogue's `unit` is best said.

    Business time stops at hours: a day of it is eight hours to one reader, 24 to the next.
    """
    size = abs(value or 0.0)
    if unit in ("seconds", BUSINESS_SECONDS):
        is_business = unit == BUSINESS_SECONDS
        if size >= UNTIL_NEXT * DAY and not is_business:
            return Unit(DAY, " days")
        kind = " business" if is_business else ""
        if size >= UNTIL_NEXT * HOUR:
            return Unit(HOUR, " business hours" if is_business else " h")
        is_minutes = size >= UNTIL_NEXT * MINUTE
        return Unit(MINUTE, f"{kind} min") if is_minutes else Unit(1.0, f"{kind} s")
    if unit == "ratio":
        return Unit(PER_CENT, " %")
    return Unit(
        1.0,
        {"per_week": " a week", "count": "", "findings": "", "score": ""}.get(
            unit, f" {unit.replace('_', ' ')}"
        ),
    )


def shared_unit(values: Iterable[float | None], unit: str) -> Unit:
    """The unit in which numbers of one sentence or row are said: that of the middle one."""
    sizes = sorted(abs(value) for value in values if value is not None and math.isfinite(value))
    return unit_for(sizes[(len(sizes) - 1) // 2] if sizes else None, unit)


def number(value: float) -> str:
    """One decimal without a trailing zero; two digits that count below one; thousands apart."""
    if value == 0:
        return "0"
    # Never `5e-05`: a reader would have to know how that is written.
    text = f"{float(f'{value:.2g}'):.12f}" if abs(value) < 1 else f"{value:,.1f}"
    text = text.rstrip("0").removesuffix(".").replace(",", NARROW_SPACE)
    return MINUS + text[1:] if value < 0 else text


def quantity(value: float | None, unit: str, shared: Unit | None = None) -> str:
    """`2.1 days`, `12.4 %`, `3 a week`; a dash for a value that is not known.

    In its own unit, or in the one that it shares with its neighbours.
    """
    if value is None:
        return NOT_KNOWN
    spoken = shared or unit_for(value, unit)
    return f"{_figure(value, spoken)}{spoken.suffix}".replace(" ", SPACE)


def _figure(value: float, spoken: Unit) -> str:
    """The number in that unit; of 99.964 % what is missing to 100 counts."""
    if spoken.divisor == PER_CENT and NEARLY_WHOLE < value < 1:
        return f"{100 - float(f'{100 * (1 - value):.2g}'):.8f}".rstrip("0").removesuffix(".")
    return number(value / spoken.divisor)


def interval(
    low: float | None,
    high: float | None,
    value: float | None,
    unit: str,
    shared: Unit | None = None,
) -> str:
    """`1.9–2.4 days` in the unit of the value or a shared one; an open end is said to be open."""
    return _ends(low, high, shared or unit_for(value if value is not None else low, unit))


def sure(low: float | None, high: float | None, value: float | None, unit: str, n: int) -> str:
    """`1.9–2.4, n 212`: what stands in brackets behind a value, in its unit."""
    spoken = unit_for(value, unit)
    return f"{_ends(low, high, Unit(spoken.divisor, ''))}, n {number(n)}".replace(" ", SPACE)


def _ends(low: float | None, high: float | None, spoken: Unit) -> str:
    least = None if low is None else _figure(low, spoken)
    most = None if high is None else _figure(high, spoken)
    if least is None and most is None:
        return "interval not known"
    if most is None:
        return f"{least}{spoken.suffix} or more"
    if least is None:
        return f"up to {most}{spoken.suffix}"
    # A dash between numbers with a minus could not be read.
    to = " to " if low is not None and low < 0 else "–"
    return f"{least}{to}{most}{spoken.suffix}"


def score(value: float | None, low: float | None, high: float | None) -> str:
    """`3.4 (2.9–3.8)` for a score from 1 to 5."""
    if value is None:
        return NOT_KNOWN
    if low is None or high is None:
        return _score(value)
    return f"{_score(value)} ({_score(low)}–{_score(high)})"


def _score(value: float) -> str:
    """One decimal, cut where rounding would lift it over a verdict's border: 2.98 is `2.9`."""
    is_lifted = any(value < border <= round(value, 1) for border in SCORE_BORDERS)
    return f"{math.floor(value * 10) / 10 if is_lifted else value:.1f}"


def period(kind: str, start: date, end: date) -> str:
    """`May 2026`, `2026 Q2`, `the week of 4 May 2026`, `the 28 days to 30 June 2026`."""
    if kind == "month":
        return f"{start:%B %Y}"
    if kind == "quarter":
        return f"{start.year} Q{(start.month + 2) // 3}"
    if kind == "week":
        return f"the week of {day(start)}"
    return f"the 28 days to {day(end)}"


def day(moment: date) -> str:
    """`4 May 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def instant(moment: datetime | None, time_zone: str) -> str:
    """`1 July 2026, 02:00` on the organisation's clock."""
    if moment is None:
        return NOT_KNOWN
    local = moment.astimezone(ZoneInfo(time_zone))
    return f"{day(local.date())}, {local:%H:%M}"


def inside(name: str) -> str:
    """A KPI's name inside a sentence: `change lead time`, but `CI feedback time`."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def first_large(text: str) -> str:
    """The text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def surely(is_sure: bool) -> str:
    """How sure a statement is, in one word: its whole interval says so, or only its value."""
    return "surely" if is_sure else "probably"


def possessive(name: str) -> str:
    """`Core product's`, `Example Services’`."""
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def listed(items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 check`, `1 200 checks`, `no checks`."""
    noun = one if count == 1 else many or f"{one}s"
    return f"{'no' if count == 0 else number(float(count))} {noun}"


def spaced(identifier: str) -> str:
    """`finished_before_started` as words: `Finished before started`."""
    text = identifier.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
