"""What does each offering cost, and who uses it? The rows behind the portfolio (DESIGN §5.3).

Holds `tradeoff_offerings` and `tradeoff_offering_use`, both over the last 13 weeks. Satisfaction
with an offering is another cut through the same answers as the KPI's cells: it is shown only of
many answers of several customers, and in steps, so that no single answer can be had from it
(decision 0086). What levels of service would take and give is in `portfolio`.
"""

from datetime import date, datetime, timedelta

import dagster as dg
import numpy as np
import polars as pl

from assets.home import Home
from assets.methods.intervals import weighted_poisson_rate, wilson
from assets.tradeoffs import choices

WEEKS = 13
FEWEST_ANSWERS, FEWEST_CUSTOMERS, STEP = 20, 3, 0.05
DECLARED, ANSWERED, BY_LEVEL = "declared", "answers", "level"
USE = {"offering": pl.String, "customer": pl.String, "week": pl.Date}


def recent(rows: pl.LazyFrame, as_of: datetime) -> pl.LazyFrame:
    """The rows of the last 13 weeks that are of an offering."""
    begins = as_of - timedelta(weeks=WEEKS)
    return rows.filter(
        pl.col("entered_at").is_between(begins, as_of, closed="left"),
        pl.col("offering").is_not_null(),
    )


def whole_weeks(effort: pl.LazyFrame, on: date) -> pl.LazyFrame:
    """The effort for offerings in the last 13 weeks that were over by then, from Monday to Sunday.

    Hours are told by the week: one that has begun would count as a week without any.
    """
    monday = on - timedelta(days=on.weekday())
    return effort.filter(
        pl.col("to_on").is_between(monday - timedelta(weeks=WEEKS), monday, closed="left"),
        pl.col("offering").is_not_null(),
    )


def customer_weeks(seen: pl.LazyFrame, scope_sets: pl.LazyFrame) -> pl.DataFrame:
    """`offering, customer, week`, once each: in which weeks a customer used an offering.

    A common measure of use for what is used by runs and what is used by asking.
    """
    named = scope_sets.filter(pl.col("scope_kind") == "customer", pl.col("scope") != "unassigned")
    return (
        seen.select("offering", "scope_set", week=pl.col("entered_at").dt.date().dt.truncate("1w"))
        .unique()
        .join(named.select("scope_set", customer="scope").unique(), on="scope_set")
        .select(list(USE))
        .unique()
        .collect()
    )


def offering_use(
    used: pl.DataFrame, customers: pl.DataFrame, offered: list[str], segments: list[str]
) -> pl.DataFrame:
    """`segment, offering, customers, customer_weeks, share`: each segment with each offering.

    `customers` has `customer, segment` as they are today. `share` is the offering's part of the
    segment's use, 0 where the segment uses nothing.
    """
    grid = pl.DataFrame({"segment": segments}, schema={"segment": pl.String}).join(
        pl.DataFrame({"offering": offered}, schema={"offering": pl.String}), how="cross"
    )
    counted = (
        used.join(customers, on="customer")
        .group_by("segment", "offering")
        .agg(customers=pl.col("customer").n_unique(), customer_weeks=pl.len())
    )
    key = ["segment", "offering"]
    total = pl.col("customer_weeks").sum().over("segment")
    return (
        grid.join(counted, on=key, how="left", maintain_order="left")
        .with_columns(pl.col("customers", "customer_weeks").fill_null(0))
        .with_columns(
            share=pl.when(total > 0).then(pl.col("customer_weeks") / total).otherwise(0.0)
        )
    )


def hours_of(effort: pl.DataFrame) -> pl.DataFrame:
    """`offering, hours_per_week` with its interval, and the hours of each kind."""
    kinds = ("support", "toil", "project", "unknown")
    found = effort.group_by("offering").agg(
        total=pl.col("hours").sum(),
        squares=(pl.col("hours") ** 2).sum(),
        largest=pl.col("hours").max(),
        **{
            f"{kind}_hours_per_week": pl.col("hours").filter(pl.col("kind") == kind).sum() / WEEKS
            for kind in kinds
        },
    )
    total, squares, largest = (
        found.get_column(name).to_numpy() for name in ("total", "squares", "largest")
    )
    low, high = weighted_poisson_rate(total, squares, largest, float(WEEKS))
    return found.with_columns(
        hours_per_week=pl.col("total") / WEEKS,
        hours_low=pl.Series(low, dtype=pl.Float64),
        hours_high=pl.Series(high, dtype=pl.Float64),
    ).drop("total", "squares", "largest")


def failures_of(runs: pl.DataFrame) -> pl.DataFrame:
    """`offering, runs_per_week, n_verdicts, failed_ratio` of CI runs, with Wilson's interval."""
    found = runs.group_by("offering").agg(
        runs_per_week=pl.len() / WEEKS,
        n_verdicts=pl.col("has_verdict").sum(),
        failed=(pl.col("has_verdict") & ~pl.col("is_success")).sum(),
    )
    failed, n = (found.get_column(name).to_numpy() for name in ("failed", "n_verdicts"))
    low, high = wilson(failed, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = failed / np.where(n > 0, n, np.nan)
    return found.drop("failed").with_columns(
        pl.Series(name, values, dtype=pl.Float64).fill_nan(None)
        for name, values in (
            ("failed_ratio", ratio),
            ("failed_low", low),
            ("failed_high", high),
        )
    )


def satisfaction_of(ratings: pl.DataFrame, scope_sets: pl.DataFrame) -> pl.DataFrame:
    """`offering, satisfied_ratio`: good answers, in steps of 5 points; only of many answers."""
    named = scope_sets.filter(pl.col("scope_kind") == "customer").select(
        "scope_set", customer="scope"
    )
    asked = (
        ratings.join(named.unique(), on="scope_set")
        .group_by("offering")
        .agg(customers=pl.col("customer").n_unique())
    )
    steps = (pl.col("is_good").mean() / STEP).round() * STEP
    return (
        ratings.group_by("offering")
        .agg(answers=pl.len(), satisfied_ratio=steps)
        .join(asked, on="offering")
        .filter(
            pl.col("answers") >= FEWEST_ANSWERS,
            pl.col("customers") >= FEWEST_CUSTOMERS,
        )
        .select("offering", "satisfied_ratio")
    )


def offering_rows(
    chosen: pl.DataFrame, by_level: dict[str, float], **parts: pl.DataFrame
) -> pl.DataFrame:
    """One row per offering: what was chosen, what it takes and what is known of it.

    `chosen` as `choices.offerings`; `parts`: `hours, failures, tickets, satisfaction, use`, each
    with `offering`. Hours of an offering of which nothing is recorded are null: unknown, not none.
    `served` is how well its users are served today, 0..1; `served_source` is where that comes from:
    declared, the answers of customers, or the level.
    """
    for part in parts.values():
        chosen = chosen.join(part, on="offering", how="left", maintain_order="left")
    answered = pl.col("satisfied_ratio").clip(STEP, 1 - STEP)
    of_level = pl.col("level").replace_strict(by_level, default=None, return_dtype=pl.Float64)
    source = (
        pl.when(pl.col("served").is_not_null())
        .then(pl.lit(DECLARED))
        .when(answered.is_not_null())
        .then(pl.lit(ANSWERED))
        .otherwise(pl.lit(BY_LEVEL))
    )
    return chosen.with_columns(
        pl.col("customers", "customer_weeks").fill_null(0),
        pl.col("tickets_per_week", "runs_per_week").fill_null(0.0),
        served=pl.coalesce("served", answered, of_level),
        served_source=source,
    )


@dg.asset
def tradeoff_offering_use(
    home: Home,
    fact_pipeline_runs: pl.LazyFrame,
    fact_tickets: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
) -> pl.DataFrame:
    """Which segment used which offering in the last 13 weeks, and how much of its use that is."""
    configuration, on = home.configuration, choices.as_of_on(home)
    seen = pl.concat(
        recent(fact, home.as_of_instant).select("offering", "scope_set", "entered_at")
        for fact in (fact_pipeline_runs, real_tickets(fact_tickets))
    )
    ids = choices.customers(configuration).select("customer", on=pl.lit(on)).unique()
    return offering_use(
        customer_weeks(seen, fact_scope_sets),
        choices.stances(configuration, ids).select("customer", "segment"),
        choices.offerings(configuration, on).get_column("offering").to_list(),
        choices.segments(configuration, on).get_column("segment").to_list(),
    )


def real_tickets(tickets: pl.LazyFrame) -> pl.LazyFrame:
    """Tickets that are neither spam nor deleted."""
    return tickets.filter(~pl.col("is_spam") & ~pl.col("is_deleted"))


@dg.asset
def tradeoff_offerings(
    home: Home,
    fact_pipeline_runs: pl.LazyFrame,
    fact_tickets: pl.LazyFrame,
    fact_ticket_ratings: pl.LazyFrame,
    fact_effort: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
    tradeoff_offering_use: pl.LazyFrame,
) -> pl.DataFrame:
    """Each offering over the last 13 weeks: hours, use, tickets, failures, how well it serves."""
    as_of = home.as_of_instant
    has_verdict = ~pl.col("is_without_verdict") & ~pl.col("is_unfinished")
    runs = recent(fact_pipeline_runs, as_of).select(
        "offering", "is_success", has_verdict=has_verdict
    )
    answers = recent(fact_ticket_ratings, as_of).filter("is_answered", ~pl.col("is_spam"))
    tickets = recent(real_tickets(fact_tickets), as_of).group_by("offering")
    return offering_rows(
        choices.offerings(home.configuration, choices.as_of_on(home)),
        {str(k): v for k, v in home.configuration.portfolio.served_by_level.items()},
        hours=hours_of(whole_weeks(fact_effort, choices.as_of_on(home)).collect()),
        failures=failures_of(runs.collect()),
        tickets=tickets.agg(tickets_per_week=pl.len() / WEEKS).collect(),
        satisfaction=satisfaction_of(
            answers.filter(~pl.col("is_verdict_unknown")).collect(), fact_scope_sets.collect()
        ),
        use=tradeoff_offering_use.group_by("offering")
        .agg(pl.col("customers", "customer_weeks").sum())
        .collect(),
    )
