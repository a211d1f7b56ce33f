"""Nobody of the real records is named right of `raw`, in an export, or in what a run says."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest
import records

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def people(recorded) -> list[str]:
    found = [name.casefold() for name in records.people(recorded)]
    assert len(found) > 100
    return found


def named(texts, people) -> list[str]:
    whole = "\n".join(texts).casefold()
    return [name for name in people if name in whole]


def values_of(path: Path) -> list[str]:
    """Each different value of each column that can hold a name, once."""
    with duckdb.connect() as connection:
        columns = connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
        texts = [name for name, dtype, *_ in columns if "VARCHAR" in dtype]
        found = [
            connection.execute(f"SELECT DISTINCT \"{name}\"::VARCHAR FROM '{path}'").fetchall()
            for name in texts
        ]
    return [value for rows in found for (value,) in rows if value]


def test_in_a_table_of_the_warehouse(run, people):
    _, home = run
    texts = []
    for path in sorted((home / "warehouse").glob("*.parquet")):
        if not path.stem.startswith("raw_"):
            texts += values_of(path)
    assert len(texts) > 10_000
    assert named(texts, people) == []


def test_in_what_the_run_said_and_logged(run, people):
    ended, home = run
    logs = [path.read_text() for path in (home / "dagster").iterdir() if path.is_file()]
    assert named([ended.stdout, ended.stderr, *logs], people) == []


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_in_an_export(run, edition, people, tmp_path, format):
    _, home = run
    script = "from pipelines.cli import app; app()"
    options = ["--period", "2012-Q2", "--format", format, "--out", tmp_path, "--home", home]
    command = [sys.executable, "-c", script, "export", *map(str, options)]
    subprocess.run(command, cwd=Path(__file__).parents[2], check=True, capture_output=True)
    texts = []
    for path in tmp_path.rglob("*"):
        if path.suffix == ".xlsx":
            with ZipFile(path) as book:
                texts += [book.read(part).decode() for part in book.namelist()]
        elif path.is_file():
            texts.append(path.read_text(encoding="utf-8"))
    assert texts
    assert named(texts, people) == []
