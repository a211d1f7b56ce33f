"""One number in words: the phrases of `assets.kpis.phrases` for a single value.

Holds no wording of its own.
"""

import polars as pl

from assets.kpis import phrases


def quantity(value: float | None, unit: str, duration: str | None = None) -> str:
    """`6.1 h`, `12.4 %`, `3 a week`; `not known` for None."""
    if value is None:
        return "not known"
    text: str = pl.select(phrases.amount(pl.lit(value), _unit(unit, duration))).item()
    return text


def number(value: float) -> str:
    """`6.1`, `12`: a bare number as it is said with its unit."""
    text: str = pl.select(phrases.number(pl.lit(value, dtype=pl.Float64))).item()
    return text


def interval(
    low: float | None, high: float | None, value: float | None, unit: str, duration: str | None
) -> str:
    """`5.2–7.3 h`, in the unit that the value is said in; an open end is said to be open."""
    least, most, told = (
        pl.lit(one, dtype=pl.Float64) for one in (low, high, low if value is None else value)
    )
    text: str = pl.select(phrases.interval(least, most, told, _unit(unit, duration))).item()
    return text


def _unit(unit: str, duration: str | None) -> pl.Expr:
    return phrases.spoken_unit(pl.lit(unit), pl.lit(duration, dtype=pl.String))
