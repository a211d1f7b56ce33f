"""Which span of which source is known, so that "nothing happened" and "nobody told us" differ.

Derived from what was delivered, per source and entity; rows of `inbox/canonical/
source_coverage/` replace what is derived, and `[[coverage]]` in plumbline.toml replaces both.
"""

from collections.abc import Iterator, Sequence

import dagster as dg
import polars as pl

from assets.configuration import Configuration
from assets.conformed.assembly import conformed_of
from assets.conformed.entity import Entity
from assets.home import Home
from assets.raw import ledger, systems
from assets.raw.feed import System
from assets.raw.newest import Records, heard_of
from assets.schema import SHAPES


def with_scope(rows: pl.LazyFrame, _configuration: Configuration) -> pl.LazyFrame:
    """Nothing said about the scope means all of it, which is written as "" in the table."""
    return rows.with_columns(pl.col("scope").fill_null(""))


ENTITY = Entity(
    name="source_coverage",
    rules={
        "ends_before_it_begins": pl.col("to_at") < pl.col("from_at"),
        "negative_count": (pl.col("announced") < 0) | (pl.col("received") < 0),
    },
    may_lie_ahead=("to_at",),
    is_key_unique=False,
    derive=with_scope,
)
COLUMNS = SHAPES[ENTITY.name].columns
# Spans are derived and joined, so they have no record of their own to be told apart by.
EXPECTATIONS = {
    ENTITY.table: tuple(
        expectation
        for expectation in ENTITY.expectations
        if expectation["kwargs"].get("column") in COLUMNS
    )
}
_SPAN = ("source", "entity", "scope")
_ENTITIES = tuple(name for name in SHAPES if name != ENTITY.name)


@dg.multi_asset(
    outs={ENTITY.table: dg.AssetOut(), ENTITY.left_out_table: dg.AssetOut()},
    ins={f"conformed_{name}": dg.AssetIn() for name in _ENTITIES},
)
def conformed_source_coverage(
    home: Home, **tables: pl.LazyFrame
) -> Iterator[dg.Output[pl.DataFrame]]:
    """The spans that are known, per source and entity: derived, delivered or configured."""
    delivered = conformed_of(ENTITY, home)
    spans = pl.concat([spans_of(tables[f"conformed_{name}"], name) for name in _ENTITIES])
    derived = derived_coverage(spans.collect(), heard_of(home), unread_entities(home))
    known = [derived, delivered.rows.select(*COLUMNS), configured_coverage(home.configuration)]
    is_late = pl.col("to_at") > home.as_of_instant
    coverage = (
        overridden(known)
        .with_columns(to_at=pl.when(is_late).then(home.as_of_instant).otherwise("to_at"))
        .filter(pl.col("from_at") <= home.as_of_instant)
    )
    yield dg.Output(coverage, ENTITY.table)
    yield dg.Output(delivered.left_out, ENTITY.left_out_table)


def spans_of(table: pl.LazyFrame, entity: str) -> pl.LazyFrame:
    """`source, entity, from_at, last_at, heard_at` of one conformed table."""
    entered_at = SHAPES[entity].entered_at or "updated_at"
    entered = pl.col(entered_at).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if SHAPES[entity].columns.get(entered_at) != pl.Date():
        entered = pl.col(entered_at)
    return (
        table.group_by("source")
        .agg(
            from_at=entered.min(),
            last_at=entered.max(),
            heard_at=pl.max_horizontal(pl.col("updated_at").max(), entered.max()),
        )
        .select("source", pl.lit(entity).alias("entity"), "from_at", "last_at", "heard_at")
    )


def derived_coverage(
    spans: pl.DataFrame, heard: pl.DataFrame, unread: pl.DataFrame
) -> pl.DataFrame:
    """From the first entry of an entity to the last that was heard of its source at all.

    In: `spans` as `spans_of` gives them; `heard`: `source, heard_at` by feeds; `unread`:
    `source, entity, reason` of what unreadable files may have told.
    """
    alive = (
        pl.concat([spans.select("source", "heard_at"), heard])
        .group_by("source")
        .agg(pl.col("heard_at").max())
    )
    return (
        spans.drop("heard_at")
        .drop_nulls("from_at")
        .join(alive, on="source", how="left")
        .join(unread, on=["source", "entity"], how="left")
        .with_columns(
            scope=pl.lit(""),
            to_at=pl.max_horizontal("heard_at", "last_at"),
            is_complete=pl.col("reason").is_null(),
        )
        .select(_column(name, ("announced", "received")) for name in COLUMNS)
    )


def configured_coverage(configuration: Configuration) -> pl.DataFrame:
    """The rows of `[[coverage]]`."""
    rows = [row.model_dump() for row in configuration.coverage]
    given = pl.DataFrame(
        rows,
        schema={
            name: dtype for name, dtype in COLUMNS.items() if name not in ("announced", "received")
        },
    )
    return given.select(_column(name, ("announced", "received")) for name in COLUMNS)


def overridden(known: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """All rows, where those of a later frame replace the same span's of earlier ones.

    A span that received fewer records than its source announced is incomplete.
    """
    ranked = pl.concat(
        frame.with_columns(_rank=pl.lit(rank)) for rank, frame in enumerate(known)
    ).filter(pl.col("_rank") == pl.col("_rank").max().over(_SPAN))
    is_short = (pl.col("received") < pl.col("announced")).fill_null(False)
    return (
        ranked.drop("_rank")
        .with_columns(
            is_complete=pl.col("is_complete") & ~is_short,
            reason=pl.when(is_short & pl.col("reason").is_null())
            .then(pl.lit("fewer records arrived than were announced"))
            .otherwise("reason"),
        )
        .sort(*_SPAN, "from_at")
    )


def unread_entities(home: Home) -> pl.DataFrame:
    """`source, entity, reason`: what the files that could not be read may have told."""
    problems = ledger.known_files(home).filter(pl.col("status") == "unreadable")
    feeds = problems.group_by("system", "entity").agg(files=pl.len())
    broken = {(system, feed): files for system, feed, files in feeds.iter_rows()}
    rows = [
        (system.name, entity, f"{files} files could not be read")
        for system in systems.systems(home.configuration)
        for entity in system.maps
        if (files := _unread_files(home, system, entity, broken))
    ]
    schema = {"source": pl.String, "entity": pl.String, "reason": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _unread_files(
    home: Home, system: System, entity: str, broken: dict[tuple[str, str], int]
) -> int:
    """How many unreadable files lie in the feeds that the system's map of the entity reads."""
    if not any((system.name, feed.entity) in broken for feed in system.feeds):
        return 0
    records = Records(home.store, system)
    system.maps[entity](records, home.configuration)
    return sum(broken.get((system.name, feed), 0) for feed in records.asked_for)


def _column(name: str, unknown: Sequence[str]) -> pl.Expr:
    return pl.lit(None, COLUMNS[name]).alias(name) if name in unknown else pl.col(name)
