"""The inbox: which files of a feed are there, and the records that a file holds, as JSON text.

Holds finding, decompressing and cutting into records. Nothing is interpreted: a record is
text with a line number, a line that is no JSON object is handed on as it is, and a file that
cannot be read as what it claims to be raises UnreadableFile.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]

from assets.errors import UnreadableFile
from assets.home import Home
from assets.raw import forgotten, formats
from assets.raw.decode import first_names
from assets.raw.erasing import Eraser
from assets.raw.feed import Feed

_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
_READERS: dict[str, Callable[[bytes, str], formats.Records]] = {
    ".ndjson": formats.lines,
    ".jsonl": formats.lines,
    ".json": formats.document,
    ".csv": formats.csv,
    ".parquet": formats.parquet,
}


@dataclass(frozen=True)
class Delivered:
    """A file of the inbox: where it is, what the ledger calls it, and what identifies it."""

    place: Path
    path: str  # relative to the home where it lies in it, without people who were forgotten
    size_bytes: int
    sha256: str


def delivered(home: Home, feed: Feed) -> list[Delivered]:
    """The feed's files, by path; hidden ones (a leading dot) are still being written."""
    if feed.foreign is not None:
        found = _matching(home.folder, feed.foreign.pattern)
    else:
        found = list((home.inbox / feed.system / feed.entity).rglob("*"))
    eraser = Eraser(forgotten.load(home.folder), home.configuration.rules.bots, feed.system)
    return [_identified(home, place, eraser) for place in sorted(found) if is_delivery(place)]


def is_delivery(place: Path) -> bool:
    """Whether this is a complete file, not a folder or one that is still being written."""
    return place.is_file() and not place.name.startswith(".")


def read(file: Delivered, feed: Feed) -> pl.DataFrame:
    """The file's records: `line` UInt32 (from 1), `payload` String.

    Raises UnreadableFile for an unknown kind, a broken or truncated compression, an encoding
    that is not UTF-8, and columns without the feed's key.
    """
    suffixes = [suffix.lower() for suffix in file.place.suffixes]
    compression = _COMPRESSIONS.get(suffixes[-1]) if suffixes else None
    kind = suffixes[-2:-1] if compression else suffixes[-1:]
    reader = _READERS.get(kind[0]) if kind else None
    if reader is None:
        raise UnreadableFile(
            f"{file.path} is of no known kind. Name it *.{{ndjson,jsonl,json,csv,parquet}}, "
            "with .gz or .zst after that if it is compressed."
        )
    try:
        records, columns = reader(_content(file, compression), feed.entity)
    except (formats.Malformed, duckdb.Error, pl.exceptions.PolarsError) as error:
        raise UnreadableFile(
            f"{file.path} cannot be read: {str(error).splitlines()[0]} Deliver it again."
        ) from error
    if columns is not None:
        _require_key(file, feed, columns)
    return records


def _matching(folder: Path, pattern: str) -> list[Path]:
    anchor = Path(pattern).anchor
    if not anchor:
        return list(folder.glob(pattern))
    return list(Path(anchor).glob(pattern[len(anchor) :]))


def _identified(home: Home, place: Path, eraser: Eraser) -> Delivered:
    with place.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    is_inside = place.is_relative_to(home.folder)
    path = place.relative_to(home.folder) if is_inside else place
    return Delivered(place, eraser.text(path.as_posix()), place.stat().st_size, digest)


def _content(file: Delivered, compression: str | None) -> bytes:
    if compression is None:
        return file.place.read_bytes()
    try:
        with pa.CompressedInputStream(pa.OSFile(str(file.place)), compression) as stream:
            content: bytes = stream.read()
    except OSError as error:
        raise UnreadableFile(
            f"{file.path} breaks off or is not {compression}: {error}. Deliver it again."
        ) from None
    return content


def _require_key(file: Delivered, feed: Feed, columns: list[str]) -> None:
    for name in feed.key:
        expected = first_names(feed, name)
        if name not in feed.optional_key and expected and not expected & set(columns):
            raise UnreadableFile(
                f"{file.path} has no column {' or '.join(sorted(expected))}, which identifies "
                f"its records (it has: {', '.join(columns[:20])}). Correct the export."
            )
