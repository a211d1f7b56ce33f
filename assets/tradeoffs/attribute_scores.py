"""The scores behind `tradeoff_attribute_map`: one row per segment, headline KPI and statistic.

Chooses the period and holds each cell against the segment's own targets (performance) and against
the scale common to all (position). Gives no verdict; the choices come from `choices`.
"""

import polars as pl

from assets.tradeoffs.choices import PROMISES
from assets.tradeoffs.scoring import scored

SCALE = ("poor", "target", "excellent", "weight")
PERIOD = ("period_kind", "period_start_on", "period_end_on")
# Answers rest on a quarter; a home that has seen no complete one answers from the last 28 days.
VERDICT_PERIOD, YOUNG_PERIOD = "quarter", "trailing_28d"
KEY = ("segment", "promise", "kpi", "statistic")


def verdict_periods(cells: pl.DataFrame) -> pl.DataFrame:
    """Per KPI the period that answers rest on: `kpi, period_kind, period_start_on, period_end_on`.

    It is the newest complete quarter in which no headline KPI of the organisation is immature (the
    newest complete one if there is none), the same for all KPIs, because a promise is not judged
    by measures of different times. Without any complete quarter it is each KPI's newest trailing 28
    days. No complete period at all, no row.
    """
    ended = cells.filter(pl.col("is_complete"), pl.col("scope_kind") == "organisation")
    quarter = (
        ended.filter(pl.col("period_kind") == VERDICT_PERIOD)
        .group_by(PERIOD)
        .agg(is_mature=~pl.col("is_immature").any())
        .sort("is_mature", "period_start_on", descending=True)
        .select(PERIOD)
        .head(1)
    )
    if quarter.height:
        return cells.select(pl.col("kpi").unique(maintain_order=True)).join(quarter, how="cross")
    return (
        ended.filter(pl.col("period_kind") == YOUNG_PERIOD)
        .sort("period_end_on")
        .unique("kpi", keep="last", maintain_order=True)
        .select("kpi", *PERIOD)
    )


def attribute_scores(
    cells: pl.DataFrame, catalogue: pl.DataFrame, targets: pl.DataFrame, segments: pl.DataFrame
) -> pl.DataFrame:
    """Every headline KPI of every segment, scored where its cell is certain and a target is set.

    Columns: `KEY`, the cell's, `poor target excellent weight` (the segment's own), `score*` and
    `position*` with their ends, `position_weight`, `is_expected`: the row counts for performance or
    is missing from it. A KPI has a row per statistic that a target is set for, else one for its
    headline statistic.
    """
    asked = _asked(catalogue, targets, segments)
    period = verdict_periods(cells)
    measured = cells.filter(pl.col("scope_kind") == "segment").join(period, on=["kpi", *PERIOD])
    rows = asked.join(
        measured.drop("promise", "unit").rename({"scope": "segment"}),
        on=["segment", "kpi", "statistic"],
        how="left",
        maintain_order="left",
    ).with_columns(pl.col("value_state").fill_null("not_covered"))
    common = [pl.col(f"common_{column}").alias(column) for column in SCALE[:3]]
    position = scored(rows.with_columns(common), "position")
    return scored(rows, "score").with_columns(
        position.select(pl.col("^position.*$").exclude("position_weight"))
    )


def _asked(catalogue: pl.DataFrame, targets: pl.DataFrame, segments: pl.DataFrame) -> pl.DataFrame:
    """Which segment, KPI and statistic is scored against what; both scales' columns."""
    headline = catalogue.filter("is_headline").select(
        "promise", "unit", "duration", "headline_statistic", "name", kpi="id"
    )
    own = targets.filter(pl.col("segment") != "")
    common = targets.filter(pl.col("segment") == "").select(
        "kpi", "statistic", *(pl.col(column).alias(f"common_{column}") for column in SCALE)
    )
    pairs = segments.select("segment").join(headline, how="cross")
    key = ["segment", "kpi", "statistic"]
    by_own = own.select(key)
    by_common = segments.select("segment").join(common.select("kpi", "statistic"), how="cross")
    by_default = pairs.select("segment", "kpi", statistic="headline_statistic").join(
        own, on=["segment", "kpi"], how="anti"
    )
    return (
        pl.concat([by_own, by_common, by_default])
        .unique()
        .join(pairs, on=["segment", "kpi"])
        .join(own, on=key, how="left")
        .join(common, on=["kpi", "statistic"], how="left")
        .with_columns(
            is_duration=pl.col("unit") == "seconds",
            is_expected=pl.when(pl.col("target").is_not_null().any().over("segment", "kpi"))
            .then(pl.col("target").is_not_null())
            .otherwise(pl.col("statistic") == pl.col("headline_statistic")),
        )
        .rename({"common_weight": "position_weight"})
        .sort(pl.col("promise").cast(pl.Enum(PROMISES)), "segment", "kpi", "statistic")
    )
