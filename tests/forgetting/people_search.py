"""Commands called on a home, and where in its files and tables somebody is named."""

from collections.abc import Collection, Iterator
from pathlib import Path
from zipfile import ZipFile

import duckdb
from typer.testing import CliRunner

from pipelines.cli import app


def call(*arguments: str | Path, exit_codes: Collection[int] = (0,)) -> str:
    """What a command says, in one line."""
    wide = {"COLUMNS": "250"}
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], env=wide)
    assert result.exit_code in exit_codes, result.output
    return " ".join(result.output.split())


def edition_of(home: Path) -> str:
    return (home / "editions" / "current").read_text().strip()


def texts_of_tables(home: Path, is_raw: bool) -> Iterator[tuple[str, str]]:
    """Table and text of every row, of the tables of `raw` or of all others."""
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as connection:
        names = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        places = {table: f'"{table}"' for (table,) in names}
        places |= {path.stem: f"'{path}'" for path in (home / "warehouse").iterdir()}
        for table, place in places.items():
            if table.startswith("raw_") == is_raw:
                rows = connection.execute(f"SELECT t::VARCHAR FROM {place} AS t").fetchall()
                yield from ((table, row) for (row,) in rows)


def texts_of_files(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and text of every file below a folder, of workbooks and Parquet what is in them."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.suffix == ".parquet":
            with duckdb.connect() as connection:
                rows = connection.execute(
                    f"SELECT t::VARCHAR FROM read_parquet('{path}') AS t"
                ).fetchall()
            yield from ((path.name, row) for (row,) in rows)
        elif path.suffix == ".xlsx":
            with ZipFile(path) as book:
                yield from ((path.name, book.read(part).decode()) for part in book.namelist())
        else:
            yield path.name, path.read_text(encoding="utf-8")


def naming(texts: Iterator[tuple[str, str]], names: Collection[str]) -> dict[str, set[str]]:
    """Which of the names stand where, whatever their case and wherever in a text."""
    found: dict[str, set[str]] = {}
    for place, text in texts:
        low = text.lower()
        for name in names:
            if name.lower() in low:
                found.setdefault(place, set()).add(name)
    return found
