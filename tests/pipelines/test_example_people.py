"""Nobody who went into the example company is named right of `raw` or in its edition."""

import json
import re

import duckdb
import polars as pl
import pytest

from pipelines.example.home import FEEDS

# Numbers are all the names that the example's people have.
PERSON = re.compile(r"(?i)\b(?:dev|requester|agent)-\d{3}\b|@example\.com")
# Searched where the rows are: a million of them would take a minute here.
NAMING = "SELECT t::VARCHAR FROM read_parquet(?) AS t WHERE regexp_matches(t::VARCHAR, ?)"


@pytest.fixture(scope="module")
def people(delivered) -> set[str]:
    """Everybody in the deliveries, by login, name and mail address."""
    lines = (json.dumps(record) for feed in FEEDS for record in delivered(*feed))
    found = {name for line in lines for name in PERSON.findall(line)}
    assert len(found) > 200
    return found


def naming(places):
    """The rows that name anybody."""
    with duckdb.connect() as connection:
        for place in places:
            yield from connection.execute(NAMING, [str(place), PERSON.pattern]).fetchall()


def test_rows_that_name_somebody_are_found(tmp_path):
    path = tmp_path / "t.parquet"
    pl.DataFrame({"n": [1, 2], "who": [["x"], ["by Dev-007"]]}).write_parquet(path)
    assert len(list(naming([path]))) == 1


def test_in_no_table_right_of_raw(people, example_edition):
    tables = sorted((example_edition.parents[1] / "warehouse").glob("*.parquet"))
    right_of_raw = [path for path in tables if not path.stem.startswith("raw_")]
    assert len(right_of_raw) > 30
    assert list(naming(right_of_raw)) == []


def test_in_no_file_of_the_edition(people, example_edition):
    tables = sorted(example_edition.rglob("*.parquet"))
    assert list(naming(tables)) == []


def test_in_nothing_that_the_run_logged(people, example_edition):
    logs = [path for path in (example_edition.parents[1] / "dagster").iterdir() if path.is_file()]
    assert [path.name for path in logs if PERSON.search(path.read_text())] == []
