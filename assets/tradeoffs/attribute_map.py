"""Whom do we serve? Importance against performance, per segment and promise (DESIGN §5.1).

Holds the verdict and its borders, and the assets `tradeoff_attribute_map` and
`tradeoff_attribute_kpis`. Which cells count and their scores are in `attribute_scores`, the
sentences in `attribute_sentences`.
"""

from datetime import date

import dagster as dg
import polars as pl

from assets.configuration import Configuration
from assets.home import Home
from assets.kpis.tables import KPI_TABLES, all_cells
from assets.tradeoffs import choices
from assets.tradeoffs.attribute_scores import (
    KEY,
    PERIOD,
    VERDICT_PERIOD,
    YOUNG_PERIOD,
    attribute_scores,
)
from assets.tradeoffs.attribute_sentences import with_sentences
from assets.tradeoffs.scoring import mean_score, unsliced_cells

# From here on a promise is important to a segment.
IMPORTANT = 4.0
# Borders of performance where a promise is important: under_served | serves | excels …
SERVES, EXCELS = 3.0, 4.0
# … and where it is not: bad_on_purpose or weak_undeclared | fits | over_served.
FITS, OVER_SERVED = 2.5, 4.0
VERDICTS = (
    "excels_where_it_counts",
    "serves",
    "under_served",
    "over_served",
    "fits",
    "bad_on_purpose",
    "weak_undeclared",
    "unknown",
)

MAP_COLUMNS = (
    "segment",
    "promise",
    "importance_stated",
    "performance",
    "performance_low",
    "performance_high",
    "position",
    "position_low",
    "position_high",
    "verdict",
    "n_kpis",
    "n_missing",
    "n_uncertain",
    "is_declared_bad",
    "since",
    "why",
    "owner_role",
    *PERIOD,
    "missing",
    "sentence",
    "next_question",
)
KPI_COLUMNS = (
    *KEY,
    "value",
    "low",
    "high",
    "unit",
    "value_state",
    "n",
    "poor",
    "target",
    "excellent",
    "score",
    "score_low",
    "score_high",
    "position",
    "weight",
)


def verdict() -> pl.Expr:
    """Exactly one of `VERDICTS`, from importance, performance, its interval and a declaration.

    Each branch has two borders and thus three classes: 3 and 4 where the promise is important, 2.5
    and 4 where it is not. A score on a border belongs to the class above it. `unknown`: nothing is
    scored, no importance is stated, a measure of it has a value that is not certain (few events,
    not mature, a late source: left out it could flatter), or the interval crosses both borders of
    its branch, that is, reaches from the lowest class into the highest. Whether a weakness is
    declared is no border: that is known for certain.
    """
    is_important = pl.col("importance_stated") >= IMPORTANT
    lower = pl.when(is_important).then(SERVES).otherwise(FITS)
    upper = pl.when(is_important).then(EXCELS).otherwise(OVER_SERVED)
    crosses_both = (pl.col("performance_low") < lower) & (pl.col("performance_high") >= upper)
    nothing_known = pl.any_horizontal(
        pl.col("importance_stated", "performance", "performance_low", "performance_high").is_null()
    )
    best = pl.when(is_important).then(pl.lit("excels_where_it_counts"))
    middle = pl.when(is_important).then(pl.lit("serves"))
    lowest = (
        pl.when(is_important)
        .then(pl.lit("under_served"))
        .when("is_declared_bad")
        .then(pl.lit("bad_on_purpose"))
        .otherwise(pl.lit("weak_undeclared"))
    )
    return (
        pl.when(nothing_known | (pl.col("n_uncertain") > 0) | crosses_both)
        .then(pl.lit("unknown"))
        .when(pl.col("performance") >= upper)
        .then(best.otherwise(pl.lit("over_served")))
        .when(pl.col("performance") >= lower)
        .then(middle.otherwise(pl.lit("fits")))
        .otherwise(lowest)
        .alias("verdict")
    )


def attribute_map(
    scores: pl.DataFrame, importance: pl.DataFrame, declared: pl.DataFrame
) -> pl.DataFrame:
    """The map without its sentences: one row per segment and promise of `importance`.

    `n_kpis` counts all its measures, `n_missing` those of them that do not count and `n_uncertain`
    those of the missing that do have a value.
    """
    is_missing = pl.col("is_expected") & pl.col("score").is_null()
    is_uncertain = is_missing & pl.col("value").is_not_null() & pl.col("target").is_not_null()
    promises = scores.group_by("segment", "promise").agg(
        *mean_score("score", "performance"),
        *mean_score("position", "position", weight="position_weight"),
        pl.col("is_expected").sum().cast(pl.UInt32).alias("n_kpis"),
        n_missing=is_missing.sum().cast(pl.UInt32),
        n_uncertain=is_uncertain.sum().cast(pl.UInt32),
        period_kind=pl.col("period_kind").drop_nulls().first(),
        period_start_on=pl.col("period_start_on").min(),
        period_end_on=pl.col("period_end_on").max(),
    )
    return (
        importance.join(promises, on=["segment", "promise"], how="left", maintain_order="left")
        .join(declared, on=["segment", "promise"], how="left", maintain_order="left")
        .with_columns(
            pl.col("n_kpis", "n_missing", "n_uncertain").fill_null(0),
            is_declared_bad=pl.col("since").is_not_null(),
        )
        .with_columns(verdict())
    )


def answered(
    configuration: Configuration, on: date, cells: pl.LazyFrame, catalogue: pl.LazyFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The map with its sentences, and the scores behind it, by the choices of that day."""
    known = catalogue.collect()
    targets = choices.fitting_targets(choices.targets(configuration, on), known)
    segments = choices.segments(configuration, on)
    headline = known.filter("is_headline").get_column("id")
    measured = unsliced_cells(
        cells, headline, ("organisation", "segment"), (VERDICT_PERIOD, YOUNG_PERIOD)
    )
    scores = attribute_scores(measured, known, targets, segments)
    rows = attribute_map(
        scores, choices.importance(configuration, on), choices.declared_bad(configuration, on)
    )
    return with_sentences(rows, scores, segments).select(MAP_COLUMNS), scores


@dg.asset(ins={table: dg.AssetIn(table) for table in KPI_TABLES})
def tradeoff_attribute_map(
    home: Home, kpi_catalogue: pl.LazyFrame, **kpi_tables: pl.LazyFrame
) -> pl.DataFrame:
    """Per segment and promise: how much it matters, how well it is kept, and the verdict."""
    on, cells = choices.as_of_on(home), all_cells(kpi_tables)
    return answered(home.configuration, on, cells, kpi_catalogue)[0]


@dg.asset(ins={table: dg.AssetIn(table) for table in KPI_TABLES})
def tradeoff_attribute_kpis(
    home: Home, kpi_catalogue: pl.LazyFrame, **kpi_tables: pl.LazyFrame
) -> pl.DataFrame:
    """The scores behind `tradeoff_attribute_map`; `score` is null where the cell does not count."""
    on, cells = choices.as_of_on(home), all_cells(kpi_tables)
    return answered(home.configuration, on, cells, kpi_catalogue)[1].select(KPI_COLUMNS)
