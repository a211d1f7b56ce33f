"""Lists inside payloads."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.raw.rows import WHOLE, elements, exploded


def decoded(text, fields):
    return pl.DataFrame({"text": [text]}, schema={"text": pl.String}).select(
        elements(pl.col("text"), fields)
    )["text"][0]


def test_the_first_path_that_is_not_null_wins():
    found = decoded('[{"a": null, "b": {"c": 3}}]', {"value": ("a", "b.c")})
    assert found.to_list() == [{"value": "3"}]


def test_plain_values_are_elements_too():
    found = decoded('["x", 2, true]', {"value": (WHOLE,)})
    assert found.struct.field("value").to_list() == ["x", "2", "true"]


@pytest.mark.parametrize("text", [None, "", "{}", '"x"', "3", "[1", "nonsense"])
def test_what_is_no_array_is_null(text):
    assert decoded(text, {"a": ("a",)}) is None


def test_an_element_of_another_shape_does_not_stop_the_others():
    found = decoded('[{"a": 1}, "text", null, [2], {"a": {"b": 1}}]', {"a": ("a",)})
    assert found.struct.field("a").to_list() == ["1", None, None, None, '{"b":1}']


def test_exploding_gives_one_row_per_element_and_none_for_empty_lists():
    frame = pl.LazyFrame({"id": ["x", "y", "z"], "list": ['[{"a":1},{"a":2}]', "[]", None]})
    assert_frame_equal(
        exploded(frame, "list", {"a": ("a",)}, keep=("id",)).collect(),
        pl.DataFrame({"id": ["x", "x"], "a": ["1", "2"]}),
    )
