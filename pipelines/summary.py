"""What a run came to: records in, quarantined, checked, published. Read from the warehouse.

Holds the numbers and their table for the terminal; the edition has the same in full.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from rich.table import Table

from assets.warehouse import Warehouse
from pipelines.checks import CHECK_RESULTS
from pipelines.run import Ending

SHOWN_RULES = 12
EMPTY: dict[str, dict[str, type[pl.DataType] | pl.DataType]] = {
    "raw_files": {
        "path": pl.String,
        "system": pl.String,
        "lines": pl.UInt32,
        "new_versions": pl.UInt32,
        "status": pl.String,
        "problem": pl.String,
        "read_at": pl.Datetime("us", "UTC"),
    },
    "conformed_quarantine": {"rule": pl.String},
    "check_results": {
        "is_ok": pl.Boolean,
        "severity": pl.String,
        "sentence": pl.String,
        "run_id": pl.String,
    },
}


@dataclass(frozen=True)
class Summary:
    """The closing words of a run; frames have one row per line that is shown."""

    delivered: pl.DataFrame  # system, files, lines, new_versions
    quarantined: pl.DataFrame  # rule, records
    n_checks: int
    n_warned_checks: int
    n_failed_checks: int
    warnings: tuple[str, ...]
    problems: tuple[str, ...]
    edition: str | None

    @property
    def exit_code(self) -> int:
        """0 published, 1 failed, 3 published with warnings."""
        if self.problems:
            return 1
        return 3 if self.warnings else 0


def summarise(home: Path, ending: Ending, began_at: datetime) -> Summary:
    """Collect what the run that began then left behind; needs nothing that a failed one lacks."""
    store = Warehouse(home / "warehouse.duckdb")
    tables = set(store.tables())
    files = _rows(store, tables, "raw_files").filter(pl.col("read_at") >= began_at)
    checks = _rows(store, tables, CHECK_RESULTS).filter(pl.col("run_id") == ending.run_id)
    quarantined = _rows(store, tables, "conformed_quarantine")
    missed = checks.filter(~pl.col("is_ok"))
    warned = missed.filter(pl.col("severity") == "warning")
    current = home / "editions" / "current"
    return Summary(
        delivered=files.group_by("system")
        .agg(pl.len().alias("files"), pl.col("lines", "new_versions").sum())
        .sort("system"),
        quarantined=quarantined.group_by("rule")
        .agg(pl.len().alias("records"))
        .sort("records", "rule", descending=[True, False]),
        n_checks=checks.height,
        n_warned_checks=warned.height,
        n_failed_checks=missed.height - warned.height,
        warnings=(
            *warned["sentence"],
            *files.filter(pl.col("status") != "read")
            .select(pl.format("{}: {}", "path", pl.col("problem").fill_null(pl.col("status"))))
            .to_series(),
        ),
        problems=ending.problems,
        edition=current.read_text(encoding="utf-8").strip() if current.exists() else None,
    )


def _rows(store: Warehouse, tables: set[str], table: str) -> pl.DataFrame:
    """A table, or one without rows and with the columns read here if no run came that far."""
    if table in tables:
        return store.read(table).collect()
    return pl.DataFrame(schema=EMPTY[table])


def as_table(summary: Summary, home: Path) -> Table:
    """The closing table: what came in, what was kept out, what was checked, what came out."""
    table = Table(title=f"Run on {home}", title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    sections = {
        "Rows in": _delivered(summary.delivered),
        "Quarantined": _quarantined(summary.quarantined),
        "Checks": [_checks(summary)],
        "Edition": [_edition(summary)],
    }
    for title, lines in sections.items():
        for position, line in enumerate(lines):
            table.add_row("" if position else title, *line)
        table.add_section()
    return table


def _delivered(delivered: pl.DataFrame) -> list[tuple[str, str]]:
    return [
        (f"{system}, {files:,} new or changed files with {lines:,} records", f"{new:,} new")
        for system, files, lines, new in delivered.iter_rows()
    ] or [("no new or changed files", "0 new")]


def _quarantined(quarantined: pl.DataFrame) -> list[tuple[str, str]]:
    rest = quarantined.slice(SHOWN_RULES)
    lines = [(rule, f"{records:,}") for rule, records in quarantined.head(SHOWN_RULES).iter_rows()]
    if rest.height:
        lines.append((f"{rest.height} more rules", f"{rest['records'].sum():,}"))
    return lines or [("nothing", "0")]


def _checks(summary: Summary) -> tuple[str, str]:
    missed = summary.n_warned_checks + summary.n_failed_checks
    words = f"{summary.n_failed_checks} failed, {summary.n_warned_checks} warned"
    return words if missed else "all hold", f"{summary.n_checks:,}"


def _edition(summary: Summary) -> tuple[str, str]:
    if summary.problems:
        kept = f"{summary.edition} stays current" if summary.edition else "there is none yet"
        return f"none published; {kept}", "failed"
    return str(summary.edition), "published with warnings" if summary.warnings else "published"
