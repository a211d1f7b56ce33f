"""From days to a policy: how much of an error budget is left, how fast it burns, what follows.

The account is that of the 28 days before (Google, The Site Reliability Workbook, appendix B): who
has spent it holds. Burn rates follow its chapter 5: how many times as fast as the objective allows,
in a long and in a short window, so that an alarm is neither old nor a moment's noise.
"""

from datetime import date

import polars as pl

from assets.methods.intervals import poisson_rate, quotient_of_clusters
from assets.tradeoffs.budget_days import BUDGET

WINDOW_DAYS = 28
# The workbook's slowest pair is three days and six hours; records come by the day.
LONG_DAYS, SHORT_DAYS = 3, 1
BURNING = 1.0  # faster than that the budget will not last
FEWEST_ALLOWED = 1.0  # where not even one may be bad, one decides nothing
STATES = ("hold", "watch", "spend", "unknown")
SUMS = (
    *("bad", "allowed", "clusters", "top", "top_squared", "product", "allowed_squared"),
    *("told", "total"),
)


def accounts(days: pl.DataFrame, told: pl.DataFrame, last_on: date) -> pl.DataFrame:
    """The account of every budget at the end of every day until `last_on`.

    `days` are those of `budget_days`, `told` has `scope_kind, scope, day`. Adds to `BUDGET` and
    `day`: `bad, allowed, total, left, low, high, burn_long, burn_low, burn_short, told, is_burning,
    state`. The interval is the wider one, at each end, of that between days (Student's t) and
    Poisson's of the bad events, up to the whole budget: what another 28 days like these would have
    left. `burn_low` is Poisson's lower end of the burn rate in the long window.
    """
    summed = _rolled(_calendar(days, told, last_on))
    given = [summed.get_column(name).to_numpy() for name in SUMS[2:7]]
    clusters, top, top_squared, product, allowed_squared = given
    allowed = summed.get_column("allowed").to_numpy()
    left, low, high = quotient_of_clusters(
        clusters, top, allowed, top_squared, product, allowed_squared
    )
    least, most = poisson_rate(summed.get_column("bad").to_numpy(), allowed)
    long_least, _ = poisson_rate(
        summed.get_column("bad_long").to_numpy(),
        summed.get_column("allowed_long").to_numpy(),
    )
    ends = summed.with_columns(
        left=pl.Series(left),
        low=pl.min_horizontal(pl.Series(low).fill_nan(None), pl.Series(1 - most).fill_nan(None)),
        high=pl.max_horizontal(
            pl.Series(high).fill_nan(None), pl.Series(1 - least).fill_nan(None)
        ).clip(upper_bound=1.0),
        burn_long=_rate("bad_long", "allowed_long"),
        burn_short=_rate("bad_short", "allowed_short"),
        burn_low=pl.Series(long_least).fill_nan(None),
    )
    return (
        ends.with_columns(is_burning=_is_burning())
        .with_columns(state=_state())
        .select(
            *BUDGET,
            *("day", "bad", "allowed", "total", "left", "low", "high"),
            *("burn_long", "burn_low", "burn_short", "told", "is_burning", "state"),
        )
    )


def _rate(bad: str, allowed: str) -> pl.Expr:
    return pl.when(pl.col(allowed) > 0).then(pl.col(bad) / pl.col(allowed))


def _is_burning() -> pl.Expr:
    """In the long window surely, and still in the short one."""
    surely, still = pl.col("burn_low") > BURNING, pl.col("burn_short") >= BURNING
    return (surely & still).fill_null(False)


def _state() -> pl.Expr:
    is_known = (pl.col("told") == WINDOW_DAYS) & (pl.col("allowed") >= FEWEST_ALLOWED)
    return (
        pl.when(~is_known | pl.col("left").is_null())
        .then(pl.lit("unknown"))
        .when(pl.col("left") <= 0)
        .then(pl.lit("hold"))
        .when("is_burning")
        .then(pl.lit("watch"))
        .otherwise(pl.lit("spend"))
    )


def _calendar(days: pl.DataFrame, told: pl.DataFrame, last_on: date) -> pl.DataFrame:
    """Every day of every budget from its first one on, with what the sums are made of."""
    told_on = told.with_columns(told=pl.lit(1.0))
    whole = (
        days.group_by(BUDGET)
        .agg(first=pl.col("day").min())
        .with_columns(day=pl.date_ranges("first", pl.lit(last_on)))
        .explode("day")
        .drop("first")
    )
    top, allowed = pl.col("allowed") - pl.col("bad"), pl.col("allowed")
    return (
        whole.join(days, on=[*BUDGET, "day"], how="left")
        .join(told_on, on=["scope_kind", "scope", "day"], how="left")
        .with_columns(pl.col("bad", "allowed", "total", "told").fill_null(0.0))
        .with_columns(
            clusters=(allowed > 0).cast(pl.Float64),
            top=top,
            top_squared=top**2,
            product=top * allowed,
            allowed_squared=allowed**2,
        )
        .sort(*BUDGET, "day")
    )


def _rolled(calendar: pl.DataFrame) -> pl.DataFrame:
    """Sums over the window; of bad and allowed over the burn rates' windows, too."""

    def over(names: tuple[str, ...], days: int, suffix: str = "") -> list[pl.Expr]:
        # What adding and taking away leaves behind is rounded off, so that nothing stays nothing.
        return [
            pl.col(name).rolling_sum(days, min_samples=1).over(BUDGET).round(6).alias(name + suffix)
            for name in names
        ]

    return calendar.with_columns(
        *over(SUMS, WINDOW_DAYS),
        *over(SUMS[:2], LONG_DAYS, "_long"),
        *over(SUMS[:2], SHORT_DAYS, "_short"),
    )


def since(accounts: pl.DataFrame) -> pl.DataFrame:
    """`BUDGET, since_on, is_open_start`: when the newest state began.

    `is_open_start`: what it was before is not known, so that it may have begun earlier.
    """
    before = pl.col("state").shift(1).over(BUDGET)
    return (
        accounts.sort(*BUDGET, "day")
        .with_columns(before=before)
        .filter(pl.col("before").is_null() | (pl.col("before") != pl.col("state")))
        .group_by(BUDGET, maintain_order=True)
        .agg(
            since_on=pl.col("day").last(),
            is_open_start=(pl.col("before").fill_null("unknown") == "unknown").last(),
        )
    )
