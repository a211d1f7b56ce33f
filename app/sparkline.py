"""A trend as a small picture for a table cell: an SVG line with gaps where nothing is known."""

import base64
from collections.abc import Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT, MARGIN = 96, 28, 4
# A middle teal: contrast of at least 3 on the light and the dark page, as pictures keep one colour.
STROKE = "#2a8a91"


def sparkline(values: Sequence[float | None], alt: str) -> str:
    """A Markdown image of the values in order; None leaves a gap, the last known one gets a dot."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    points = [_point(i, v, values, known) for i, v in enumerate(values)]
    lines = "".join(_line(run) for run in _runs(points))
    last = next(point for point in reversed(points) if point)
    dot = f'<circle cx="{last[0]}" cy="{last[1]}" r="3" fill="{STROKE}"/>'
    box = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{lines}{dot}</svg>'
    data = base64.b64encode(svg.encode()).decode()
    return f"![{escape(alt).replace('[', '(').replace(']', ')')}](data:image/svg+xml;base64,{data})"


def _point(
    index: int, value: float | None, values: Sequence[float | None], known: list[float]
) -> tuple[float, float] | None:
    if value is None:
        return None
    low, span = min(known), max(known) - min(known)
    part = (value - low) / span if span else 0.5
    x = MARGIN + (WIDTH - 2 * MARGIN) * index / max(len(values) - 1, 1)
    y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * part
    return round(x, 1), round(y, 1)


def _runs(points: list[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _line(run: list[tuple[float, float]]) -> str:
    if len(run) == 1:
        return f'<circle cx="{run[0][0]}" cy="{run[0][1]}" r="1.5" fill="{STROKE}"/>'
    path = " ".join(f"{x},{y}" for x, y in run)
    style = f'fill="none" stroke="{STROKE}" stroke-width="2" stroke-linejoin="round"'
    return f'<polyline points="{path}" {style}/>'
