"""A small portfolio for the sample edition, made by the functions that make a real one."""

import polars as pl

from assets.configuration import LEVEL_HOURS, Configuration
from assets.tradeoffs.portfolio import (
    CURVE,
    OUTCOME,
    PLAN,
    curve_rows,
    levels_of,
    plan_rows,
    question,
)
from assets.tradeoffs.portfolio_doubts import FLIPS, ROBUSTNESS, flips, outcomes, robustness

OFFERINGS = pl.DataFrame(
    {
        "offering": ["templates", "jenkins", "vault"],
        "name": ["Pipeline templates", "Old Jenkins", "Secrets"],
        "level": ["standard"] * 3,
        "lowest": ["stop", "stop", "best_effort"],
        "is_mandated": [False, False, True],
        "one_off_hours": [0.0, 52.0, 0.0],
        "hours_per_week": [20.0, 20.0, 10.0],
        "hours_low": [16.0, 15.0, 7.0],
        "hours_high": [25.0, 27.0, 14.0],
        "toil_hours_per_week": [5.0, 12.0, 2.0],
        "served": [0.8, 0.7, 0.9],
        "served_source": ["answers", "level", "answers"],
        "satisfied_ratio": [0.8, None, 0.9],
        "customers": [6, 2, 5],
        "customer_weeks": [80, 6, 20],
        "tickets_per_week": [9.0, 4.0, 3.0],
        "runs_per_week": [400.0, 20.0, 0.0],
        "failed_ratio": [0.1, 0.2, None],
        "failed_low": [0.08, 0.15, None],
        "failed_high": [0.12, 0.26, None],
    }
)
WEEKS = {"core": (50, 5, 20), "regulated": (20, 1, 10), "startup": (30, 1, 0)}


def portfolio(segments: list[str]) -> dict[str, pl.DataFrame]:
    """The tables `tradeoff_offering*` and `tradeoff_portfolio*`."""
    use = pl.DataFrame(
        [
            (segment, offering, weeks)
            for segment in segments
            for offering, weeks in zip(OFFERINGS["offering"], WEEKS[segment], strict=True)
        ],
        schema={"segment": pl.String, "offering": pl.String, "customer_weeks": pl.Int64},
        orient="row",
    )
    configuration = Configuration.model_validate(
        {"organisation": {"name": "Example Ltd"}, "portfolio": {"capacity_hours": 35.0}}
    )
    levels = levels_of(OFFERINGS, LEVEL_HOURS, configuration.portfolio.horizon_weeks)
    asked = question(OFFERINGS, use, levels, configuration)
    about = (OFFERINGS, use, configuration, asked)
    ends = dict.fromkeys(("served_low", "served_high"), pl.Float64)
    return {
        "tradeoff_offerings": OFFERINGS,
        "tradeoff_offering_use": use,
        "tradeoff_offering_levels": levels,
        "tradeoff_portfolio": plan_rows(asked) if asked else pl.DataFrame(schema=PLAN),
        "tradeoff_portfolio_outcomes": outcomes(*about)
        if asked
        else pl.DataFrame(schema={**OUTCOME, **ends}),
        "tradeoff_portfolio_curve": curve_rows(asked) if asked else pl.DataFrame(schema=CURVE),
        "tradeoff_portfolio_robustness": robustness(*about)
        if asked
        else pl.DataFrame(schema=ROBUSTNESS),
        "tradeoff_portfolio_flips": flips(*about) if asked else pl.DataFrame(schema=FLIPS),
    }
