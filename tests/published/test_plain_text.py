"""Flat text that a spreadsheet may open."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.published.plain_text import flat, without_formulas


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(start):
    frame = pl.DataFrame({"text": [f"{start}1+1", f"a{start}", "", None]})
    found = without_formulas(frame)["text"].to_list()
    assert found == [f"'{start}1+1", f"a{start}", "", None]


def test_numbers_keep_their_minus():
    frame = pl.DataFrame({"a": [-1], "b": [-0.5]})
    assert without_formulas(frame).equals(frame)


@given(st.text())
def test_the_apostrophe_is_all_that_is_added(text):
    found = without_formulas(pl.DataFrame({"text": [text]})).item()
    assert found in (text, f"'{text}")


def test_nested_columns_become_texts():
    frame = pl.DataFrame(
        {
            "words": [["a", "b"], [], None],
            "numbers": [[1, 2], None, None],
            "left_out": [
                [{"column": "is_spam", "sentence": "spam"}, {"column": "x", "sentence": None}],
                [],
                None,
            ],
            "plain": [1, 2, 3],
        }
    )
    assert flat(frame).rows() == [
        ("a; b", "1; 2", "is_spam: spam; x", 1),
        ("", None, "", 2),
        (None, None, None, 3),
    ]
