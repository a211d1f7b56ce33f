"""What each trade-off takes for granted: every constant and every choice, one row each.

The constants are read from the modules that use them, so that this table cannot say something else.
"""

from collections.abc import Iterator
from datetime import date

import dagster as dg
import polars as pl

from assets.configuration import Configuration
from assets.home import Home
from assets.methods import panel
from assets.tradeoffs import attribute_map as attributes
from assets.tradeoffs import attribute_scores as scores
from assets.tradeoffs import budget_assumptions as budgets
from assets.tradeoffs import choices, lane_assumptions, scoring, speed_tests, stance
from assets.tradeoffs import derived_importance as derived
from assets.tradeoffs import flexibility_stability as plane
from assets.tradeoffs import portfolio_assumptions as portfolio
from assets.tradeoffs import release_load as load
from assets.tradeoffs import strategic_fit as fit
from assets.tradeoffs.rivals import assumptions as rivals

MAP, FIT, PLANE, TESTS, DERIVED, LOAD = (
    "tradeoff_attribute_map",
    "tradeoff_strategic_fit",
    "tradeoff_flexibility_stability",
    "tradeoff_tests",
    "tradeoff_derived_importance",
    "tradeoff_release_load",
)
COLUMNS = ("tradeoff", "assumption", "value", "source")
DESIGN, DECIDED_PERIOD, DECIDED_ERRORS, DECIDED_STANCE = (
    "DESIGN §5.1",
    "decision 0010",
    "decision 0011",
    "decision 0012",
)
SCALE_WORDS = (
    f"poor {scoring.POOR:g}, target {scoring.ON_TARGET:g}, excellent {scoring.EXCELLENT:g}, linear "
    "between, durations on the log scale, cut at both ends"
)
INDEPENDENT = "as if the KPIs erred independently: half-widths add as root of the sum of squares"
STANCE_WORDS = (
    "mean lead of the known quarters of a year under the same declared stance; a verdict where its "
    "whole interval says the same"
)
CERTAIN = "those with a value, complete and mature, of enough events, without a late source"

Row = tuple[str, str, str, str]


def constants() -> pl.DataFrame:
    """The assumptions that stand in the code."""
    rows = [
        *_of_the_map(),
        *_of_the_fit(),
        *_of_the_plane(),
        *_of_the_tests(),
        *_of_the_derived(),
        *_of_the_load(),
        *portfolio.rows(),
        *rivals.rows(),
        *lane_assumptions.rows(),
        *budgets.rows(),
    ]
    return pl.DataFrame(rows, COLUMNS, orient="row")


def _of_the_map() -> Iterator[Row]:
    period = (
        f"newest complete and mature {scores.VERDICT_PERIOD}; without a complete one "
        f"{scores.YOUNG_PERIOD}"
    )
    important = f"{attributes.SERVES:g} and {attributes.EXCELS:g}"
    unimportant = f"{attributes.FITS:g} and {attributes.OVER_SERVED:g}"
    yield MAP, "scale of a score", SCALE_WORDS, DESIGN
    yield MAP, "period", period, DECIDED_PERIOD
    yield MAP, "cells that count", CERTAIN, "DESIGN §4"
    yield MAP, "choices that count", "those valid on the run's day", DECIDED_PERIOD
    yield MAP, "interval of a promise", INDEPENDENT, DECIDED_ERRORS
    yield MAP, "open end of a cell's interval", "reaches the end of the scale", DECIDED_ERRORS
    yield MAP, "important from", f"{attributes.IMPORTANT:g} of 5", DESIGN
    yield MAP, "borders where it is important", important, DESIGN
    yield MAP, "borders where it is not", unimportant, DESIGN


def _of_the_fit() -> Iterator[Row]:
    interval = (
        f"middle {fit.LEVEL:.0%} of {fit.DRAWS} draws, seed {fit.SEED}; normal, truncated to the "
        f"scale, standard deviation = interval / {scoring.WIDTH_95:g}"
    )
    yield FIT, "fewest promises", f"{fit.FEWEST_PROMISES}", DECIDED_ERRORS
    yield FIT, "interval", interval, DECIDED_ERRORS
    yield FIT, "stated importance", "certain; equal importance is a tie (τ-b)", DESIGN


def _of_the_plane() -> Iterator[Row]:
    yield PLANE, "scale of a score", f"common to all segments; {SCALE_WORDS}", DESIGN
    yield PLANE, "period", f"every ended {plane.PERIOD_KIND}", "DESIGN §5.2"
    yield PLANE, "scale of all quarters", "the one valid on the run's day", DECIDED_STANCE
    yield PLANE, "measures of flexibility", _measures("flexibility"), "DESIGN §5.2"
    yield PLANE, "measures of stability", _measures("stability"), "DESIGN §5.2"
    yield PLANE, "change fail rate", "the headline, with all four link rules", DECIDED_STANCE
    yield PLANE, "left out of a mean", "nothing to measure", DECIDED_STANCE
    yield PLANE, "few events", "count, by their wide interval", DECIDED_STANCE
    yield PLANE, "interval of a score", INDEPENDENT, DECIDED_ERRORS
    yield PLANE, "clear lead", f"{stance.CLEAR_LEAD:g} or more", DECIDED_STANCE
    yield PLANE, "stance", STANCE_WORDS, DECIDED_STANCE
    yield PLANE, "frontier", "by the scores themselves, without intervals", DECIDED_STANCE


def _of_the_tests() -> Iterator[Row]:
    source = "DESIGN §5.2"
    pairs = ", ".join(
        f"{speed.id} and {outcome.id}".replace("_", " ")
        for speed in speed_tests.SPEEDS
        for outcome in speed_tests.OUTCOMES
    )
    errors = (
        f"wild cluster bootstrap by customer, null imposed, Webb's weights, {speed_tests.DRAWS} "
        f"draws, seed {speed_tests.SEED}"
    )
    together = f"Romano-Wolf step-down; at most {speed_tests.ALPHA:.0%} odds of any false claim"
    fewest = f"{panel.FEWEST_ROWS} quarters of {panel.FEWEST_CLUSTERS} customers"
    yield TESTS, "pairs, declared beforehand", pairs, source
    yield TESTS, "compared with", "the same customer in other quarters, in one segment", source
    yield TESTS, "taken off", "what all customers have in common in a quarter", source
    yield TESTS, "lags", "the same quarter and the next", source
    yield TESTS, "failures", "those of the first three link rules", "DESIGN §4"
    yield TESTS, "pace", "planned releases; those that mend another are no speed", "decision 0085"
    yield TESTS, "weight of a quarter", "the number of its events", "decision 0085"
    yield TESTS, "errors", errors, source
    yield TESTS, "all tests together", together, source
    yield TESTS, "fewest", fewest, "decision 0085"


def _of_the_derived() -> Iterator[Row]:
    few = f"customers' quarters where there are fewer than {derived.FEWEST_CUSTOMERS} customers"
    worth = (
        f"{100 * derived.WORTH_KNOWING:.0f} points per doubling, "
        f"{100 * derived.WORTH_KNOWING_OF_ONE:.0f} per event, four times of five"
    )
    drivers = ", ".join(driver.id for driver in derived.DRIVERS)
    decided = "decision 0087"
    yield DERIVED, "drivers", drivers, "DESIGN §5.1"
    yield DERIVED, "compared with", "other answers of the same customer", decided
    yield DERIVED, "one driver at a time", "those of one ticket go together", decided
    yield DERIVED, "clusters", f"customers; {few}", decided
    yield DERIVED, "fewest answers", f"{derived.FEWEST_ANSWERS}, and enough for {worth}", decided
    yield (
        DERIVED,
        "all drivers together",
        f"Romano-Wolf step-down at {speed_tests.ALPHA:.0%}",
        decided,
    )


def _of_the_load() -> Iterator[Row]:
    after = f"its day and the {load.DAYS_AFTER} after it"
    fewest = f"{load.FEWEST_EVENTS} events; {load.FEWEST_DAYS} days of either kind"
    yield LOAD, "soon after a release", after, "DESIGN §5.2"
    yield LOAD, "compared with", "other days of the same service and month", "DESIGN §5.2"
    yield LOAD, "taken off", "what the same weekdays have in common", "DESIGN §5.2"
    yield LOAD, "fewest", fewest, "decision 0087"
    yield (
        LOAD,
        "all services together",
        f"Romano-Wolf step-down at {speed_tests.ALPHA:.0%}",
        "decision 0085",
    )


def _measures(axis: str) -> str:
    named = plane.MEASURES.filter(pl.col("axis") == axis)
    return ", ".join(named.select(pl.format("{} {}", "kpi", "statistic")).to_series())


def configured(configuration: Configuration, on: date) -> pl.DataFrame:
    """The choices that stand in `plumbline.toml`, as they are on that day."""
    stated = (
        choices.importance(configuration, on)
        .drop_nulls("importance_stated")
        .select(
            tradeoff=pl.lit(MAP),
            assumption=pl.format("importance of {} to {}", "promise", "segment"),
            value=pl.format("{} of 5", pl.col("importance_stated").cast(pl.Int64)),
            source=pl.lit("plumbline.toml [[segments]]"),
        )
    )
    targets = choices.targets(configuration, on).select(
        tradeoff=pl.when(pl.col("segment") == "").then(pl.lit(PLANE)).otherwise(pl.lit(MAP)),
        assumption=pl.format(
            "{} {} for {}",
            "kpi",
            "statistic",
            pl.col("segment").replace("", "all segments (common scale)"),
        ),
        value=pl.format(
            "poor {}, target {}, excellent {}, weight {}", "poor", "target", "excellent", "weight"
        ),
        source=pl.lit("plumbline.toml [[targets]]"),
    )
    bad = choices.declared_bad(configuration, on).select(
        tradeoff=pl.lit(MAP),
        assumption=pl.format("{} is bad on purpose for {}", "promise", "segment"),
        value=pl.format("since {}: {}", "since", "why"),
        source=pl.lit("plumbline.toml [[bad_on_purpose]]"),
    )
    stances = choices.segments(configuration, on).select(
        tradeoff=pl.lit(PLANE),
        assumption=pl.format("stance of {} unless a customer has its own", "segment"),
        value="stance",
        source=pl.lit("plumbline.toml [[segments]]"),
    )
    staffing = pl.DataFrame(
        list(lane_assumptions.configured(configuration)),
        schema=dict.fromkeys(COLUMNS, pl.String),
        orient="row",
    )
    own = [portfolio.choices(configuration), staffing, budgets.configured(configuration, on)]
    return pl.concat([stated, targets, bad, stances, *own])


@dg.asset
def tradeoff_assumptions(home: Home) -> pl.DataFrame:
    """Everything that the trade-offs take for granted."""
    return pl.concat([constants(), configured(home.configuration, choices.as_of_on(home))])
