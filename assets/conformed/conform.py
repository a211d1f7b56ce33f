"""Rows of all sources → one table by one contract, and the rows that do not get in.

Holds the way of a row, as a pure function: cast, left out when it begins after the as-of,
quarantined by the first rule it breaks, told apart from its duplicates, and with what
happened after the as-of taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from assets.configuration import Configuration
from assets.conformed.across_rows import without_duplicates, without_future
from assets.conformed.casting import cast, without_not_yet
from assets.conformed.contract import detail, first_rule
from assets.conformed.entity import Entity
from assets.conformed.nameless import nameless
from assets.errors import ContractError
from assets.raw.people import NOBODY, People
from assets.schema import INSTANT

LEFT_OUT: dict[str, pl.DataType] = {
    "source": pl.String(),  # the system whose feed it is
    "feed": pl.String(),
    "record_key": pl.String(),
    "fate": pl.String(),  # quarantined, masked
    "rule": pl.String(),
    "detail": pl.String(),  # the values that broke the rule
    "is_breach": pl.Boolean(),  # False where the source's map knew that it is no such row
}
_ORIGIN: dict[str, pl.DataType] = {
    "feed": pl.String(),
    "record_key": pl.String(),
    "reject": pl.String(),
}


@dataclass(frozen=True)
class Given:
    """What the map of one system says about an entity."""

    system: str
    rows: pl.LazyFrame


@dataclass(frozen=True)
class Conformed:
    """The entity's table, and one row per record that is not in it (LEFT_OUT)."""

    rows: pl.DataFrame
    left_out: pl.DataFrame


def conform(
    entity: Entity,
    given: Sequence[Given],
    configuration: Configuration,
    as_of: datetime,
    late_versions: pl.LazyFrame,
    people: People = NOBODY,
) -> Conformed:
    """Judge the rows of all systems by the entity's contract; `people` are not named in either.

    `late_versions` has, for records whose newest version came in later than their first, when
    it did: `source, feed, record_key, version_ingested_at`.
    """
    rows = pl.concat([_in_types(entity, one) for one in given])
    if entity.derive is not None:
        rows = entity.derive(rows, configuration)
    judged = rows.with_columns(
        _begins_later=_begins_later(entity, as_of), _rule=first_rule(entity)
    ).collect()
    masked = judged.filter("_begins_later")
    present = judged.filter(~pl.col("_begins_later"))
    present = without_future(entity, present, late_versions)
    present = without_duplicates(present, "duplicate_source_id", ("source", "source_id"))
    if entity.is_key_unique:
        key = ("source", *(name for name in entity.shape.key if name != "source"))
        present = without_duplicates(present, "duplicate_key", key)
    broken = present.filter(pl.col("_rule").is_not_null()).with_columns(detail(entity))
    left_out = pl.concat(
        [
            masked.select(_reason("masked", pl.lit("begins_later"), pl.lit(""))),
            broken.select(_reason("quarantined", pl.col("_rule"), pl.col("detail"))),
        ]
    )
    whole = present.filter(pl.col("_rule").is_null())
    order = [entity.entered_at] if entity.entered_at else []
    table = _taken_back(entity, whole, as_of).select(*entity.schema)
    return Conformed(
        nameless(table.sort(*order, "source", "source_id"), entity, people),
        left_out.with_columns(
            people.keys(left_out.get_column("record_key")),
            people.without(left_out.get_column("detail")),
        ),
    )


def _in_types(entity: Entity, given: Given) -> pl.LazyFrame:
    """The map's rows with all columns in their types, and the first that could not be read."""
    schema = given.rows.collect_schema()
    if unknown := set(schema) - set(entity.schema) - set(_ORIGIN):
        raise ContractError(
            f"The map of {given.system} gives {entity.name} the columns "
            f"{', '.join(sorted(unknown))}, which the table does not have. Correct the map."
        )
    wanted = {**entity.schema, **_ORIGIN}
    read = {name: dtype for name, dtype in wanted.items() if name in schema}
    texts = [name for name in read if schema[name] == pl.String() != wanted[name]]
    is_unreadable = {
        name: pl.col(name).is_null() & pl.col(f"_{name}").is_not_null() for name in texts
    }
    none = pl.lit(None, pl.String)
    return (
        given.rows.select(
            *(cast(name, schema[name], dtype).alias(name) for name, dtype in read.items()),
            *(pl.col(name).alias(f"_{name}") for name in texts),
        )
        .with_columns(
            pl.coalesce(
                *(
                    pl.when(bad).then(pl.lit(f"unreadable_{name}"))
                    for name, bad in is_unreadable.items()
                ),
                none,
            ).alias("_unreadable"),
            pl.coalesce(
                *(pl.when(bad).then(pl.col(f"_{name}")) for name, bad in is_unreadable.items()),
                none,
            ).alias("_unreadable_text"),
        )
        .select(
            *(
                without_not_yet(name, dtype)
                if name in texts
                else pl.col(name)
                if name in read
                else pl.lit(None, dtype).alias(name)
                for name, dtype in wanted.items()
                if name != "source"
            ),
            "_unreadable",
            "_unreadable_text",
            _system=pl.lit(given.system),
            source=pl.col("source").fill_null(given.system)
            if "source" in schema
            else pl.lit(given.system),
        )
    )


def _begins_later(entity: Entity, as_of: datetime) -> pl.Expr:
    """Whether the row begins after the as-of, so that it was not there yet."""
    if entity.entered_at is None:
        return pl.lit(False)
    begins = pl.col(entity.entered_at)
    is_date = entity.schema[entity.entered_at] == pl.Date()
    return (begins > pl.lit(as_of.date() if is_date else as_of)).fill_null(False)


def _reason(fate: str, rule: pl.Expr, detail: pl.Expr) -> list[pl.Expr]:
    return [
        pl.col("_system").alias("source"),
        pl.col("feed"),
        pl.col("record_key"),
        pl.lit(fate).alias("fate"),
        rule.alias("rule"),
        detail.alias("detail"),
        (pl.col("reject").is_null() & (pl.lit(fate) == "quarantined")).alias("is_breach"),
    ]


def _taken_back(entity: Entity, rows: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Null the instants after the as-of, and undo the states that followed from them."""
    may_stay = (*entity.may_lie_ahead, "ingested_at")
    instants = [
        name for name, dtype in entity.schema.items() if dtype == INSTANT and name not in may_stay
    ]
    is_later = {name: pl.col(name) > pl.lit(as_of) for name in instants}
    frame = rows.lazy().with_columns(
        later.alias(f"_later_{name}") for name, later in is_later.items()
    )
    frame = frame.with_columns(
        pl.when(~pl.col(f"_later_{name}")).then(pl.col(name)).alias(name) for name in instants
    )
    for undone in entity.taken_back:
        frame = frame.with_columns(
            pl.when(pl.col(f"_later_{undone.after}"))
            .then(undone.state)
            .otherwise(pl.col(undone.column))
            .alias(undone.column)
        )
    return frame.collect()
