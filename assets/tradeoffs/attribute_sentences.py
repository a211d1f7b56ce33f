"""The sentence and the next question of each row of `tradeoff_attribute_map`.

Plain words made from the row's own numbers and from the measure that pulls its promise down most.
Judges nothing: the verdict is in the row.
"""

import polars as pl

from assets.kpis import phrases
from assets.tradeoffs.scoring import EXCELLENT, doubt, spoken

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
    """Adds `missing`, `sentence` and `next_question`.

    `missing` says which measures do not count, and why; `next_question` is null unless something is
    weak that should not be.
    """
    named = rows.join(
        segments.select("segment", segment_name="name"), on="segment", maintain_order="left"
    )
    return (
        named.join(_weakest(scores), on=KEY, how="left", maintain_order="left")
        .join(_missing(scores), on=KEY, how="left", maintain_order="left")
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
        phrases.evidence(low, high, value, unit, pl.col("n")),
        phrases.amount(pl.col("target"), unit, beside=value),
    )
    shortfall = pl.col("weight") * (EXCELLENT - pl.col("score"))
    return (
        scores.with_columns(measure=measure, shortfall=shortfall)
        .sort("shortfall", "kpi", "statistic", descending=[True, False, False], nulls_last=True)
        .group_by(KEY, maintain_order=True)
        .agg(
            pl.col("measure").first(),
            measure_name=phrases.inside(pl.col("name")).first(),
            is_targeted=pl.col("target").is_not_null().any(),
        )
    )


def _missing(scores: pl.DataFrame) -> pl.DataFrame:
    """Per promise `missing`: the measures that do not count, each with its reason."""
    why = doubt().fill_null("no target is set")
    n = pl.when("is_low_n").then(pl.format(", n {}", "n")).otherwise(pl.lit(""))
    measure = pl.format("{} ({}{})", phrases.inside(pl.col("name")), why, n)
    return (
        scores.filter(pl.col("is_expected") & pl.col("score").is_null())
        .group_by(KEY, maintain_order=True)
        .agg(missing=measure.unique(maintain_order=True).str.join(", "))
    )


def _sentence() -> pl.Expr:
    score = spoken("performance", BORDERS)
    return (
        pl.when(pl.col("performance").is_null())
        .then(pl.format("{} and cannot be scored: {}.", _opening(), _why_not_scored()))
        .when(pl.col("importance_stated").is_null())
        .then(pl.format("{}; it scores {}. {}.{}", _opening(), score, "measure", _not_counted()))
        .otherwise(
            pl.format(
                "{} and scores {}: {}. {}.{}",
                *(_opening(), score, _verdict(), "measure", _not_counted()),
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
    on_purpose = pl.format(
        "bad on purpose since {}, decided by {}", phrases.day(pl.col("since")), "owner_role"
    )
    return (
        pl.when(pl.col("verdict") == "bad_on_purpose")
        .then(on_purpose)
        .when(pl.col("n_uncertain") > 0)
        .then(pl.lit("unknown, as one of its measures is not sure enough"))
        .when(pl.col("verdict") == "unknown")
        .then(pl.lit("unknown, as the interval reaches from weak to excellent"))
        .when(pl.col("is_declared_bad") & (pl.col("verdict") == "under_served"))
        .then(pl.lit("under-served, though declared bad on purpose: only one of them can be meant"))
        .otherwise(
            pl.col("verdict").replace_strict(VERDICT_WORDS, default=None, return_dtype=pl.String)
        )
    )


def _why_not_scored() -> pl.Expr:
    return (
        pl.when(pl.col("n_kpis") == 0)
        .then(pl.lit("no headline KPI measures it yet"))
        .when(~pl.col("is_targeted"))
        .then(pl.lit("no target of this segment is set for it in plumbline.toml"))
        .otherwise(pl.format("nothing counts in the newest complete period: {}", "missing"))
    )


def _not_counted() -> pl.Expr:
    """` Not counted: recovery time (too few events, n 3).`, or nothing."""
    return pl.format(" Not counted: {}.", "missing").fill_null("")


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
