"""From JSON payloads to columns of text, in SQL: one parse per row, whatever it holds.

Holds the expressions only; what is decoded, and when, is the callers' business.
"""

import re
from collections.abc import Mapping

from assets.raw.feed import Feed

_STEP = re.compile(r"\[(\d+)\]|([^.\[]+)")


def json_path(path: str) -> str:
    """`labels[0].name` → `$."labels"[0]."name"`; what begins with `$` is kept."""
    if path.startswith("$"):
        return path
    steps = (f"[{place}]" if place else f'."{name}"' for place, name in _STEP.findall(path.strip()))
    return "$" + "".join(steps)


def exact_key(name: str) -> str:
    """The path of a top-level key that may hold dots and blanks, as columns of CSV files do."""
    return '$."' + name.replace('"', '\\"') + '"'


def first_names(feed: Feed, name: str) -> set[str]:
    """The top-level keys that a field of the feed may be read from."""
    steps = (_STEP.findall(path) for path in feed.fields[name] if not path.startswith("$"))
    exact = (re.findall(r'^\$\."((?:[^"\\]|\\.)*)"', path) for path in feed.fields[name])
    return {found[0][1] for found in steps if found} | {
        found[0].replace('\\"', '"') for found in exact if found
    }


def decoded(feed: Feed, names: Mapping[str, str] | None = None) -> tuple[str, list[str]]:
    """SQL that decodes `payload`: the expression of all values, and the columns made of it.

    The first goes into an inner SELECT as `decoded`, the others into the outer one. `names`
    limits the fields and says what each is called; a payload must be valid JSON or null.
    """
    names = {name: name for name in feed.fields} if names is None else names
    places: dict[str, int] = {}
    for name in names:
        for path in feed.fields[name]:
            places.setdefault(json_path(path), len(places) + 1)
    columns = []
    for name, alias in names.items():
        values = [_known(f"decoded[{places[json_path(p)]}]", feed) for p in feed.fields[name]]
        columns.append(f"coalesce({', '.join(values)}, NULL) AS {quoted(alias)}")
    paths = ", ".join(literal(path) for path in places)
    return f"json_extract_string(payload, [{paths}]::VARCHAR[])", columns


def _known(value: str, feed: Feed) -> str:
    """The value, or null where it is empty or a word for "unknown"."""
    unknown = feed.foreign.null_values if feed.foreign else ()
    words = ", ".join(literal(word) for word in dict.fromkeys(("", *unknown)))
    return f"CASE WHEN {value} NOT IN ({words}) THEN {value} END"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
