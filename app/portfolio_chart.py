"""The capacity–value curve: how well segments are served at more and at less capacity."""

from typing import Any

import altair as alt
import polars as pl
import streamlit as st

from app.edition import Edition, key_of
from app.portfolio import BEST, EVENLY
from app.portfolio_words import PLAN_WORDS
from app.theme import Palette, Picture, layered, specification

HEIGHT = 300
CHOSEN = "chosen_capacity"
CURVES = {BEST: PLAN_WORDS[BEST], EVENLY: "Cut evenly, nothing stopped"}


@st.cache_resource(max_entries=50, show_spinner=False, hash_funcs={Edition: key_of})
def _drawn(edition: Edition, colors: Palette) -> dict[str, Any]:
    curve = (
        edition.table("tradeoff_portfolio_curve")
        .select("capacity_ratio", "value", "plan")
        .unique(maintain_order=True)
        .with_columns(pl.col("plan").replace_strict(CURVES))
    )
    return specification(lambda: capacity_curve(curve, list(CURVES.values()), colors))


def at_capacity(edition: Edition, ratio: float, colors: Palette) -> dict[str, Any]:
    """The curve of an edition as a Vega-Lite specification, with a line at a share of the hours."""
    drawn = _drawn(edition, colors)
    return drawn | {"datasets": drawn["datasets"] | {CHOSEN: [{"capacity_ratio": ratio}]}}


def capacity_curve(rows: pl.DataFrame, plans: list[str], colors: Palette) -> Picture:
    """The weighted value by the best plan and cut evenly; a line where the data `CHOSEN` say.

    `rows` has `capacity_ratio, value, plan`; `plans` are the words of the two, the best one first.
    """
    scale = alt.Scale(domain=plans, range=[colors.green, colors.orange])
    dashes = alt.Scale(domain=plans, range=[[1, 0], [6, 4]])
    base = alt.Chart(rows).encode(**_axes(), tooltip=_tooltip())
    lines = base.mark_line(strokeWidth=2.5).encode(
        color=alt.Color("plan:N", scale=scale, legend=alt.Legend(title=None, orient="top")),
        strokeDash=alt.StrokeDash("plan:N", scale=dashes, legend=None),
    )
    rule = (
        alt.Chart(alt.NamedData(CHOSEN))
        .mark_rule(color=colors.quiet, strokeDash=[2, 3])
        .encode(x="capacity_ratio:Q")
    )
    points = base.mark_point(opacity=0, size=120)
    return layered([rule, lines, points], HEIGHT, colors)


def _axes() -> dict[str, Any]:
    percent = alt.Axis(format=".0%", grid=True)
    return {
        "x": alt.X(
            "capacity_ratio:Q",
            axis=percent,
            scale=alt.Scale(zero=False, nice=False),
            title="Hours, as a share of today’s",
        ),
        "y": alt.Y(
            "value:Q", axis=percent, scale=alt.Scale(domain=[0, 1]), title="Use that is served"
        ),
    }


def _tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("plan:N", title="Plan"),
        alt.Tooltip("capacity_ratio:Q", title="Hours", format=".0%"),
        alt.Tooltip("value:Q", title="Served", format=".0%"),
    ]
