"""`conformed_quarantine`: every record that broke a rule, with the rule and its payload.

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
from assets.raw.redelivered import refused_lines
from assets.raw.versions import parent_key
from assets.schema import INSTANT, SHAPES

SCHEMA: dict[str, pl.DataType] = {
    "source": pl.String(),  # the system that delivered it
    "entity": pl.String(),  # its feed
    "record_key": pl.String(),
    "rule": pl.String(),
    "detail": pl.String(),
    "payload": pl.String(),
    "first_seen_at": INSTANT,
}
LEFT_OUT_TABLES = tuple(left_out_table(name) for name in SHAPES)


@dg.asset(deps=["raw_newest"], ins={table: dg.AssetIn() for table in LEFT_OUT_TABLES})
def conformed_quarantine(home: Home, **left_out: pl.LazyFrame) -> pl.DataFrame:
    """The records that broke a rule, one row per record and rule."""
    rejects = quarantined([left_out[table] for table in LEFT_OUT_TABLES])
    feeds = [feed for system in systems.systems(home.configuration) for feed in system.feeds]
    tables = set(home.store.tables())
    with home.store.connect() as connection:
        found = [
            _quarantined_of(connection, feed, rejects, home.as_of_instant)
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
    connection: duckdb.DuckDBPyConnection, feed: Feed, rejects: pl.DataFrame, as_of: datetime
) -> pl.DataFrame:
    """One feed's records in quarantine, with the payload of the version that counts."""
    own = rejects.filter(pl.col("source") == feed.system, pl.col("feed") == feed.entity)
    connection.register("rejects", own)
    raw, newest = quoted(feed.table), quoted(feed.newest_table)
    found = connection.execute(
        f"""
        WITH broken AS (
            SELECT record_key, rule, detail FROM rejects
            UNION ALL
            SELECT record_key, _left_out, {_unknown_parent(feed)}
            FROM {newest} AS newest WHERE _left_out = 'unknown_parent'
        )
        SELECT record_key, rule, detail, payload, newest.ingested_at AS first_seen_at,
            '' AS file, 0 AS line
        FROM broken JOIN {newest} AS newest USING (record_key)
        JOIN {raw} AS versions USING (record_key)
        WHERE versions.payload_hash = newest._payload_hash
        UNION ALL
        SELECT NULL, rule, detail, payload, seen_at, file, line
        FROM ({refused_lines(feed, as_of)}) WHERE fate = 'quarantined'
        ORDER BY record_key, rule, file, line, payload
        """
    ).pl()
    connection.unregister("rejects")
    named = found.with_columns(source=pl.lit(feed.system), entity=pl.lit(feed.entity))
    return named.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())


def _unknown_parent(feed: Feed) -> str:
    """SQL that names the parent which a record needs and nobody delivered."""
    if feed.parent is None:
        return "''"
    entity, fields = feed.parent
    lacking = f"no {' or '.join(fields)}"
    return f"coalesce({literal(f'no {entity} ')} || {parent_key(feed)}, {literal(lacking)})"
