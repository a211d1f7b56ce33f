"""The kinds of file that can be delivered: NDJSON, JSON, CSV and parquet, cut into records.

Each reader takes the decompressed content and the feed's entity, and gives the records
(`line` UInt32, `payload` String) with the file's columns, or None where each record has its
own. What is no record at all raises Malformed.
"""

import csv as csv_module
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from assets.raw.decode import literal

Records = tuple[pl.DataFrame, list[str] | None]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SEPARATORS = ",;\t|"


class Malformed(Exception):
    """The content is not of the kind that the file's name says."""


def lines(content: bytes, _entity: str = "") -> Records:
    """NDJSON: one record a line; blank lines count as nothing."""
    text = content.removeprefix(_BYTE_ORDER_MARK)
    if not text:
        return _numbered(pl.Series("payload", [], dtype=pl.String)), None
    try:
        frame = pl.read_lines(text, name="payload", row_index_name="line", row_index_offset=1)
    except pl.exceptions.ComputeError:
        _text(content)  # says which byte it is
        raise
    kept = frame.with_columns(pl.col("payload").str.strip_chars()).filter(pl.col("payload") != "")
    return kept.select(pl.col("line").cast(pl.UInt32), "payload"), None


def document(content: bytes, entity: str) -> Records:
    """JSON: a list of records, `{"<entity>": [...]}`, one record, or NDJSON by another name."""
    text = _text(content).decode()
    if not text.strip():
        return lines(b"")
    whole = pl.DataFrame({"payload": [text]})
    with duckdb.connect() as connection:
        connection.register("whole", whole)
        [(is_valid,)] = connection.execute("SELECT json_valid(payload) FROM whole").fetchall()
        if not is_valid:
            return _lines_after_all(content)
        path = literal(f'$."{entity}"')
        records = connection.execute(
            f"""
            SELECT unnest(CASE
                WHEN json_type(payload) = 'ARRAY' THEN json_extract(payload, '$[*]')::VARCHAR[]
                WHEN json_type(payload, {path}) = 'ARRAY'
                THEN json_extract(json_extract(payload, {path}), '$[*]')::VARCHAR[]
                ELSE [payload]
            END) AS payload FROM whole
            """
        ).pl()
    return _numbered(records.to_series()), None


def csv(content: bytes, _entity: str = "") -> Records:
    """CSV with a header, separated by comma, semicolon, tab or bar: every value is text.

    A line with too many or too few values is handed on as it stands, for quarantine.
    """
    text = _text(content)
    columns, separator = _header(text)
    if not columns:
        raise Malformed("it is empty, not even a header.")
    typed = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
    with _as_file(text) as path, duckdb.connect() as connection:
        good = connection.execute(
            f"""
            SELECT to_json(t)::VARCHAR AS payload FROM read_csv({literal(str(path))},
                delim = {literal(separator)}, quote = '"', escape = '"', header = true,
                auto_detect = false, columns = {{{typed}}}, store_rejects = true,
                rejects_limit = 0, max_line_size = 20000000) AS t
            """
        ).pl()
        bad = connection.execute(
            "SELECT any_value(csv_line) AS payload FROM reject_errors GROUP BY line ORDER BY line"
        ).pl()
    every = pl.concat([good, bad.select(pl.col("payload").str.strip_chars())])
    return _numbered(every.to_series(), first=2), columns


def parquet(content: bytes, _entity: str = "") -> Records:
    """Parquet: each row as a JSON object, instants in UTC."""
    with _as_file(content) as path, duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        table = f"read_parquet({literal(str(path))})"
        columns = connection.execute(f"SELECT * FROM {table} LIMIT 0").pl().columns
        rows = connection.execute(f"SELECT to_json(t)::VARCHAR AS payload FROM {table} AS t").pl()
    return _numbered(rows.to_series()), columns


def _text(content: bytes) -> bytes:
    """The content, known to be UTF-8, without a byte order mark."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(
            f"byte {error.start} is {content[error.start]:#04x}, so it is not UTF-8. "
            "Save it as UTF-8."
        ) from None
    return content.removeprefix(_BYTE_ORDER_MARK)


def _numbered(payloads: pl.Series, first: int = 1) -> pl.DataFrame:
    frame = payloads.cast(pl.String).to_frame("payload").with_row_index("line", offset=first)
    return frame.select(pl.col("line").cast(pl.UInt32), "payload")


def _lines_after_all(content: bytes) -> Records:
    records, columns = lines(content)
    with duckdb.connect() as connection:
        connection.register("first_line", records.head(1))
        [(is_line,)] = connection.execute("SELECT json_valid(payload) FROM first_line").fetchall()
    if not is_line:
        raise Malformed("it is no valid JSON.")
    return records, columns


def _header(text: bytes) -> tuple[list[str], str]:
    """Names of the columns (repeated ones numbered) and what separates them."""
    first = text.split(b"\n", 1)[0].decode().rstrip("\r")
    separator = max(_SEPARATORS, key=first.count)
    names = next(csv_module.reader(io.StringIO(first), delimiter=separator), [])
    counted = [
        name if name not in names[:place] else f"{name}_{place}" for place, name in enumerate(names)
    ]
    return [name or f"column_{place}" for place, name in enumerate(counted)], separator


@contextmanager
def _as_file(content: bytes) -> Iterator[Path]:
    """The content as a temporary file, because DuckDB reads CSV and parquet from paths only."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        yield Path(file.name)
