"""A name is found however its words are joined, and not inside of other words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.raw.names import Finder, normal


def found(text, *names):
    normals = {normal(name) for name in names}
    finder = Finder({len(name.split()) for name in normals}, normals.__contains__)
    return [text[start:stop] for start, stop in finder.spans(text)]


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("by Ann Lee, today", ["ann lee"], ["Ann Lee"]),
        ("ann-lee/feature", ["Ann Lee"], ["ann-lee"]),
        ("cc @ann_lee: look", ["ann-lee"], ["ann_lee"]),
        ("Ann.Lee@example.com", ["ann lee"], ["Ann.Lee"]),
        ("ann.lee@example.com", ["ann lee", "ann.lee@example.com"], ["ann.lee@example.com"]),
        ("annual leeway", ["ann", "lee"], []),
        ("Ann. Then Lee", ["ann lee"], []),
        ("ann lee and bob", ["bob", "ann lee"], ["ann lee", "bob"]),
        ("von Öztürk\nschrieb", ["öztürk"], ["Öztürk"]),
    ],
)
def test_a_name_is_found_in_any_spelling(text, names, expected):
    assert found(text, *names) == expected


@given(st.text(), st.text(), st.from_regex(r"[a-z]{3,8}([ -][a-z]{3,8})?", fullmatch=True))
def test_a_name_between_any_other_texts_is_found_and_replaced(before, after, name):
    normals = {normal(name)}
    finder = Finder({len(normal(name).split())}, normals.__contains__)
    text = f"{before} ({name.title()}) {after}"
    replaced = finder.replaced(text, lambda _found: "§")
    assert "(§)" in replaced
    assert list(finder.spans(replaced)) == []


def test_a_text_without_names_is_the_same_object():
    text = "nobody here"
    assert Finder([1], {"ann"}.__contains__).replaced(text, lambda _found: "§") is text
