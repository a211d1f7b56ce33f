"""Theirs beside ours: one row per rule and cell, with the difference and the sentence for it.

Holds no definition of a metric; the rules have them.
"""

from collections.abc import Sequence

import polars as pl

from assets.kpis import phrases
from assets.tradeoffs.rivals.records import CELL, KEY, Records
from assets.tradeoffs.rivals.rule import DAYS_PER_WEEK, STATISTICS, Effect, Rule, said

PERIOD_KIND = "quarter"
SCOPE_KINDS = ("organisation", "segment")
SCHEMA = {
    "tool": pl.String,
    "version": pl.String,
    "metric": pl.String,
    "scope_kind": pl.String,
    "scope": pl.String,
    "period_kind": pl.String,
    "period_start_on": pl.Date,
    "period_end_on": pl.Date,
    "value": pl.Float64,
    "unit": pl.String,
    "n": pl.Int64,
    "ours_kpi": pl.String,
    "ours_value": pl.Float64,
    "ours_low": pl.Float64,
    "ours_high": pl.Float64,
    "difference_ratio": pl.Float64,
    "is_outside": pl.Boolean,
    "effect": pl.String,
    "sentence": pl.String,
    "source": pl.String,
}
OUR_UNITS = {"change_fail_rate": phrases.RATIO, "deployment_frequency": phrases.PER_WEEK}
WITHOUT_OURS = {
    "no_events": "ours is none, as nothing happened that could be measured",
    "not_covered": "ours is not known, as no source tells about this time",
    "not_reached": "ours is not reached yet, as too many are still open",
}


def compared(rules: Sequence[Rule], records: Records, ours: pl.DataFrame) -> pl.DataFrame:
    """Every rule on every cell of the grid, in the columns of `SCHEMA`.

    `ours` has `kpi, statistic` and the columns of a cell. `difference_ratio` is theirs ÷ ours − 1;
    `is_outside` says that theirs is not within our interval. Both are null where there is nothing
    to compare.
    """
    # One by one: `collect_all` looks for what the plans share, which takes four times as long.
    found = [_measured(number, rule, records).collect() for number, rule in enumerate(rules)]
    mine = ours.select(
        *KEY,
        "statistic",
        "value_state",
        ours_kpi="kpi",
        ours_value="value",
        ours_low="low",
        ours_high="high",
    )
    is_outside = (pl.col("value") < pl.col("ours_low")) | (pl.col("value") > pl.col("ours_high"))
    return (
        records.grid.cells.join(_described(rules), how="cross")
        .join(pl.concat(found), on=[CELL, "rule"], how="left")
        .join(mine, on=[*KEY, "ours_kpi", "statistic"], how="left")
        .with_columns(
            pl.col("n").fill_null(0),
            pl.coalesce("effect", "effect_of_nothing").alias("effect"),
            is_empty=pl.col("value").is_null(),
            value=pl.coalesce("value", "empty"),
            period_kind=pl.lit(PERIOD_KIND),
        )
        .with_columns(
            difference_ratio=pl.when(pl.col("ours_value") != 0).then(
                pl.col("value") / pl.col("ours_value") - 1
            ),
            is_outside=is_outside,
        )
        .with_columns(sentence=sentence())
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .sort("scope_kind", "scope", "period_start_on", "metric", "tool", "version")
    )


def _described(rules: Sequence[Rule]) -> pl.DataFrame:
    """One row per rule: what it says of itself, and of a cell in which nothing happened."""
    return pl.DataFrame(
        [
            {
                "rule": number,
                "tool": rule.tool,
                "version": rule.version,
                "metric": rule.metric,
                "unit": rule.unit,
                "ours_kpi": rule.ours,
                "our_unit": OUR_UNITS.get(rule.ours, phrases.SECONDS),
                "statistic": STATISTICS[rule.ours],
                "empty": rule.empty,
                "effect_of_nothing": effect_of_nothing(rule),
                "source": rule.source,
            }
            for number, rule in enumerate(rules)
        ],
        schema_overrides={"empty": pl.Float64},
    )


def effect_of_nothing(rule: Rule) -> Effect:
    """A rate of 0 where nothing happened is no effect of its own; a duration or share of 0 is."""
    is_rate = rule.metric == "deployment_frequency"
    return "nothing_measured" if rule.empty is None or is_rate else "empty_is_zero"


def _measured(number: int, rule: Rule, records: Records) -> pl.LazyFrame:
    """The rule's own rows, with effect and reason; a value that is null is no row."""
    has_part = pl.col("part") > 0 if rule.plain else pl.lit(True)
    plain_effect, plain_reason = rule.plain or (rule.effect, rule.reason)
    return (
        rule.compute(records)
        .filter(pl.col("value").is_not_null())
        .select(
            CELL,
            pl.col("value").cast(pl.Float64),
            pl.col("n").cast(pl.Int64),
            effect=pl.when(has_part).then(pl.lit(rule.effect)).otherwise(pl.lit(plain_effect)),
            reason=pl.when(has_part).then(said(rule.reason)).otherwise(said(plain_reason)),
            rule=pl.lit(number, pl.Int64),
        )
    )


def sentence() -> pl.Expr:
    """`GitLab (Ultimate) says 13 %; ours is 9.1 % (6.2–13 %, which contains theirs). It …`"""
    their_unit = pl.col("unit").replace(DAYS_PER_WEEK, "days a week")
    theirs = phrases.amount(pl.col("value"), their_unit)
    says = (
        pl.when(pl.col("value").is_null())
        .then(pl.lit("shows nothing"))
        .otherwise(pl.format("says {}", theirs))
    )
    place = (
        pl.when(pl.col("is_outside").is_null())
        .then(pl.lit(""))
        .when("is_outside")
        .then(pl.lit(", which does not contain theirs"))
        .otherwise(pl.lit(", which contains theirs"))
    )
    value, unit = pl.col("ours_value"), pl.col("our_unit")
    mine = phrases.amount(value, unit)
    interval = phrases.interval(pl.col("ours_low"), pl.col("ours_high"), value, unit)
    absent = (
        pl.col("value_state")
        .fill_null("")
        .replace_strict(WITHOUT_OURS, default="ours has no value", return_dtype=pl.String)
    )
    why = (
        pl.when("is_empty")
        .then(
            pl.when(pl.col("empty").is_null())
            .then(pl.lit(""))
            .otherwise(pl.lit(" Where there is nothing to measure it shows 0."))
        )
        .otherwise(pl.format(" {}", pl.col("reason").fill_null("")))
    )
    return pl.format(
        "{} ({}) {}; {}.{}",
        "tool",
        "version",
        says,
        pl.when(pl.col("ours_value").is_null())
        .then(absent)
        .otherwise(pl.format("ours is {} ({}{})", mine, interval, place)),
        why,
    )
