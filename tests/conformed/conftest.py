"""A home with an inbox, and the way from there to conformed tables without Dagster."""

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from assets.conformed.assembly import conformed_of
from assets.conformed.conform import LEFT_OUT, Conformed
from assets.conformed.entity import Entity, left_out_table
from assets.conformed.record_fates import fates
from assets.home import Home
from assets.raw import newest, systems
from assets.raw.deliver import take_in
from assets.schema import SHAPES

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@dataclass
class Site:
    """A home and what tests do with it."""

    folder: Path

    def home(self, now: datetime = NOW, as_of: datetime | None = None) -> Home:
        home = Home(path=str(self.folder), as_of=as_of.isoformat() if as_of else None)
        home._started_at = now
        return home

    def put(self, path: str, records: Sequence[object]) -> None:
        place = self.folder / "inbox" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
        content = "\n".join(lines).encode()
        place.write_bytes(gzip.compress(content) if path.endswith(".gz") else content)

    def take_in(self, home: Home) -> None:
        for system in systems.systems(home.configuration):
            for feed in system.feeds:
                if (home.inbox / feed.system / feed.entity).exists():
                    take_in(home, feed)

    def run(self, *entities: Entity, now: datetime = NOW) -> list[Conformed]:
        """Take in what is there, then judge; the left-out rows are stored for `fates`."""
        home = self.home(now)
        with home.store.connect():  # opening the warehouse again is cheap while it is open
            self.take_in(home)
            home.store.replace("raw_newest", newest.refreshed(home))
            results = [conformed_of(entity, home) for entity in entities]
            for entity, result in zip(entities, results, strict=True):
                home.store.replace(entity.left_out_table, result.left_out)
        return results

    def judge(self, *entities: Entity, as_of: datetime, now: datetime = NOW) -> list[Conformed]:
        """Judge what was taken in before, as of an instant."""
        home = self.home(now, as_of)
        with home.store.connect():
            newest.refreshed(home)
            return [conformed_of(entity, home) for entity in entities]

    def fates(self) -> pl.DataFrame:
        store = self.home().store
        tables = [left_out_table(name) for name in SHAPES]
        empty = pl.LazyFrame(schema=LEFT_OUT)
        left_out = [store.read(table) if store.has(table) else empty for table in tables]
        return fates(store.read("raw_newest"), left_out).collect()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return new_site(tmp_path)


@pytest.fixture
def make_site(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Site]:
    return lambda: new_site(tmp_path_factory.mktemp("home"))


def new_site(folder: Path) -> Site:
    (folder / "plumbline.toml").write_text('[organisation]\nname = "Example"\n')
    return Site(folder)
