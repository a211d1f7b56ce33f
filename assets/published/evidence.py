"""The records behind the cells: each fact as `evidence_<fact>/<month>.parquet`.

Holds how facts are cut into files, and which of their columns stay behind: nobody's single rating
leaves the warehouse. A month whose bytes equal the last edition's shares its file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.published.folder import share
from assets.published.manifest import Table, sha256
from assets.redaction import PRIVATE
from assets.warehouse import COMPRESSION_LEVEL, ROW_GROUP, Warehouse

UNDATED = "undated"
MOST_ROWS = 1_000_000  # in memory at once, all their texts with them
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
    for month, frame in _months(store.read(evidence.fact), evidence, zone):
        file = f"{evidence.name}/{month}.parquet"
        path = folder / file
        frame.write_parquet(path, row_group_size=ROW_GROUP, compression_level=COMPRESSION_LEVEL)
        files[file] = sha256(path)
        if previous is not None:
            _share_if_equal(path, files[file], previous / file)
        rows += frame.height
    return Table(rows, files)


def _months(
    fact: pl.LazyFrame, evidence: Evidence, zone: str
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Frames in a fixed order of rows, so that equal rows make equal bytes."""
    shown = [n for n in fact.collect_schema().names() if _is_shown(evidence.fact, n)]
    numbered = fact.with_columns(_month_number(evidence.entered_at, zone))
    sizes = numbered.group_by("month").agg(rows=pl.len()).sort("month").collect()
    for first, last in _batches(sizes.drop_nulls()):
        chosen = numbered.filter(pl.col("month").is_between(first, last))
        parts = chosen.select(*shown, "month").sort(evidence.entered_at, "event_id").collect()
        for (month,), part in parts.group_by("month", maintain_order=True):
            yield f"{month // 12}-{month % 12 + 1:02}", part.select(shown)
    undated = numbered.filter(pl.col("month").is_null()).select(shown).sort("event_id").collect()
    if undated.height or sizes.is_empty():  # a fact without rows still shows its columns
        yield UNDATED, undated


def _month_number(entered_at: str, zone: str) -> pl.Expr:
    """Months since the year 0, by the organisation's clock."""
    local = pl.col(entered_at).dt.convert_time_zone(zone).dt
    return (local.year() * 12 + local.month().cast(pl.Int32) - 1).alias("month")


def _batches(sizes: pl.DataFrame) -> Iterator[tuple[int, int]]:
    """The first and last month of what is sorted at once: together `MOST_ROWS`, or one month."""
    batch = (pl.col("rows").cum_sum() - 1) // MOST_ROWS
    found = sizes.group_by(batch, maintain_order=True).agg(
        first=pl.col("month").min(), last=pl.col("month").max()
    )
    yield from found.select("first", "last").iter_rows()


def _is_shown(fact: str, column: str) -> bool:
    return column in SHOWN_OF_RATINGS if fact == RATINGS else column not in PRIVATE


def _share_if_equal(path: Path, digest: str, earlier: Path) -> None:
    """The earlier file is hashed itself: one damaged on the disk must not come back."""
    if not earlier.is_file() or earlier.stat().st_size != path.stat().st_size:
        return
    if sha256(earlier) == digest:
        share(path, earlier)
