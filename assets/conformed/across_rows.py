"""Rules that need more than the row: the version it was told by, and the other rows.

Holds what names a row's `_rule` from there. Rules of the row alone are in
`assets.conformed.contract`.
"""

from datetime import timedelta

import polars as pl

from assets.conformed.entity import Entity
from assets.schema import INSTANT

# A clock may be wrong by a day before an instant counts as one in the future.
CLOCK_TOLERANCE = timedelta(days=1)


def without_future(entity: Entity, rows: pl.DataFrame, late_versions: pl.LazyFrame) -> pl.DataFrame:
    """Name the first instant that lies after the version that tells of it came in."""
    instants = [
        name
        for name, dtype in entity.shape.columns.items()
        if dtype == INSTANT and name not in entity.may_lie_ahead
    ]

    def first_ahead(of: str) -> pl.Expr:
        latest = pl.col(of) + CLOCK_TOLERANCE
        ahead = [pl.when(pl.col(name) > latest).then(pl.lit(f"future_{name}")) for name in instants]
        return pl.coalesce(*ahead, pl.lit(None, pl.String))

    suspects = rows.with_row_index("_row").filter(
        pl.col("_rule").is_null() & first_ahead("ingested_at").is_not_null()
    )
    if suspects.is_empty():
        return rows
    found = (
        suspects.join(
            late_versions.collect(),
            left_on=("_system", "feed", "record_key"),
            right_on=("source", "feed", "record_key"),
            how="left",
        )
        .with_columns(pl.coalesce("version_ingested_at", "ingested_at").alias("_seen_at"))
        .select("_row", first_ahead("_seen_at").alias("_future"))
    )
    return (
        rows.with_row_index("_row")
        .join(found, on="_row", how="left", maintain_order="left")
        .with_columns(_rule=pl.coalesce("_rule", "_future"))
        .drop("_row", "_future")
    )


def without_duplicates(rows: pl.DataFrame, rule: str, key: tuple[str, ...]) -> pl.DataFrame:
    """Of rows with one key, keep the one updated last; the others break the rule.

    Keys are compared as 64-bit hashes first, because a `unique` over wide text keys takes
    six times the memory (DESIGN §9).
    """
    good = rows.with_row_index("_row").filter(pl.col("_rule").is_null())
    suspects = good.filter(pl.struct(key).hash().is_duplicated())
    if suspects.is_empty():
        return rows
    content = [name for name in rows.columns if not name.startswith("_")]
    losers = (
        suspects.with_columns(_content=pl.struct(content).hash())
        .sort(
            "updated_at",
            "_system",
            "feed",
            "record_key",
            "_content",
            descending=True,
            nulls_last=True,
        )
        .filter(pl.int_range(pl.len()).over(key) > 0)
    )
    is_loser = pl.col("_row").is_in(losers["_row"].implode())
    return (
        rows.with_row_index("_row")
        .with_columns(_rule=pl.when(is_loser).then(pl.lit(rule)).otherwise("_rule"))
        .drop("_row")
    )
