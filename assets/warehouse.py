"""The warehouse: a DuckDB file in which the stages keep their tables between runs.

Holds how a table is read, replaced and appended to, and the version of the file's own
layout. What the tables mean is the stages' business; who may write is the run lock's.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl
from polars.io.plugins import register_io_source

from assets.errors import WarehouseError

# Entry k holds the statements that lead from version k to version k + 1.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    ("CREATE TABLE warehouse_version AS SELECT 0::INTEGER AS version",),
)


class Warehouse:
    """The tables in one DuckDB file. Frames go in and out as polars; instants are UTC."""

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
            return _tables(connection)

    def has(self, table: str) -> bool:
        """Whether the table was ever written."""
        return table in self.tables()

    def read(self, table: str) -> pl.LazyFrame:
        """The table, in the order it was written; only the columns that a query uses are decoded.

        Raises WarehouseError if the table is not there.
        """
        with self.connect() as connection:
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
        """Put the frame in the table's place, all or nothing; returns its rows."""
        create = f"CREATE OR REPLACE TABLE {_quoted(table)} AS SELECT * FROM incoming_0"
        self._write({table: frame}, [create])
        return frame.height

    def append(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Add rows to several tables, all of them or none; missing tables are made."""
        statements = []
        for position, table in enumerate(frames):
            incoming, name = f"incoming_{position}", _quoted(table)
            statements += [
                f"CREATE TABLE IF NOT EXISTS {name} AS SELECT * FROM {incoming} LIMIT 0",
                f"INSERT INTO {name} BY NAME SELECT * FROM {incoming}",
            ]
        self._write(frames, statements)

    def execute(self, connection: duckdb.DuckDBPyConnection, statement: str) -> None:
        """Run one statement of a transaction (where tests stop the process)."""
        connection.execute(statement)

    def _write(self, frames: Mapping[str, pl.DataFrame], statements: list[str]) -> None:
        for table, frame in frames.items():
            _refuse_what_changes_type(table, frame)
        with self.connect() as connection:
            for position, frame in enumerate(frames.values()):
                connection.register(f"incoming_{position}", frame)
            try:
                for statement in ["BEGIN", *statements, "COMMIT"]:
                    self.execute(connection, statement)
            except (duckdb.IOException, duckdb.TransactionException) as error:
                raise WarehouseError(
                    f"{', '.join(frames)} could not be written to {self.path}: {error} "
                    "The warehouse is as it was before. Free some disk space, then run again."
                ) from error

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


def _why_not_open(path: Path, error: duckdb.IOException) -> str:
    reason = str(error).splitlines()[0]
    if "lock" in reason.lower():
        return f"{path} is in use: {reason} Wait until that process ends, then try again."
    return f"{path} cannot be opened: {reason}"


def _refuse_what_changes_type(table: str, frame: pl.DataFrame) -> None:
    """DuckDB gives a duration back as an interval, and a column without type as integers."""
    for column, dtype in frame.schema.items():
        if isinstance(dtype, pl.Duration | pl.Null):
            raise WarehouseError(
                f"{table}.{column} is of type {dtype}, which the warehouse would change. "
                "Cast it first (durations to seconds)."
            )
