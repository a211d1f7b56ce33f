"""The home of `people_home.py`, run, forgotten in and run again; and a search for names."""

import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))

from people_home import ALPHA, build

from pipelines.cli import app

Call = Callable[..., str]


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


@dataclass(frozen=True)
class Story:
    """A home after its first run, and what the commands said until its last."""

    home: Path
    edition_before: str
    tables_before: dict[str, set[str]]
    dry: str
    is_unchanged_by_dry_run: bool
    bytes_before: bytes
    forgetting: str
    bytes_after: bytes
    raw_after: dict[str, set[str]]
    edition_after: str
    again: str


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home after one run; nobody is forgotten in it."""
    home = tmp_path_factory.mktemp("people")
    build(home)
    said = call("run", "--home", home, exit_codes=(0, 3))
    (home / "dagster" / "said.txt").write_text(said, encoding="utf-8")
    return home


@pytest.fixture(scope="session")
def story(ran: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """ALPHA is forgotten in a copy of the home, which is run again then."""
    home = tmp_path_factory.mktemp("forgotten") / "home"
    shutil.copytree(ran, home)
    warehouse = home / "warehouse.duckdb"
    before = edition_of(home), naming(texts_of_tables(home, is_raw=True), ALPHA)
    bytes_before = warehouse.read_bytes()
    kept = (home / "forgotten.json").read_bytes()  # a key, because records are named by people
    dry = call("forget", *ALPHA, "--dry-run", "--home", home)
    tables_after_dry = naming(texts_of_tables(home, is_raw=True), ALPHA)
    is_unchanged = tables_after_dry == before[1] and (home / "forgotten.json").read_bytes() == kept
    forgetting = call("forget", *ALPHA, "--home", home)
    bytes_after = b"".join(path.read_bytes() for path in home.glob("warehouse*") if path.is_file())
    raw_after = naming(texts_of_tables(home, is_raw=True), ALPHA)
    call("run", "--home", home, exit_codes=(0, 3))
    return Story(
        home, *before, dry, is_unchanged, bytes_before, forgetting, bytes_after, raw_after,
        edition_of(home), call("forget", *ALPHA, "--home", home),
    )  # fmt: skip
