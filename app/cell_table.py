"""Tables that readers see and download: cells with n, interval and remark; names for columns."""

from typing import Any

import polars as pl
import streamlit as st
from polars import selectors as cs

from app.cells import Kpi
from app.charts import axis_title
from app.words import STATES

# Also with full-width signs. Numbers are written as numbers and keep their minus.
FORMULA_STARTS = "^[=+\\-@\t\r\n＝＋－＠]"


def readable(shown: pl.DataFrame, kpi: Kpi) -> pl.DataFrame:
    """The prepared cells as a table: the newest first, values as sortable numbers in one unit."""
    unit = axis_title(shown, kpi)
    scale = pl.col("value") / pl.col("y")
    divisor = shown.select(scale.drop_nulls().drop_nans().first()).item() or 1.0
    return shown.sort("period_start_on", "name", descending=[True, False]).select(
        pl.col("name").alias("Scope"),
        pl.col("period").alias("Period"),
        pl.col("y").alias(f"Value ({unit})"),
        (pl.col("low") / divisor).alias("At least"),
        (pl.col("high") / divisor).alias("At most"),
        shown_count("n").alias("n"),
        shown_count("n_open").alias("Still open"),
        shown_count("n_excluded").alias("Left out"),
        pl.col("value_state").replace(STATES).alias("State"),
        pl.col("flags").alias("Remark"),
    )


def shown_count(name: str) -> pl.Expr:
    """A count of a cell; of a withheld one nothing is shown."""
    return pl.when(pl.col("value_state") != "withheld").then(pl.col(name))


def without_formulas(table: pl.DataFrame) -> pl.DataFrame:
    """An apostrophe before each text that a spreadsheet would take for a formula (OWASP)."""
    text = cs.string()
    is_formula = text.str.contains(FORMULA_STARTS)
    return table.with_columns(pl.when(is_formula).then("'" + text).otherwise(text).name.keep())


def columns(table: pl.DataFrame) -> dict[str, Any]:
    """How Streamlit shows the columns of `readable`: two decimals, explained headers."""
    numbers = [name for name in table.columns if name.startswith(("Value (", "At "))]
    config: dict[str, Any] = {
        name: st.column_config.NumberColumn(format="%.2f") for name in numbers
    }
    config["Scope"] = st.column_config.TextColumn(pinned=True)
    config["At least"] = st.column_config.NumberColumn(
        format="%.2f", help="Lower end of the 95 % interval"
    )
    config["At most"] = st.column_config.NumberColumn(
        format="%.2f",
        help="Upper end of the 95 % interval; empty where it is open: at least so much, and more",
    )
    return config
