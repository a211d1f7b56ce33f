"""Text → the types of the conformed columns, without ever guessing.

Holds one expression per type. What cannot be read becomes null; that it was not null before
is what `assets.conformed.conform` quarantines.
"""

from datetime import date

import duckdb
import polars as pl

from assets.raw.feed import EARLIEST_INSTANT, parsed_instant
from assets.schema import INSTANT

_TRUE = {"true": True, "t": True, "yes": True, "1": True}
_FALSE = {"false": False, "f": False, "no": False, "0": False}


def cast(column: str, given: pl.DataType, wanted: pl.DataType) -> pl.Expr:
    """The column in the wanted type; null where its text is not of that type."""
    value = pl.col(column)
    if given == wanted:
        return value
    if given != pl.String():
        return value.cast(wanted, strict=False)
    if wanted == INSTANT:
        return parsed_instant(value)
    if isinstance(wanted, pl.List):
        return value.map_batches(_texts, return_dtype=wanted, is_elementwise=True)
    if isinstance(wanted, pl.Boolean):
        return value.str.to_lowercase().replace_strict(
            _TRUE | _FALSE, default=None, return_dtype=pl.Boolean
        )
    if isinstance(wanted, pl.Int64):
        decimal = value.cast(pl.Float64, strict=False)
        whole = pl.when(decimal == decimal.round()).then(decimal).cast(pl.Int64, strict=False)
        return pl.coalesce(value.cast(pl.Int64, strict=False), whole)
    if isinstance(wanted, pl.Float64):
        decimal = value.cast(pl.Float64, strict=False)
        return pl.when(decimal.is_finite()).then(decimal)
    if isinstance(wanted, pl.Date):
        return pl.coalesce(
            value.str.to_date("%Y-%m-%d", strict=False), parsed_instant(value).dt.date()
        )
    raise TypeError(f"{column}: no cast from {given} to {wanted}.")


def without_not_yet(column: str, dtype: pl.DataType) -> pl.Expr:
    """The column with the stamps that mean "not yet" as null."""
    value = pl.col(column)
    if dtype == INSTANT:
        return pl.when(value >= EARLIEST_INSTANT).then(value).alias(column)
    if isinstance(dtype, pl.Date):
        return pl.when(value >= date(EARLIEST_INSTANT.year, 1, 1)).then(value).alias(column)
    return value


def _texts(lists: pl.Series) -> pl.Series:
    """JSON arrays, or words separated by commas, → List(String)."""
    with duckdb.connect() as connection:
        connection.register("lists", lists.alias("text").to_frame())
        read = connection.execute(
            """
            SELECT CASE
                WHEN NOT starts_with(ltrim(text), '[')
                THEN list_transform(string_split(text, ','), lambda word: trim(word))
                WHEN json_valid(text) THEN TRY_CAST(text::JSON AS VARCHAR[])
            END AS texts FROM lists
            """
        ).pl()
    return read["texts"].cast(pl.List(pl.String))
