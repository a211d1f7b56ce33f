"""How the share of a cell's records that are still open falls with time: rows, words, picture.

Of cells of a KPI with a clock, from the records that stand behind the number.
"""

import altair as alt
import polars as pl
import streamlit as st

from app.cells import Cell
from app.edition import Edition, key_of
from app.explained.members import in_number, records
from app.theme import Palette, Picture, layered
from app.words import DAY, HOUR, MINUTE, first_large, interval, listed, quantity, unit_for
from assets.methods.kaplan_meier import curve

HEIGHT = 240
MOMENTS = (5 * MINUTE, 20 * MINUTE, HOUR, 4 * HOUR, DAY, 3 * DAY, 10 * DAY, 30 * DAY, 90 * DAY)
NEARLY_NONE = 0.02  # the last fiftieth would press all others to the left
SCHEMA = dict.fromkeys(("seconds", "value", "low", "high"), pl.Float64)


@st.cache_resource(
    max_entries=100,
    show_spinner=False,
    hash_funcs={Edition: key_of, Cell: lambda cell: cell.key},
)
def still_open(edition: Edition, cell: Cell) -> pl.DataFrame:
    """`seconds, value, low, high`: the share after each time; empty without a clock or records."""
    found = records(edition, cell) if cell.kpi.row["duration"] else None
    counted = in_number(found) if found is not None else pl.DataFrame()
    if counted.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    return curve(
        counted["measured"].to_numpy(),
        counted["exit"].to_numpy(),
        competing=cell.kpi.row["exit_without_event"] == "competing",
    ).select(list(SCHEMA))


def waiting(cell: Cell) -> str:
    """What the rest is called: what left by another exit never gets there."""
    is_exit = cell.kpi.row["exit_without_event"] == "competing"
    return "not there yet, or never" if is_exit else "still open"


def sentence(rows: pl.DataFrame, unit: str, word: str) -> str:
    """`Still open: after 24 h 62 % (58–66 %) and after 10 days 9 % (7–12 %).`"""
    told = []
    for moment in MOMENTS:
        row = rows.filter(pl.col("seconds") <= moment).row(-1, named=True)
        is_followed = (rows["seconds"] > moment).any()
        if is_followed and NEARLY_NONE < row["value"] < 1 - NEARLY_NONE:
            bounds = interval(row["low"], row["high"], row["value"], "ratio")
            share = f"{quantity(row['value'], 'ratio')} ({bounds})"
            told.append(f"after {quantity(moment, unit)} {share}")
    return f"{first_large(word)}: {listed(told)}." if told else ""


def picture(rows: pl.DataFrame, unit: str, word: str, colors: Palette) -> Picture:
    """The curve as steps with its band, until one in fifty is left or it falls no more."""
    lowest = pl.max_horizontal(pl.col("value").min(), NEARLY_NONE)
    until = float(rows.filter(pl.col("value") <= lowest)["seconds"].to_list()[0])
    spoken = unit_for(until, unit)
    shown = rows.filter(pl.col("seconds") <= until).with_columns(
        at=pl.col("seconds") / spoken.divisor
    )
    percent = alt.Axis(format=".0%", tickCount=5, ticks=False)
    x = alt.X(
        "at:Q", title=spoken.suffix.strip(), axis=alt.Axis(grid=False, ticks=False, tickCount=6)
    )
    y = alt.Y("value:Q", title=word, scale=alt.Scale(domain=[0, 1]), axis=percent)
    tip = [
        alt.Tooltip("at:Q", title=f"After ({spoken.suffix.strip()})", format=",.1f"),
        alt.Tooltip("value:Q", title=first_large(word), format=".1%"),
        alt.Tooltip("low:Q", title="At least", format=".1%"),
        alt.Tooltip("high:Q", title="At most", format=".1%"),
    ]
    base = alt.Chart(shown).encode(x=x)
    band = base.mark_area(interpolate="step-after", opacity=0.18, color=colors.accent).encode(
        y=alt.Y("low:Q", title=word), y2="high:Q"
    )
    line = base.mark_line(interpolate="step-after", strokeWidth=2, color=colors.accent)
    hover = base.mark_point(opacity=0, size=80).encode(y=y, tooltip=tip)
    return layered([band, line.encode(y=y), hover], HEIGHT, colors)
