"""The helpers that maps share: instants, words, bots, globs."""

from datetime import UTC, datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.configuration import Configuration, Organisation
from assets.raw.feed import Feed, Foreign, instant, is_bot, matches_glob, stamp, word

CONFIGURATION = Configuration(organisation=Organisation(name="Example"))
AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (1981, 2100))


def instants(*texts: str | None) -> list[datetime | None]:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return frame.select(instant(pl.col("text"))).to_series().to_list()


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T10:00:00Z",
        "2026-03-01T10:00:00.0000000Z",
        "2026-03-01 10:00:00",
        "2026-03-01T12:00:00+0200",
        "2026-03-01T12:00:00+02:00",
        "2026-03-01 12:00:00+02",
        "2026-03-01 06:30:00-0330",
        "2026-03-01T10:00:00,000Z",
        "2026-03-01 10:00:00 UTC",
        "2026-03-01T10:00Z",
        " 2026-03-01T10:00:00Z ",
    ],
)
def test_one_instant_is_read_however_it_is_written(text):
    assert instants(text) == [AT]


def test_nine_digits_of_a_second_are_cut_to_microseconds():
    assert instants("2026-03-01T10:00:00.123456789Z") == [AT.replace(microsecond=123456)]


def test_a_date_is_its_midnight_in_utc():
    assert instants("2026-03-01") == [datetime(2026, 3, 1, tzinfo=UTC)]


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "soon",
        "",
        "17",
        None,
    ],
)
def test_what_is_no_instant_or_means_not_yet_is_null(text):
    assert instants(text, "2026-03-01T10:00:00Z") == [None, AT]


@given(
    st.lists(
        st.tuples(
            st.datetimes(min_value=EARLIEST, max_value=LATEST),
            st.integers(-14 * 4, 14 * 4),
            st.sampled_from([" ", "T"]),
        ),
        max_size=8,
    )
)
def test_reading_an_instant_undoes_writing_it_in_any_zone(cases):
    moments = [
        moment.replace(tzinfo=timezone(timedelta(minutes=15 * quarters)))
        for moment, quarters, _ in cases
    ]
    texts = [
        moment.isoformat(sep=separator)
        for moment, (_, _, separator) in zip(moments, cases, strict=True)
    ]
    assert instants(*texts) == moments


def foreign(**terms: object) -> Feed:
    return Feed("desk", "tickets", {}, (), (), foreign=Foreign("*.csv", **terms))


@pytest.mark.parametrize(
    ("terms", "text", "hour"),
    [
        ({"timestamp_format": "%d/%m/%Y %H:%M"}, "1/3/2026 10:00", 10),
        ({"timestamp_format": "%d/%m/%Y %H:%M", "timezone": "Europe/Berlin"}, "1/3/2026 11:00", 10),
        ({"timestamp_format": "%Y-%m-%dT%H:%M:%S%z"}, "2026-03-01T12:00:00+0200", 10),
        ({"timezone": "Europe/Berlin"}, "2026-03-01 11:00:00", 10),
        ({"timezone": "Europe/Berlin"}, "2026-03-01 11:00:00Z", 11),
        ({"timezone": "Europe/Berlin"}, "2026-03-01T11:00:00-01:00", 12),
    ],
)
def test_foreign_files_may_write_instants_their_own_way(terms, text, hour):
    frame = pl.DataFrame({"text": [text, "?"]})
    read = frame.select(stamp(pl.col("text"), foreign(**terms))).to_series().to_list()
    assert read == [AT.replace(hour=hour), None]


def test_words_are_translated_whatever_their_case_and_unknown_ones_pass():
    frame = pl.DataFrame({"text": ["SUCCESS", " failed ", "weird", None]})
    translated = frame.select(word(pl.col("text"), {"failed": "failure"})).to_series()
    assert translated.to_list() == ["success", "failure", "weird", None]


def test_brackets_of_a_glob_are_literal():
    frame = pl.DataFrame({"login": ["renovate[bot]", "abbot", "Dependabot-Preview", "ann", None]})
    found = frame.select(matches_glob(pl.col("login"), ("*[bot]", "dependabot*"))).to_series()
    assert found.to_list() == [True, False, True, False, None]


def test_no_globs_match_nothing():
    frame = pl.DataFrame({"login": ["", "ann"]})
    assert frame.select(matches_glob(pl.col("login"), ())).to_series().to_list() == [False, False]


@pytest.mark.parametrize(
    ("login", "kind", "expected"),
    [
        ("ann", "User", False),
        ("ann", "Bot", True),
        ("deploy-bot", "User", True),
        (None, "bot", True),
        (None, "User", False),
        ("deploy-bot", None, True),
        (None, None, None),
    ],
)
def test_a_bot_is_known_by_its_type_or_by_its_name(login, kind, expected):
    frame = pl.DataFrame(
        {"login": [login], "kind": [kind]}, schema={"login": pl.String, "kind": pl.String}
    )
    found = frame.select(is_bot(pl.col("login"), pl.col("kind"), CONFIGURATION)).item()
    assert found is expected
