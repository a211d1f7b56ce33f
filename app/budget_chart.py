"""The picture of an error budget: what was left of it, day by day, and when nothing was."""

import altair as alt
import polars as pl

from app.theme import Palette, Picture, layered

HEIGHT = 220
# A budget that is overspent fifteenfold would press all others flat.
DEEPEST = -2.0


def path(days: pl.DataFrame, colors: Palette) -> Picture:
    """`days` holds `on, left_ratio, state` of one budget; below the line it is spent."""
    shown = days.drop_nulls("left_ratio").with_columns(
        left=pl.col("left_ratio").clip(lower_bound=DEEPEST),
        exact=pl.col("left_ratio"),
        date=pl.col("on").cast(pl.String),
    )
    x = alt.X("date:T", title=None, axis=alt.Axis(format="%-d %b", tickCount=6, ticks=False))
    y = alt.Y(
        "left:Q",
        title="left of the budget",
        scale=alt.Scale(domain=[min(0.0, _least(shown)), 1.0], nice=False),
        axis=alt.Axis(format=".0%", tickCount=5, ticks=False),
    )
    tip = [
        alt.Tooltip("date:T", title="28 days to", format="%-d %B %Y"),
        alt.Tooltip("exact:Q", title="Left", format=".1%"),
        alt.Tooltip("state:N", title="State"),
    ]
    base = alt.Chart(shown).encode(x=x)
    line = base.mark_line(color=colors.accent, strokeWidth=2.5).encode(y=y)
    spent = (
        base.transform_filter("datum.left <= 0")
        .mark_point(color=colors.orange, filled=True, size=34, shape="diamond", opacity=1)
        .encode(y=y)
    )
    zero = (
        alt.Chart(pl.DataFrame({"left": [0.0]}))
        .mark_rule(color=colors.quiet, strokeDash=[4, 3])
        .encode(y=y)
    )
    hover = base.mark_point(opacity=0, size=120).encode(y=y, tooltip=tip)
    return layered([zero, line, spent, hover], HEIGHT, colors)


def _least(shown: pl.DataFrame) -> float:
    least = shown.get_column("left").min()
    return float(least) if isinstance(least, int | float) else 0.0
