"""The worked example of a KPI in words: what comes in, what becomes of it, and the number.

Holds words only. The numbers stand with the definition in its promise's file, and a test has the
cells compute each of them again.
"""

from statistics import median

from assets.kpis.definition import Example, Kpi
from assets.kpis.spoken import number, quantity

MONTH, MONTH_DAYS, QUARTER = "June 2026", 30, "April to June 2026"
SHARES = {"p50": "Half", "p90": "Nine of ten"}


def worked_example(kpi: Kpi) -> str:
    """A few sentences for a reader who wants to do the sum; empty if the KPI has no example."""
    example = kpi.example
    if example is None:
        return ""
    when = MONTH if "month" in kpi.periods else QUARTER
    return " ".join(
        [f"{when}: {_came_in(example)}", *_not_measured(kpi, example), *_measured(kpi, example)]
    )


def n_measured(example: Example) -> int:
    """How many records of the example the number is made of."""
    timed = example.happened + example.still_open + example.left
    return example.n + len(timed) + len(example.amounts) + len(example.parts)


def _came_in(example: Example) -> str:
    total = n_measured(example) + len(example.excluded) + example.too_young
    return f"{total} {example.records} come in."


def _not_measured(kpi: Kpi, example: Example) -> list[str]:
    sentences = {exclusion.column: exclusion.sentence for exclusion in kpi.exclusions}
    counts = {column: example.excluded.count(column) for column in dict.fromkeys(example.excluded)}
    said = [f"{n} {_are(n)} left out: “{sentences[column]}”" for column, n in counts.items()]
    if example.too_young:
        n, hours = example.too_young, kpi.look_ahead_hours
        said.append(f"{n} {_are(n)} younger than {hours} hours and not counted yet.")
    return said


def _measured(kpi: Kpi, example: Example) -> list[str]:
    who, is_all = f"{n_measured(example)}", not (example.excluded or example.too_young)
    who = "All" if is_all else who
    if kpi.has_quantiles:
        return _duration(kpi, example, who)
    value, n = _said(kpi, example.value), example.n
    if kpi.denominator:
        sums = " ÷ ".join(number(sum(side)) for side in zip(*example.parts, strict=True))
        return [f"{who} are added up, numerators and denominators: {sums} = {value}."]
    if kpi.numerator:
        share = f"{example.hits} ÷ {n} = {value}."
        return [f"{who} are measured, of which {example.hits} {example.hit}: {share}"]
    if kpi.is_stock:
        return [f"{who} are there at the end of the month: {value}."]
    return [_rate(example, who, value)]


def _rate(example: Example, who: str, value: str) -> str:
    total = number(sum(example.amounts)) if example.amounts else f"{example.n}"
    verb = "added up" if example.amounts else "counted"
    if example.customers:
        active = f"{example.customers} active customers × {MONTH_DAYS} ÷ 7 weeks"
        return f"{who} are {verb}: {total} ÷ ({active}) = {value}."
    return f"{who} are {verb} in {MONTH_DAYS} covered days: {total} ÷ ({MONTH_DAYS} ÷ 7) = {value}."


def _duration(kpi: Kpi, example: Example, who: str) -> list[str]:
    parts = [_times(kpi, example.happened)]
    if example.still_open:
        n = len(example.still_open)
        parts.append(f"{n} {_are(n)} still open after {_times(kpi, example.still_open)}")
    if example.left:
        parts.append(f"{len(example.left)} left by another exit after {_times(kpi, example.left)}")
    clock = " in business time" if kpi.is_business_time else ""
    share, value = SHARES[kpi.headline_statistic], _said(kpi, example.value)
    said = [
        f"{who} are measured{clock}: {'; '.join(parts)}.",
        f"{share} are done within {value}.",
    ]
    if not kpi.clock:
        return [*said[:1], f"{share} are within {value}."]
    if kpi.headline_statistic == "p50" and (example.still_open or example.left):
        finished = _said(kpi, median(example.happened))
        said.append(f"The median of the finished ones alone, {finished}, would be too good.")
    return said


def _times(kpi: Kpi, seconds: tuple[float, ...]) -> str:
    texts = [_said(kpi, one) for one in sorted(seconds)]
    return " and ".join([*([", ".join(texts[:-1])] if texts[1:] else []), texts[-1]])


def _said(kpi: Kpi, value: float) -> str:
    return quantity(value, kpi.unit, kpi.duration)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
