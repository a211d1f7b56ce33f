"""The records behind the cells: each fact as `evidence_<fact>/<month>.parquet`.

Holds how facts are cut into files, and which of their columns stay behind: nobody's single rating
leaves the warehouse. A month whose bytes equal the last edition's shares its file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from assets.published.folder import share
from assets.published.manifest import Table, sha256
from assets.warehouse import Warehouse

UNDATED = "undated"
ROW_GROUP = 131_072
COMPRESSION_LEVEL = 1  # of zstd: a third less time than the default, for 4 % more bytes
PRIVATE = frozenset({"score", "scale_low", "scale_high", "is_good", "comment", "free_text"})
RATINGS = "fact_ticket_ratings"
# Of ratings only what is named here is shown, so that a new column is not published by accident.
SHOWN_OF_RATINGS = frozenset(
    {
        "event_id",
        "source",
        "url",
        "scope_set",
        "service",
        "tool",
        "offering",
        "entered_at",
        "is_answered",
        "is_spam",
    }
)


@dataclass(frozen=True)
class Evidence:
    """One fact to show; `entered_at` is the column by whose month it is cut."""

    fact: str
    entered_at: str

    @property
    def name(self) -> str:
        """The table's name in the edition."""
        return f"evidence_{self.fact}"


def evidence_of(catalogue: pl.DataFrame) -> list[Evidence]:
    """Each fact of the catalogue, cut where its headline KPI's cohort enters, else its first KPI's.

    Facts that only serve to make other facts show nothing of a cell, and stay in the warehouse.
    """
    facts = (
        catalogue.sort("is_headline", descending=True, maintain_order=True)
        .unique("fact", keep="first", maintain_order=True)
        .select("fact", "entered_at")
    )
    return [Evidence(fact, entered_at) for fact, entered_at in facts.sort("fact").iter_rows()]


def write_evidence(
    store: Warehouse, evidence: Evidence, folder: Path, previous: Path | None, zone: str
) -> Table:
    """Write one fact into `folder`, a file per local month; unchanged files are shared.

    `previous` is the folder of the last edition. Rows whose column is null are in `undated`.
    """
    (folder / evidence.name).mkdir()
    rows, files = 0, {}
    with store.connect() as connection:
        for month, frame in _months(connection, evidence, zone):
            file = f"{evidence.name}/{month}.parquet"
            path = folder / file
            frame.write_parquet(path, row_group_size=ROW_GROUP, compression_level=COMPRESSION_LEVEL)
            files[file] = sha256(path)
            if previous is not None:
                _share_if_equal(path, files[file], previous / file)
            rows += frame.height
    return Table(rows, files)


def _months(
    connection: duckdb.DuckDBPyConnection, evidence: Evidence, zone: str
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Frames in a fixed order of rows, so that equal rows make equal bytes."""
    names = connection.execute(f'SELECT * FROM "{evidence.fact}" LIMIT 0').pl().columns
    shown = [name for name in names if _is_shown(evidence.fact, name)]
    columns = ", ".join(f'"{name}"' for name in shown)
    select = f'SELECT {columns} FROM "{evidence.fact}" WHERE '
    at = f'"{evidence.entered_at}"'
    [(first, last)] = connection.execute(
        f'SELECT min({at}), max({at}) FROM "{evidence.fact}"'
    ).fetchall()
    for begin, end in _local_months(first, last, zone):
        chosen = connection.execute(f"{select} {at} >= ? AND {at} < ?", [begin, end]).pl()
        if chosen.height:
            yield f"{begin:%Y-%m}", chosen.sort(evidence.entered_at, "event_id")
    undated = connection.execute(f"{select} {at} IS NULL").pl()
    if undated.height or first is None:  # a fact without rows still shows its columns
        yield UNDATED, undated.sort("event_id")


def _local_months(
    first: datetime | None, last: datetime | None, zone: str
) -> Iterator[tuple[datetime, datetime]]:
    if first is None or last is None:
        return
    local = first.astimezone(ZoneInfo(zone))
    begin = datetime(local.year, local.month, 1, tzinfo=local.tzinfo)
    while begin <= last:
        year, month = divmod(begin.year * 12 + begin.month, 12)
        end = datetime(year, month + 1, 1, tzinfo=local.tzinfo)
        yield begin, end
        begin = end


def _is_shown(fact: str, column: str) -> bool:
    return column in SHOWN_OF_RATINGS if fact == RATINGS else column not in PRIVATE


def _share_if_equal(path: Path, digest: str, earlier: Path) -> None:
    """The earlier file is hashed itself: one damaged on the disk must not come back."""
    if not earlier.is_file() or earlier.stat().st_size != path.stat().st_size:
        return
    if sha256(earlier) == digest:
        share(path, earlier)
