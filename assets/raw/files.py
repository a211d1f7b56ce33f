"""Exports of any system as they are: `[[files]]` of `plumbline.toml` → feeds and maps.

Holds how our columns are found in theirs. Each `name` is a source of its own; its table per
entity is `raw_<name>__<entity>`, written by the one asset `raw_mapped_files`, because which
files there are is known only when a home's configuration is read.
"""

from collections.abc import Mapping

import dagster as dg
import polars as pl

from assets.configuration import Configuration, ForeignFile
from assets.errors import ConfigurationError
from assets.home import Home
from assets.raw.decode import exact_key
from assets.raw.deliver import take_in
from assets.raw.feed import Feed, Foreign, Map, System, stamp
from assets.schema import INSTANT, SHAPES

_LATEST = "latest_by"


def systems_of(configuration: Configuration) -> list[System]:
    """One system per name, with one feed and one map per entity of that name."""
    names = dict.fromkeys(file.name for file in configuration.files)
    return [
        _system(name, [file for file in configuration.files if file.name == name]) for name in names
    ]


@dg.asset
def raw_mapped_files(home: Home) -> dg.MaterializeResult[None]:
    """Takes in the files that `[[files]]` names, each into its table `raw_<name>__<entity>`."""
    systems = systems_of(home.configuration)
    taken = {feed.table: take_in(home, feed) for system in systems for feed in system.feeds}
    return dg.MaterializeResult(
        metadata={table: dg.MetadataValue.json(one.as_metadata()) for table, one in taken.items()}
    )


def _system(name: str, files: list[ForeignFile]) -> System:
    return System(
        name=name,
        feeds=tuple(_feed(file) for file in files),
        maps={file.entity: _map(file) for file in files},
    )


def _feed(file: ForeignFile) -> Feed:
    _refuse_unknown_columns(file)
    keys = {f"key_{place}": name for place, name in enumerate(file.key)}
    first = {f"first_{column}": name for column, name in file.first_by.items()}
    latest = {_LATEST: file.latest_by} if file.latest_by else {}
    fields = {
        **keys,
        **first,
        **latest,
        **{f"our_{our}": their for our, their in file.columns.items()},
    }
    return Feed(
        system=file.name,
        entity=file.entity,
        fields={field: (exact_key(name), name) for field, name in fields.items()},
        key=tuple(keys),
        updated_at=tuple(latest),
        people=file.people,
        foreign=Foreign(
            pattern=file.path,
            timestamp_format=file.timestamp_format,
            timezone=file.timezone,
            null_values=file.null_values,
            gathered=tuple(first),
        ),
    )


def _refuse_unknown_columns(file: ForeignFile) -> None:
    allowed = {*SHAPES[file.entity].columns, "source_id", "url"}
    for column in [*file.columns, *file.constants, *file.words, *file.first_by]:
        if column not in allowed:
            raise ConfigurationError(
                f'[[files]] name = "{file.name}" maps to {file.entity}.{column}, which does not '
                f"exist. Use one of: {', '.join(sorted(allowed))}."
            )


def _map(file: ForeignFile) -> Map:
    def columns_of(
        feeds: Mapping[str, pl.LazyFrame], _configuration: Configuration
    ) -> pl.LazyFrame:
        ours = {our: _translated(file, our) for our in file.columns}
        firsts = {our: _earliest(file, our) for our in file.first_by}
        constants = {our: pl.lit(str(value)) for our, value in file.constants.items()}
        columns = {"source_id": pl.col("record_key"), **ours, **firsts, **constants}
        return feeds[file.entity].select(
            *(column.alias(our) for our, column in columns.items()),
            "updated_at",
            "ingested_at",
            "feed",
            "record_key",
        )

    return columns_of


def _translated(file: ForeignFile, our: str) -> pl.Expr:
    """Their value, in our words; a stamp in ISO 8601, or as it is where it cannot be read."""
    text = pl.col(f"our_{our}").replace(dict(file.words.get(our, {})))
    if SHAPES[file.entity].columns.get(our) != INSTANT:
        return text
    return pl.coalesce(_iso(stamp(text, _feed(file))), text)


def _earliest(file: ForeignFile, our: str) -> pl.Expr:
    """The earliest stamp of all rows with the record's key."""
    feed = _feed(file)
    stamps = pl.col(f"first_{our}").str.json_decode(pl.List(pl.String))
    return _iso(stamps.list.eval(stamp(pl.element(), feed)).list.min())


def _iso(instant: pl.Expr) -> pl.Expr:
    return instant.dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ")
