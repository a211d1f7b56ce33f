"""A trend as a small picture for a table cell: an SVG line with gaps where nothing is known."""

import base64
from collections.abc import Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT, MARGIN = 96, 28, 4
# A middle teal: contrast of at least 3 on the light and the dark page, as pictures keep one colour.
STROKE = "#2a8a91"

Point = tuple[float, float]


def sparkline(values: Sequence[float | None], is_final: Sequence[bool], alt: str) -> str:
    """A Markdown image of the values in order; None leaves a gap.

    The last final value has a dot; what is not final stands apart from the line as a hollow point.
    """
    known = [value for value in values if value is not None]
    if not known:
        return ""
    points = [_point(i, v, values, known) for i, v in enumerate(values)]
    final = [one if sure else None for one, sure in zip(points, is_final, strict=True)]
    young = [one for one, sure in zip(points, is_final, strict=True) if one and not sure]
    settled = [one for one in final if one]
    parts = [_line(run) for run in _runs(final)]
    parts += [_dot(settled[-1], f'r="3" fill="{STROKE}"')] if settled else []
    parts += [
        _dot(one, f'r="2.6" fill="none" stroke="{STROKE}" stroke-width="1.4"') for one in young
    ]
    box = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{"".join(parts)}</svg>'
    data = base64.b64encode(svg.encode()).decode()
    return f"![{escape(alt).replace('[', '(').replace(']', ')')}](data:image/svg+xml;base64,{data})"


def _point(
    index: int, value: float | None, values: Sequence[float | None], known: list[float]
) -> Point | None:
    if value is None:
        return None
    low, span = min(known), max(known) - min(known)
    part = (value - low) / span if span else 0.5
    x = MARGIN + (WIDTH - 2 * MARGIN) * index / max(len(values) - 1, 1)
    y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * part
    return round(x, 1), round(y, 1)


def _runs(points: list[Point | None]) -> list[list[Point]]:
    runs: list[list[Point]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _line(run: list[Point]) -> str:
    if len(run) == 1:
        return _dot(run[0], f'r="1.5" fill="{STROKE}"')
    path = " ".join(f"{x},{y}" for x, y in run)
    style = f'fill="none" stroke="{STROKE}" stroke-width="2" stroke-linejoin="round"'
    return f'<polyline points="{path}" {style}/>'


def _dot(point: Point, look: str) -> str:
    return f'<circle cx="{point[0]}" cy="{point[1]}" {look}/>'
