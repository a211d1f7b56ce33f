"""A person's name found in texts: the same words in the same order, however they are joined.

`Ann Lee` is found in `ann-lee`, in `@ann_lee:` and in the first part of `ann.lee@example.com`;
`Ann` is not found in `Annual`. Holds the finding only; whose names are meant is the callers'.
"""

import re
from collections.abc import Callable, Collection, Iterator
from itertools import pairwise

_WORD = re.compile(r"[^\W_]+")
_JOINS = " -_.@+'"  # what may stand between the words of one name, at most two of them
_LONGEST_JOIN = 2

Span = tuple[int, int]


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return [match.group().lower() for match in _WORD.finditer(text)]


def normal(name: str) -> str:
    """A name in the form in which it is compared: its words, joined by blanks."""
    return " ".join(words_of(name))


class Finder:
    """Finds names in texts; `is_name` is asked about normal forms of so many words."""

    def __init__(self, lengths: Collection[int], is_name: Callable[[str], bool]) -> None:
        self._lengths = sorted(set(lengths), reverse=True)
        self._is_name = is_name

    def spans(self, text: str) -> Iterator[Span]:
        """Where names stand in the text, the longest first at each place, without overlap."""
        found = list(_WORD.finditer(text))
        position = 0
        while position < len(found):
            length = self._length_at(text, found, position)
            if length:
                yield found[position].start(), found[position + length - 1].end()
            position += length or 1

    def _length_at(self, text: str, found: list[re.Match[str]], position: int) -> int:
        for length in self._lengths:
            own = found[position : position + length]
            name = " ".join(match.group().lower() for match in own)
            if len(own) == length and _are_joined(text, own) and self._is_name(name):
                return length
        return 0

    def replaced(self, text: str, replacement: Callable[[str], str]) -> str:
        """The text with each name replaced; the same object where none stands in it."""
        parts, end = [], 0
        for start, stop in self.spans(text):
            parts += [text[end:start], replacement(text[start:stop])]
            end = stop
        return "".join([*parts, text[end:]]) if parts else text


def _are_joined(text: str, own: list[re.Match[str]]) -> bool:
    gaps = (text[one.end() : two.start()] for one, two in pairwise(own))
    return all(len(gap) <= _LONGEST_JOIN and not gap.strip(_JOINS) for gap in gaps)
