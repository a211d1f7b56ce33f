"""The picture of a wait: which share is answered within which time, two curves and their bands."""

import altair as alt
import polars as pl

from app.theme import Palette, Picture, layered

HEIGHT = 260
MARKS = (5, 60, 300, 900, 3_600, 4 * 3_600, 16 * 3_600, 80 * 3_600, 400 * 3_600)
LABELS = (
    "datum.value < 60 ? datum.value + ' s' : datum.value < 3600 ? datum.value / 60 + ' min'"
    " : datum.value / 3600 + ' h'"
)


def answered_within(
    curves: pl.DataFrame, names: dict[str, str], what: str, colors: Palette
) -> Picture:
    """`seconds, share, which` and perhaps `low, high`; `names` gives each `which` its words.

    The last curve is drawn solid and in colour, the first dashed and quiet; `what` is on the axis.
    """
    there = [which for which in names if which in set(curves["which"])]
    words = [names[which] for which in there]
    shown = curves.with_columns(name=pl.col("which").replace_strict(names))
    inks = [colors.accent] if len(there) == 1 else [colors.quiet, colors.accent]
    dashes = [[1, 0]] if len(there) == 1 else [[5, 3], [1, 0]]
    first, last = shown.select(pl.col("seconds").min(), pl.col("seconds").max().alias("last")).row(
        0
    )
    legend = alt.Legend(
        orient="top", title=None, symbolType="stroke", symbolStrokeWidth=2.5, symbolSize=300
    )
    color = alt.Color("name:N", scale=alt.Scale(domain=words, range=inks), legend=legend)
    dash = alt.StrokeDash("name:N", scale=alt.Scale(domain=words, range=dashes), legend=legend)
    x = alt.X(
        "seconds:Q",
        scale=alt.Scale(type="log", domain=[first, last], nice=False),
        axis=alt.Axis(values=[m for m in MARKS if first <= m <= last], labelExpr=LABELS, grid=True),
        title=what,
    )
    y = alt.Y(
        "share:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", tickCount=5, ticks=False),
        title=None,
    )
    base = alt.Chart(shown).encode(x=x)
    tip = [
        alt.Tooltip("name:N", title="Staffing"),
        alt.Tooltip("seconds:Q", title="Seconds", format=",.0f"),
        alt.Tooltip("share:Q", title="Answered", format=".0%"),
    ]
    layers = [
        base.mark_line(strokeWidth=2.5).encode(y=y, color=color, strokeDash=dash, tooltip=tip)
    ]
    if "low" in shown.columns:
        inked = pl.col("name").replace_strict(words, inks)
        band = (
            alt.Chart(shown.with_columns(ink=inked))
            .mark_area(opacity=0.16)
            .encode(
                x=x, y=y_of("low"), y2="high:Q", fill=alt.Fill("ink:N", scale=None, legend=None)
            )
        )
        layers.insert(0, band)
    return layered(layers, HEIGHT, colors)


def y_of(name: str) -> alt.Y:
    """The axis of shares for another column."""
    return alt.Y(f"{name}:Q", scale=alt.Scale(domain=[0, 1]), title=None)
