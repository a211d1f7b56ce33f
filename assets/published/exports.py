"""Exports: one period of one edition as CSV, Parquet or an Excel workbook.

Holds what is written for each format and where. Reads editions only, so a running pipeline and an
export never wait for each other. Each row of KPI values has n, its interval, state and flags.
"""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from assets.errors import UsageError
from assets.published.folder import whole_file
from assets.published.plain_text import flat, without_formulas
from assets.published.selection import Selection, select
from assets.published.workbook import EXCEL_ROWS, write_workbooks

INSTANT = "%Y-%m-%dT%H:%M:%S%.fZ"  # all instants are UTC, and say so
FORMATS = ("csv", "parquet", "xlsx")


def export(
    home_folder: Path,
    period: str,
    format: str,
    out: Path,
    edition: str | None = None,
    rows_per_sheet: int = EXCEL_ROWS,
) -> list[Path]:
    """Write one period of an edition (by default the current one) below `out`; returns the files.

    `csv` and `parquet` make a folder `plumbline-<period>-<edition>` with a file per table,
    durations in seconds; texts that begin like a formula get an apostrophe in CSV. `xlsx` makes a
    workbook of that name, and more where a sheet would have more than `rows_per_sheet` rows.
    Raises UsageError for an unknown format or a period without cells, EditionError if the edition
    is not there or damaged.
    """
    if format not in FORMATS:
        raise UsageError(f"--format {format} is not known. Choose {', '.join(FORMATS)}.")
    chosen = select(home_folder, period, edition)
    out.mkdir(parents=True, exist_ok=True)
    if format == "xlsx":
        return write_workbooks(chosen, out, rows_per_sheet)
    write = write_csv if format == "csv" else pl.DataFrame.write_parquet
    return _write_tables(chosen, out / chosen.name, format, write)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame as CSV (UTF-8): nested columns flat, instants in UTC, no formulas."""
    without_formulas(flat(frame)).write_csv(path, datetime_format=INSTANT)


def _write_tables(
    chosen: Selection, folder: Path, suffix: str, write: Callable[[pl.DataFrame, Path], None]
) -> list[Path]:
    folder.mkdir(exist_ok=True)
    tables = {
        "kpi_values": chosen.cells,
        "kpi_stage_shares": chosen.stage_shares,
        "kpi_catalogue": chosen.catalogue,
        "scopes": chosen.scopes,
        **chosen.tradeoffs,
    }
    paths = []
    for name, frame in tables.items():
        with whole_file(folder / f"{name}.{suffix}") as path:
            write(frame, path)
        paths.append(folder / f"{name}.{suffix}")
    return paths
