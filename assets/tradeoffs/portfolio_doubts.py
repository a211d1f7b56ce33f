"""How far does the portfolio's answer depend on what is taken for granted? (DESIGN §5.3)

Two looks: everything that is measured drawn anew within its uncertainty (which decisions stay?),
and one assumption after the other changed (which decisions flip?). The order in which to look at
offerings, value per hour, comes with the ranks that the draws give it.
"""

from collections.abc import Iterator
from dataclasses import replace

import dagster as dg
import numpy as np
import polars as pl

from assets.configuration import LEVELS, Configuration
from assets.home import Home
from assets.methods.distributions import Floats
from assets.methods.portfolio import (
    GAP,
    SEED,
    SERVED_DEVIATION,
    SERVED_ENDS,
    best_plan,
    value_per_hour,
)
from assets.tradeoffs.portfolio import (
    OUTCOME,
    Question,
    levels_of,
    outcome_rows,
    plans_of,
    question,
)
from assets.tradeoffs.scoring import WIDTH_95

DRAWS = 60
LESS_SERVED, MORE_RESIDUAL, DEARER_EXCELLENCE, CAPACITY_STEP = 0.1, 2.0, 2.0, 0.1
ROBUSTNESS = {
    "offering": pl.String,
    "level": pl.String,
    **dict.fromkeys(("same_ratio", "stopped_ratio", "value_per_hour"), pl.Float64),
    **dict.fromkeys(("rank", "rank_low", "rank_high"), pl.Float64),
    "draws": pl.Int64,
}
FLIPS = dict.fromkeys(("assumption", "offering", "level", "level_then"), pl.String)


def robustness(
    offerings: pl.DataFrame, use: pl.DataFrame, configuration: Configuration, asked: Question
) -> pl.DataFrame:
    """`ROBUSTNESS`: how often each decision stays when hours and quality are drawn anew.

    `rank` 1 is the offering that gives most per hour; its ends hold 95 % of the draws. Without a
    plan that fits there are no decisions.
    """
    best = best_plan(asked.portfolio, asked.capacity, asked.weights)
    if best is None:
        return pl.DataFrame(schema=ROBUSTNESS)
    worth = value_per_hour(asked.portfolio, asked.today, asked.weights)
    drawn = [
        again
        for moved in drawn_offerings(offerings)
        if (again := asked_again(moved, use, configuration, asked.capacity))
    ]
    plans = [best_plan(one.portfolio, one.capacity, one.weights, gap=10 * GAP) for one in drawn]
    levels = np.array([plan.levels for plan in plans if plan])
    ranks = np.array([_ranks(value_per_hour(o.portfolio, o.today, o.weights)) for o in drawn])
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0)
    return pl.DataFrame(
        {
            "offering": asked.offerings,
            "level": [LEVELS[level] for level in best.levels],
            "same_ratio": (levels == best.levels).mean(axis=0),
            "stopped_ratio": (levels == 0).mean(axis=0),
            "value_per_hour": worth,
            "rank": _ranks(worth),
            "rank_low": low,
            "rank_high": high,
            "draws": np.full(len(asked.offerings), len(levels)),
        },
        schema=ROBUSTNESS,
    )


def outcomes(
    offerings: pl.DataFrame, use: pl.DataFrame, configuration: Configuration, asked: Question
) -> pl.DataFrame:
    """`OUTCOME` with the ends that hold 95 % of the draws: each plan as it is, in other worlds."""
    drawn = [
        again.portfolio
        for moved in drawn_offerings(offerings)
        if (again := asked_again(moved, use, configuration, asked.capacity))
    ]
    served = np.array([[one.served_of(plan) for plan in plans_of(asked).values()] for one in drawn])
    low, high = np.quantile(served, [0.025, 0.975], axis=0)
    return outcome_rows(asked).with_columns(
        served_low=pl.Series(low.ravel()), served_high=pl.Series(high.ravel())
    )


def _ranks(worth: Floats) -> Floats:
    return np.asarray(1.0 + np.argsort(np.argsort(-np.nan_to_num(worth, nan=np.inf))))


def drawn_offerings(offerings: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The offerings with hours and quality drawn within their uncertainty, `DRAWS` times.

    Hours are lognormal with the width of their interval; the share of toil stays.
    """
    generator = np.random.default_rng(SEED)
    known = offerings.drop_nulls(["hours_per_week", "served"]).filter(pl.col("hours_per_week") > 0)
    low, high = (known.get_column(name).log().to_numpy() for name in ("hours_low", "hours_high"))
    for _ in range(DRAWS):
        factor = np.exp(generator.normal(0, (high - low) / WIDTH_95))
        served = known.get_column("served").to_numpy() + generator.normal(
            0, SERVED_DEVIATION, known.height
        )
        yield known.with_columns(
            pl.col("hours_per_week", "toil_hours_per_week") * pl.Series(factor),
            served=pl.Series(np.clip(served, *SERVED_ENDS)),
        )


def asked_again(
    offerings: pl.DataFrame, use: pl.DataFrame, configuration: Configuration, capacity: float
) -> Question | None:
    """The same question about other numbers, under the same capacity."""
    given = configuration.portfolio
    levels = levels_of(offerings, given.level_hours, given.horizon_weeks)
    found = question(offerings, use, levels, configuration)
    return replace(found, capacity=capacity) if found else None


def flips(
    offerings: pl.DataFrame, use: pl.DataFrame, configuration: Configuration, asked: Question
) -> pl.DataFrame:
    """`FLIPS`: the decisions that change with each assumption; one row without an offering if none.

    `level_then` is null where no plan fits any more.
    """
    best = best_plan(asked.portfolio, asked.capacity, asked.weights)
    rows: list[tuple[str | None, ...]] = []
    for assumption, changed in variations(offerings, use, configuration, asked):
        then = best_plan(changed.portfolio, changed.capacity, changed.weights) if changed else None
        if best is None or then is None:
            rows.append((assumption, None, None, None))
            continue
        moved: list[tuple[str | None, ...]] = [
            (assumption, offering, LEVELS[before], LEVELS[after])
            for offering, before, after in zip(
                asked.offerings, best.levels, then.levels, strict=True
            )
            if before != after
        ]
        rows += moved or [(assumption, None, None, "same")]
    return pl.DataFrame(rows, schema=FLIPS, orient="row")


def variations(
    offerings: pl.DataFrame, use: pl.DataFrame, configuration: Configuration, asked: Question
) -> Iterator[tuple[str, Question | None]]:
    """One assumption changed at a time, in words, and the question that it makes."""

    def about(frame: pl.DataFrame, **given: object) -> Question | None:
        portfolio = configuration.portfolio.model_copy(update=given)
        changed = configuration.model_copy(update={"portfolio": portfolio})
        return asked_again(frame, use, changed, asked.capacity)

    hours = configuration.portfolio.level_hours
    points = f"{100 * LESS_SERVED:.0f} points"
    less = (pl.col("served") - LESS_SERVED).clip(lower_bound=SERVED_ENDS[0])
    yield f"users are served {points} less well today", about(offerings.with_columns(served=less))
    half = pl.col("toil_hours_per_week") / 2
    yield "half of the toil is no toil", about(offerings.with_columns(half))
    residual = {**hours, "stop": min(MORE_RESIDUAL * hours["stop"], 0.99 * hours["best_effort"])}
    yield "stopping leaves twice the load", about(offerings, level_hours=residual)
    dear = {**hours, "excellent": max(DEARER_EXCELLENCE * hours["standard"], hours["excellent"])}
    yield "excellent takes twice the hours of standard", about(offerings, level_hours=dear)
    if len(set(asked.weights)) > 1:
        yield "all segments count the same", about(offerings, segment_weights={})
    for word, factor in (("less", 1 - CAPACITY_STEP), ("more", 1 + CAPACITY_STEP)):
        yield (
            f"a tenth {word} capacity",
            replace(asked, capacity=factor * asked.capacity),
        )


def _about(
    home: Home, offerings: pl.LazyFrame, use: pl.LazyFrame, levels: pl.LazyFrame
) -> tuple[pl.DataFrame, pl.DataFrame, Configuration, Question] | None:
    rows, used = offerings.collect(), use.collect()
    asked = question(rows, used, levels.collect(), home.configuration)
    return (rows, used, home.configuration, asked) if asked else None


@dg.asset
def tradeoff_portfolio_outcomes(
    home: Home,
    tradeoff_offerings: pl.LazyFrame,
    tradeoff_offering_use: pl.LazyFrame,
    tradeoff_offering_levels: pl.LazyFrame,
) -> pl.DataFrame:
    """Who wins and who loses under each plan, and how sure that is."""
    about = _about(home, tradeoff_offerings, tradeoff_offering_use, tradeoff_offering_levels)
    ends = dict.fromkeys(("served_low", "served_high"), pl.Float64)
    return outcomes(*about) if about else pl.DataFrame(schema={**OUTCOME, **ends})


@dg.asset
def tradeoff_portfolio_robustness(
    home: Home,
    tradeoff_offerings: pl.LazyFrame,
    tradeoff_offering_use: pl.LazyFrame,
    tradeoff_offering_levels: pl.LazyFrame,
) -> pl.DataFrame:
    """How sure each decision of the best plan is, and each offering's place by value per hour."""
    about = _about(home, tradeoff_offerings, tradeoff_offering_use, tradeoff_offering_levels)
    return robustness(*about) if about else pl.DataFrame(schema=ROBUSTNESS)


@dg.asset
def tradeoff_portfolio_flips(
    home: Home,
    tradeoff_offerings: pl.LazyFrame,
    tradeoff_offering_use: pl.LazyFrame,
    tradeoff_offering_levels: pl.LazyFrame,
) -> pl.DataFrame:
    """Which assumption, changed, changes which decision."""
    about = _about(home, tradeoff_offerings, tradeoff_offering_use, tradeoff_offering_levels)
    return flips(*about) if about else pl.DataFrame(schema=FLIPS)
