"""An export as Excel workbooks: a summary, a sheet per promise, definitions, data quality.

Holds looks and files; what stands on a sheet is in `assets.published.sheets` and the summary in
`assets.published.summary`. Texts are never formulas, links or numbers, whatever they begin with.
"""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from assets.errors import UsageError
from assets.published.folder import whole_file
from assets.published.selection import Selection
from assets.published.sheets import (
    DATE,
    DATE_TIME,
    Sheet,
    definitions,
    promise_sheets,
    quality_blocks,
)
from assets.published.summary import HEADER, LINE_HEIGHT, TEXT, write_summary

EXCEL_ROWS = 1_048_576  # of a sheet, with its header
BLOCK_ROWS = 1_000  # of one table on the quality sheet; the edition has all
TEXTS_STAY_TEXTS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
STYLE = {"style": "Table Style Light 1", "banded_rows": False}
WIDE = {"Definition": 60, "Sentence": 70, "Detail": 50, "Problem": 60, "Reason": 40, "Changes": 40}
MIN_WIDTH, MAX_WIDTH = 9, 42  # characters


def write_workbooks(chosen: Selection, out: Path, rows_per_sheet: int = EXCEL_ROWS) -> list[Path]:
    """Write the workbook, and one more for each further `rows_per_sheet` rows of a sheet."""
    if not 2 <= rows_per_sheet <= EXCEL_ROWS:
        raise UsageError(f"{rows_per_sheet} rows do not make a sheet: 2 to {EXCEL_ROWS} do.")
    room = rows_per_sheet - 1
    sheets = promise_sheets(chosen)
    count = max(-(-sheet.frame.height // room) for sheet in sheets)
    names = [f"{chosen.name}{f'-part-{i + 1}' if i else ''}.xlsx" for i in range(count)]
    for index, name in enumerate(names):
        with whole_file(out / name) as path, Workbook(path, TEXTS_STAY_TEXTS) as workbook:
            _describe(workbook, chosen)
            write_summary(workbook, chosen, sheets, names, index, room)
            for sheet in sheets:
                rows = sheet.frame.slice(index * room, room)
                if rows.height:
                    _write_sheet(workbook, replace(sheet, frame=rows))
            if index == 0:
                _write_sheet(workbook, definitions(chosen), wrap=True)
                _write_quality(workbook, quality_blocks(chosen))
    return [out / name for name in names]


def _describe(workbook: Workbook, chosen: Selection) -> None:
    about = chosen.manifest.about
    workbook.set_properties(
        {
            "title": f"Service quality {chosen.period.text}, {about.organisation}",
            "comments": f"Plumbline edition {chosen.manifest.id}",
            "created": about.made_at.replace(tzinfo=None),
        }
    )


def _write_sheet(workbook: Workbook, sheet: Sheet, wrap: bool = False) -> None:
    worksheet = workbook.add_worksheet(sheet.name)
    _write_frame(workbook, worksheet, sheet, (0, 0), wrap)
    worksheet.freeze_panes(1, 1)
    worksheet.set_row(0, 2 * LINE_HEIGHT)
    widths = {series.name: _width(series) for series in sheet.frame}
    for position, width in enumerate(widths.values()):
        worksheet.set_column(position, position, width)
    if wrap:
        for row, lines in enumerate(_lines(sheet.frame, widths)):
            worksheet.set_row(row + 1, LINE_HEIGHT * lines)
    _fit_to_page(worksheet)
    worksheet.repeat_rows(0)


def _write_quality(workbook: Workbook, blocks: list[Sheet]) -> None:
    worksheet = workbook.add_worksheet("Data quality")
    title = workbook.add_format({"bold": True, "font_size": 13})
    row = 0
    for block in blocks:
        rows = block.frame.height
        left_out = f" (the first {BLOCK_ROWS:,} of {rows:,})" if rows > BLOCK_ROWS else ""
        worksheet.write_string(row, 0, block.name + left_out, title)
        if rows:
            shown = replace(block, frame=block.frame.head(BLOCK_ROWS))
            _write_frame(workbook, worksheet, shown, (row + 1, 0))
            row += shown.frame.height + 3
        else:
            worksheet.write_string(row + 1, 0, "None.")
            row += 3
    worksheet.set_column(0, 8, 24)
    _fit_to_page(worksheet)


def _fit_to_page(worksheet: Worksheet) -> None:
    worksheet.set_landscape()
    worksheet.fit_to_pages(1, 0)


def _write_frame(
    workbook: Workbook,
    worksheet: Worksheet,
    sheet: Sheet,
    position: tuple[int, int],
    wrap: bool = False,
) -> None:
    """Write a frame as an Excel table with a filter; texts right of a number keep a distance."""
    types = sheet.frame.schema
    looks: dict[str, Any] = {name: how for name, how in sheet.formats.items() if name in types}
    for left, name in pairwise(types):
        if types[name] == pl.String and types[left] != pl.String:
            looks[name] = TEXT
    if wrap:
        looks = {name: looks.get(name, {}) | {"text_wrap": True, "valign": "top"} for name in types}
    sheet.frame.write_excel(
        workbook,
        worksheet.get_name(),
        position=position,
        table_style=STYLE,
        header_format=HEADER,
        column_formats=looks,  # type: ignore[arg-type]  # its type knows no dict of formats
        dtype_formats={pl.Datetime: DATE_TIME, pl.Date: DATE, pl.Float64: "#,##0.00"},
    )


def _width(series: pl.Series) -> int:
    """Characters that the column needs: its contents', at least most of its header's."""
    needed = [MIN_WIDTH, len(series.name) * 2 // 3]
    if series.dtype == pl.String:
        needed.append(series.to_frame().select(pl.first().str.len_chars().max()).item() or 0)
    if isinstance(series.dtype, pl.Datetime):
        needed.append(len(DATE_TIME))
    return min(max(needed) + 2, WIDE.get(series.name, MAX_WIDTH))


def _lines(frame: pl.DataFrame, widths: dict[str, int]) -> pl.Series:
    """Lines that each row needs when its texts are wrapped."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    needed = [pl.col(name).str.len_chars() // widths[name] + 1 for name in texts]
    return frame.select(pl.max_horizontal(needed)).to_series()
