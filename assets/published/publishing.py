"""Makes an edition: contents in, one immutable folder out, `current` moved to it.

Holds the order of the steps. An edition that would say the same as one that is there is not made
twice. What is written is in `assets.published.contents` and `assets.published.evidence`.
"""

import hashlib
import io
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from assets.errors import EditionError
from assets.published import folder, manifest
from assets.published.contents import Content
from assets.published.evidence import Evidence, write_evidence
from assets.published.manifest import About, Manifest, Table, sha256
from assets.warehouse import COMPRESSION_LEVEL, ROW_GROUP, Warehouse

# Columns that differ between two runs over the same records; they do not make another edition.
VOLATILE = {"files": ("read_at",)}


def publish(
    home_folder: Path,
    about: About,
    tables: Iterable[tuple[str, Content]],
    store: Warehouse,
    evidence: Iterable[Evidence],
) -> Manifest:
    """Write an edition of these tables and facts, and make it `current`.

    Returns the manifest of the edition that is current then. Raises EditionError where the disk
    does not take it; `current` and all earlier editions stay as they were.
    """
    editions = home_folder / "editions"
    try:
        # Held open for all tables: opening the file anew takes longer than reading a small one.
        with store.connect(), folder.in_making(editions) as making:
            made = _filled(making, about, tables, store, evidence, _current(home_folder))
            if (editions / made.id).exists():
                made = manifest.verify(editions / made.id)
            else:
                folder.show(making, editions, made.id)
        folder.set_current(editions, made.id)
    except OSError as error:
        raise EditionError(
            f"The edition could not be written to {editions}: {error}. The current edition is "
            "as it was. Free some disk space or mend the folder's permissions, then run again."
        ) from error
    return made


def _filled(
    making: Path,
    about: About,
    tables: Iterable[tuple[str, Content]],
    store: Warehouse,
    evidence: Iterable[Evidence],
    previous: Path | None,
) -> Manifest:
    written: dict[str, Table] = {}
    digests: dict[str, str] = {}
    for name, frame in tables:
        written[name] = _write_table(making, name, frame)
        digests |= written[name].files
        if name in VOLATILE:
            digests[f"{name}.parquet"] = _digest(frame.lazy().drop(VOLATILE[name]).collect())
    for one in evidence:
        written[one.name] = write_evidence(store, one, making, previous, about.time_zone)
        digests |= written[one.name].files
    manifest.verify_rows(making, written)
    made = Manifest(manifest.edition_id(about, digests), about, written)
    manifest.write(making, made)
    return made


def _write_table(making: Path, name: str, frame: Content) -> Table:
    """What is lazy is never in memory as a whole."""
    path = making / f"{name}.parquet"
    frame.lazy().sink_parquet(
        path, row_group_size=ROW_GROUP, compression_level=COMPRESSION_LEVEL, engine="streaming"
    )
    return Table(frame.lazy().select(pl.len()).collect().item(), {path.name: sha256(path)})


def _digest(frame: pl.DataFrame) -> str:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return hashlib.sha256(buffer.getvalue()).hexdigest()


def _current(home_folder: Path) -> Path | None:
    name = manifest.current_id(home_folder / "editions")
    return home_folder / "editions" / name if name and manifest.is_id(name) else None
