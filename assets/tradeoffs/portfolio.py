"""What should we stop doing? A level of service for each offering under a capacity (DESIGN §5.3).

Holds the plans and what becomes of the segments under each. What offerings cost and serve today is
in `offerings`, the arithmetic of plans in `assets.methods.portfolio`, how far the answer depends on
what is taken for granted in `portfolio_doubts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import dagster as dg
import numpy as np
import polars as pl

from assets.configuration import LEVELS, Configuration, Level
from assets.home import Home
from assets.methods.distributions import Floats
from assets.methods.portfolio import (
    GAP,
    Integers,
    Portfolio,
    best_plan,
    curve,
    same_for_all,
    spread_evenly,
)

TODAY, BEST, SAME = "today", "best", "same_for_all"
EVENLY = "cut_evenly"  # no plan of levels: every offering keeps the same share of its hours
# From here on a segment is served well, below it is mediocre.
WELL_SERVED = 0.8
CAPACITIES = np.round(np.arange(0.3, 1.51, 0.05), 2)  # of today's hours


@dataclass(frozen=True)
class Question:
    """All that a plan is made of: the portfolio, today's levels, capacity and weights."""

    offerings: list[str]
    segments: list[str]
    portfolio: Portfolio
    today: Integers
    served: Floats
    toil: float
    capacity: float
    weights: Floats


def levels_of(
    offerings: pl.DataFrame, level_hours: Mapping[Level, float], horizon_weeks: int
) -> pl.DataFrame:
    """`offering, level, hours, served, is_allowed, is_today`: what each level takes and gives.

    Toil is what an offering takes as long as it is there, at whatever level; the other hours follow
    from today's by the ratio of the levels, and what they give is concave. Stopping ends the toil,
    leaves its residual load, spreads its one-off hours over the horizon and serves nobody.
    Offerings without known hours are left out: a plan cannot move what nobody has counted.
    """
    known = offerings.drop_nulls(["hours_per_week", "served"])
    factors = np.array([level_hours[level] for level in LEVELS])
    today = known.get_column("level").replace_strict(_places(), return_dtype=pl.Int64).to_numpy()
    lowest = known.get_column("lowest").replace_strict(_places(), return_dtype=pl.Int64).to_numpy()
    toil, all_hours, one_off = (
        known.get_column(name).to_numpy()
        for name in ("toil_hours_per_week", "hours_per_week", "one_off_hours")
    )
    at_level = (all_hours - toil)[:, None] * factors[None, :] / factors[today][:, None]
    served = curve(known.get_column("served").to_numpy(), at_level, all_hours - toil)
    served[:, 0] = 0.0
    hours = at_level + toil[:, None]
    hours[:, 0] = at_level[:, 0] + one_off / horizon_weeks
    place = np.arange(len(LEVELS))
    return pl.DataFrame(
        {
            "offering": np.repeat(known.get_column("offering").to_numpy(), len(LEVELS)),
            "level": np.tile(np.array(LEVELS), known.height),
            "hours": hours.ravel(),
            "served": served.ravel(),
            "is_allowed": (place[None, :] >= lowest[:, None]).ravel(),
            "is_today": (place[None, :] == today[:, None]).ravel(),
        },
        schema={
            "offering": pl.String,
            "level": pl.String,
            "hours": pl.Float64,
            "served": pl.Float64,
            "is_allowed": pl.Boolean,
            "is_today": pl.Boolean,
        },
    )


def _places() -> dict[str, int]:
    return {level: place for place, level in enumerate(LEVELS)}


def question(
    offerings: pl.DataFrame, use: pl.DataFrame, levels: pl.DataFrame, configuration: Configuration
) -> Question | None:
    """The question to answer; None where no offering is known or no segment uses any."""
    rows = offerings.join(levels, on="offering", how="semi")
    names = rows.get_column("offering").to_list()
    segments = use.get_column("segment").unique(maintain_order=True).to_list()
    share = use.filter(pl.col("offering").is_in(names))
    if not names or not share.get_column("customer_weeks").sum():
        return None
    grid = (len(names), len(LEVELS))
    of_use = share.get_column("customer_weeks").to_numpy().reshape(len(segments), len(names))
    total = of_use.sum(axis=1, keepdims=True)
    hours, served, is_allowed, is_today = (
        levels.get_column(name).to_numpy().reshape(grid)
        for name in ("hours", "served", "is_allowed", "is_today")
    )
    today = is_today.argmax(axis=1)
    given = configuration.portfolio
    return Question(
        offerings=names,
        segments=segments,
        portfolio=Portfolio(
            hours, served, of_use / np.where(total > 0, total, 1), is_allowed.argmax(axis=1)
        ),
        today=today,
        served=rows.get_column("served").to_numpy(),
        toil=float(rows.get_column("toil_hours_per_week").sum()),
        capacity=given.capacity_hours or float(rows.get_column("hours_per_week").sum()),
        weights=np.array([given.segment_weights.get(segment, 1.0) for segment in segments]),
    )


def plans_of(asked: Question) -> dict[str, Integers]:
    """The plans that are compared, by name; one that does not fit the capacity is not there."""
    found = {
        SAME: same_for_all(asked.portfolio, asked.capacity),
        BEST: best_plan(asked.portfolio, asked.capacity, asked.weights),
    }
    return {TODAY: asked.today} | {name: plan.levels for name, plan in found.items() if plan}


def _schema(texts: str, numbers: str) -> dict[str, type[pl.DataType]]:
    return dict.fromkeys(texts.split(), pl.String) | dict.fromkeys(numbers.split(), pl.Float64)


PLAN = _schema("plan offering level", "hours served")
OUTCOME = _schema("plan segment", "weight served change plan_hours capacity_hours")
CURVE = _schema("plan segment", "capacity_ratio capacity_hours served value")


def plan_rows(asked: Question) -> pl.DataFrame:
    """`PLAN`: the level of each offering under each plan."""
    rows = [
        (
            name,
            offering,
            LEVELS[level],
            asked.portfolio.hours[place, level],
            asked.portfolio.served[place, level],
        )
        for name, plan in plans_of(asked).items()
        for place, (offering, level) in enumerate(zip(asked.offerings, plan, strict=True))
    ]
    return pl.DataFrame(rows, schema=PLAN, orient="row")


def outcome_rows(asked: Question) -> pl.DataFrame:
    """`OUTCOME`: how well each segment is served under each plan, and the change from today."""
    today = asked.portfolio.served_of(asked.today)
    rows = [
        (
            name,
            segment,
            asked.weights[place],
            served,
            served - today[place],
            asked.portfolio.hours_of(plan),
            asked.capacity,
        )
        for name, plan in plans_of(asked).items()
        for place, (segment, served) in enumerate(
            zip(asked.segments, asked.portfolio.served_of(plan), strict=True)
        )
    ]
    return pl.DataFrame(rows, schema=OUTCOME, orient="row")


def curve_rows(asked: Question) -> pl.DataFrame:
    """`CURVE`: how well segments are served at other capacities, by the best plan and evenly.

    Evenly, nothing is stopped and what is left after the toil is cut by the same share everywhere:
    the cut that spares nobody.
    """
    shares = asked.weights / asked.weights.sum()
    total = asked.portfolio.hours_of(asked.today)
    left = np.maximum(CAPACITIES * total - asked.toil, 0) / max(total - asked.toil, 1e-9)
    evenly = spread_evenly(asked.served, asked.portfolio.use, left)
    rows = []
    for ratio, spread in zip(CAPACITIES, evenly, strict=True):
        best = best_plan(asked.portfolio, ratio * total, asked.weights, gap=10 * GAP)
        plans = {EVENLY: spread} | ({BEST: asked.portfolio.served_of(best.levels)} if best else {})
        rows += [
            (name, segment, ratio, ratio * total, served[place], float(shares @ served))
            for name, served in plans.items()
            for place, segment in enumerate(asked.segments)
        ]
    return pl.DataFrame(rows, schema=CURVE, orient="row")


def _asked(
    home: Home, offerings: pl.LazyFrame, use: pl.LazyFrame, levels: pl.LazyFrame
) -> Question | None:
    return question(offerings.collect(), use.collect(), levels.collect(), home.configuration)


@dg.asset
def tradeoff_offering_levels(home: Home, tradeoff_offerings: pl.LazyFrame) -> pl.DataFrame:
    """What each level of each offering would take a week, and how well it would serve."""
    given = home.configuration.portfolio
    return levels_of(tradeoff_offerings.collect(), given.level_hours, given.horizon_weeks)


@dg.asset
def tradeoff_portfolio(
    home: Home,
    tradeoff_offerings: pl.LazyFrame,
    tradeoff_offering_use: pl.LazyFrame,
    tradeoff_offering_levels: pl.LazyFrame,
) -> pl.DataFrame:
    """The level of each offering: today, the same for all, and the best plan."""
    asked = _asked(home, tradeoff_offerings, tradeoff_offering_use, tradeoff_offering_levels)
    return plan_rows(asked) if asked else pl.DataFrame(schema=PLAN)


@dg.asset
def tradeoff_portfolio_curve(
    home: Home,
    tradeoff_offerings: pl.LazyFrame,
    tradeoff_offering_use: pl.LazyFrame,
    tradeoff_offering_levels: pl.LazyFrame,
) -> pl.DataFrame:
    """How well the segments are served at more and at less capacity."""
    asked = _asked(home, tradeoff_offerings, tradeoff_offering_use, tradeoff_offering_levels)
    return curve_rows(asked) if asked else pl.DataFrame(schema=CURVE)
