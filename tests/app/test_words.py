"""How numbers are said."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (45, "45 s"),
        (119, "119 s"),
        (120, "2 min"),
        (5_400, "90 min"),
        (7_200, "2 h"),
        (172_799, "48 h"),
        (181_440, "2.1 days"),
    ],
)
def test_a_duration_is_said_in_the_unit_it_has_two_of(seconds, said):
    assert words.quantity(seconds, "seconds").replace("\u00a0", " ") == said


def test_business_time_is_never_said_in_days():
    assert words.quantity(400_000, words.BUSINESS_SECONDS) == "111.1\u00a0business\u00a0hours"
    assert words.quantity(1_338, words.BUSINESS_SECONDS) == "22.3\u00a0business\u00a0min"
    assert words.interval(60, 90, 80, words.BUSINESS_SECONDS) == "60–90 business s"


def test_a_ratio_is_said_in_percent_and_a_rate_a_week():
    assert words.quantity(0.124, "ratio") == "12.4\u00a0%"
    assert words.quantity(3.0, "per_week") == "3\u00a0a\u00a0week"


def test_an_unknown_value_is_a_dash_and_not_zero():
    assert words.quantity(None, "ratio") == "–"
    assert words.quantity(0.0, "ratio") == "0\u00a0%"


def test_of_a_share_that_is_nearly_whole_what_is_missing_counts():
    said = [words.quantity(share, "ratio") for share in (0.99964, 0.999999, 0.9951, 1.0, -0.3)]
    assert said == [f"{text}\u00a0%" for text in ("99.964", "99.9999", "99.51", "100", "\u221230")]
    assert words.interval(0.998, 0.99991, 0.999, "ratio") == "99.8–99.991 %"


def test_a_small_number_is_written_out():
    assert [words.number(value) for value in (0.12, 5e-5, -3.4e-7)] == [
        "0.12",
        "0.00005",
        "\u22120.00000034",
    ]


def test_an_interval_is_said_in_the_unit_of_its_value():
    assert words.interval(164_160, 207_360, 181_440, "seconds") == "1.9–2.4 days"
    assert words.interval(0.1, 0.15, 0.12, "ratio") == "10–15 %"


def test_an_open_end_of_an_interval_is_said_to_be_open():
    assert words.interval(7_200, None, 9_000, "seconds") == "2 h or more"
    assert words.interval(None, 9_000, 8_000, "seconds") == "up to 2.5 h"
    assert words.interval(None, None, 8_000, "seconds") == "interval not known"


def test_scores_have_one_decimal_and_never_round_over_a_border():
    assert words.score(3.3, 2.482, 3.9) == "3.3 (2.4–3.9)"
    assert words.score(3.0, 2.94, 4.06) == "3.0 (2.9–4.1)"


def test_numbers_keep_their_size_and_lose_their_noise():
    said = [words.number(one) for one in (0.0, 0.1234, 1.0, 12.34, 12_345.0)]
    assert said == ["0", "0.12", "1", "12.3", "12\u202f345"]


@given(st.floats(0, 1e9), st.sampled_from(["seconds", "ratio", "per_week", "count"]))
def test_every_known_value_is_said_with_a_digit(value, unit):
    assert any(character.isdigit() for character in words.quantity(value, unit))


@given(st.floats(1, 1e8))
def test_a_duration_is_off_by_at_most_one_in_twenty(seconds):
    spoken = words.unit_for(seconds, "seconds")
    said = float(words.number(seconds / spoken.divisor).replace("\u202f", ""))
    assert said * spoken.divisor == pytest.approx(seconds, rel=0.05)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("month", "April 2026"),
        ("quarter", "2026 Q2"),
        ("week", "the week of 1 April 2026"),
        ("trailing_28d", "the 28 days to 28 April 2026"),
    ],
)
def test_a_period_is_said_by_its_kind(kind, said):
    assert words.period(kind, date(2026, 4, 1), date(2026, 4, 28)) == said


def test_an_instant_is_said_on_the_organisations_clock():
    moment = datetime(2026, 6, 30, 22, 5, tzinfo=UTC)
    assert words.instant(moment, "Europe/Berlin") == "1 July 2026, 00:05"


def test_names_fit_into_a_sentence():
    assert words.inside("Change lead time") == "change lead time"
    assert words.inside("CI feedback time") == "CI feedback time"
    assert words.possessive("Core") == "Core’s"
    assert words.possessive("Payments") == "Payments’"


def test_lists_and_counts_read_like_speech():
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert [words.counted(n, "check") for n in (0, 1, 2)] == ["no checks", "1 check", "2 checks"]
    assert words.spaced("finished_before_started") == "Finished before started"


def test_numbers_that_are_said_together_share_the_unit_of_the_middle_one():
    shared = words.shared_unit([60.0, 5_400.0, None, 50_000.0], "seconds")
    said = [words.quantity(one, "seconds", shared) for one in (60.0, 5_400.0, 50_000.0)]
    assert [one.replace("\u00a0", " ") for one in said] == ["1 min", "90 min", "833.3 min"]
    assert words.interval(60.0, 7_200.0, 5_400.0, "seconds", shared) == "1–120 min"
    assert words.shared_unit([], "seconds").suffix == " s"
