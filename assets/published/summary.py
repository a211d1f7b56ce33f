"""The first sheet of a workbook: what this is, the headline KPIs, the verdicts, how to read it.

Holds one sheet; the tables behind it are in `assets.published.sheets`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from assets.published import periods, words
from assets.published.selection import Selection
from assets.published.sheets import DATE_TIME, Sheet, excel_types, headline_rows

HEADLINE = (
    "Promise",
    "KPI",
    "Statistic",
    "For",
    "Value",
    "Low",
    "High",
    "n",
    "State",
    "Remarks",
)
VERDICTS = (
    "Promise",
    "Verdict",
    "Importance (1–5)",
    "For",
    "Performance (1–5)",
    "Low",
    "High",
    "Position (1–5)",
    "Period",
    "In words",
)
HEADER = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DCE6EE", "bottom": 1}
TEXT = {"align": "left", "indent": 1}  # keeps a distance from a number to its left
LINE_HEIGHT = 15  # points; rows do not grow by themselves in all programs
NUMBERS = {"Value", "Low", "High", "n", VERDICTS[2], VERDICTS[4], VERDICTS[7]}
WIDTHS = (27, 34, 15, 24, 22, 22, 22, 14, 20, 110)
Cell = str | float | int | None


@dataclass
class Pen:
    """Where the next row goes, and the formats in use."""

    workbook: Workbook
    sheet: Worksheet
    row: int = 0

    def line(self, cells: Sequence[Cell], formats: Sequence[Format | None] | None = None) -> None:
        """Write one row; None leaves a cell empty."""
        for column, value in enumerate(cells):
            look = formats[column] if formats else None
            if isinstance(value, str):
                self.sheet.write_string(self.row, column, value, look)
            elif value is not None:
                self.sheet.write_number(self.row, column, value, look)
        self.row += 1

    def heading(self, text: str) -> None:
        """An empty row and a heading."""
        self.row += 1
        self.line([text], [self.workbook.add_format({"bold": True, "font_size": 13})])

    def header(self, names: Sequence[str]) -> None:
        """The header row of a table."""
        left, right = (
            self.workbook.add_format({**HEADER, "align": align}) for align in ("left", "right")
        )
        self.line(names, [right if name in NUMBERS else left for name in names])


def write_summary(
    workbook: Workbook,
    chosen: Selection,
    sheets: list[Sheet],
    files: list[str],
    part: int,
    room: int,
) -> None:
    """Write the summary of file number `part` of `files`; a sheet has `room` rows per file."""
    pen = Pen(workbook, workbook.add_worksheet("Summary"))
    for column, width in enumerate(WIDTHS):
        pen.sheet.set_column(column, column, width)
    _what_this_is(pen, chosen)
    if len(files) > 1:
        _parts(pen, sheets, files, part, room)
    _headlines(pen, chosen)
    _verdicts(pen, chosen)
    _how_to_read(pen)
    pen.sheet.hide_gridlines(2)
    pen.sheet.set_landscape()
    pen.sheet.fit_to_pages(1, 0)


def _what_this_is(pen: Pen, chosen: Selection) -> None:
    about = chosen.manifest.about
    large = pen.workbook.add_format({"bold": True, "font_size": 18})
    pen.sheet.set_row(0, 28)
    pen.line([f"Service quality of {about.organisation}, {chosen.period.text}"], [large])
    pen.line(["How well the software teams and the business are served, per promise and segment."])
    if about.is_example:
        warning = pen.workbook.add_format({"bold": True, "font_color": "#9C2A00"})
        pen.line(["This is an example: an invented company, not a real one."], [warning])
    pen.row += 1
    label = pen.workbook.add_format({"bold": True})
    instant = pen.workbook.add_format({"num_format": DATE_TIME, "align": "left"})
    pen.line(["Organisation", about.organisation], [label, None])
    pen.line(["Period", f"{chosen.period.text}, days in {about.time_zone}"], [label, None])
    pen.line(["Edition", chosen.manifest.id], [label, None])
    pen.line(["As of (UTC)"], [label])
    pen.sheet.write_datetime(pen.row - 1, 1, about.as_of.replace(tzinfo=None), instant)
    pen.line(["Made by", f"Plumbline {about.code_version}"], [label, None])


def _parts(pen: Pen, sheets: list[Sheet], files: list[str], part: int, room: int) -> None:
    pen.heading(f"This is file {part + 1} of {len(files)}: not all rows fit into one")
    for sheet in sheets:
        rows = sheet.frame.height
        first, last = part * room + 1, min((part + 1) * room, rows)
        here = f"rows {first:,} to {last:,}" if first <= last else "no rows"
        others = ", ".join(
            file for i, file in enumerate(files) if i != part and i * room < sheet.frame.height
        )
        more = f"; the others in {others}" if rows > max(0, last - first + 1) else ""
        pen.line([sheet.name, f"{here} of {rows:,} are here{more}"])


def _headlines(pen: Pen, chosen: Selection) -> None:
    pen.heading("Headline KPIs, with 95 % interval")
    pen.header(HEADLINE)
    text = pen.workbook.add_format(TEXT)
    count = pen.workbook.add_format({"num_format": "#,##0"})
    for row in headline_rows(chosen).iter_rows(named=True):
        how = words.shown(row["unit"], row["promise"])
        unit = "" if how.label == "share" else f' "{how.label}"'
        look = pen.workbook.add_format({"num_format": how.format + unit})
        values = [_divided(row[name], how.divisor) for name in ("value", "low", "high")]
        names = [row["kpi"], row["statistic"], row["scope"]]
        cells = [words.titled(row["promise"]), *names, *values, row["n"], row["state"]]
        pen.line([*cells, row["remarks"]], [*[None] * 4, look, look, look, count, text, text])


def _verdicts(pen: Pen, chosen: Selection) -> None:
    answers = chosen.tradeoffs.get("tradeoff_attribute_map")
    if answers is None or answers.is_empty():
        return
    names = chosen.scopes.filter(pl.col("scope_kind") == "segment").select(
        segment="scope", segment_name="name"
    )
    pen.heading("Are we serving the customers we chose?")
    pen.header(VERDICTS)
    score = pen.workbook.add_format({"num_format": "0.0", "valign": "top"})
    text = pen.workbook.add_format({**TEXT, "text_wrap": True, "valign": "top"})
    plain = pen.workbook.add_format({"valign": "top"})
    formats = [plain, plain, score, text, score, score, score, score, text, text]
    for row in excel_types(answers).join(names, on="segment", how="left").iter_rows(named=True):
        lines = -(-len(row["sentence"] or "") // WIDTHS[-1])
        pen.sheet.set_row(pen.row, LINE_HEIGHT * max(1, lines))
        pen.line(
            [
                words.titled(row["promise"]),
                words.VERDICTS.get(row["verdict"], row["verdict"]),
                row["importance_stated"],
                row["segment_name"] or row["segment"],
                row["performance"],
                row["performance_low"],
                row["performance_high"],
                row["position"],
                _period(row),
                row["sentence"],
            ],
            formats,
        )


def _how_to_read(pen: Pen) -> None:
    pen.heading("How to read this")
    for state, reason in words.STATE_REASONS.items():
        pen.line([words.STATES[state], reason])
    for flag, reason in words.FLAG_REASONS.items():
        pen.line([words.FLAGS[flag], reason])
    pen.line(["times", "all instants are UTC; days are the organisation's"])


def _period(row: dict[str, Any]) -> str:
    """The period of a verdict; nothing where nothing was known."""
    if row["period_start_on"] is None:
        return ""
    return periods.named(row["period_kind"], row["period_start_on"])


def _divided(value: float | None, divisor: float) -> float | None:
    return None if value is None else value / divisor
