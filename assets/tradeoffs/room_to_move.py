"""Which teams could ship faster, and which should hold: error budgets beside stance and pace.

A team is a customer. What it may do is said by the budgets of its services, the worst of them
counts; its support budget is told beside, as no release spends it. Pace is how often it deploys,
in the same 28 days and in those before. That it could ship faster is claimed only where all of its
budgets are known and surely not spent.
"""

from datetime import date, timedelta

import dagster as dg
import numpy as np
import polars as pl

from assets.configuration import Configuration
from assets.home import Home
from assets.kpis import phrases
from assets.kpis.periods import last_full_day
from assets.methods.intervals import difference
from assets.tradeoffs import choices
from assets.tradeoffs.budget_days import SUPPORT
from assets.tradeoffs.budget_policy import LONG_DAYS, STATES, WINDOW_DAYS
from assets.tradeoffs.error_budgets import names_of
from assets.tradeoffs.scoring import unsliced_cells

PACE_KPI, PACE_PERIOD = "deployment_frequency", "trailing_28d"
ADVICE = {
    "ship_faster": "could ship faster",
    "room_kept": "has room and chose stability",
    "watch": "should look first",
    "hold": "should hold",
    "unclear": "has something left of its budgets, but not surely",
    "unknown": "may have room or not: too little is known of its budgets",
}
PACE = ("deployments_per_week", "deployments_low", "deployments_high")
COLUMNS = (
    *("customer", "segment", "stance", "advice", "since_on", "is_open_start"),
    *("n_services", "n_hold", "n_watch", "n_spend", "n_unknown", "on_hold"),
    *("is_sure", "why", "support_state", "support_left_ratio", "support_is_sure"),
    *(*PACE, "deployments_before", "pace_change_low", "pace_change_high", "sentence"),
)


def services_of(levels: pl.DataFrame, scope_sets: pl.DataFrame, first_on: date) -> pl.DataFrame:
    """`customer, service`: whose services they were in the window, as the records say."""
    sets = levels.filter(pl.col("entered_at").dt.date() >= first_on).select("scope_set").unique()
    members = sets.join(scope_sets, on="scope_set").filter(pl.col("scope") != "unassigned")
    customers, services = (
        members.filter(scope_kind=kind).select("scope_set", pl.col("scope").alias(kind))
        for kind in ("customer", "service")
    )
    return customers.join(services, on="scope_set").select("customer", "service").unique()


def pace(cells: pl.DataFrame, last_on: date) -> pl.DataFrame:
    """`customer`, how often it deploys now and before, and the interval of the change."""
    known = cells.filter(pl.col("value_state") == "ok", pl.col("is_complete"))
    now = known.filter(pl.col("period_end_on") == last_on)
    earlier = known.filter(pl.col("period_end_on") <= last_on - timedelta(days=WINDOW_DAYS))
    before = earlier.sort("period_end_on").unique("scope", keep="last", maintain_order=True)
    ends = ("scope", "value", "low", "high")
    both = now.select(ends).join(before.select(ends), on="scope", how="left", suffix="_before")
    given = [both.get_column(name).cast(pl.Float64).to_numpy() for name in both.columns[1:]]
    low, high = difference(*given) if both.height else (np.empty(0), np.empty(0))
    return both.select(
        customer="scope",
        deployments_per_week="value",
        deployments_low="low",
        deployments_high="high",
        deployments_before="value_before",
        pace_change_low=pl.Series(low, dtype=pl.Float64).fill_nan(None),
        pace_change_high=pl.Series(high, dtype=pl.Float64).fill_nan(None),
    )


def room_to_move(
    budgets: pl.DataFrame,
    owned: pl.DataFrame,
    pace: pl.DataFrame,
    who: pl.DataFrame,
    names: pl.DataFrame,
) -> pl.DataFrame:
    """One row per customer that has a service with a budget, in `COLUMNS`.

    `budgets` are the rows of `tradeoff_error_budgets`, `owned` those of `services_of`, `who` has
    `customer, name, segment, stance` of the day, `names` are those of `error_budgets.names_of`.
    """
    named = names.filter(scope_kind="service").select("scope", service_name="name")
    of_services = (
        budgets.filter(scope_kind="service")
        .join(owned, left_on="scope", right_on="service")
        .join(named, on="scope", how="left")
        .with_columns(service_name=pl.coalesce("service_name", "scope"))
    )
    support = budgets.filter(scope_kind="customer", budget=SUPPORT).select(
        customer="scope",
        support_state="state",
        support_left_ratio="left_ratio",
        support_is_sure="is_sure",
        support_bad="bad",
        support_allowed="allowed",
        support_total="total",
        support_why="why_unknown",
    )
    state = pl.col("state")
    ranked = of_services.with_columns(worst=_worst().over("customer"))
    judged = ranked.group_by("customer").agg(
        *((state == word).sum().alias(f"n_{word}") for word in STATES),
        n_services=pl.col("scope").n_unique(),
        on_hold=pl.format("{}/{}", "scope", "budget").filter(state == "hold").sort(),
        told=_told().filter(state == pl.col("worst")).sort(),
        are_sure=(pl.col("is_sure") & (state == "spend")).all(),
        is_surely_spent=(pl.col("is_sure") & (state == "hold")).any(),
    )
    return (
        judged.join(_since(ranked), on="customer", how="left")
        .join(who, on="customer", how="left")
        .join(support, on="customer", how="left")
        .join(pace, on="customer", how="left")
        .with_columns(advice=_advice())
        .with_columns(is_sure=_is_sure(), why=_why())
        .with_columns(sentence=_sentence())
        .select(COLUMNS)
        .sort("customer")
    )


def _worst() -> pl.Expr:
    """The state that counts of several."""
    has_hold, has_watch = ((pl.col("state") == word).any() for word in ("hold", "watch"))
    worst = pl.when(has_hold).then(pl.lit("hold")).when(has_watch).then(pl.lit("watch"))
    return worst.otherwise(pl.lit("spend"))


def _since(ranked: pl.DataFrame) -> pl.DataFrame:
    """Since when the worst state holds: since its first budget; room, since its last one has it."""
    decisive = ranked.filter(pl.col("state") == pl.col("worst")).sort("since_on")
    ends = ("since_on", "is_open_start")
    has_room = pl.col("worst").first() == "spend"
    return decisive.group_by("customer").agg(
        pl.when(has_room).then(pl.col(name).last()).otherwise(pl.col(name).first()) for name in ends
    )


def _advice() -> pl.Expr:
    known = pl.col("n_hold") + pl.col("n_watch") + pl.col("n_spend")
    return (
        pl.when(known == 0)
        .then(pl.lit("unknown"))
        .when(pl.col("n_hold") > 0)
        .then(pl.lit("hold"))
        .when(pl.col("n_watch") > 0)
        .then(pl.lit("watch"))
        .when(~pl.col("are_sure"))
        .then(pl.lit("unclear"))
        .when(pl.col("stance") == "stability")
        .then(pl.lit("room_kept"))
        .otherwise(pl.lit("ship_faster"))
    )


def _is_sure() -> pl.Expr:
    """Whether the whole interval says so: `watch` is given only where the burn rate surely is."""
    return (
        pl.when(pl.col("advice") == "hold")
        .then("is_surely_spent")
        .otherwise(pl.col("advice").is_in(["watch", "ship_faster", "room_kept"]))
    )


def _surely(is_sure: pl.Expr) -> pl.Expr:
    return pl.when(is_sure).then(pl.lit("surely")).otherwise(pl.lit("probably"))


def _told() -> pl.Expr:
    """What a budget that is spent or burns too fast is told by."""
    ratio = pl.lit(phrases.RATIO)
    spent = pl.format(
        "is {} spent ({} bad events, {} allowed)",
        _surely(pl.col("is_sure")),
        phrases.events(pl.col("bad")),
        phrases.events(pl.col("allowed")),
    )
    burns = pl.format(
        "surely burns faster than it can last ({}× over {} days, no less than {}× allowing for "
        "chance; {}× on the last day; {} is left, {})",
        phrases.number(pl.col("burn_long")),
        LONG_DAYS,
        phrases.number(pl.col("burn_low")),
        phrases.number(pl.col("burn_short")),
        phrases.amount(pl.col("left_ratio"), ratio),
        phrases.interval(pl.col("low"), pl.col("high"), pl.col("left_ratio"), ratio),
    )
    how = pl.when(pl.col("state") == "hold").then(spent).otherwise(burns)
    return pl.format("{} {} {}", "service_name", "budget", how)


def _why() -> pl.Expr:
    """What the advice rests on; null where too little is sure."""
    room = pl.lit("every budget of its services has had room, and surely has some left")
    return (
        pl.when(pl.col("advice").is_in(["hold", "watch"]))
        .then(pl.col("told").list.join(" and "))
        .when(pl.col("advice").is_in(["ship_faster", "room_kept"]))
        .then(room)
    )


def _sentence() -> pl.Expr:
    """`Payments team should hold: since 21 June 2026 Shop availability is surely spent (…`."""
    began = pl.when("is_open_start").then(pl.lit("at least since")).otherwise(pl.lit("since"))
    since = pl.format(": {} {} {}", began, phrases.day(pl.col("since_on")), "why")
    return pl.format(
        "{} {}{}. {}{}",
        pl.coalesce("name", "customer"),
        pl.col("advice").replace_strict(ADVICE, return_dtype=pl.String),
        since.fill_null(""),
        _pace_said(),
        _support_said(),
    )


def _pace_said() -> pl.Expr:
    rate = pl.lit(phrases.PER_WEEK)
    is_faster, is_slower = pl.col("pace_change_low") > 0, pl.col("pace_change_high") < 0
    change = (
        pl.when(is_faster)
        .then(pl.lit(", more often than in the 28 days before"))
        .when(is_slower)
        .then(pl.lit(", less often than in the 28 days before"))
        .otherwise(pl.lit(""))
    )
    said = pl.format(
        "It deploys {} ({}){}.",
        phrases.amount(pl.col("deployments_per_week"), rate),
        phrases.interval(
            pl.col("deployments_low"),
            pl.col("deployments_high"),
            pl.col("deployments_per_week"),
            rate,
        ),
        change,
    )
    return said.fill_null("How often it deploys is not known.")


def _support_said() -> pl.Expr:
    """What asks for something, or failed where too little is known to judge it."""
    state = pl.col("support_state")
    missed = pl.format(
        "{} of {} tickets missed",
        phrases.events(pl.col("support_bad")),
        phrases.events(pl.col("support_total")),
    )
    allowed = pl.format("{}, {} allowed", missed, phrases.events(pl.col("support_allowed")))
    grade = _surely(pl.col("support_is_sure"))
    return (
        pl.when(state == "hold")
        .then(pl.format(" The budget of its support is {} spent: {}.", grade, allowed))
        .when(state == "watch")
        .then(pl.format(" The budget of its support surely burns too fast: {}.", allowed))
        .when((state == "unknown") & (pl.col("support_bad") > 0))
        .then(pl.format(" Support: {}, {}.", missed, "support_why"))
        .otherwise(pl.lit(""))
    )


def who_on(configuration: Configuration, customers: pl.Series, on: date) -> pl.DataFrame:
    """`customer, name, segment, stance` of that day."""
    days = pl.DataFrame({"customer": customers.unique()}).with_columns(on=pl.lit(on))
    return choices.stances(configuration, days).drop("on")


@dg.asset
def tradeoff_room_to_move(
    home: Home,
    tradeoff_error_budgets: pl.LazyFrame,
    kpi_flexibility: pl.LazyFrame,
    fact_service_levels: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
) -> pl.DataFrame:
    """Which teams could ship faster, and which should hold."""
    on = last_full_day(home.as_of_instant, home.configuration.organisation.time_zone)
    cells = unsliced_cells(kpi_flexibility, pl.Series([PACE_KPI]), ("customer",), (PACE_PERIOD,))
    owned = services_of(
        fact_service_levels.collect(),
        fact_scope_sets.select("scope_set", "scope_kind", "scope").unique().collect(),
        on - timedelta(days=WINDOW_DAYS - 1),
    )
    who = who_on(home.configuration, owned.get_column("customer"), on)
    names = names_of(home.configuration)
    return room_to_move(tradeoff_error_budgets.collect(), owned, pace(cells, on), who, names)
