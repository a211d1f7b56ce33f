"""Who has room to move? Error budgets of services and of support, and what follows (DESIGN §5.5).

Holds the answer's rows and sentences; the sums are in `budget_days`, the policy in
`budget_policy`, what it means for each customer in `room_to_move`.
"""

from datetime import date, timedelta

import dagster as dg
import polars as pl

from assets.configuration import Configuration
from assets.home import Home
from assets.kpis import phrases
from assets.kpis.catalogue import CATALOGUE
from assets.kpis.definition import Kpi
from assets.kpis.periods import last_full_day
from assets.kpis.promise import SHARED_TABLES, terms_of
from assets.kpis.terms import Terms
from assets.tradeoffs import budget_days
from assets.tradeoffs.budget_days import BUDGET, SUPPORT, in_doubt, told_days
from assets.tradeoffs.budget_policy import FEWEST_ALLOWED, WINDOW_DAYS, accounts, since

SERVICE_KPI, SUPPORT_KPI = (
    next(kpi for kpi in CATALOGUE if kpi.id == name)
    for name in ("error_budget_left", "sla_attainment")
)
FACTS = (SERVICE_KPI.fact, SUPPORT_KPI.fact)
SHOWN_DAYS = 91  # of the path of each budget
COLUMNS = (
    *BUDGET,
    *("window_start_on", "window_end_on", "bad", "allowed", "total", "left_ratio", "low", "high"),
    *("burn_long", "burn_low", "burn_short", "is_burning", "state", "why_unknown", "is_sure"),
    *("since_on", "is_open_start", "sentence"),
)


def account_days(home: Home, tables: dict[str, pl.LazyFrame], terms: Terms) -> pl.DataFrame:
    """The account of every budget on every day (`budget_policy.accounts`), `is_stale` added."""
    facts = {name: tables[name].collect() for name in FACTS}
    sources: tuple[tuple[Kpi, pl.DataFrame], ...] = (
        (SERVICE_KPI, budget_days.of_service_levels(SERVICE_KPI, facts[SERVICE_KPI.fact], terms)),
        (
            SUPPORT_KPI,
            budget_days.of_tickets(SUPPORT_KPI, facts[SUPPORT_KPI.fact], terms, home.configuration),
        ),
    )
    last_on = last_full_day(terms.as_of, terms.zone)
    return pl.concat(_accounts(kpi, days, terms, last_on) for kpi, days in sources)


def _accounts(kpi: Kpi, days: pl.DataFrame, terms: Terms, last_on: date) -> pl.DataFrame:
    scopes = days.select("scope_kind", "scope").unique()
    first = days.get_column("day").min()
    every = pl.date_range(first if isinstance(first, date) else last_on, last_on, eager=True)
    told = told_days(kpi, scopes, terms, pl.DataFrame({"day": every}))
    doubted = in_doubt(kpi, scopes, terms, _begins(last_on), last_on).with_columns(is_stale=True)
    return (
        accounts(days, told, last_on)
        .join(doubted, on=["scope_kind", "scope"], how="left")
        .with_columns(is_stale=pl.col("is_stale").fill_null(False))
    )


def _begins(last_on: date) -> date:
    return last_on - timedelta(days=WINDOW_DAYS - 1)


def error_budgets(accounts: pl.DataFrame, names: pl.DataFrame, last_on: date) -> pl.DataFrame:
    """One row per budget as it stands on `last_on`, in `COLUMNS`.

    `names` has `scope_kind, scope, name`. A budget that a late source touches is unknown. It is
    sure that something is left, or that nothing is, where the whole interval says so.
    """
    now = accounts.filter(pl.col("day") == last_on).join(since(accounts), on=BUDGET)
    state = pl.when("is_stale").then(pl.lit("unknown")).otherwise("state")
    return (
        now.with_columns(state=state, why_unknown=_why_unknown())
        .join(names, on=["scope_kind", "scope"], how="left")
        .with_columns(
            name=pl.coalesce("name", "scope"),
            window_start_on=pl.lit(_begins(last_on)),
            window_end_on=pl.lit(last_on),
            left_ratio="left",
            since_on=pl.when("is_stale").then(None).otherwise("since_on"),
            is_sure=pl.when(pl.col("state") == "hold")
            .then(pl.col("high") < 0)
            .otherwise(pl.col("low") > 0)
            .fill_null(False)
            & (state != "unknown"),
        )
        .with_columns(sentence=_sentence())
        .select(COLUMNS)
        .sort(BUDGET)
    )


def _why_unknown() -> pl.Expr:
    return (
        pl.when("is_stale")
        .then(pl.lit("a source is late or incomplete"))
        .when(pl.col("told") < WINDOW_DAYS)
        .then(
            pl.format("only {} of {} days are told of", pl.col("told").cast(pl.Int64), WINDOW_DAYS)
        )
        .when(pl.col("allowed") < FEWEST_ALLOWED)
        .then(pl.lit("too few to judge"))
    )


def _sentence() -> pl.Expr:
    """`Basket, availability: 42 % of the error budget is left (12–61 %) …`."""
    ratio = pl.lit(phrases.RATIO)
    what = pl.when(pl.col("budget") == SUPPORT).then(pl.lit("tickets")).otherwise(pl.lit("events"))
    account = pl.format(
        "{} of the error budget is left ({}): {} bad {}, {} allowed, in the {} days to {}.",
        phrases.amount(pl.col("left_ratio"), ratio),
        phrases.interval(pl.col("low"), pl.col("high"), pl.col("left_ratio"), ratio),
        phrases.events(pl.col("bad")),
        what,
        phrases.events(pl.col("allowed")),
        WINDOW_DAYS,
        phrases.day(pl.col("window_end_on")),
    )
    burning = pl.format(
        " It burns {} times as fast as the objective allows.", phrases.number(pl.col("burn_long"))
    )
    unknown = pl.format("What is left is not known: {}.", "why_unknown")
    said = pl.when(pl.col("state") == "unknown").then(unknown).otherwise(account)
    return pl.format(
        "{}, {}: {}{}",
        "name",
        "budget",
        said,
        pl.when(pl.col("state") == "watch").then(burning).otherwise(pl.lit("")),
    )


def names_of(configuration: Configuration) -> pl.DataFrame:
    """`scope_kind, scope, name` of services and customers, by their latest rows."""
    rows = [
        {"scope_kind": kind, "scope": row.id, "name": row.name, "valid_from": row.valid_from}
        for kind, dated in (
            ("service", configuration.services),
            ("customer", configuration.customers),
        )
        for row in dated
    ]
    text = dict.fromkeys(("scope_kind", "scope", "name"), pl.String)
    return (
        pl.DataFrame(rows, {**text, "valid_from": pl.Date})
        .sort("valid_from")
        .unique(["scope_kind", "scope"], keep="last")
        .drop("valid_from")
    )


@dg.multi_asset(
    outs={
        "tradeoff_error_budgets": dg.AssetOut(description="Every error budget as it stands."),
        "tradeoff_error_budget_days": dg.AssetOut(description="Its path over the last weeks."),
    },
    ins={name: dg.AssetIn() for name in (*SHARED_TABLES, *FACTS)},
)
def tradeoff_error_budgets(home: Home, **tables: pl.LazyFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is left of every error budget, and how it came to that."""
    terms = terms_of(home, tables)
    days = account_days(home, tables, terms)
    last_on = last_full_day(terms.as_of, terms.zone)
    now = error_budgets(days, names_of(home.configuration), last_on)
    recent = days.filter(pl.col("day") > last_on - timedelta(days=SHOWN_DAYS)).select(
        *BUDGET, "state", on="day", left_ratio="left"
    )
    return now, recent.sort(*BUDGET, "on")
