"""`plumbline explain`: the sections of `app.explained` as plain lines of the terminal.

Holds the opening of verified editions and the printing. What is told is `app.explained`'s business.
"""

import textwrap
from pathlib import Path

import polars as pl
from rich.console import Console

from app.edition import Edition, edition_before, open_edition
from app.edition import EditionError as NotThere
from app.explained.explanation import Explanation
from app.explained.explanation import explain as explained
from app.explained.members import evidence_of
from app.explained.section import Section
from app.explained.telling import sections
from app.words import NARROW_SPACE, SPACE
from assets.errors import EditionError
from assets.published import manifest
from pipelines import settings
from pipelines.explaining.asked import Question, find

MOST_COLUMNS = 100
INDENT = "  "
RECORDS, DIFFERING = 10, 3
TABLES = (
    *("kpi_values", "kpi_catalogue", "kpi_reconciliation", "kpi_signals"),
    *("coverage", "scopes", "scope_sets"),
)


def explain(home: Path | None, question: Question, edition: str | None, is_all: bool) -> None:
    """Print where the number comes from, wrapped for the terminal."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    of = answer(settings.home_folder(home), question, edition)
    most = (None, None) if is_all else (RECORDS, DIFFERING)
    for section in sections(of, *most):
        console.print(section.title.translate(PLAIN), style="bold")
        for line in lines(section, min(console.width, MOST_COLUMNS)):
            console.print(line.translate(PLAIN))
        console.print()


def answer(home_folder: Path, question: Question, edition: str | None = None) -> Explanation:
    """Everything about the cell that is asked for, from files that are what was published.

    Raises UsageError for a question that fits no cell, EditionError if the edition is not there or
    damaged.
    """
    try:
        folder = manifest.folder_of(home_folder, edition)
        chosen = _verified(open_edition(home_folder, folder.name), TABLES)
        cell = find(chosen, question)
        before = edition_before(chosen)
        _verified(chosen, [evidence_of(cell)])
        if before is not None:
            _verified(before, [*TABLES, evidence_of(cell)])
        return explained(chosen, cell, before)
    except NotThere as error:
        raise EditionError(str(error)) from error


def _verified(edition: Edition, tables: list[str] | tuple[str, ...]) -> Edition:
    manifest.verify(edition.folder, tables)
    return edition


# A terminal's numbers are copied, so they have the signs that programs read.
PLAIN = str.maketrans({SPACE: " ", NARROW_SPACE: ","})


def lines(section: Section, columns: int) -> list[str]:
    """The lines under a section's title."""
    records = section.records
    return [
        *(line for text in section.sentences for line in wrapped(text, columns)),
        *_sum(section.sums, columns),
        *(line for text in section.closing for line in wrapped(text, columns)),
        *([] if records is None else _records(records, section.n_records, columns)),
    ]


def wrapped(text: str, columns: int, first: str = INDENT, more: str = INDENT) -> list[str]:
    """A text as lines; a link or a name longer than a line is not cut."""
    return textwrap.wrap(
        text,
        columns,
        initial_indent=first,
        subsequent_indent=more,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _sum(sums: tuple[tuple[str, str], ...], columns: int) -> list[str]:
    width = max((len(figure) for figure, _ in sums), default=0)
    return [
        line
        for figure, text in sums
        for line in wrapped(
            text, columns, f"{INDENT}{figure.rjust(width)}  ", " " * (len(INDENT) + width + 2)
        )
    ]


def _records(shown: pl.DataFrame, n_records: int, columns: int) -> list[str]:
    """When, what became of it, where, which; and its link on a line of its own."""
    width = max(map(len, shown["said"]), default=0)
    found, group = [], ""
    for row in shown.iter_rows(named=True):
        if row["group"] != group:
            group = row["group"]
            found += wrapped(f"{group}:", columns)
        indent = INDENT * (2 if group else 1)
        parts = [row["entered"], row["said"].ljust(width), row["place"], row["event_id"]]
        under = f"{indent}{'':18}"
        found += wrapped("  ".join(part for part in parts if part), columns, indent, under)
        found += [f"{under}{row['url']}"] if row["url"] else []
    more = n_records - shown.height
    return [*found, *(wrapped(f"… and {more:,} more: --all lists them.", columns) if more else [])]
