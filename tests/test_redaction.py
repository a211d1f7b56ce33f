"""What texts of an edition do not tell."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.redaction import LONGEST_TEXT, redacted


def _redacted(text: str) -> str:
    return pl.select(redacted(pl.lit(text))).item()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("requester ann.lee@example.com wrote", "requester [address] wrote"),
        ("Authorization: Bearer abcdef123456", "Authorization: [secret]"),
        ('{"api_key": "k-123", "n": 1}', '{"api_key": "[secret]", "n": 1}'),
        ("clone https://ann:pw@example.com/x", "clone https://[secret]@example.com/x"),
        ("token ghp_0123456789abcdef seen", "token [secret] seen"),
        ("assigned to @ann-lee", "assigned to [person]"),
        ("call +49 30 1234567 now", "call [number] now"),
        ("card 4111 1111 1111 1111", "card [number]"),
        ("host 10.1.2.3 is down", "host [address] is down"),
        (f"subject '{'my dog ate it ' * 4}'", "subject '[text]'"),
    ],
)
def test_what_tells_about_a_person_or_opens_a_door_is_taken_out(text, expected):
    assert _redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "status 'waiting' is not one of new, open, pending",
        "finished_at 2026-05-04T12:00:00Z is before started_at 2026-05-04T13:00:00Z",
        "acme/checkout-api#1234 has no parent",
        "'2026-13-45' cannot be read as an instant",
        "run 17283945",
        "audit 1900000004217283",
        "1 048 576 of 2 097 152 rows",
    ],
)
def test_what_helps_to_mend_a_record_stays(text):
    assert _redacted(text) == text


def test_a_missing_text_stays_missing():
    assert pl.select(redacted(pl.lit(None, dtype=pl.String))).item() is None


@given(st.text(max_size=2_000))
def test_a_redacted_text_is_short_and_has_no_mail_address(text):
    found = _redacted(f"{text} ann.lee@example.com {text}")
    assert len(found) <= LONGEST_TEXT + 1
    assert "ann.lee@example.com" not in found
