"""The picture of where the time goes: a bar per scope, cut by stages from commit to production."""

import altair as alt
import polars as pl

from app.theme import LABEL_SIZE, Palette, Picture, layered

ROW_HEIGHT, BAR_SIZE = 54, 22
# For the axis, and a legend of three rows on a narrow screen.
ROOM = 150
LEGEND_COLUMNS = "width < 420 ? 2 : 0"
LEAST_LABELLED = 0.1  # a narrower piece has no room for its number on a telephone


def stacked_bars(bars: pl.DataFrame, colors: Palette) -> Picture:
    """`bars` comes from `app.stages.bars`; names stand above the bars, so that none is cut."""
    names = bars["label"].unique(maintain_order=True).to_list()
    stages = bars["stage"].unique(maintain_order=True).to_list()
    shown = bars.with_columns(
        width=pl.col("end") - pl.col("begin"), middle=(pl.col("begin") + pl.col("end")) / 2
    )
    y = alt.Y("label:N", sort=names, title=None, axis=None)
    whole = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(format=".0%", tickCount=5, ticks=False)
    color = alt.Color(
        "stage:N",
        scale=alt.Scale(domain=stages, range=list(colors.series)[: len(stages)]),
        legend=alt.Legend(orient="top", title=None, columns=alt.ExprRef(LEGEND_COLUMNS)),
    )
    base = alt.Chart(shown).encode(y=y, tooltip=_tip())
    pieces = base.mark_bar(size=BAR_SIZE, stroke=colors.page, strokeWidth=1.5).encode(
        x=alt.X("begin:Q", scale=whole, axis=axis, title="share of the time"),
        x2="end:Q",
        color=color,
    )
    shares = (
        base.transform_filter(alt.datum.width >= LEAST_LABELLED)
        .mark_text(fontSize=LABEL_SIZE - 1, fontWeight=600, color=colors.page)
        .encode(x=alt.X("middle:Q", scale=whole), text=alt.Text("width:Q", format=".0%"))
    )
    labels = (
        alt.Chart(pl.DataFrame({"label": names, "at": [0.0] * len(names)}))
        .mark_text(align="left", dy=2 - BAR_SIZE, fontSize=LABEL_SIZE, color=colors.ink)
        .encode(y=y, x=alt.X("at:Q", scale=whole), text="label:N")
    )
    return layered([pieces, shares, labels], ROW_HEIGHT * len(names) + ROOM, colors)


def _tip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("name:N", title="Whose changes"),
        alt.Tooltip("stage:N", title="Stage"),
        alt.Tooltip("share_text:N", title="Share"),
        alt.Tooltip("mean_text:N", title="Mean"),
        alt.Tooltip("n_text:N", title="n"),
    ]
