"""The sentence and the next question of each row of `tradeoff_attribute_map`.

Plain words made from the row's own numbers and from the measure that pulls its promise down most.
Judges nothing: the verdict is in the row.
"""

import polars as pl

from assets.kpis import phrases
from assets.tradeoffs.scoring import EXCELLENT, spoken

KEY = ["segment", "promise"]
BORDERS = (2.5, 3.0, 4.0)
VERDICT_WORDS = {
    "excels_where_it_counts": "excels where it counts",
    "serves": "served",
    "under_served": "under-served",
    "over_served": "better than it needs to be",
    "fits": "good enough for what it matters",
    "weak_undeclared": "weak, and nobody has decided that",
}


def with_sentences(
    rows: pl.DataFrame, scores: pl.DataFrame, segments: pl.DataFrame
) -> pl.DataFrame:
    """Adds `sentence` and `next_question` (null unless something is weak that should not be)."""
    named = rows.join(
        segments.select("segment", segment_name="name"), on="segment", maintain_order="left"
    )
    return (
        named.join(_weakest(scores), on=KEY, how="left", maintain_order="left")
        .with_columns(sentence=_sentence(), next_question=_next_question())
        .drop("segment_name", "measure", "measure_name", "is_targeted")
    )


def _weakest(scores: pl.DataFrame) -> pl.DataFrame:
    """Per promise the measure with the largest weighted shortfall, said in words."""
    unit = phrases.spoken_unit(pl.col("unit"), pl.col("duration"))
    value, low, high = (pl.col(column) for column in ("value", "low", "high"))
    measure = pl.format(
        "{} was {}{} ({}), target {}",
        "name",
        phrases.amount(value, unit),
        phrases.statistic(pl.col("statistic")),
        phrases.interval(low, high, value, unit),
        phrases.amount(pl.col("target"), unit),
    )
    shortfall = pl.col("weight") * (EXCELLENT - pl.col("score"))
    return (
        scores.with_columns(measure=measure, shortfall=shortfall)
        .sort("shortfall", "kpi", "statistic", descending=[True, False, False], nulls_last=True)
        .group_by(KEY, maintain_order=True)
        .agg(
            pl.col("measure").first(),
            measure_name=pl.col("name").first(),
            is_targeted=pl.col("target").is_not_null().any(),
        )
    )


def _sentence() -> pl.Expr:
    score = spoken("performance", BORDERS)
    return (
        pl.when(pl.col("performance").is_null())
        .then(pl.format("{} and cannot be scored: {}.", _opening(), _why_not_scored()))
        .when(pl.col("importance_stated").is_null())
        .then(pl.format("{}; it scores {}. {}.{}", _opening(), score, "measure", _missing()))
        .otherwise(
            pl.format(
                "{} and scores {}: {}. {}.{}", _opening(), score, _verdict(), "measure", _missing()
            )
        )
    )


def _opening() -> pl.Expr:
    """`For Regulated, support matters (5 of 5)`."""
    stated = pl.col("importance_stated")
    how = (
        pl.when(stated >= 4)
        .then(pl.lit(""))
        .when(stated >= 3)
        .then(pl.lit(" somewhat"))
        .otherwise(pl.lit(" little"))
    )
    return (
        pl.when(stated.is_null())
        .then(pl.format("For {}, nobody has stated how much {} matters", "segment_name", "promise"))
        .otherwise(
            pl.format(
                "For {}, {} matters{} ({} of 5)",
                "segment_name",
                "promise",
                how,
                phrases.number(stated),
            )
        )
    )


def _verdict() -> pl.Expr:
    on_purpose = pl.format("bad on purpose since {}, decided by {}", "since", "owner_role")
    return (
        pl.when(pl.col("verdict") == "bad_on_purpose")
        .then(on_purpose)
        .when(pl.col("n_uncertain") > 0)
        .then(pl.lit("unknown, as a measure that has a value is not certain enough to judge by"))
        .when(pl.col("verdict") == "unknown")
        .then(pl.lit("unknown, as the interval reaches from weak to excellent"))
        .when(pl.col("is_declared_bad") & (pl.col("verdict") == "under_served"))
        .then(pl.lit("under-served, though declared bad on purpose: only one of them can be meant"))
        .otherwise(
            pl.col("verdict").replace_strict(VERDICT_WORDS, default=None, return_dtype=pl.String)
        )
    )


def _why_not_scored() -> pl.Expr:
    measures = pl.col("n_kpis")
    return (
        pl.when(measures == 0)
        .then(pl.lit("no headline KPI measures it yet"))
        .when(~pl.col("is_targeted"))
        .then(pl.lit("no target of this segment is set for it in plumbline.toml"))
        .when(measures == 1)
        .then(pl.lit("its only measure is not certain enough in the newest complete period"))
        .otherwise(
            pl.format(
                "none of its {} measures is certain enough in the newest complete period", measures
            )
        )
    )


def _missing() -> pl.Expr:
    """` 1 of 3 measures is missing.`, or nothing."""
    missing = pl.col("n_missing")
    verb = pl.when(missing == 1).then(pl.lit("is")).otherwise(pl.lit("are"))
    return (
        pl.when(missing > 0)
        .then(pl.format(" {} of {} measures {} missing.", missing, "n_kpis", verb))
        .otherwise(pl.lit(""))
    )


def _next_question() -> pl.Expr:
    pulls = pl.format("what holds {} back", "measure_name")
    return (
        pl.when(pl.col("verdict") == "under_served")
        .then(pl.format("For {}, {}, and what would give way for it?", "segment_name", pulls))
        .when(pl.col("verdict") == "weak_undeclared")
        .then(
            pl.format(
                "Is {} meant to be weak for {}? If so, declare it with its reason and owner; if "
                "not, {}?",
                "promise",
                "segment_name",
                pulls,
            )
        )
    )
