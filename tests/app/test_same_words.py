"""The app and the stages say a number alike: both have their own words, as neither imports both."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from app import words
from assets.kpis import phrases, spoken

UNITS = ("seconds", "ratio", "per_week", "lines", "findings", "hours_per_week")
# Not half-way between two roundings, where a sign of the last bit decides.
values = st.integers(-40_000_000, 40_000_000).map(lambda whole: whole / 100 + 0.003)


def plain(text: str) -> str:
    return text.replace(words.SPACE, " ").replace(words.NARROW_SPACE, "")


@given(values, st.sampled_from(UNITS))
def test_a_quantity_is_said_alike(value, unit):
    assert plain(words.quantity(value, unit)) == spoken.quantity(value, unit)


@given(values.map(abs))
def test_business_time_is_said_alike(value):
    said = plain(words.quantity(value, words.BUSINESS_SECONDS))
    assert said == spoken.quantity(value, "seconds", "first_response_business_seconds")


@given(values, st.none() | values, st.none() | values, st.sampled_from(UNITS))
def test_an_interval_is_said_alike(value, low, high, unit):
    ends = (None if low is None else min(low, value), None if high is None else max(high, value))
    assert plain(words.interval(*ends, value, unit)) == spoken.interval(*ends, value, unit, None)


def test_months_and_quarters_are_said_alike():
    days = pl.DataFrame(
        {"on": pl.date_range(pl.date(2025, 1, 1), pl.date(2026, 12, 1), "1mo", eager=True)}
    )
    said = days.select(
        phrases.month(pl.col("on")).alias("m"), phrases.quarter(pl.col("on")).alias("q")
    )
    assert said["m"].to_list() == [words.period("month", day, day) for day in days["on"]]
    assert said["q"].to_list() == [words.period("quarter", day, day) for day in days["on"]]
