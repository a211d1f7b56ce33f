"""The picture of a KPI over time: line, interval band, visible gaps with a cross each.

Colour never stands alone: each scope also has its dash, point shape and legend entry.
"""

from typing import Any

import altair as alt
import polars as pl

from app.cells import Kpi
from app.sentences import flags, remark
from app.theme import Palette, Picture, layered
from app.words import interval, number, period, quantity, unit_for

HEIGHT = 340
# Crosses for missing values stand at the bottom, one row per scope.
ROW_STEP = 14
MOST_INTERVALS, FAR_WIDER, HEADROOM = 0.9, 1.6, 1.05
DASHES = [[1, 0], [7, 3], [2, 3], [9, 3, 2, 3], [5, 5], [1, 5]]
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
UNIT_NAMES = {
    "s": "seconds",
    "min": "minutes",
    "h": "hours",
    "business s": "business seconds",
    "business min": "business minutes",
    "": "count",
}
MOST_SCOPES = len(DASHES)
# On a narrow screen the names stand under each other, so that none is cut.
LEGEND_COLUMNS = "width < 420 ? 1 : 0"
QUARTER_LABEL = "utcyear(datum.value) + ' Q' + (1 + floor(utcmonth(datum.value) / 3))"
CROSS = "M-1,-1L1,1M-1,1L1,-1"


def prepared(cells: pl.DataFrame, kpi: Kpi, names: dict[str, str]) -> pl.DataFrame:
    """Cells with what a chart shows: name, values in the spoken unit, texts for the pointer."""
    divisor = divisor_for(cells, kpi)
    rows = cells.to_dicts()
    texts = [
        (
            names.get(row["scope"], row["scope"]),
            period(row["period_kind"], row["period_start_on"], row["period_end_on"]),
            quantity(row["value"], kpi.unit),
            interval(row["low"], row["high"], row["value"], kpi.unit),
            "" if row["value_state"] == "withheld" else number(row["n"]),
            remark(row),
            "; ".join(flags(row)),
        )
        for row in rows
    ]
    columns = ["name", "period", "value_text", "interval_text", "n_text", "remark", "flags"]
    schema = dict.fromkeys(columns, pl.String)
    has_band = pl.col("value").is_not_null() & pl.col("high").is_not_null()
    named = cells.hstack(pl.DataFrame(texts, schema=schema, orient="row"))
    return named.with_columns(
        y=pl.col("value") / divisor,
        y_low=pl.when(has_band).then(pl.col("low") / divisor),
        y_high=pl.when(has_band).then(pl.col("high") / divisor),
        at=pl.col("period_start_on").cast(pl.Datetime("ms", "UTC")),
        is_sound=pl.col("remark") == "",
    )


def divisor_for(cells: pl.DataFrame, kpi: Kpi) -> float:
    """What the chart divides by, so that its largest value is well said."""
    return unit_for(_largest(cells), kpi.unit).divisor


def axis_title(cells: pl.DataFrame, kpi: Kpi) -> str:
    """The unit of the axis in words: `days`, `%`, `a week`."""
    suffix = unit_for(_largest(cells), kpi.unit).suffix.strip()
    return UNIT_NAMES.get(suffix, suffix)


def _largest(cells: pl.DataFrame) -> float | None:
    largest = cells["value"].max()
    return float(largest) if isinstance(largest, int | float) else None


def over_time(shown: pl.DataFrame, title: str, colors: Palette) -> Picture:
    """Value and interval band per scope and period; a period without a value breaks the line.

    Hollow points carry a flag. `shown` comes from `prepared`.
    """
    base = alt.Chart(shown).encode(x=_time(shown))
    names = shown["name"].unique(maintain_order=True).to_list()
    legend = _legend() if len(names) > 1 else None
    palette = alt.Scale(domain=names, range=list(colors.series)[: len(names)])
    color = alt.Color("name:N", scale=palette, legend=legend)
    named: dict[str, Any] = {
        "color": color,
        "shape": alt.Shape(
            "name:N", scale=alt.Scale(domain=names, range=SHAPES[: len(names)]), legend=legend
        ),
    }
    axis = alt.Axis(tickCount=5, ticks=False)
    y = alt.Y("y:Q", title=title, scale=alt.Scale(domain=[0, highest(shown)], nice=True), axis=axis)
    dash = alt.StrokeDash(
        "name:N", scale=alt.Scale(domain=names, range=DASHES[: len(names)]), legend=None
    )
    band = base.mark_area(opacity=0.18, clip=True).encode(
        y=alt.Y("y_low:Q", title=title), y2="y_high:Q", color=color
    )
    stem = base.mark_rule(strokeWidth=3, opacity=0.25, clip=True).encode(
        y=alt.Y("y_low:Q", title=title), y2="y_high:Q", color=color
    )
    line = base.mark_line(strokeWidth=2).encode(y=y, strokeDash=dash, color=color)
    points = base.mark_point(size=70, strokeWidth=2, opacity=1).encode(y=y, tooltip=_tip(), **named)
    filled = points.transform_filter("datum.is_sound && isValid(datum.y)").mark_point(
        size=70, filled=True, opacity=1
    )
    hollow = points.transform_filter("!datum.is_sound && isValid(datum.y)")
    layers = [band, stem, line, filled, hollow, *_crosses(shown, colors)]
    return layered(layers, HEIGHT, colors)


def _legend() -> alt.Legend:
    return alt.Legend(
        orient="top",
        title=None,
        columns=alt.ExprRef(LEGEND_COLUMNS),
        symbolSize=110,
        symbolOpacity=1,
        symbolStrokeWidth=0,
    )


def highest(shown: pl.DataFrame) -> float:
    """The upper end of the axis: every value fits, and every interval that is not far wider.

    A few very wide intervals would otherwise press all values to the bottom.
    """
    ends = shown.select(
        most=pl.max_horizontal(pl.col("y").max(), pl.col("y_high").quantile(MOST_INTERVALS)),
        widest=pl.col("y_high").max(),
    ).row(0)
    most, widest = (float(end) if end is not None else 0.0 for end in ends)
    return max(most, widest if widest <= most * FAR_WIDER else 0.0) * HEADROOM or 1.0


def is_cut(shown: pl.DataFrame) -> bool:
    """Whether an interval reaches beyond the axis."""
    return bool((shown["y_high"] > highest(shown)).any())


def _crosses(shown: pl.DataFrame, colors: Palette) -> list[alt.Chart]:
    """A cross at the bottom for every period without a value, one row per scope."""
    missing = shown.filter(pl.col("y").is_null())
    names = shown["name"].unique(maintain_order=True).to_list()
    return [
        alt.Chart(missing.filter(pl.col("name") == name))
        .mark_point(shape=CROSS, size=45, strokeWidth=2, opacity=1, color=color)
        .encode(
            x=_time(shown),
            y=alt.value({"expr": f"height - {ROW_STEP * (row + 1)}"}),
            tooltip=_tip(),
        )
        for row, (name, color) in enumerate(zip(names, colors.series, strict=False))
    ]


def _time(shown: pl.DataFrame) -> alt.X:
    """Local dates as they are: the scale is UTC, or the browser would shift them by its zone."""
    kind = shown["period_kind"][0] if shown.height else "month"
    ticks: dict[str, Any] = {"format": "%-d %b", "tickCount": 8}
    if kind == "month":
        ticks = {"format": "%b %Y", "tickCount": {"interval": "month", "step": 1}}
    if kind == "quarter":
        starts = shown["period_start_on"].unique().sort().to_list()
        values = [alt.DateTime(year=s.year, month=s.month, date=1, utc=True) for s in starts]
        ticks = {"values": values, "labelExpr": QUARTER_LABEL}
    axis = alt.Axis(labelOverlap="greedy", labelFlush=True, grid=False, **ticks)
    return alt.X("at:T", title=None, scale=alt.Scale(type="utc", padding=14), axis=axis)


def _tip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("name:N", title="Scope"),
        alt.Tooltip("period:N", title="Period"),
        alt.Tooltip("value_text:N", title="Value"),
        alt.Tooltip("interval_text:N", title="95 % interval"),
        alt.Tooltip("n_text:N", title="n"),
        alt.Tooltip("remark:N", title="Remark"),
    ]
