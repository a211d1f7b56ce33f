"""What an edition says about itself: `manifest.json`, and which editions there are.

Holds reading, writing and the verification of hashes. How an edition's folder comes into being
is in `assets.published.folder`, what goes into it in `assets.published.contents`.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from assets.errors import EditionError

FILE_NAME = "manifest.json"
ID_FORMAT = "%Y%m%dT%H%M%SZ"
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


@dataclass(frozen=True)
class Table:
    """One table of an edition: its rows, and the SHA-256 of each of its files by relative name."""

    rows: int
    files: dict[str, str]


@dataclass(frozen=True)
class About:
    """What holds for a whole edition; instants are UTC.

    `as_of` is the instant that the numbers are as of, `made_at` when the run began.
    """

    as_of: datetime
    made_at: datetime
    code_version: str
    configuration_digest: str
    organisation: str
    is_example: bool
    time_zone: str


@dataclass(frozen=True)
class Manifest:
    """An edition's own description; `tables` by name."""

    id: str
    about: About
    tables: dict[str, Table]


def is_id(text: str) -> bool:
    """Whether the text has the form of an edition's id (and is no path)."""
    return _ID.fullmatch(text) is not None


def edition_id(about: About, contents: dict[str, str]) -> str:
    """`<as_of>-<8 hex>`: equal for equal contents, whenever and by whichever code it was made.

    `contents` is a digest per file; what the manifest shows to readers counts as content too.
    """
    shown = [about.organisation, str(about.is_example), about.time_zone]
    text = "\n".join([*shown, *(f"{name} {digest}" for name, digest in sorted(contents.items()))])
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{about.as_of.astimezone(UTC):{ID_FORMAT}}-{digest[:8]}"


def sha256(path: Path) -> str:
    """The file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(folder: Path, manifest: Manifest) -> None:
    """Write `manifest.json` into the edition's folder."""
    about = asdict(manifest.about)
    instants = {name: about[name].astimezone(UTC).isoformat() for name in ("as_of", "made_at")}
    tables = {name: asdict(manifest.tables[name]) for name in sorted(manifest.tables)}
    content = {"id": manifest.id, **about, **instants, "tables": tables}
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    (folder / FILE_NAME).write_text(text, encoding="utf-8")


def read(folder: Path) -> Manifest:
    """The manifest of the edition in `folder`; EditionError if there is none or it is damaged."""
    path = folder / FILE_NAME
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        tables = {name: Table(**table) for name, table in content.pop("tables").items()}
        name = content.pop("id")
        instants = {key: datetime.fromisoformat(content[key]) for key in ("as_of", "made_at")}
        return Manifest(name, About(**(content | instants)), tables)
    except FileNotFoundError:
        raise EditionError(
            f"{folder} holds no edition: {FILE_NAME} is missing. "
            "Choose another edition, or make one: plumbline run."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EditionError(_damaged(folder, FILE_NAME, f"cannot be read ({error})")) from None


def verify(folder: Path, tables: Collection[str] | None = None) -> Manifest:
    """Compare the files with the manifest's hashes, of the named tables or of all.

    Raises EditionError with the name of the first file that is missing or differs.
    """
    manifest = read(folder)
    if manifest.id != folder.name:
        raise EditionError(_damaged(folder, FILE_NAME, f"is that of edition {manifest.id}"))
    for name, digest in _files(manifest, tables):
        path = folder / name
        if not path.is_file():
            raise EditionError(_damaged(folder, name, "is missing"))
        if sha256(path) != digest:
            raise EditionError(_damaged(folder, name, "is not what was published"))
    return manifest


def verify_rows(folder: Path, tables: dict[str, Table]) -> None:
    """Count the rows of each table's files again; EditionError where they differ."""
    for name, table in tables.items():
        found = sum(
            pl.scan_parquet(folder / file).select(pl.len()).collect().item() for file in table.files
        )
        if found != table.rows:
            raise EditionError(
                f"{name} was written with {table.rows} rows to {folder} and has {found} when read "
                "again. The edition was not published; check the disk, then run again."
            )


def editions(home_folder: Path) -> list[str]:
    """Ids of the complete editions of a home, the newest `as_of` first."""
    folders = (home_folder / "editions").glob(f"*/{FILE_NAME}")
    return sorted((f.parent.name for f in folders if is_id(f.parent.name)), reverse=True)


def folder_of(home_folder: Path, edition: str | None = None) -> Path:
    """The folder of an edition, by default the current one; EditionError if it is not there."""
    wanted = edition or current_id(home_folder / "editions")
    if wanted is None:
        raise EditionError(f"{home_folder} has no edition yet. Make one: plumbline run.")
    folder = home_folder / "editions" / wanted
    if not is_id(wanted) or not (folder / FILE_NAME).is_file():
        there = ", ".join(editions(home_folder)[:5]) or "none"
        raise EditionError(
            f"Edition {wanted} is not in {home_folder / 'editions'}. The newest there: {there}."
        )
    return folder


def current_id(editions_folder: Path) -> str | None:
    """The id that `editions/current` names; None before the first edition."""
    path = editions_folder / "current"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def _files(manifest: Manifest, tables: Collection[str] | None) -> Iterator[tuple[str, str]]:
    for name, table in manifest.tables.items():
        if tables is None or name in tables:
            yield from table.files.items()


def _damaged(folder: Path, file: str, what: str) -> str:
    return (
        f"Edition {folder.name} is damaged: {file} {what}. "
        f"Choose another edition, or delete {folder} and run again."
    )
