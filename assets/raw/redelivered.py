"""Which lines without a key still stand: those in what their paths hold now.

A line that is no JSON object, or lacks its key, has no newer version that could replace it.
It is replaced when its path is delivered again without it. This is the one thing that depends
on which file came last at a path, and not on the set of delivered versions alone; versions
with a key never do. What is removed from the inbox still stands: nothing came in its place.
"""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from assets.raw.decode import decoded, literal, quoted
from assets.raw.feed import Feed
from assets.raw.instants import at, is_usable
from assets.schema import INSTANT

TABLE = "raw_refused_lines"
SCHEMA: dict[str, pl.DataType] = {
    "system": pl.String(),
    "entity": pl.String(),
    "path": pl.String(),
    "refused": pl.List(pl.Struct({"payload_hash": pl.String(), "line": pl.UInt32()})),
    "ingested_at": INSTANT,
    "is_backfill": pl.Boolean(),
}
# Homes that took files in before there was this table get it empty.
MAKE_TABLE = f"""
    CREATE TABLE IF NOT EXISTS {TABLE} (
        system VARCHAR, entity VARCHAR, path VARCHAR,
        refused STRUCT(payload_hash VARCHAR, line UINTEGER)[],
        ingested_at TIMESTAMPTZ, is_backfill BOOLEAN
    )
"""


def refused_in(
    paths: Sequence[str], versions: pl.DataFrame, feed: Feed, clock: datetime, is_backfill: bool
) -> pl.DataFrame:
    """One row per file that was read (SCHEMA), with its lines that have no key, if any."""
    refused = (
        versions.filter(pl.col("record_key").is_null())
        .unique(["file", "payload_hash"], keep="first", maintain_order=True)
        .group_by("file")
        .agg(refused=pl.struct("payload_hash", "line"))
    )
    files = pl.DataFrame({"path": paths}, schema={"path": pl.String})
    return (
        files.join(refused, left_on="path", right_on="file", how="left", maintain_order="left")
        .with_columns(
            pl.col("refused").fill_null([]),
            system=pl.lit(feed.system),
            entity=pl.lit(feed.entity),
            ingested_at=pl.lit(clock, INSTANT),
            is_backfill=pl.lit(is_backfill),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )


def refused_lines(feed: Feed, as_of: datetime) -> str:
    """SQL for the feed's lines without a key: `fate, rule, detail, payload_hash, file, line,
    seen_at`.

    Under an as-of such a line was known when it came in, or, of a first delivery, at the
    instant that it bears; one without an instant is masked before it came in.
    """
    expression, columns, missing = _missing_key(feed)
    was_known = f"ingested_at <= {at(as_of)} OR (is_backfill AND updated_at <= {at(as_of)})"
    return f"""
        WITH contents AS (
            SELECT path, refused,
                row_number() OVER (PARTITION BY path ORDER BY rowid DESC) AS age
            FROM {TABLE} WHERE system = {literal(feed.system)}
                AND entity = {literal(feed.entity)} AND {is_usable(as_of)}
        ), standing AS (
            SELECT one.payload_hash, min(struct_pack(path, line := one.line)) AS place
            FROM (SELECT path, unnest(refused) AS one FROM contents WHERE age = 1) GROUP BY 1
        ), lines AS (
            SELECT *, {expression} AS decoded FROM (
                SELECT delivered, is_readable, payload_hash, file, line, ingested_at,
                    (({was_known}) IS TRUE) AS was_known,
                    CASE WHEN is_readable THEN delivered END AS payload
                FROM (SELECT *, payload AS delivered FROM {quoted(feed.table)})
                WHERE record_key IS NULL
            )
        ), judged AS (
            SELECT lines.* EXCLUDE (payload, file, line), {", ".join(columns)},
                coalesce(place.path, file) AS file, coalesce(place.line, line) AS line,
                CASE WHEN NOT was_known THEN 'masked'
                    WHEN place IS NULL AND file IN (SELECT path FROM contents) THEN 'superseded'
                    ELSE 'quarantined' END AS fate
            FROM lines LEFT JOIN standing USING (payload_hash)
        )
        SELECT fate, CASE fate WHEN 'masked' THEN 'known_later' WHEN 'superseded' THEN 'redelivered'
                ELSE CASE WHEN is_readable THEN 'missing_key' ELSE 'malformed' END END AS rule,
            CASE WHEN is_readable THEN {missing} ELSE 'no JSON object' END
                || ' in ' || file || ', line ' || line AS detail,
            payload_hash, file, line, ingested_at AS seen_at
        FROM judged
    """


def _missing_key(feed: Feed) -> tuple[str, list[str], str]:
    """SQL that decodes the fields of the key (as `decoded` does), and that names the missing."""
    required = [name for name in feed.key if name not in feed.optional_key] or list(feed.key)
    expression, columns = decoded(feed, {name: f"key_{name}" for name in required})
    missing = [
        f"CASE WHEN {quoted(f'key_{name}')} IS NULL "
        f"THEN {literal('no ' + ' or '.join(feed.names_of(name)))} END"
        for name in required
    ]
    return expression, columns, f"concat_ws(', ', {', '.join(missing)})"
