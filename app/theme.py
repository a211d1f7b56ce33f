"""One look for all charts: readable sizes, no clutter, colours that fit a light or dark page.

Category colours come from `.streamlit/config.toml`; here are the few that carry a meaning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import altair as alt
import streamlit as st
from altair.utils.schemapi import debug_mode

LABEL_SIZE, TITLE_SIZE = 13, 13
Picture = alt.LayerChart


@dataclass(frozen=True)
class Palette:
    """Colours with a meaning, for the background they stand on."""

    page: str
    ink: str
    quiet: str
    grid: str
    accent: str
    green: str
    orange: str
    violet: str
    blue: str
    gray: str
    series: tuple[str, ...]

    def of(self, name: str) -> str:
        """The colour that a `Mark` names."""
        colors = {"green": self.green, "orange": self.orange, "violet": self.violet}
        return {**colors, "blue": self.blue}.get(name, self.gray)


LIGHT = Palette(
    page="#fbfcfc",
    **{"ink": "#1c2b2f", "quiet": "#52636a", "grid": "#dde5e6", "accent": "#0f6b72"},
    **{"green": "#0f6b72", "orange": "#b4560a", "violet": "#6a4c93", "blue": "#2b6cb0"},
    gray="#5b6b70",
    series=("#0f6b72", "#b4560a", "#6a4c93", "#2b6cb0", "#7a6a1f", "#5b6b70"),
)
DARK = Palette(
    page="#10191c",
    **{"ink": "#e4edee", "quiet": "#a9b8bd", "grid": "#2c3b40", "accent": "#4fb9bf"},
    **{"green": "#4fb9bf", "orange": "#f0a35e", "violet": "#b79ce0", "blue": "#7ab2ec"},
    gray="#9dafb4",
    series=("#4fb9bf", "#f0a35e", "#b79ce0", "#7ab2ec", "#d3c05f", "#9dafb4"),
)


def specification(make: Callable[[], Picture]) -> dict[str, Any]:
    """What `make` draws, as Vega-Lite with its data.

    Altair checks every part against its schema, which takes three quarters of the time (400 ms for
    a map of eight promises, 2026-11). The tests check; the dashboard need not do it again.
    """
    with debug_mode(False):
        return make().to_dict(validate=False)


def palette() -> Palette:
    """The palette of the theme that the reader has chosen."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def haloed(
    base: alt.Chart, text: str, color: alt.Color, colors: Palette, **mark: Any
) -> list[alt.Chart]:
    """Text that stays readable over lines: drawn on a wider copy of itself in the page's colour."""
    kind = {"fontSize": LABEL_SIZE - 0.5, **mark}
    halo = base.mark_text(**kind, stroke=colors.page, strokeWidth=4, strokeJoin="round")
    over = base.mark_text(**kind)
    return [
        halo.encode(text=text, color=alt.value(colors.page)),
        over.encode(text=text, color=color),
    ]


def layered(layers: list[alt.Chart], height: int, colors: Palette) -> Picture:
    """The layers as one picture, with the type sizes and quiet lines that all charts share.

    Everything is given at once: each of altair's `configure_…` would copy all layers again.
    """
    lines = dict.fromkeys(("gridColor", "domainColor", "tickColor"), colors.grid)
    text = {"labelFontSize": LABEL_SIZE, "labelColor": colors.ink, "labelLimit": 0}
    title = {"titleFontSize": TITLE_SIZE, "titleColor": colors.quiet, "titleFontWeight": "normal"}
    config = {
        "axis": {**lines, **text, **title},
        "axisY": {"labelFlush": False},
        "legend": text,
        "view": {"stroke": None},
    }
    return alt.LayerChart(layer=layers, height=height, config=config)
