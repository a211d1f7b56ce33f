"""The warehouse: where the stages keep their tables between runs.

What grows (`append`, and what raw makes in SQL) lives in a DuckDB file; what each run makes anew
(`replace`) is a Parquet file beside it, which costs a tenth of the time (ADR 0040). Holds how a
table is read and written, and the version of the layout. What the tables mean is the stages'
business; who may write is the run lock's.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl
from polars.exceptions import ComputeError
from polars.io.plugins import register_io_source

from assets.errors import WarehouseError

ROW_GROUP = 131_072
COMPRESSION_LEVEL = 1  # of zstd: a third less time than the default, for 4 % more bytes

# Entry k holds the statements that lead from version k to version k + 1.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    ("CREATE TABLE warehouse_version AS SELECT 0::INTEGER AS version",),
)


class Warehouse:
    """The tables of one home. Frames go in and out as polars; instants are UTC.

    `path` is the DuckDB file; the tables made anew are `<stem>/<table>.parquet` beside it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file, made and migrated if needed; WarehouseError says who holds it.

        Opening is cheap while another connection of this process is open.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            connection = duckdb.connect(self.path)
        except duckdb.IOException as error:
            raise WarehouseError(_why_not_open(self.path, error)) from None
        try:
            connection.execute("SET TimeZone = 'UTC'")
            self._migrate(connection)
            yield connection
        finally:
            connection.close()

    def tables(self) -> list[str]:
        """Names of the stages' tables, in alphabetical order."""
        with self.connect() as connection:
            files = [path.stem for path in self.path.with_suffix("").glob("*.parquet")]
            return sorted({*_tables(connection), *files})

    def has(self, table: str) -> bool:
        """Whether the table was ever written."""
        return table in self.tables()

    def file(self, table: str) -> Path:
        """Where a table that is made anew by each run is; it is never changed, only replaced."""
        return self.path.with_suffix("") / f"{table}.parquet"

    def read(self, table: str) -> pl.LazyFrame:
        """The table, in the order it was written; only the columns that a query uses are decoded.

        Raises WarehouseError if the table is not there.
        """
        with self.connect() as connection:
            if self.file(table).is_file():
                return pl.scan_parquet(self.file(table), glob=False)
            if table not in _tables(connection):
                raise WarehouseError(
                    f"{self.path} has no table {table}. Materialise it: plumbline run."
                )
            schema = connection.execute(f"SELECT * FROM {_quoted(table)} LIMIT 0").pl().schema

        def source(
            columns: list[str] | None,
            predicate: pl.Expr | None,
            n_rows: int | None,
            _batch_size: int | None,
        ) -> Iterator[pl.DataFrame]:
            chosen = "*" if columns is None else ", ".join(map(_quoted, columns)) or "1"
            query = f"SELECT {chosen} FROM {_quoted(table)}"
            if n_rows is not None and predicate is None:
                query += f" LIMIT {n_rows}"
            with self.connect() as connection:
                frame = connection.execute(query).pl()
            if predicate is not None:
                frame = frame.filter(predicate)
            yield frame if n_rows is None else frame.head(n_rows)

        return register_io_source(source, schema=schema, is_pure=True)

    def replace(self, table: str, frame: pl.DataFrame) -> int:
        """Put the frame in the table's place, all or nothing; returns its rows.

        Enums and categories are written as the texts that they stand for.
        """
        _refuse_what_changes_type(table, frame)
        words = (pl.Enum, pl.Categorical)
        texts = [name for name, dtype in frame.schema.items() if isinstance(dtype, words)]
        path = self.file(table)
        waiting = path.with_name(f".{table}.part")
        with self.connect() as connection:
            try:
                path.parent.mkdir(exist_ok=True)
                frame.with_columns(pl.col(texts).cast(pl.String)).write_parquet(
                    waiting, row_group_size=ROW_GROUP, compression_level=COMPRESSION_LEVEL
                )
                self.put(waiting, path)
            except (OSError, ComputeError) as error:
                waiting.unlink(missing_ok=True)
                raise WarehouseError(_why_not_written([table], self.path, error)) from error
            if table in _tables(connection):  # from before such tables were files
                self.execute(connection, f"DROP TABLE {_quoted(table)}")
        return frame.height

    def append(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Add rows to several tables, all of them or none; missing tables are made."""
        statements = []
        for position, (table, frame) in enumerate(frames.items()):
            _refuse_what_changes_type(table, frame)
            if self.file(table).is_file():
                raise WarehouseError(f"{table} is made anew by each run; it cannot be added to.")
            incoming, name = f"incoming_{position}", _quoted(table)
            statements += [
                f"CREATE TABLE IF NOT EXISTS {name} AS SELECT * FROM {incoming} LIMIT 0",
                f"INSERT INTO {name} BY NAME SELECT * FROM {incoming}",
            ]
        with self.connect() as connection:
            for position, frame in enumerate(frames.values()):
                connection.register(f"incoming_{position}", frame)
            try:
                for statement in ["BEGIN", *statements, "COMMIT"]:
                    self.execute(connection, statement)
            except (duckdb.IOException, duckdb.TransactionException) as error:
                raise WarehouseError(_why_not_written(frames, self.path, error)) from error

    def rewrite(self) -> None:
        """Write the file anew: until then free blocks keep the bytes of deleted and replaced rows.

        Needs the file's size once more on the disk. No other connection may be open.
        """
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.unlink(missing_ok=True)
        try:
            with duckdb.connect() as connection:
                connection.execute(f"ATTACH '{_escaped(self.path)}' AS old")
                connection.execute("CHECKPOINT old")
                connection.execute(f"ATTACH '{_escaped(fresh)}' AS fresh")
                connection.execute("COPY FROM DATABASE old TO fresh")
        except duckdb.IOException as error:
            fresh.unlink(missing_ok=True)
            raise WarehouseError(
                f"{self.path} could not be written anew: {error} It is as it was, and its free "
                "blocks may still hold what was deleted. Free some disk space, then try again."
            ) from error
        fresh.replace(self.path)
        shutil.rmtree(self.path.with_name(f"{self.path.name}.tmp"), ignore_errors=True)

    def put(self, waiting: Path, path: Path) -> None:
        """Let a written file take the table's place, durably (where tests stop the process)."""
        with waiting.open("rb") as file:
            os.fsync(file.fileno())
        waiting.replace(path)

    def execute(self, connection: duckdb.DuckDBPyConnection, statement: str) -> None:
        """Run one statement of a transaction (where tests stop the process)."""
        connection.execute(statement)

    def _migrate(self, connection: duckdb.DuckDBPyConnection) -> None:
        version = 0
        if "warehouse_version" in _tables(connection, own=True):
            [(version,)] = connection.execute("SELECT version FROM warehouse_version").fetchall()
        if version > len(MIGRATIONS):
            raise WarehouseError(
                f"{self.path} has layout {version}; this Plumbline knows up to {len(MIGRATIONS)}. "
                "Update Plumbline, or use the copy of the home made before."
            )
        if version == len(MIGRATIONS):
            return
        steps = [statement for migration in MIGRATIONS[version:] for statement in migration]
        update = f"UPDATE warehouse_version SET version = {len(MIGRATIONS)}"
        for statement in ["BEGIN", *steps, update, "COMMIT"]:
            self.execute(connection, statement)


def _tables(connection: duckdb.DuckDBPyConnection, own: bool = False) -> list[str]:
    rows = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
    return [name for (name,) in rows if own or name != "warehouse_version"]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _why_not_written(tables: Iterable[str], path: Path, error: Exception) -> str:
    return (
        f"{', '.join(tables)} could not be written to {path}: {error} "
        "The warehouse is as it was before. Free some disk space, then run again."
    )


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")


def _why_not_open(path: Path, error: duckdb.IOException) -> str:
    reason = str(error).splitlines()[0]
    if "lock" in reason.lower():
        return f"{path} is in use: {reason} Wait until that process ends, then try again."
    return f"{path} cannot be opened: {reason}"


def _refuse_what_changes_type(table: str, frame: pl.DataFrame) -> None:
    """DuckDB gives a duration back as an interval, and a column without type as integers.

    Tables that are files would keep them, but other readers of Parquet know neither.
    """
    for column, dtype in frame.schema.items():
        if isinstance(dtype, pl.Duration | pl.Null):
            raise WarehouseError(
                f"{table}.{column} is of type {dtype}, which the warehouse would change. "
                "Cast it first (durations to seconds)."
            )
