"""What the maps of all systems do with rows: columns carried along, lists inside a payload.

A list arrives as the JSON text of an array and becomes a list of structs of strings. Polars'
own `str.json_decode` fails for the whole column when one element has another shape than the
first; here such an element (or field) is null: one odd record must not stop a run.
"""

from collections.abc import Mapping, Sequence

import duckdb
import polars as pl

# Every row of a map says which version of which record it was made from.
CARRIED = ("updated_at", "ingested_at", "feed", "record_key")
WHOLE = ""  # the path of an element itself, for arrays of plain values


def elements(array: pl.Expr, fields: Mapping[str, Sequence[str]]) -> pl.Expr:
    """Decode JSON arrays: List(Struct of String), null where the text is no array.

    `fields` gives, for each name of the struct, the dotted paths in an element; the first that
    is not null wins.
    """
    struct = pl.Struct(dict.fromkeys(fields, pl.String()))

    def decode(texts: pl.Series) -> pl.Series:
        with duckdb.connect() as connection:
            connection.register("arrays", texts.alias("text").to_frame().to_arrow())
            decoded = connection.execute(_query(fields)).pl()
        return decoded["elements"].cast(pl.List(struct))

    return array.map_batches(decode, return_dtype=pl.List(struct), is_elementwise=True)


def exploded(
    frame: pl.LazyFrame, column: str, fields: Mapping[str, Sequence[str]], keep: Sequence[str] = ()
) -> pl.LazyFrame:
    """One row per element of the JSON array in `column`: the columns `keep`, then `fields`."""
    return (
        frame.select(*keep, elements(pl.col(column), fields).alias(column))
        .filter(pl.col(column).list.len() > 0)
        .explode(column)
        .unnest(column)
    )


def _query(fields: Mapping[str, Sequence[str]]) -> str:
    packed = ", ".join(
        f'"{name}" := coalesce({", ".join(_value(path) for path in paths)}, NULL)'
        for name, paths in fields.items()
    )
    return f"""
        SELECT CASE WHEN json_valid(text) AND json_type(text) = 'ARRAY'
            THEN list_transform(json_extract(text, '$[*]'), lambda e: struct_pack({packed}))
            END AS elements
        FROM arrays
    """


def _value(path: str) -> str:
    steps = "".join(f'."{step}"' for step in path.split(".") if step)
    return f"json_extract_string(e, '${steps}')"
