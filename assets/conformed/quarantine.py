"""`conformed_quarantine`: every record that broke a rule, with the rule and where its payload is.

Gathers what the choice of versions and the entities' contracts left out; judges nothing
itself. A record is here as long as it breaks a rule, so it is tried again on every run.
"""

from datetime import datetime

import dagster as dg
import duckdb
import polars as pl

from assets.conformed.conform import LEFT_OUT
from assets.conformed.entity import left_out_table
from assets.home import Home
from assets.raw import systems
from assets.raw.decode import literal, quoted
from assets.raw.feed import Feed
from assets.raw.people import People, people_of
from assets.raw.redelivered import refused_lines
from assets.raw.versions import parent_key
from assets.schema import INSTANT, SHAPES

SCHEMA: dict[str, pl.DataType] = {
    "source": pl.String(),  # the system that delivered it
    "entity": pl.String(),  # its feed
    "record_key": pl.String(),
    "rule": pl.String(),
    "detail": pl.String(),
    "payload_hash": pl.String(),  # of the version that counts, in `raw_<source>__<entity>`
    "first_seen_at": INSTANT,
}
LEFT_OUT_TABLES = tuple(left_out_table(name) for name in SHAPES)


@dg.asset(deps=["raw_newest"], ins={table: dg.AssetIn() for table in LEFT_OUT_TABLES})
def conformed_quarantine(home: Home, **left_out: pl.LazyFrame) -> pl.DataFrame:
    """The records that broke a rule, one row per record and rule."""
    rejects = quarantined([left_out[table] for table in LEFT_OUT_TABLES])
    feeds = [feed for system in systems.systems(home.configuration) for feed in system.feeds]
    tables = set(home.store.tables())
    people = people_of(home)
    with home.store.connect() as connection:
        found = [
            _quarantined_of(connection, feed, rejects, home.as_of_instant, people)
            for feed in feeds
            if {feed.table, feed.newest_table} <= tables
        ]
    every = pl.concat([pl.DataFrame(schema=SCHEMA), *found])
    return every.sort("source", "entity", "rule", "record_key", maintain_order=True)


def quarantined(left_out: list[pl.LazyFrame]) -> pl.DataFrame:
    """Of all entities, the records that broke a rule, once per record and rule."""
    return (
        pl.concat([pl.LazyFrame(schema=LEFT_OUT), *left_out])
        .filter(pl.col("fate") == "quarantined")
        .unique(["source", "feed", "record_key", "rule"], keep="first", maintain_order=True)
        .collect()
    )


def _quarantined_of(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    rejects: pl.DataFrame,
    as_of: datetime,
    people: People,
) -> pl.DataFrame:
    """One feed's records in quarantine; where one is about is told without naming people."""
    own = rejects.filter(pl.col("source") == feed.system, pl.col("feed") == feed.entity)
    newest = quoted(feed.newest_table)
    alone = connection.execute(
        f"""
        SELECT record_key, _left_out AS rule, {_unknown_parent(feed)} AS detail,
            _payload_hash AS payload_hash, ingested_at AS first_seen_at, '' AS file, 0 AS line
        FROM {newest} AS newest WHERE _left_out = 'unknown_parent'
        UNION ALL
        SELECT NULL, rule, detail, payload_hash, seen_at, file, line
        FROM ({refused_lines(feed, as_of)}) WHERE fate = 'quarantined'
        """
    ).pl()
    alone = alone.with_columns(
        people.keys(alone.get_column("record_key")), people.without(alone.get_column("detail"))
    )
    found = pl.concat([_of_newest(connection, newest, own, people), alone], how="diagonal_relaxed")
    named = found.sort("record_key", "rule", "file", "line", "payload_hash").with_columns(
        source=pl.lit(feed.system), entity=pl.lit(feed.entity)
    )
    return named.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())


def _of_newest(
    connection: duckdb.DuckDBPyConnection, newest: str, rejects: pl.DataFrame, people: People
) -> pl.DataFrame:
    """The rejects with the hash of their payload, and when the record was seen first."""
    if rejects.is_empty():
        return rejects.select("record_key", "rule", "detail")
    query = f"SELECT record_key, _payload_hash AS payload_hash, ingested_at FROM {newest}"
    known = connection.execute(query).pl()
    known = known.with_columns(people.keys(known.get_column("record_key")))
    return rejects.join(known, on="record_key").select(
        "record_key", "rule", "detail", "payload_hash", first_seen_at="ingested_at"
    )


def _unknown_parent(feed: Feed) -> str:
    """SQL that names the parent which a record needs and nobody delivered."""
    if feed.parent is None:
        return "''"
    entity, fields = feed.parent
    lacking = f"no {' or '.join(fields)}"
    return f"coalesce({literal(f'no {entity} ')} || {parent_key(feed)}, {literal(lacking)})"
