"""The coverage timeline: from when to when each source tells about each entity."""

from datetime import datetime

import altair as alt
import polars as pl

from app.theme import Palette, Picture, layered

ROW, AXIS_ROOM = 30, 50


def timeline(rows: pl.DataFrame, as_of: datetime, colors: Palette) -> Picture:
    """One bar per source and entity; incomplete spans are hollow and dashed, and say why.

    `rows` come from `app.quality.coverage`; the vertical line is the edition's `as_of`.
    """
    frame = rows.with_columns(pl.col("from_at", "to_at").dt.cast_time_unit("ms"))
    x = alt.X("from_at:T", title=None, scale=alt.Scale(type="utc"), axis=alt.Axis(format="%b %Y"))
    y = alt.Y("name:N", title=None, axis=alt.Axis(labelPadding=8, ticks=False))
    tooltip = [
        alt.Tooltip("name:N", title="Source"),
        alt.Tooltip("state:N", title="State"),
        alt.Tooltip("from_text:N", title="From"),
        alt.Tooltip("to_text:N", title="To"),
        alt.Tooltip("why:N", title="Why"),
    ]
    base = alt.Chart(frame).encode(x=x, x2="to_at", y=y, tooltip=tooltip)
    whole = base.transform_filter("datum.is_complete").mark_bar(
        height=13, cornerRadius=3, color=colors.accent
    )
    broken = base.transform_filter("!datum.is_complete").mark_bar(
        height=13,
        cornerRadius=3,
        fillOpacity=0.12,
        color=colors.orange,
        stroke=colors.orange,
        strokeWidth=1.5,
        strokeDash=[4, 3],
    )
    now = alt.Chart(pl.DataFrame({"at": [as_of]})).mark_rule(color=colors.quiet, strokeDash=[2, 3])
    line = now.encode(x=alt.X("at:T", scale=alt.Scale(type="utc")))
    return layered([whole, broken, line], ROW * max(frame.height, 1) + AXIS_ROOM, colors)
