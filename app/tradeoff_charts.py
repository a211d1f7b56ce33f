"""The attribute map, and the flexibility–stability plane.

Marks carry verdicts by shape and word; lines behind points are the intervals.
"""

from collections.abc import Collection
from typing import Any

import altair as alt
import polars as pl

from app.theme import LABEL_SIZE, Palette, Picture, haloed, layered
from app.verdicts import IMPORTANT_FROM, verdict

ROW_HEIGHT, AXIS_ROOM, PLANE_HEIGHT = 44, 60, 480
SCORES = [1, 2, 3, 4, 5]
SCALE = alt.Scale(domain=[0.8, 5.2], nice=False, zero=False)
# Names stand this far from their points (pixels), apart by this much stability, and change sides.
NAME_AWAY, NAME_STEP, NAME_TURNS = 12, 0.17, 3.4
# Labels stay within these scores, so that no word is cut; without a place they stand in the middle.
LABEL_ENDS, NOWHERE = (1.7, 4.3), 3.0


def attribute_map(rows: pl.DataFrame, colors: Palette) -> Picture:
    """Promises by importance against performance 1–5 with interval bars; the target is a line.

    `rows` are those of one segment, of `tradeoff_attribute_map`, in the order to draw them.
    """
    frame = _with_marks(rows, colors)
    order = frame["label"].to_list()
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelPadding=8, ticks=False))
    axis = alt.Axis(values=SCORES, grid=True, format="d", tickCount=5)
    x = alt.X("performance:Q", scale=SCALE, axis=axis, title="1 poor · 3 target · 5 excellent")
    base = alt.Chart(frame).encode(y=y, tooltip=_map_tooltip())
    color = alt.Color("color:N", scale=None)
    layers = [
        _target_line(colors),
        base.mark_rule(strokeWidth=5, opacity=0.35).encode(
            x=alt.X("performance_low:Q", scale=SCALE), x2="performance_high:Q", color=color
        ),
        base.mark_tick(thickness=2, size=16).encode(
            x=alt.X("position:Q", scale=SCALE), color=alt.value(colors.quiet)
        ),
        base.mark_point(size=110, filled=True, opacity=1).encode(
            x=x, color=color, shape=alt.Shape("shape:N", scale=None)
        ),
        *_labels(frame, color, colors),
    ]
    count = max(frame.height, 1)
    return layered(layers, ROW_HEIGHT * count + AXIS_ROOM, colors)


def _with_marks(rows: pl.DataFrame, colors: Palette) -> pl.DataFrame:
    marks = [verdict(name) for name in rows["verdict"]]
    stated = [f"{one:.0f}" if one is not None else "–" for one in rows["importance_stated"]]
    labels = [
        f"{name.capitalize()} ({weight})"
        for name, weight in zip(rows["promise"], stated, strict=True)
    ]
    return rows.with_columns(
        pl.Series("label", labels, dtype=pl.String),
        pl.Series("shape", [mark.shape for mark in marks], dtype=pl.String),
        pl.Series("color", [colors.of(mark.color) for mark in marks], dtype=pl.String),
        pl.Series("word", [mark.label for mark in marks], dtype=pl.String),
        is_important=pl.col("importance_stated") >= IMPORTANT_FROM,
    )


def _map_tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("label:N", title="Promise (importance)"),
        alt.Tooltip("word:N", title="Verdict"),
        alt.Tooltip("performance:Q", title="Performance", format=".1f"),
        alt.Tooltip("performance_low:Q", title="at least", format=".1f"),
        alt.Tooltip("performance_high:Q", title="at most", format=".1f"),
        alt.Tooltip("position:Q", title="On the common scale", format=".1f"),
        alt.Tooltip("sentence:N", title="In words"),
    ]


def _target_line(colors: Palette) -> alt.Chart:
    frame = pl.DataFrame({"target": [3.0]})
    line = alt.Chart(frame).encode(x=alt.X("target:Q", scale=SCALE))
    rule: alt.Chart = line.mark_rule(strokeDash=[5, 4], color=colors.quiet, strokeWidth=1.5)
    return rule


def _labels(frame: pl.DataFrame, color: alt.Color, colors: Palette) -> list[alt.Chart]:
    """The verdict above each point, moved inwards at the ends so that no word is cut."""
    place = pl.col("performance").fill_null(NOWHERE).clip(*LABEL_ENDS)
    base = alt.Chart(frame.with_columns(label_at=place)).encode(
        y=alt.Y("label:N", sort=frame["label"].to_list()), x=alt.X("label_at:Q", scale=SCALE)
    )
    return haloed(base, "word:N", color, colors, dy=-15, fontWeight=600)


def plane(paths: pl.DataFrame, lit: Collection[str], colors: Palette) -> Picture:
    """Every customer's newest place, flexibility against stability; paths for those in `lit`.

    Names stand at the places of `lit`, numbers at the others: twelve names would hide each other.
    `paths` holds `name`, `number`, `color` and `is_newest` beside the columns of
    `tradeoff_flexibility_stability`; rows without a place are left out.
    """
    known = paths.filter(pl.col("flexibility").is_not_null(), pl.col("stability").is_not_null())
    newest = known.filter("is_newest")
    bright = known.filter(pl.col("customer").is_in(lit))
    chosen, others = bright.filter("is_newest"), newest.filter(~pl.col("customer").is_in(lit))
    layers = [
        _frontier(newest, colors),
        *_paths(bright),
        *_errors(chosen),
        *_places(others, 0.55),
        *_places(chosen, 1.0),
        *_numbers(others, colors),
        *_names(chosen, colors),
    ]
    return layered(layers, PLANE_HEIGHT, colors)


def _xy(x: str = "flexibility", y: str = "stability") -> dict[str, Any]:
    axis = alt.Axis(values=SCORES, format="d", grid=True)
    return {
        "x": alt.X(f"{x}:Q", scale=SCALE, axis=axis, title="Flexibility: 1 poor, 5 excellent →"),
        "y": alt.Y(f"{y}:Q", scale=SCALE, axis=axis, title="Stability: 1 poor, 5 excellent →"),
    }


def _frontier(newest: pl.DataFrame, colors: Palette) -> alt.Chart:
    best = newest.filter("is_on_frontier").sort("flexibility")
    line = alt.Chart(best).encode(**_xy())
    steps: alt.Chart = line.mark_line(
        interpolate="step-before", strokeDash=[6, 4], color=colors.quiet, strokeWidth=1.5
    )
    return steps


def _paths(bright: pl.DataFrame) -> list[alt.Chart]:
    base = alt.Chart(bright.sort("customer", "period_start_on")).encode(
        **_xy(), detail="customer:N", color=alt.Color("color:N", scale=None)
    )
    return [
        base.mark_line(strokeWidth=1, opacity=0.55).encode(order="period_start_on:T"),
        base.mark_point(size=14, filled=True, opacity=0.55).encode(tooltip=_place_tooltip()),
    ]


def _errors(newest: pl.DataFrame) -> list[alt.Chart]:
    base = alt.Chart(newest).encode(color=alt.Color("color:N", scale=None))
    rule = base.mark_rule(strokeWidth=4, opacity=0.25)
    return [
        rule.encode(**_xy("flexibility_low"), x2="flexibility_high"),
        rule.encode(**_xy(y="stability_low"), y2="stability_high"),
    ]


def _places(newest: pl.DataFrame, opacity: float) -> list[alt.Chart]:
    """Points that tell the verdict by their shape."""
    base = alt.Chart(newest).encode(**_xy(), tooltip=_place_tooltip())
    points = base.mark_point(size=130, filled=True, opacity=opacity)
    color = alt.Color("color:N", scale=None)
    return [points.encode(color=color, shape=alt.Shape("shape:N", scale=None))]


def _numbers(others: pl.DataFrame, colors: Palette) -> list[alt.Chart]:
    quiet = alt.Color("quiet:N", scale=None)
    base = alt.Chart(others.with_columns(quiet=pl.lit(colors.quiet))).encode(**_xy())
    look = {"align": "left", "dx": 8, "dy": -7, "fontSize": LABEL_SIZE - 2}
    return haloed(base, "number:N", quiet, colors, **look)


def _names(chosen: pl.DataFrame, colors: Palette) -> list[alt.Chart]:
    """Names on the side where there is room, moved up where two would stand on each other."""
    color = alt.Color("color:N", scale=None)
    layers = []
    for align, rows in with_room(chosen).group_by("align"):
        base = alt.Chart(rows).encode(**_xy(y="name_at"))
        look = {"align": align[0], "dx": NAME_AWAY if align[0] == "left" else -NAME_AWAY}
        layers += haloed(base, "numbered:N", color, colors, **look, fontWeight=600)
    return layers


def with_room(chosen: pl.DataFrame) -> pl.DataFrame:
    """Adds `align` and `name_at` (stability), at least `NAME_STEP` apart on each side."""
    is_right = pl.col("flexibility") > NAME_TURNS
    sided = chosen.with_columns(
        align=pl.when(is_right).then(pl.lit("right")).otherwise(pl.lit("left")),
        numbered=pl.format("{} {}", "number", "name"),
    ).sort("align", "stability")
    steps = NAME_STEP * pl.int_range(pl.len())
    # The highest of what lies below, plus a step for each name in between.
    return sided.with_columns(
        name_at=((pl.col("stability") - steps).cum_max() + steps).over("align")
    )


def _place_tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("name:N", title="Customer"),
        alt.Tooltip("quarter:N", title="Quarter"),
        alt.Tooltip("flexibility:Q", title="Flexibility", format=".1f"),
        alt.Tooltip("stability:Q", title="Stability", format=".1f"),
        alt.Tooltip("sentence:N", title="In words"),
    ]
