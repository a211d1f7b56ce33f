"""`conformed_record_fates`: where every delivered line went, so that nothing is lost unseen.

Per feed, the lines read = conformed + superseded + quarantined + masked. A record that gives
several rows counts once: as quarantined if one of them is, else as masked if one of them is.
"""

import dagster as dg
import polars as pl

from assets.conformed.conform import LEFT_OUT
from assets.conformed.quarantine import LEFT_OUT_TABLES
from assets.raw.versions import FATES

# Below this many records a share of rejects says little, and one bad line would stop a run.
ENOUGH_RECORDS = 100
SCHEMA: dict[str, pl.DataType] = {**FATES, "reject_ratio": pl.Float64()}
EXPECTATIONS = (
    {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "reject_ratio", "max_value": {"$PARAMETER": "max_reject_ratio"}},
        "severity": "error",
    },
)


@dg.asset(ins={table: dg.AssetIn() for table in LEFT_OUT_TABLES})
def conformed_record_fates(raw_newest: pl.LazyFrame, **left_out: pl.LazyFrame) -> pl.DataFrame:
    """Per feed: how many lines were conformed, superseded, quarantined or masked, and why.

    `reject_ratio` is the feed's share of records that broke a rule, of those and the conformed;
    records that the source's map set aside for what they are do not count as rejects.
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
        .with_columns(reject_ratio=_reject_ratio())
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .sort(*feed, "fate", "rule")
    )


def _reject_ratio() -> pl.Expr:
    is_reject = (pl.col("fate") == "quarantined") & pl.col("_is_set_aside").is_null()

    def records(which: pl.Expr) -> pl.Expr:
        return pl.when(which).then("records").sum().over("source", "feed")

    rejected, conformed = records(is_reject), records(pl.col("fate") == "conformed")
    judged = rejected + conformed
    return pl.when(judged >= ENOUGH_RECORDS).then(rejected / judged)
