"""A section of plain lines for the terminal: a title, and lines of at most 100 columns."""

import textwrap
from dataclasses import dataclass
from datetime import date

WIDTH = 98
INDENT = "  "


@dataclass(frozen=True)
class Section:
    """A title and the lines under it, indented and wrapped."""

    title: str
    lines: list[str]


def prose(text: str, indent: str = INDENT) -> list[str]:
    """A text as lines; a link longer than a line is not cut."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def days(first: date, last: date) -> str:
    """`1–31 May 2026`, `1 April to 30 June 2026`: what both have in common is said once."""
    end = f"{last.day} {last:%B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%B}{year} to {end}"


def are(count: int) -> str:
    """`1 is`, `2 are`, `1,200 are`."""
    return f"{count:,} {'is' if count == 1 else 'are'}"
