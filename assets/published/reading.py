"""An edition to read: its manifest and its tables, verified before they are used.

Holds no question and no words. Never looks at the warehouse.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from assets.errors import EditionError
from assets.published import manifest
from assets.published.manifest import Manifest


@dataclass(frozen=True)
class Edition:
    """One complete edition and where it lies."""

    folder: Path
    manifest: Manifest

    @property
    def as_of(self) -> datetime:
        """The instant that its numbers are as of, UTC."""
        return self.manifest.about.as_of

    @property
    def zone(self) -> str:
        """The organisation's time zone, in which periods are cut."""
        return self.manifest.about.time_zone

    def has(self, table: str) -> bool:
        """Whether the edition holds the table."""
        return table in self.manifest.tables

    def scan(self, table: str) -> pl.LazyFrame:
        """The table as a lazy frame; EditionError if this edition does not hold it."""
        if not self.has(table):
            raise EditionError(
                f"Edition {self.manifest.id} holds no table {table}: another version of Plumbline "
                "made it. Make a new one: plumbline run."
            )
        file = self.folder / f"{table}.parquet"
        if file.is_file():
            return pl.scan_parquet(file)
        return pl.scan_parquet(self.folder / table / "*.parquet", missing_columns="insert")

    def verified(self, tables: Collection[str]) -> "Edition":
        """The edition itself; EditionError if a file of these tables is not what was published."""
        manifest.verify(self.folder, tables)
        return self


def open_edition(home_folder: Path, edition: str | None = None) -> Edition:
    """An edition by id, by default the current one; EditionError if it is not there."""
    folder = manifest.folder_of(home_folder, edition)
    return Edition(folder, manifest.read(folder))


def edition_before(home_folder: Path, edition: Edition) -> Edition | None:
    """The newest edition that is older: by the instant it is as of, then by when it was made."""
    every = [open_edition(home_folder, name) for name in manifest.editions(home_folder)]
    older = [other for other in every if _age(other) < _age(edition)]
    return max(older, key=_age, default=None)


def _age(edition: Edition) -> tuple[datetime, datetime]:
    return edition.as_of, edition.manifest.about.made_at
