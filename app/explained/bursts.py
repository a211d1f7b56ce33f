"""Whether records can be taken as independent, as an interval does: or do they come in bursts?"""

from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from app.cells import Cell
from app.explained.explanation import QUANTILES, Explanation
from app.explained.members import MEASURED, in_number, measured_until
from app.explained.section import Section
from app.words import number
from assets.methods.bursts import Bursts, of_counts, of_shares

TITLE = "Do its records come in bursts?"
LEAST_RECORDS, LEAST_DAYS = 20, 14  # below, chance could make anything of them
SURE = 0.01
VARIES = {"rate": "numbers", **dict.fromkeys(QUANTILES, "shares of short and long ones")}
DAYS_OF_A_WEEK = 7


def bursts(of: Explanation) -> Section:
    """Whether the records of a day have more in common than chance makes, and what follows."""
    days, statistic = _days(of), of.cell.row["statistic"]
    found = None if days is None else _found(statistic, days)
    if found is None:
        return Section("bursts", TITLE)
    vary = f"from day to day their {VARIES.get(statistic, 'shares')} vary {number(found.variance)}"
    vary += " times as much as independent ones would"
    if found.p_value > SURE:
        return Section("bursts", TITLE, (f"No sign of it: {vary}.",))
    wider = number(found.variance**0.5)
    return Section(
        "bursts",
        TITLE,
        (
            f"Yes: {vary} (p = {found.p_value:.2g}).",
            "What happened is as it is told. For what is to come the interval is too narrow: "
            f"take it as about {wider} times as wide.",
        ),
    )


def _days(of: Explanation) -> pl.DataFrame | None:
    """`day, records, hits` of every day of the cell; None for cells that this says nothing of.

    Those are stocks, sums and what is robust to bursts already, and cells of few records or days.
    """
    cell, row = of.cell, of.cell.row
    is_other = cell.kpi.left_at or cell.kpi.amount or cell.kpi.denominator
    if is_other or cell.kpi.row.get("clusters") or row["value_state"] != "ok":
        return None
    if of.records is None or not row["is_complete"] or row["n"] < LEAST_RECORDS:
        return None
    first, last = row["period_start_on"], measured_until(of.edition, cell)
    if last - first < timedelta(days=LEAST_DAYS - 1):
        return None
    local = pl.col("entered_at").dt.convert_time_zone(ZoneInfo(of.edition.time_zone).key).dt.date()
    counted = (
        in_number(of.records)
        .group_by(day=local)
        .agg(records=pl.len(), hits=_is_hit(cell).sum())
        .with_columns(pl.col("records", "hits").cast(pl.Int64))
    )
    every = pl.DataFrame({"day": pl.date_range(first, last, eager=True)})
    return every.join(counted, on="day", how="left").fill_null(0).sort("day")


def _is_hit(cell: Cell) -> pl.Expr:
    """Of a duration, whether it ended within the cell's own value; of a ratio, its numerator."""
    if cell.row["statistic"] in QUANTILES:
        return pl.col("fate").eq(MEASURED) & pl.col("measured").le(cell.row["value"])
    return pl.col("is_hit").fill_null(False)


def _found(statistic: str, days: pl.DataFrame) -> Bursts | None:
    records, hits = (days[name].to_numpy() for name in ("records", "hits"))
    if statistic == "rate":
        return of_counts(records, np.arange(len(records)) % DAYS_OF_A_WEEK)
    return of_shares(hits, records)
