"""The ledger `raw_files`: one row per file of the inbox, with what became of its lines.

Holds the ledger's shape, what was read before, and which folders no source claims. Rows are
written where files are read (`assets.raw.deliver`) and where all is done (`assets.raw.raw_files`).
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
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
    "read_at": INSTANT,  # of an unreadable file: when it was refused first
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


def entries_of(
    delivered: Sequence[inbox.Delivered],
    problems: Mapping[str, str],
    feed: Feed,
    versions: pl.DataFrame,
    new: pl.DataFrame,
    read_at: datetime,
) -> pl.DataFrame:
    """One row (SCHEMA) per file, of which those in `problems` could not be read.

    `versions` are all lines of the others, `new` those that are kept.
    """
    lines = versions.group_by("file").agg(lines=pl.len())
    fresh = new.group_by("file").agg(
        new_versions=pl.col("is_readable").sum(), malformed=(~pl.col("is_readable")).sum()
    )
    files = pl.DataFrame(
        [(file.path, file.size_bytes, file.sha256) for file in delivered],
        schema=["path", "size_bytes", "sha256"],
        orient="row",
    )
    counts = ("lines", "new_versions", "malformed")
    problem = pl.col("path").replace_strict(problems, default=None, return_dtype=pl.String)
    return (
        files.join(lines, left_on="path", right_on="file", how="left")
        .join(fresh, left_on="path", right_on="file", how="left")
        .with_columns(pl.col(*counts).fill_null(0), problem=problem)
        .with_columns(
            repeated=pl.col("lines") - pl.col("new_versions") - pl.col("malformed"),
            status=pl.when(pl.col("problem").is_null())
            .then(pl.lit("read"))
            .otherwise(pl.lit("unreadable")),
            system=pl.lit(feed.system),
            entity=pl.lit(feed.entity),
            read_at=pl.lit(read_at),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )


def since_first_refused(entries: pl.DataFrame, refused_before: pl.DataFrame) -> pl.DataFrame:
    """The entries, where a file that was refused before, and did not change, keeps its date."""
    first = refused_before.select("path", "sha256", _first_at="read_at")
    is_refused = pl.col("status") == "unreadable"
    return (
        entries.join(first, on=["path", "sha256"], how="left", maintain_order="left")
        .with_columns(read_at=pl.coalesce(pl.when(is_refused).then("_first_at"), "read_at"))
        .drop("_first_at")
    )


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


def why_unclaimed(home: Home, place: Path, feeds: Iterable[Feed]) -> str:
    """A sentence about a place in the inbox that no source reads, and what may be meant."""
    names: dict[str, list[str]] = {}
    for feed in feeds:
        if feed.foreign is None:
            names.setdefault(feed.system, []).append(feed.entity)
    system, *entity = place.relative_to(home.inbox).parts
    if system in names and entity:
        wanted, whose, allowed = entity[0], f"{system} has", names[system]
    else:
        wanted, whose, allowed = system, "There are", sorted(names)
    meant = difflib.get_close_matches(wanted, allowed, n=1)
    hint = f"Did you mean {meant[0]}? " if meant else ""
    return (
        f"No source reads {place.relative_to(home.folder).as_posix()}. {hint}{whose}: "
        f"{', '.join(allowed)}. Move its files to inbox/<system>/<entity>/, or map them under "
        "[[files]] in plumbline.toml."
    )
