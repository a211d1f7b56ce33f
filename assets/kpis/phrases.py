"""How a number is said in a sentence: its unit, its interval, its month.

Expressions over columns, for the sentences of `kpi_signals` and of the trade-offs. Holds no
sentence and no number's meaning.
"""

import polars as pl

SECONDS, BUSINESS_SECONDS, RATIO, PER_WEEK = "seconds", "business_seconds", "ratio", "per_week"
FINDINGS = "findings"
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
# From two of a unit on, the next one is said: 119 s, 2 min, 119 min, 2 h, 47 h, 2 days.
UNTIL_NEXT = 2
WHOLE_FROM = 10.0  # events; fewer are said with a decimal
NEARLY_WHOLE = (
    0.99  # above it a share is told by what is missing: 99.9 % and 99.99 % differ tenfold
)


def spoken_unit(unit: pl.Expr, duration: pl.Expr) -> pl.Expr:
    """The unit to say a KPI in: business time is told apart by its fact's `duration` column.

    Business time is never said in days, as a day of it is eight hours to one reader and twenty-four
    to the next.
    """
    is_business = duration.fill_null("").str.contains("business")
    return pl.when((unit == SECONDS) & is_business).then(pl.lit(BUSINESS_SECONDS)).otherwise(unit)


def amount(value: pl.Expr, unit: pl.Expr, beside: pl.Expr | None = None) -> pl.Expr:
    """`6.1 h`, `6.1 business hours`, `12.4 %`, `3 a week`; null for null.

    In the unit of the value that it is said `beside`, so that one sentence has one unit.
    """
    other = value if beside is None else beside
    return pl.format("{}{}", _figure(value, other, unit), _suffix(other, unit))


def evidence(low: pl.Expr, high: pl.Expr, value: pl.Expr, unit: pl.Expr, n: pl.Expr) -> pl.Expr:
    """`5.2–7.3, n 212`: what stands in brackets behind a value, in its unit."""
    return pl.format("{}, n {}", _ends(low, high, value, unit, pl.lit("")), n)


def inside(name: pl.Expr) -> pl.Expr:
    """A KPI's name inside a sentence: `change lead time`, but `CI feedback time`."""
    is_acronym = name.str.slice(1, 1).str.contains("[A-Z]")
    lowered = name.str.slice(0, 1).str.to_lowercase() + name.str.slice(1)
    return pl.when(is_acronym).then(name).otherwise(lowered)


def interval(low: pl.Expr, high: pl.Expr, value: pl.Expr, unit: pl.Expr) -> pl.Expr:
    """`5.2–7.3 h` in the unit that `value` is said in; an end that is null is said to be open."""
    return _ends(low, high, value, unit, _suffix(value, unit))


def _ends(low: pl.Expr, high: pl.Expr, value: pl.Expr, unit: pl.Expr, suffix: pl.Expr) -> pl.Expr:
    least, most = _figure(low, value, unit), _figure(high, value, unit)
    return (
        pl.when(low.is_null() & high.is_null())
        .then(pl.lit("interval not known"))
        .when(high.is_null())
        .then(pl.format("{}{} or more", least, suffix))
        .when(low.is_null())
        .then(pl.format("up to {}{}", most, suffix))
        .when(low < 0)  # a dash between numbers with a minus could not be read
        .then(pl.format("{} to {}{}", least, most, suffix))
        .otherwise(pl.format("{}–{}{}", least, most, suffix))
    )


def number(value: pl.Expr) -> pl.Expr:
    """One decimal, without a trailing zero; two digits that count below one."""
    # By way of a decimal, as a small float would be written `5e-6`.
    below_one = (value.round_sig_figs(2) + 0.0).cast(pl.Decimal(38, 12)).cast(pl.String)
    return (
        pl.when(value.abs() < 1)
        .then(below_one.str.strip_chars_end("0").str.strip_suffix("."))
        .otherwise(value.round(1).cast(pl.String).str.strip_suffix(".0"))
        .str.replace("^-", "−")
    )


def events(count: pl.Expr) -> pl.Expr:
    """A count, or how many were allowed, which need not be whole: from ten on it is said whole."""
    return number(pl.when(count >= WHOLE_FROM).then(count.round()).otherwise(count))


def _figure(end: pl.Expr, value: pl.Expr, unit: pl.Expr) -> pl.Expr:
    """The number of an end in the unit of its value; of 99.964 % what is missing to 100 counts."""
    is_nearly_whole = (unit == RATIO) & (end > NEARLY_WHOLE) & (end < 1)
    missing = ((1 - end) * 100).round_sig_figs(2)
    return (
        pl.when(is_nearly_whole)
        .then((100 - missing).round(8).cast(pl.String))
        .otherwise(number(end / _divisor(value, unit)))
        .str.strip_suffix(".0")
    )


def statistic(name: pl.Expr) -> pl.Expr:
    """What is said behind the amount: nothing, except for quantiles."""
    words = {"p50": " in the median", "p90": " for nine of ten"}
    return name.replace_strict(words, default="", return_dtype=pl.String)


def day(on: pl.Expr) -> pl.Expr:
    """`4 May 2026`."""
    return on.dt.strftime("%-d %B %Y")


def month(day: pl.Expr) -> pl.Expr:
    """`June 2026` for any day in it."""
    return day.dt.strftime("%B %Y")


def quarter(day: pl.Expr) -> pl.Expr:
    """`2026 Q2` for any day in it."""
    return pl.format("{} Q{}", day.dt.year(), day.dt.quarter())


def _divisor(value: pl.Expr, unit: pl.Expr) -> pl.Expr:
    size = value.abs()
    is_duration = unit.is_in([SECONDS, BUSINESS_SECONDS])
    return (
        pl.when(is_duration & (unit == SECONDS) & (size >= UNTIL_NEXT * DAY))
        .then(DAY)
        .when(is_duration & (size >= UNTIL_NEXT * HOUR))
        .then(HOUR)
        .when(is_duration & (size >= UNTIL_NEXT * MINUTE))
        .then(MINUTE)
        .when(unit == RATIO)
        .then(0.01)
        .otherwise(1.0)
    )


def _suffix(value: pl.Expr, unit: pl.Expr) -> pl.Expr:
    divisor = _divisor(value, unit)
    names = {DAY: " days", HOUR: " h", MINUTE: " min", 0.01: " %"}
    in_business = {HOUR: " business hours", MINUTE: " business min", 1.0: " business s"}
    return pl.coalesce(
        pl.when(unit == BUSINESS_SECONDS).then(_named(divisor, in_business)),
        _named(divisor, names),
        pl.when(unit == SECONDS)
        .then(pl.lit(" s"))
        .when(unit == PER_WEEK)
        .then(pl.lit(" a week"))
        .when(unit == FINDINGS)  # the KPI's name says of what
        .then(pl.lit(""))
        .otherwise(pl.format(" {}", unit.str.replace_all("_", " "))),
    )


def _named(divisor: pl.Expr, names: dict[float, str]) -> pl.Expr:
    return divisor.replace_strict(names, default=None, return_dtype=pl.String)
