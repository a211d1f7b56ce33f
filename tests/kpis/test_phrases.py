"""How numbers are said in sentences."""

import polars as pl
import pytest

from assets.kpis import phrases

HOUR, DAY = 3_600.0, 86_400.0


def said(expression):
    return pl.select(expression).item()


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (6.1 * HOUR, "seconds", "6.1 h"),
        (119.0, "seconds", "119 s"),
        (120.0, "seconds", "2 min"),
        (2 * DAY, "seconds", "2 days"),
        (2 * DAY, "business_seconds", "48 business hours"),
        (22.3 * 60, "business_seconds", "22.3 business min"),
        (119.0, "business_seconds", "119 business s"),
        (0.0, "seconds", "0 s"),
        (0.124, "ratio", "12.4 %"),
        (0.0004, "ratio", "0.04 %"),
        (0.99964, "ratio", "99.964 %"),
        (0.999999, "ratio", "99.9999 %"),
        (0.9951, "ratio", "99.51 %"),
        (1.0, "ratio", "100 %"),
        (-0.3, "ratio", "−30 %"),
        (3.0, "per_week", "3 a week"),
        (0.123, "per_week", "0.12 a week"),
        (7.0, "tickets", "7 tickets"),
    ],
)
def test_an_amount_is_said_in_the_unit_that_suits_it(value, unit, words):
    assert said(phrases.amount(pl.lit(value), pl.lit(unit))) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (5.2 * HOUR, 7.3 * HOUR, "5.2–7.3 h"),
        (30 * 60.0, 60 * HOUR, "0.5–60 h"),
        (5.2 * HOUR, None, "5.2 h or more"),
        (None, 7.3 * HOUR, "up to 7.3 h"),
        (None, None, "interval not known"),
    ],
)
def test_an_interval_is_said_in_the_unit_of_its_value_and_open_ends_are_said(low, high, words):
    ends = (pl.lit(end, dtype=pl.Float64) for end in (low, high))
    assert said(phrases.interval(*ends, pl.lit(6.1 * HOUR), pl.lit("seconds"))) == words


def test_an_interval_of_business_time_is_said_to_be_of_business_time():
    ends = (pl.lit(end, dtype=pl.Float64) for end in (5.2 * HOUR, 7.3 * HOUR))
    words = phrases.interval(*ends, pl.lit(6.1 * HOUR), pl.lit("business_seconds"))
    assert said(words) == "5.2–7.3 business hours"


def test_business_time_is_told_by_the_column_that_measures_it():
    unit = pl.lit("seconds")
    business = phrases.spoken_unit(unit, pl.lit("first_response_business_seconds"))
    assert said(business) == "business_seconds"
    assert said(phrases.spoken_unit(unit, pl.lit("lead_seconds"))) == "seconds"
    assert said(phrases.spoken_unit(pl.lit("ratio"), pl.lit(None, dtype=pl.String))) == "ratio"
