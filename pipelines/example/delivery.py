"""Puts payloads into the inbox: one gzipped file of JSON lines per feed and quarter.

Some records are delivered twice, the second time with the next quarter. The same payloads give
the same bytes: gzip is told no time and no name.
"""

import gzip
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from pipelines.example.payloads import KNOWN_AT
from pipelines.example.trouble import odd_lines
from pipelines.example.world import QUARTERS, quarter_of

EVERY_TWICE = 149  # of so many records one comes twice
COMPRESSION = 4  # three quarters of the time of the default, a tenth larger
LAST_QUARTER = len(QUARTERS) - 2  # the one before AS_OF


def deliver(inbox: Path, system: str, entity: str, payloads: pl.DataFrame) -> None:
    """Write a feed's files; the newest also holds the feed's odd lines."""
    folder = inbox / system / entity
    folder.mkdir(parents=True, exist_ok=True)
    quarter = pl.Series("quarter", quarter_of(payloads[KNOWN_AT].to_numpy()))
    marked = payloads.drop(KNOWN_AT).with_columns(quarter)
    again = marked.gather_every(EVERY_TWICE).with_columns(
        pl.min_horizontal(pl.col("quarter") + 1, LAST_QUARTER).alias("quarter")
    )
    by_quarter = pl.concat([marked, again]).sort("quarter", maintain_order=True)
    files = by_quarter.partition_by("quarter", as_dict=True, include_key=False)
    newest = by_quarter["quarter"].max()

    def write(file: tuple[tuple[int], pl.DataFrame]) -> None:
        (number,), records = file
        odd = odd_lines(system, entity) if number == newest else []
        content = _lines(records) + b"".join(line + b"\n" for line in odd)
        packed = gzip.compress(content, compresslevel=COMPRESSION, mtime=0)
        (folder / f"{QUARTERS[number]}.jsonl.gz").write_bytes(packed)

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(write, files.items()))


def _lines(records: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    records.write_ndjson(buffer)
    return buffer.getvalue()
