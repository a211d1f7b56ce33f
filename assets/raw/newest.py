"""The newest version of every record, decoded: what the maps of the sources work on.

One table `raw_newest_<system>__<feed>` per feed, decoded once because several entities
read the same feed; the asset's own table counts, per feed, where its lines have gone so far.
How a version is chosen is in `assets.raw.versions`.
"""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg
import polars as pl

from assets.home import Home
from assets.raw import ledger, retention, systems
from assets.raw.feed import System
from assets.raw.versions import FATES, OWN_COLUMNS, parents_first, refresh
from assets.schema import INSTANT
from assets.warehouse import Warehouse

# As of when the tables to the right of raw were made, and whether a run asked for that.
AS_OF = "raw_as_of"


@dg.asset(deps=[ledger.TABLE])
def raw_newest(home: Home) -> pl.DataFrame:
    """Newest versions of all feeds, each in its table; and what became of the other lines."""
    retention.age(home, [f for one in systems.systems(home.configuration) for f in one.feeds])
    return refreshed(home)


def refreshed(home: Home) -> pl.DataFrame:
    """Write the tables of newest versions; returns the fates (FATES) of all lines so far."""
    tables = set(home.store.tables())
    terms = pl.DataFrame({"as_of": [home.as_of_instant], "is_asked": [home.as_of is not None]})
    home.store.replace(AS_OF, terms)
    every = [
        refresh(home.store, feed, home.as_of_instant)
        for system in systems.systems(home.configuration)
        for feed in parents_first(system.feeds)
        if feed.table in tables
    ]
    repeated = (
        ledger.known_files(home)
        .group_by(pl.col("system").alias("source"), pl.col("entity").alias("feed"))
        .agg(
            pl.lit("superseded").alias("fate"),
            pl.lit("repeated").alias("rule"),
            pl.col("repeated").sum().alias("records"),
        )
    )
    fates = pl.concat([repeated.cast(pl.Schema(FATES)), *every])
    return fates.filter(pl.col("records") > 0).sort("source", "feed", "fate", "rule")


class Records(Mapping[str, pl.LazyFrame]):
    """Per feed of a system, the live newest records: the feed's fields and four of our own.

    Frames are read when they are asked for; a feed that never delivered gives an empty one.
    """

    def __init__(self, store: Warehouse, system: System) -> None:
        self._store = store
        self._feeds = {feed.entity: feed for feed in system.feeds}
        self._tables = set(store.tables())
        self.asked_for: set[str] = set()

    def __getitem__(self, entity: str) -> pl.LazyFrame:
        self.asked_for.add(entity)
        feed = self._feeds[entity]
        schema = dict.fromkeys(feed.fields, pl.String()) | OWN_COLUMNS
        if feed.newest_table not in self._tables:
            return pl.LazyFrame(schema=schema)
        newest = self._store.read(feed.newest_table)
        return newest.filter(pl.col("_left_out").is_null()).select(*schema)

    def __iter__(self) -> Iterator[str]:
        return iter(self._feeds)

    def __len__(self) -> int:
        return len(self._feeds)


def late_versions(store: Warehouse, sources: Sequence[System]) -> pl.LazyFrame:
    """When the newest version came in, of records that had come in before.

    Out: `source` (the system), `feed`, `record_key`, `version_ingested_at`.
    """
    tables = set(store.tables())
    schema = {"source": pl.String, "feed": pl.String, "record_key": pl.String}
    empty = pl.LazyFrame(schema={**schema, "version_ingested_at": INSTANT})
    found = [
        store.read(feed.newest_table)
        .filter(pl.col("_version_ingested_at") > pl.col("ingested_at"))
        .select(
            pl.lit(system.name).alias("source"),
            "feed",
            "record_key",
            pl.col("_version_ingested_at").alias("version_ingested_at"),
        )
        for system in sources
        for feed in system.feeds
        if feed.newest_table in tables
    ]
    return pl.concat([empty, *found])


def heard_of(home: Home) -> pl.DataFrame:
    """`source, heard_at`: the newest instant that any feed of a system was updated at."""
    tables = set(home.store.tables())
    empty = pl.LazyFrame(schema={"source": pl.String, "heard_at": INSTANT})
    found = [
        home.store.read(feed.newest_table).select(
            pl.lit(system.name).alias("source"), pl.col("updated_at").max().alias("heard_at")
        )
        for system in systems.systems(home.configuration)
        for feed in system.feeds
        if feed.newest_table in tables
    ]
    return pl.concat([empty, *found]).group_by("source").agg(pl.col("heard_at").max()).collect()
