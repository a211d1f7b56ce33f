"""What the answer about error budgets takes for granted, as rows of `tradeoff_assumptions`."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from assets.configuration import Configuration
from assets.kpis.phrases import amount
from assets.tradeoffs import budget_policy as policy

TABLE = "tradeoff_error_budgets"
WORKBOOK_5, WORKBOOK_B, DECIDED = (
    "The Site Reliability Workbook, chapter 5",
    "The Site Reliability Workbook, appendix B",
    "decision 0077",
)
Row = tuple[str, str, str, str]


def rows() -> Iterator[Row]:
    """The constants: (trade-off, assumption, value, source)."""
    burning = (
        f"surely above {policy.BURNING:g} over {policy.LONG_DAYS} days (Poisson), and at least "
        f"{policy.BURNING:g} on the last of them"
    )
    yield TABLE, "window of a budget", f"the last {policy.WINDOW_DAYS} full days", WORKBOOK_B
    yield TABLE, "hold", "nothing is left, by the account", WORKBOOK_B
    yield TABLE, "watch", f"something is left, and the burn rate is {burning}", WORKBOOK_5
    yield TABLE, "spend", "something is left, and it does not burn", WORKBOOK_B
    yield TABLE, "windows of the burn rate", "days, as records come by the day", DECIDED
    yield TABLE, "interval of what is left", "the wider of days' (t) and events' (Poisson)", DECIDED
    yield TABLE, "unknown", _unknown(), DECIDED
    yield (
        TABLE,
        "a team's advice",
        "the worst budget of its services; support is told beside",
        DECIDED,
    )
    yield (
        TABLE,
        "could ship faster",
        "every budget of its services known and surely left; stance not stability",
        DECIDED,
    )
    yield TABLE, "indicators of one service", "a budget each, none makes up for another", DECIDED


def _unknown() -> str:
    return (
        "a day of the window that nobody tells of, a late source, or fewer than "
        f"{policy.FEWEST_ALLOWED:g} bad event allowed"
    )


def configured(configuration: Configuration, on: date) -> pl.DataFrame:
    """The objectives of that day, in the columns of `tradeoff_assumptions`."""
    schema = dict.fromkeys(("what", "who"), pl.String) | {
        "objective": pl.Float64,
        "valid_from": pl.Date,
    }
    stated = [
        {"what": row.indicator, "who": row.service} | row.model_dump(include={*schema})
        for row in configuration.objectives
    ] + [
        {"what": "support", "who": row.customer or row.segment} | row.model_dump(include={*schema})
        for row in configuration.support_objectives
    ]
    newest = (
        pl.DataFrame(stated, schema)
        .filter(pl.col("valid_from") <= on)
        .sort("what", "who", "valid_from")
        .unique(["what", "who"], keep="last", maintain_order=True)
    )
    table = pl.when(pl.col("what") == "support").then(pl.lit("support_")).otherwise(pl.lit(""))
    return newest.select(
        tradeoff=pl.lit(TABLE),
        assumption=pl.format("objective of {} for {}", "what", "who"),
        value=amount(pl.col("objective"), pl.lit("ratio")),
        source=pl.format("plumbline.toml [[{}objectives]]", table),
    )
