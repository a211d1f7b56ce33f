"""The picture of other tools' definitions: their number against our value and interval, per tool.

Shape and colour say the same: a diamond lies outside our interval, a circle within.
"""

import altair as alt
import polars as pl

from app.theme import Palette, Picture, haloed, layered

ROW_HEIGHT, AXIS_ROOM = 34, 46
# Beyond the largest number, so that the words beside the last point are not cut.
ROOM_RIGHT = 1.18


def beside(rows: pl.DataFrame, unit: str, colors: Palette) -> Picture:
    """One line per tool: our interval as a bar, our value as a tick, theirs as a point.

    `rows` holds one metric, values in `unit`, and `label`, `theirs` and `ours` as words.
    """
    drawn, most = _drawn(rows, colors)
    order = drawn["label"].to_list()
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelPadding=8, ticks=False))
    scale = alt.Scale(domain=[0, most], nice=False)
    x = alt.X("value:Q", scale=scale, title=unit, axis=alt.Axis(tickCount=6, ticks=False))
    base = alt.Chart(drawn).encode(y=y, tooltip=_tip())
    color = alt.Color("color:N", scale=None)
    layers = [
        base.mark_rule(strokeWidth=9, opacity=0.25, color=colors.accent).encode(
            x=alt.X("ours_low:Q", scale=scale, title=unit), x2="ours_until:Q"
        ),
        base.mark_tick(thickness=2.5, size=18, color=colors.accent).encode(
            x=alt.X("ours_value:Q", scale=scale, title=unit)
        ),
        base.mark_point(size=110, filled=True, opacity=1).encode(
            x=x, color=color, shape=alt.Shape("shape:N", scale=None)
        ),
        *haloed(base.encode(x=x), "theirs:N", color, colors, align="left", dx=10),
    ]
    return layered(layers, ROW_HEIGHT * max(drawn.height, 1) + AXIS_ROOM, colors)


def _drawn(rows: pl.DataFrame, colors: Palette) -> tuple[pl.DataFrame, float]:
    """The rows with colour, shape and the end of the bar; the upper end of the axis."""
    largest = rows.select(pl.max_horizontal("value", "ours_value", "ours_high").max()).item()
    most = (largest or 1.0) * ROOM_RIGHT
    is_outside = pl.col("is_outside").fill_null(False)
    drawn = rows.with_columns(
        color=pl.when(is_outside).then(pl.lit(colors.orange)).otherwise(pl.lit(colors.green)),
        shape=pl.when(is_outside).then(pl.lit("diamond")).otherwise(pl.lit("circle")),
        ours_until=pl.when(pl.col("ours_low").is_not_null()).then(
            pl.col("ours_high").fill_null(most)
        ),
    )
    return drawn, most


def _tip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("label:N", title="Tool"),
        alt.Tooltip("theirs:N", title="Theirs"),
        alt.Tooltip("ours:N", title="Ours"),
        alt.Tooltip("sentence:N", title="In words"),
    ]
