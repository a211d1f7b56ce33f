"""Tables of the Staffing page: waits today and as chosen, and the replay against what happened."""

import polars as pl

from app.edition import Edition
from app.staffing import LEVELS, TESTED, Desk, calibration, changes
from app.staffing_words import QUANTILES, difference, spoken, unit_of
from app.words import NOT_KNOWN, SPACE, Unit, interval, quantity, shared_unit
from assets.methods.lane_replay import Change
from assets.methods.queue_replay import Staffing


def waits_table(edition: Edition, desk: Desk, staffing: Staffing) -> pl.DataFrame:
    """Per lane and statistic: today, as chosen, and the difference, each with its interval."""
    today = changes(edition, desk.name, desk.fitted.today)
    chosen = changes(edition, desk.name, staffing)
    unit, rows = unit_of(desk.name), []
    for lane, name in desk.lanes.items():
        for statistic in LEVELS:
            said = dict.fromkeys(("Today", "As chosen", "Difference"), "no prediction")
            if lane in desk.predicted:
                was, now = today[lane, statistic], chosen[lane, statistic]
                shared = spoken(edition, desk, statistic)
                said = {
                    "Today": _said(was, unit, shared),
                    "As chosen": _said(now, unit, shared),
                    "Difference": difference(now, unit, shared),
                }
            what = {"Who": name, "What": QUANTILES[statistic].capitalize()}
            rows.append(what | said | {"n": desk.count(lane)})
    return pl.DataFrame(rows)


def _said(wait: Change, unit: str, shared: Unit) -> str:
    if wait.is_growing:
        return "grows without end"
    sure = interval(wait.low, wait.high, wait.value, unit, shared)
    return f"{quantity(wait.value, unit, shared)} ({sure})"


def calibration_table(edition: Edition, desk: Desk) -> pl.DataFrame:
    """What happened and the replay of today's staffing, in the half that was not fitted."""
    unit = unit_of(desk.name)
    rows = [
        {
            "Who": desk.lanes[row["lane"]],
            "What": QUANTILES[row["statistic"]].capitalize(),
            **_side_by_side({"Happened": row["actual"], "Replayed": row["replayed"]}, unit),
            "Off by": NOT_KNOWN if row["differs_by"] is None else percent(row["differs_by"]),
            "The same wait long": _follows(row["rank_correlation"]),
            "n": row["n"],
        }
        for row in calibration(edition, desk.name).filter(pl.col("half") == TESTED).to_dicts()
    ]
    order = list(desk.lanes.values())
    table = pl.DataFrame(rows)
    return table.sort(
        pl.col("Who").replace_strict(order, list(range(len(order)))), maintain_order=True
    )


def _side_by_side(waits: dict[str, float | None], unit: str) -> dict[str, str]:
    shared = shared_unit(waits.values(), unit)
    return {what: quantity(wait, unit, shared) for what, wait in waits.items()}


def percent(share: float) -> str:
    """`+5 %`, `−12 %`, `0 %`."""
    whole = round(100 * share)
    sign = "+" if whole > 0 else "−" if whole < 0 else ""
    return f"{sign}{abs(whole)}{SPACE}%"


def _follows(correlation: float | None) -> str:
    return NOT_KNOWN if correlation is None else f"{correlation:.2f} of 1"
