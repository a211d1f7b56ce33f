"""What a run came to: records in, quarantined, checked, published. Read from the warehouse.

Holds the numbers and their table for the terminal; the edition has the same in full. How the
run ended is kept in `LAST_RUN`, because a run that failed early leaves no other trace.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from rich.markup import escape
from rich.table import Table

from assets.conformed.rejects import by_rule
from assets.raw import inbox
from assets.warehouse import Warehouse
from pipelines.checks import CHECK_RESULTS
from pipelines.run import Ending

SHOWN_KINDS = 20
SHOWN_LETTERS = 160
LAST_RUN = Path("dagster") / "last_run.json"
NOTHING_DELIVERED = (
    "The inbox holds no file. Put deliveries into inbox/<system>/<entity>/, then run again."
)
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
    "conformed_quarantine": dict.fromkeys(
        ("source", "entity", "record_key", "rule", "detail"), pl.String
    ),
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
    refused: pl.DataFrame  # system, is_again, files
    quarantined: pl.DataFrame  # as `assets.conformed.rejects.BY_RULE`
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
    files = _rows(store, tables, "raw_files")
    checks = _rows(store, tables, CHECK_RESULTS).filter(pl.col("run_id") == ending.run_id)
    missed = checks.filter(~pl.col("is_ok"))
    warned = missed.filter(pl.col("severity") == "warning")
    current = home / "editions" / "current"
    is_new = pl.col("read_at") >= began_at
    has_nothing = not ending.problems and files.is_empty() and not _has_files(home)
    summary = Summary(
        delivered=files.filter(is_new, pl.col("status") == "read")
        .group_by("system")
        .agg(pl.len().alias("files"), pl.col("lines", "new_versions").sum())
        .sort("system"),
        refused=files.filter(pl.col("status") == "unreadable")
        .group_by("system", is_again=~is_new)
        .agg(pl.len().alias("files"))
        .sort("system", "is_again"),
        quarantined=by_rule(_rows(store, tables, "conformed_quarantine")),
        n_checks=checks.height,
        n_warned_checks=warned.height,
        n_failed_checks=missed.height - warned.height,
        warnings=(
            *warned["sentence"],
            *file_problems(files),
            *([NOTHING_DELIVERED] if has_nothing else []),
        ),
        problems=ending.problems,
        edition=current.read_text(encoding="utf-8").strip() if current.exists() else None,
    )
    _remember(summary, home, began_at)
    return summary


def quarantine_of(home: Path) -> pl.DataFrame:
    """What is in quarantine, by source, feed and rule (`assets.conformed.rejects.BY_RULE`)."""
    store = Warehouse(home / "warehouse.duckdb")
    return by_rule(_rows(store, set(store.tables()), "conformed_quarantine"))


def file_problems(files: pl.DataFrame) -> list[str]:
    """A sentence about each file of the ledger that was not read; each names its path once."""
    broken = files.filter(pl.col("status") != "read").select("path", "status", "problem")
    return [
        problem if problem and path in problem else f"{path}: {problem or status}"
        for path, status, problem in broken.iter_rows()
    ]


def _has_files(home: Path) -> bool:
    return any(inbox.is_delivery(place) for place in (home / "inbox").rglob("*"))


def _remember(summary: Summary, home: Path, began_at: datetime) -> None:
    """Keep how the run ended for `plumbline check`; a full disk must not hide why it failed."""
    words = {0: "published", 1: "failed", 3: "published with warnings"}[summary.exit_code]
    why = [*summary.problems, *summary.warnings]
    kept = {"began_at": began_at.isoformat(), "outcome": words, "why": why}
    with suppress(OSError):
        (home / LAST_RUN).parent.mkdir(exist_ok=True)
        (home / LAST_RUN).write_text(json.dumps(kept), encoding="utf-8")


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
        "Rows in": _delivered(summary),
        "Quarantined": quarantined_lines(summary.quarantined) or [("nothing", "0")],
        "Checks": [_checks(summary)],
        "Edition": [_edition(summary)],
    }
    for title, lines in sections.items():
        for position, line in enumerate(lines):
            table.add_row("" if position else title, *map(escape, line))
        table.add_section()
    return table


def _delivered(summary: Summary) -> list[tuple[str, str]]:
    read = [
        (f"{system}, {files:,} new or changed files with {lines:,} records", f"{new:,} new")
        for system, files, lines, new in summary.delivered.iter_rows()
    ]
    refused = [
        (f"{system}, unreadable files refused{' again' if is_again else ''}: {files:,}", "0 new")
        for system, is_again, files in summary.refused.iter_rows()
    ]
    return (read or [("no new or changed files", "0 new")]) + refused


def quarantined_lines(quarantined: pl.DataFrame) -> list[tuple[str, str]]:
    """Whose records are in quarantine, by which rule, one of them, and how many."""
    lines = [
        (f"{source}/{entity}: {rule}, such as {_shortened(example)}", f"{records:,}")
        for source, entity, rule, records, example in quarantined.head(SHOWN_KINDS).iter_rows()
    ]
    if rest := quarantined.slice(SHOWN_KINDS)["records"].to_list():
        lines.append((f"{len(rest)} more kinds", f"{sum(rest):,}"))
    return lines


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_LETTERS else f"{text[: SHOWN_LETTERS - 1]}…"


def _checks(summary: Summary) -> tuple[str, str]:
    missed = summary.n_warned_checks + summary.n_failed_checks
    if not summary.n_checks:
        return "not reached", "0"
    words = f"{summary.n_failed_checks} failed, {summary.n_warned_checks} warned"
    return words if missed else "all hold", f"{summary.n_checks:,}"


def _edition(summary: Summary) -> tuple[str, str]:
    if summary.problems:
        kept = f"{summary.edition} stays current" if summary.edition else "there is none yet"
        return f"none published; {kept}", "failed"
    return str(summary.edition), "published with warnings" if summary.warnings else "published"
