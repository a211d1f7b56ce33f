"""Reads an edition: finds it in the home, scans its Parquet files, keeps small tables in memory.

Editions never change, so what is read once may be kept for as long as the process lives; the
folder is the key. Holds no page and no KPI.

    EditionError   there is no such edition, table or file; the message says what to run
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

HOME_VARIABLE = "PLUMBLINE_HOME"
DEFAULT_HOME = Path("data/home")
MANIFEST = "manifest.json"
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


class EditionError(Exception):
    """There is nothing to show; the message names the place and the next step."""


@dataclass(frozen=True)
class Edition:
    """One immutable edition; instants are UTC, `time_zone` is the organisation's."""

    folder: Path
    organisation: str
    is_example: bool
    time_zone: str
    as_of: datetime
    made_at: datetime
    code_version: str
    configuration_digest: str

    @property
    def id(self) -> str:
        """The edition's id, which is its folder's name."""
        return self.folder.name

    def has(self, table: str) -> bool:
        """Whether the edition holds the table."""
        return (self.folder / f"{table}.parquet").is_file() or (self.folder / table).is_dir()

    def scan(self, table: str) -> pl.LazyFrame:
        """The table as a lazy frame; EditionError if this edition does not hold it."""
        file = self.folder / f"{table}.parquet"
        if file.is_file():
            return pl.scan_parquet(file)
        if any((self.folder / table).glob("*.parquet")):
            return pl.scan_parquet(self.folder / table / "*.parquet", missing_columns="insert")
        raise EditionError(
            f"Edition {self.id} holds no table {table}. It was made by another version of "
            "Plumbline: run `plumbline run` to make a new one."
        )

    def table(self, table: str) -> pl.DataFrame:
        """A small table as a whole, read once per process."""
        return _table(self, table)


def key_of(edition: Edition) -> str:
    """What identifies an edition in Streamlit's caches."""
    return str(edition.folder)


@st.cache_resource(max_entries=200, show_spinner=False, hash_funcs={Edition: key_of})
def _table(edition: Edition, table: str) -> pl.DataFrame:
    return edition.scan(table).collect()


def home() -> Path:
    """The home whose editions are shown."""
    return Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME)


def ids(home_folder: Path) -> list[str]:
    """Ids of the home's editions, the newest first."""
    found = (home_folder / "editions").glob(f"*/{MANIFEST}")
    return sorted((f.parent.name for f in found if _ID.fullmatch(f.parent.name)), reverse=True)


def current_id(home_folder: Path) -> str:
    """The id that `editions/current` names; EditionError before the first edition."""
    path = home_folder / "editions" / "current"
    if not path.is_file():
        raise EditionError(f"The home {home_folder.resolve()} has no edition yet.")
    return path.read_text(encoding="utf-8").strip()


def open_edition(home_folder: Path, edition_id: str) -> Edition:
    """The edition of that id; EditionError if the home does not hold it."""
    folder = home_folder / "editions" / edition_id
    if not _ID.fullmatch(edition_id) or not (folder / MANIFEST).is_file():
        kept = ", ".join(ids(home_folder)[:3]) or "none"
        raise EditionError(
            f"Edition {edition_id} is not in {home_folder.resolve()}. The newest there: {kept}."
        )
    try:
        return _edition(folder, json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (ValueError, KeyError) as error:
        raise EditionError(
            f"{MANIFEST} of edition {edition_id} cannot be read ({error}). Choose another edition, "
            f"or delete {folder.resolve()} and run `plumbline run` again."
        ) from None


def edition_before(edition: Edition) -> Edition | None:
    """The newest older edition of the same home: by the instant it is as of, then when it was made.

    None for the first edition of a home.
    """
    home_folder = edition.folder.parents[1]
    others = [open_edition(home_folder, one) for one in ids(home_folder) if one != edition.id]
    return max((one for one in others if _age(one) < _age(edition)), key=_age, default=None)


def _age(edition: Edition) -> tuple[datetime, datetime]:
    return edition.as_of, edition.made_at


def _edition(folder: Path, manifest: Mapping[str, Any]) -> Edition:
    return Edition(
        folder=folder.resolve(),
        organisation=manifest["organisation"],
        is_example=manifest["is_example"],
        time_zone=manifest["time_zone"],
        as_of=datetime.fromisoformat(manifest["as_of"]),
        made_at=datetime.fromisoformat(manifest["made_at"]),
        code_version=manifest["code_version"],
        configuration_digest=manifest["configuration_digest"],
    )
