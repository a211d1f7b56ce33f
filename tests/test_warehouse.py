"""How tables are kept: whole or not at all, in the types they came with."""

import subprocess
import sys
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets import warehouse
from assets.errors import WarehouseError
from assets.warehouse import Warehouse

OLD = pl.DataFrame({"x": [1, 2, 3]})
NEW = pl.DataFrame({"x": [4, 5], "y": ["a", None]})


@pytest.fixture
def store(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse.duckdb")


def test_a_table_comes_back_in_its_types_and_order(store: Warehouse):
    frame = pl.DataFrame(
        {
            "at": [datetime(2025, 3, 30, 1, 30, 0, 123456, tzinfo=UTC), None],
            "on": [date(2025, 3, 30), None],
            "set": pl.Series([7, None], dtype=pl.UInt32),
            "exit": pl.Series([1, 0], dtype=pl.Int8),
            "is_open": [True, None],
            "seconds": [1.5, None],
            "labels": [["b", "a"], None],
            "exclusions": [[{"column": "is_bot", "sentence": "No bots."}], []],
            "select": ["a name that SQL uses", ""],
        },
        schema_overrides={"at": pl.Datetime("us", "UTC")},
    )

    assert store.replace("t", frame) == 2
    assert_frame_equal(store.read("t").collect(), frame)


def test_only_what_a_query_needs_is_read_and_the_answer_is_the_same(store: Warehouse):
    store.replace("t", NEW)

    assert store.read("t").filter(pl.col("y").is_null()).select("x").collect().item() == 5
    assert store.read("t").select(pl.len()).collect().item() == 2
    assert store.read("t").head(1).collect()["x"].to_list() == [4]
    assert store.read("t").filter(pl.col("x") > 4).head(1).collect()["x"].to_list() == [5]


def test_a_table_without_rows_keeps_its_columns(store: Warehouse):
    store.replace("t", NEW.clear())

    assert_frame_equal(store.read("t").collect(), NEW.clear())


def test_rows_are_appended_to_all_tables_or_to_none(store: Warehouse):
    store.append({"a": OLD, "b": OLD})
    with pytest.raises(duckdb.Error):
        store.append({"a": OLD, "b": pl.DataFrame({"other": ["column"]})})

    assert store.read("a").collect().height == 3
    store.append({"a": OLD, "c": NEW})
    assert store.read("a").collect().height == 6
    assert store.tables() == ["a", "b", "c"]


@pytest.mark.parametrize("dtype", [pl.Duration("us"), pl.Null()])
def test_a_type_that_would_change_is_refused(store: Warehouse, dtype: pl.DataType):
    with pytest.raises(WarehouseError, match=r"t\.x is of type .* Cast it first"):
        store.replace("t", pl.DataFrame({"x": [None]}, schema={"x": dtype}))


def test_a_table_that_is_not_there_is_answered_with_what_to_do(store: Warehouse):
    assert not store.has("t")
    with pytest.raises(WarehouseError, match=r"has no table t\. Materialise it: plumbline run"):
        store.read("t")


def test_a_warehouse_of_a_newer_layout_is_not_touched(store: Warehouse):
    store.replace("t", OLD)
    with store.connect() as connection:
        connection.execute("UPDATE warehouse_version SET version = 99")

    with pytest.raises(WarehouseError, match="has layout 99; this Plumbline knows up to"):
        store.read("t")
    with pytest.raises(WarehouseError, match="has layout 99; this Plumbline knows up to"):
        store.replace("t", NEW)


def test_an_older_layout_is_migrated(store: Warehouse, monkeypatch: pytest.MonkeyPatch):
    store.append({"t": OLD})
    further = (*warehouse.MIGRATIONS, ("ALTER TABLE t RENAME x TO z",))
    monkeypatch.setattr(warehouse, "MIGRATIONS", further)

    assert store.read("t").collect().columns == ["z"]
    assert store.read("t").collect().columns == ["z"]


def test_who_holds_the_file_is_said(store: Warehouse):
    store.replace("t", OLD)
    script = (
        "import duckdb, sys; connection = duckdb.connect(sys.argv[1]); "
        "print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(store.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(WarehouseError, match=rf"is in use: .*PID {other.pid}"):
            store.read("t")
        other.communicate()


def test_a_file_that_is_no_warehouse_is_said(store: Warehouse):
    store.path.write_text("this is no database" * 1000)

    with pytest.raises(WarehouseError, match="cannot be opened"):
        store.tables()


STOPPED_AT = """
import os, sys
from pathlib import Path
import polars as pl
from assets.warehouse import Warehouse

class Stopping(Warehouse):
    left = int(sys.argv[2])

    def execute(self, connection, statement):
        self.stop_if_due()
        super().execute(connection, statement)
        if statement == "COMMIT":
            self.stop_if_due()

    def put(self, waiting, path):
        self.stop_if_due()
        super().put(waiting, path)
        self.stop_if_due()

    def stop_if_due(self):
        if self.left == 0:
            os._exit(9)
        self.left -= 1

store = Stopping(Path(sys.argv[1]))
new = pl.DataFrame({"x": [4, 5], "y": ["a", None]})
if sys.argv[3] == "replace":
    store.replace("t", new)
else:
    store.append({"t": pl.DataFrame({"x": [9]}), "new": new})
"""


def _is_stopped(path: Path, boundary: int, write: str) -> bool:
    """Write in a process that stops at this boundary; False once it is past the last one."""
    arguments = [sys.executable, "-c", STOPPED_AT, str(path), str(boundary), write]
    return subprocess.run(arguments, check=False).returncode == 9


def test_a_replacement_stopped_at_any_boundary_leaves_the_old_table_or_the_new(store: Warehouse):
    seen = []
    for boundary in count():
        store.replace("t", OLD)
        if not _is_stopped(store.path, boundary, "replace"):
            break
        seen.append(store.read("t").collect())

    assert [frame.equals(OLD) for frame in seen] == [True, False]
    assert_frame_equal(seen[-1], NEW)


def test_a_table_of_an_older_plumbline_gives_way_to_its_file(store: Warehouse):
    store.append({"t": OLD, "raw": OLD})
    assert_frame_equal(store.read("t").collect(), OLD)

    store.replace("t", NEW)

    assert_frame_equal(store.read("t").collect(), NEW)
    assert store.tables() == ["raw", "t"]
    with store.connect() as connection:
        tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert sorted(tables) == [("raw",), ("warehouse_version",)]


def test_a_table_that_is_made_anew_cannot_be_added_to(store: Warehouse):
    store.replace("t", OLD)

    with pytest.raises(WarehouseError, match="t is made anew by each run"):
        store.append({"t": OLD, "other": OLD})
    assert store.tables() == ["t"]


def test_enums_come_back_as_texts(store: Warehouse):
    words = pl.Series("x", ["b", None, "a"])
    store.replace("t", words.cast(pl.Enum(["b", "a"])).to_frame())

    assert_frame_equal(store.read("t").collect(), words.to_frame())


def test_an_append_stopped_at_any_boundary_added_to_all_tables_or_to_none(store: Warehouse):
    seen = []
    for boundary in count():
        store.path.unlink(missing_ok=True)
        store.append({"t": OLD})
        if not _is_stopped(store.path, boundary, "append"):
            break
        seen.append((store.read("t").collect().height, store.has("new")))

    assert seen == [(3, False)] * 6 + [(4, True)]


NO_SPACE = """
import resource, sys
from pathlib import Path
import polars as pl
from assets.errors import WarehouseError
from assets.warehouse import Warehouse

store = Warehouse(Path(sys.argv[1]))
with store.connect():
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
    try:
        store.replace("t", pl.DataFrame({"x": pl.int_range(int(sys.argv[2]), eager=True).hash()}))
    except WarehouseError as error:
        print(error)
"""


@pytest.mark.parametrize("rows", [100_000, 3_000_000])  # the log overflows, or the file itself
def test_a_disk_without_space_is_a_sentence_and_the_old_table_stays(store: Warehouse, rows: int):
    store.replace("t", OLD)

    arguments = [sys.executable, "-c", NO_SPACE, str(store.path), str(rows)]
    said = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout

    assert said.startswith(f"t could not be written to {store.path}: ")
    assert "The warehouse is as it was before. Free some disk space, then run again." in said
    assert_frame_equal(store.read("t").collect(), OLD)
