"""The picture of a wait: which share is answered within which time, two curves and their bands."""

import altair as alt
import polars as pl

from app.theme import Palette, Picture, layered
from app.words import unit_for

HEIGHT = 260
MARKS = (0.02, 0.1, 0.5, 1, 5, 15, 60, 240, 960, 4_800, 24_000)  # in whatever unit


def answered_within(
    curves: pl.DataFrame, names: dict[str, str], what: str, unit: str, colors: Palette
) -> Picture:
    """`seconds, share, which` and perhaps `low, high`; `names` gives each `which` its words.

    The last curve is drawn solid and in colour, the first dashed and quiet; `what` is on the axis,
    in the unit in which the middle of its times is said.
    """
    first, last = curves.select(pl.col("seconds").min(), last=pl.col("seconds").max()).row(0)
    spoken = unit_for((first * last) ** 0.5, unit)
    first, last = first / spoken.divisor, last / spoken.divisor
    there = [which for which in names if which in set(curves["which"])]
    words = [names[which] for which in there]
    shown = curves.with_columns(
        time=pl.col("seconds") / spoken.divisor, name=pl.col("which").replace_strict(names)
    )
    inks = [colors.accent] if len(there) == 1 else [colors.quiet, colors.accent]
    dashes = [[1, 0]] if len(there) == 1 else [[5, 3], [1, 0]]
    legend = alt.Legend(
        orient="top", title=None, symbolType="stroke", symbolStrokeWidth=2.5, symbolSize=300
    )
    color = alt.Color("name:N", scale=alt.Scale(domain=words, range=inks), legend=legend)
    dash = alt.StrokeDash("name:N", scale=alt.Scale(domain=words, range=dashes), legend=legend)
    x = alt.X(
        "time:Q",
        scale=alt.Scale(type="log", domain=[first, last], nice=False),
        axis=alt.Axis(values=[m for m in MARKS if first <= m <= last], grid=True),
        title=f"{what},{spoken.suffix}",
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
        alt.Tooltip("time:Q", title=spoken.suffix.strip(), format=",.3~r"),
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
