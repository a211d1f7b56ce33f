"""How long `raw` keeps whole payloads: `raw_retention_days` in [rules], 0 for ever.

After that a version keeps the fields that figures are made of. What people wrote, their names and
addresses beside an account's login, and all that no figure reads are gone. Nothing else changes: a
version keeps its key, its place in the order of versions and its hash, so that the tables made of
it stay the same, also as of an earlier day, and a file that is delivered again adds nothing.
"""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import duckdb
import polars as pl

from assets.home import Home
from assets.raw.decode import json_path, quoted
from assets.raw.erasing import ACCOUNT_MARKS
from assets.raw.feed import Feed
from assets.raw.instants import at

_AGED = '{"_kept": "fields"'  # what an aged payload begins with
_ROWS_AT_ONCE = 20_000
_STEP = re.compile(r'\."((?:[^"\\]|\\.)*)"|\[(\d+)\]')
_WRITTEN = re.compile(
    r"(?i)^(?:.*_)?(?:body|text|bodytext|bodyhtml|description|subject|message|comment|note|content)$"
)
_OF_ACCOUNT = frozenset(("login", "type", "__typename", "name", "id", "date", "role"))


def age(home: Home, feeds: list[Feed]) -> dict[str, int]:
    """Age the versions of these feeds that are due; returns how many, by table."""
    days = home.configuration.rules.raw_retention_days
    if not days:
        return {}
    now = home.configuration.organisation.as_of or home.now
    with home.store.connect() as connection:
        aged = {
            feed.table: _age(connection, feed, now - timedelta(days=days))
            for feed in feeds
            if home.store.has(feed.table)
        }
    return {table: rows for table, rows in aged.items() if rows}


def _age(connection: duckdb.DuckDBPyConnection, feed: Feed, before: datetime) -> int:
    due = connection.execute(
        f"SELECT rowid AS place, payload FROM {quoted(feed.table)} "
        f"WHERE coalesce(updated_at, ingested_at) < {at(before)} "
        f"AND payload <> '' AND NOT starts_with(payload, '{_AGED}')"
    ).pl()
    for part in due.iter_slices(_ROWS_AT_ONCE):
        texts = [aged(text, feed) for text in part.get_column("payload")]
        connection.register("aged", part.with_columns(payload=pl.Series(texts, dtype=pl.String)))
        connection.execute(
            f"UPDATE {quoted(feed.table)} AS kept SET payload = aged.payload "
            "FROM aged WHERE kept.rowid = aged.place"
        )
        connection.unregister("aged")
    return due.height


def aged(payload: str, feed: Feed) -> str:
    """What is kept of a payload; nothing of a line that is no JSON object."""
    try:
        record = json.loads(payload)
    except ValueError:
        return ""
    if not isinstance(record, dict):
        return ""
    kept: dict[str, Any] = json.loads(_AGED + "}")
    for name, paths in feed.fields.items():
        for steps in map(_steps, paths):
            if not steps:  # a path that leads anywhere
                kept |= _without_words(record)
            _copy(record, kept, steps, feed.texts.get(name))
    return json.dumps(kept, ensure_ascii=False)


def _steps(path: str) -> list[str]:
    """The keys that lead to a field, up to the first list; none for a path that is a pattern."""
    if not re.fullmatch(rf"\$(?:{_STEP.pattern})+", json_path(path)):
        return []
    steps = _STEP.findall(json_path(path))
    keys = [key.replace('\\"', '"') for key, place in steps if not place]
    lists = [number for number, (_, place) in enumerate(steps) if place]
    return keys[: lists[0]] if lists else keys


def _copy(record: Any, kept: dict[str, Any], steps: list[str], pattern: str | None) -> None:  # noqa: ANN401
    for step in steps[:-1]:
        record = record.get(step) if isinstance(record, dict) else None
        if not isinstance(record, dict):
            return
        kept = kept.setdefault(step, {})
    last = steps[-1] if steps else ""
    if steps and isinstance(record, dict) and last in record:
        value = record[last]
        if pattern is not None:
            found = re.search(pattern, value) if isinstance(value, str) else None
            value = found.group() if found else None
        kept[last] = _without_words(value)


def _without_words(value: Any) -> Any:  # noqa: ANN401
    """A value without what somebody wrote, and without what an account tells of a person."""
    if isinstance(value, list):
        return [_without_words(part) for part in value]
    if not isinstance(value, dict):
        return value
    is_account = bool(ACCOUNT_MARKS & value.keys())
    if _WRITTEN.match(str(value.get("field_name"))):  # a change of what somebody wrote
        value = {key: part for key, part in value.items() if not key.endswith("value")}
    return {
        key: _without_words(part)
        for key, part in value.items()
        if (key in _OF_ACCOUNT if is_account else not _WRITTEN.match(key))
    }
