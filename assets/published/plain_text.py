"""Frames as flat text: what a spreadsheet program may safely open.

Holds the flattening of nested columns and the guard against formulas in texts, nothing about files.
"""

import polars as pl
from polars import selectors as cs
from polars._typing import PolarsDataType

# OWASP, "CSV Injection": a spreadsheet takes a cell that begins so for a formula, also with
# full-width signs. Numbers are written as numbers and keep their minus.
FORMULA_STARTS = "^[=+\\-@\t\r\n＝＋－＠]"


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as `a; b`, structs as `a: b`; other columns as they are."""
    nested = [
        _as_text(pl.col(name), dtype).alias(name)
        for name, dtype in frame.schema.items()
        if dtype.is_nested()
    ]
    return frame.with_columns(nested)


def without_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """An apostrophe before each text that a spreadsheet would take for a formula."""
    text = cs.string()
    is_formula = text.str.contains(FORMULA_STARTS)
    return frame.with_columns(pl.when(is_formula).then("'" + text).otherwise(text).name.keep())


def _as_text(values: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Struct):
        fields = [_as_text(values.struct.field(f.name), _instance(f.dtype)) for f in dtype.fields]
        return pl.concat_str(fields, separator=": ", ignore_nulls=True)
    if isinstance(dtype, pl.List):
        return values.list.eval(_as_text(pl.element(), _instance(dtype.inner))).list.join("; ")
    return values.cast(pl.String)


def _instance(dtype: PolarsDataType) -> pl.DataType:
    return dtype if isinstance(dtype, pl.DataType) else dtype()
