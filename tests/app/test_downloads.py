"""What a page shows can be taken along, readable by any program."""

import io
import zipfile

import polars as pl

from app.downloads import archive


def test_each_table_is_a_csv_of_its_own_and_the_same_rows_give_the_same_bytes():
    tables = {"map": pl.DataFrame({"a": [1, 2]}), "fit": pl.DataFrame({"b": ["x"]})}
    files = zipfile.ZipFile(io.BytesIO(archive(tables)))
    read = {name: pl.read_csv(files.read(name)) for name in files.namelist()}
    assert list(read) == ["map.csv", "fit.csv"]
    assert read["map.csv"].equals(tables["map"])
    assert archive(tables) == archive(tables)
