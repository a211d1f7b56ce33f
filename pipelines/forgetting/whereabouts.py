"""Where else a person is named: inbox files, editions, and words that are no person's only.

Looks and counts; changes nothing. What a warehouse keeps of deliveries is `assets.raw.forget`'s.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from assets.errors import UnreadableFile
from assets.home import Home
from assets.raw import inbox, systems
from assets.raw.erasing import Eraser
from assets.raw.forgotten import Forgotten
from assets.raw.names import Finder, words_of
from assets.raw.remembered import without_forgotten
from assets.schema import SHAPES


def ordinary_words(home: Home, names: Sequence[str]) -> dict[str, list[str]]:
    """Of the names those that conformed tables also use for something else, and where.

    A mail address is never one.
    """
    found: dict[str, list[str]] = {}
    for table in sorted({f"conformed_{name}" for name in SHAPES} & set(home.store.tables())):
        for column, texts in _texts(home.store.read(table).collect()):
            for name in names:
                if "@" not in name and _is_named_in(texts, name):
                    found.setdefault(name, []).append(f"{table}.{column}")
    return found


def files_naming(home: Home, memory: Forgotten) -> tuple[dict[Path, int], list[Path]]:
    """Files of the inbox that name one of the forgotten, in how many records; and unread ones.

    A file whose own name does has one more.
    """
    found: dict[Path, int] = {}
    unread = []
    for feed in (feed for system in systems.systems(home.configuration) for feed in system.feeds):
        eraser = Eraser(memory, home.configuration.rules.bots, feed.system)
        for file in inbox.delivered(home, feed):
            try:
                records = inbox.read(file, feed)
            except UnreadableFile:
                unread.append(file.place)
                continue
            erased = without_forgotten(records, memory, eraser, feed.is_of_accounts)
            n = erased.get_column("forgotten_hash").count()
            n += eraser.text(file.place.as_posix()) != file.place.as_posix()
            if n:
                found[file.place] = max(n, found.get(file.place, 0))
    return found, unread


def editions_naming(home: Home, names: Sequence[str]) -> tuple[int, list[str]]:
    """How many editions there are, and which tables of them name somebody.

    A file that editions share is read once.
    """
    seen: set[int] = set()
    editions = [place for place in home.editions.glob("*") if place.is_dir()]
    found = []
    for path in (path for edition in editions for path in sorted(edition.rglob("*.parquet"))):
        if path.stat().st_ino in seen:
            continue
        seen.add(path.stat().st_ino)
        for column, texts in _texts(pl.read_parquet(path)):
            if any(_is_named_in(texts, name) for name in names):
                found.append(f"{path.relative_to(home.folder)}, column {column}")
    return len(editions), found


def _texts(frame: pl.DataFrame) -> Iterator[tuple[str, pl.Series]]:
    """The different texts of each column that has any."""
    for name, dtype in frame.schema.items():
        if dtype == pl.List(pl.String()):
            yield name, frame.get_column(name).explode().drop_nulls().unique()
        elif dtype == pl.String:
            yield name, frame.get_column(name).drop_nulls().unique()


def _is_named_in(texts: pl.Series, name: str) -> bool:
    words = words_of(name)
    finder = Finder([len(words)], " ".join(words).__eq__)
    lower = pl.col("text").str.to_lowercase()
    has_all = pl.all_horizontal(lower.str.contains(word, literal=True) for word in words)
    suspects = texts.alias("text").to_frame().filter(has_all).get_column("text")
    return any(True for text in suspects for _ in finder.spans(text))
