"""`conformed_record_fates`: where every delivered line went, so that nothing is lost unseen.

Per feed, the lines read = conformed + superseded + quarantined + masked. A record that gives
several rows counts once: as quarantined if one of them is, else as masked if one of them is.
"""

from functools import partial
from typing import Any

import dagster as dg
import polars as pl

from assets.conformed import rejects
from assets.conformed.conform import LEFT_OUT
from assets.conformed.quarantine import LEFT_OUT_TABLES
from assets.raw.versions import FATES

# Below this many records a share of rejects says little, and one bad line would stop a run.
ENOUGH_RECORDS = 100
SCHEMA: dict[str, pl.DataType] = {
    **FATES,
    "rejected": pl.UInt32(),  # records of the row that broke a rule
    "reject_ratio": pl.Float64(),  # of the feed, where it has enough records
    "reject_ratio_of_few": pl.Float64(),  # … where it has not
}


def _at_most(column: str, severity: str) -> dict[str, Any]:
    return {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": column, "max_value": {"$PARAMETER": "max_reject_ratio"}},
        "severity": severity,
        "sentence": partial(rejects.sentence, column),
    }


EXPECTATIONS = (_at_most("reject_ratio", "error"), _at_most("reject_ratio_of_few", "warning"))


@dg.asset(
    deps=["conformed_quarantine"],  # whose records are named when there are too many of them
    ins={table: dg.AssetIn() for table in LEFT_OUT_TABLES},
)
def conformed_record_fates(raw_newest: pl.LazyFrame, **left_out: pl.LazyFrame) -> pl.DataFrame:
    """Per feed: how many lines were conformed, superseded, quarantined or masked, and why.

    `reject_ratio` is the feed's share of records that broke a rule, of those and the conformed;
    records that the source's map set aside for what they are do not count as rejects. Lines
    without a key count as long as their path holds them (`assets.raw.redelivered`).
    """
    return fates(raw_newest, [left_out[table] for table in LEFT_OUT_TABLES]).collect()


def fates(so_far: pl.LazyFrame, left_out: list[pl.LazyFrame]) -> pl.LazyFrame:
    """The fates up to the newest versions (FATES), and those of the entities (LEFT_OUT)."""
    feed = ["source", "feed"]
    later = (
        pl.concat([pl.LazyFrame(schema=LEFT_OUT), *left_out])
        .sort("fate", "rule", descending=[True, False])
        .unique([*feed, "record_key"], keep="first", maintain_order=True)
    )
    moved = later.group_by(feed).agg(
        fate=pl.lit("conformed"), rule=pl.lit(""), records=-pl.len().cast(pl.Int64)
    )
    set_aside = later.filter(~pl.col("is_breach")).select(*feed, "rule").unique()
    newest = so_far.with_columns(
        pl.col("records").cast(pl.Int64), pl.col("fate").replace("newest", "conformed")
    )
    left = later.group_by(*feed, "fate", "rule").agg(records=pl.len().cast(pl.Int64))
    return (
        pl.concat([newest, left, moved])
        .group_by(*feed, "fate", "rule")
        .agg(pl.col("records").sum())
        .filter(pl.col("records") != 0)
        .join(set_aside.with_columns(_is_set_aside=True), on=[*feed, "rule"], how="left")
        .with_columns(rejected=_rejected())
        .with_columns(**_reject_ratios())
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .sort(*feed, "fate", "rule")
    )


def _rejected() -> pl.Expr:
    is_reject = (pl.col("fate") == "quarantined") & pl.col("_is_set_aside").is_null()
    return pl.when(is_reject).then("records").otherwise(0)


def _reject_ratios() -> dict[str, pl.Expr]:
    rejected = pl.col("rejected").sum().over("source", "feed")
    is_conformed = pl.col("fate") == "conformed"
    conformed = pl.when(is_conformed).then("records").sum().over("source", "feed")
    judged = rejected + conformed
    ratio = pl.when(judged > 0).then(rejected / judged)
    is_enough = judged >= ENOUGH_RECORDS
    return {
        "reject_ratio": pl.when(is_enough).then(ratio),
        "reject_ratio_of_few": pl.when(~is_enough).then(ratio),
    }
