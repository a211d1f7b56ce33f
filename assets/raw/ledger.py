"""The ledger `raw_files`: one row per file of the inbox, with what became of its lines.

Holds the ledger's shape, what was read before, and which folders no source claims. Rows are
written where files are read (`assets.raw.deliver`) and where all is done (`assets.raw.raw_files`).
"""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from assets.home import Home
from assets.raw import inbox
from assets.raw.feed import Feed
from assets.schema import INSTANT

TABLE = "raw_files"
SCHEMA: dict[str, pl.DataType] = {
    "path": pl.String(),
    "size_bytes": pl.Int64(),
    "sha256": pl.String(),
    "system": pl.String(),
    "entity": pl.String(),
    "lines": pl.UInt32(),  # new_versions + repeated + malformed
    "new_versions": pl.UInt32(),
    "repeated": pl.UInt32(),  # lines that had been delivered before, word for word
    "malformed": pl.UInt32(),  # new lines that are no JSON object
    "status": pl.String(),  # read, unreadable, unknown (folder)
    "problem": pl.String(),
    "read_at": INSTANT,
}


def known_files(home: Home) -> pl.DataFrame:
    """The ledger as it stands, empty before the first delivery."""
    if not home.store.has(TABLE):
        return pl.DataFrame(schema=SCHEMA)
    return home.store.read(TABLE).collect()


def forget_problems(home: Home, status: str, feed: Feed | None = None) -> None:
    """Drop rows of earlier runs about files and folders that are looked at again."""
    if not home.store.has(TABLE):
        return
    clause, values = "status = ?", [status]
    if feed is not None:
        clause += " AND system = ? AND entity = ?"
        values += [feed.system, feed.entity]
    with home.store.connect() as connection:
        connection.execute(f"DELETE FROM {TABLE} WHERE {clause}", values)


def unclaimed(home: Home, feeds: Iterable[Feed]) -> list[Path]:
    """Folders and files of the inbox that belong to no feed, by path."""
    feeds = list(feeds)
    claimed = {home.inbox / feed.system / feed.entity for feed in feeds if feed.foreign is None}
    foreign = [feed for feed in feeds if feed.foreign is not None]
    mapped = {file.place for feed in foreign for file in inbox.delivered(home, feed)}
    strangers = {
        _folder_of(home.inbox, place)
        for place in home.inbox.rglob("*")
        if inbox.is_delivery(place) and place not in mapped and not claimed & set(place.parents)
    }
    return sorted(strangers)


def _folder_of(inbox_folder: Path, place: Path) -> Path:
    """`inbox/<system>/<entity>` above the file, or the file itself when it lies higher."""
    parts = place.relative_to(inbox_folder).parts
    return inbox_folder.joinpath(*parts[:2])
