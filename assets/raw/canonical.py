"""Records that already have our columns: `inbox/canonical/<conformed entity>/`.

A record names its `source`, else it is "canonical"; `source_id`, where given, identifies it
instead of the entity's key; `"is_deleted": true` is a tombstone. Unknown keys are ignored.
"""

from collections.abc import Mapping

import polars as pl

from assets.configuration import Configuration
from assets.raw.feed import Feed, Map, System, assets_of
from assets.schema import SHAPES, Shape

NAME = "canonical"


def _feed(entity: str, shape: Shape) -> Feed:
    columns = dict.fromkeys([*shape.columns, "source", "source_id", "url"])
    own_key = tuple(column for column in shape.key if column not in shape.required)
    return Feed(
        system=NAME,
        entity=entity,
        fields={column: (column,) for column in [*columns, "stamped_at", "is_deleted"]}
        | {"stamped_at": ("updated_at",)},
        key=("source", *shape.key),
        optional_key=("source", *own_key),
        identity=("source", "source_id"),
        updated_at=("stamped_at",),
        deleted="is_deleted",
    )


def _map(entity: str, shape: Shape) -> Map:
    def columns_of(
        feeds: Mapping[str, pl.LazyFrame], _configuration: Configuration
    ) -> pl.LazyFrame:
        own_id = pl.concat_str([pl.col(name).fill_null("") for name in shape.key], separator="/")
        return feeds[entity].select(
            *shape.columns,
            *(name for name in ("source", "url") if name not in shape.columns),
            pl.coalesce("source_id", own_id).alias("source_id"),
            "updated_at",
            "ingested_at",
            "feed",
            "record_key",
        )

    return columns_of


SYSTEM = System(
    name=NAME,
    feeds=tuple(_feed(entity, shape) for entity, shape in SHAPES.items()),
    maps={entity: _map(entity, shape) for entity, shape in SHAPES.items()},
)

raw_assets = assets_of(SYSTEM)
