"""Tables of the Staffing page: waits today and as chosen, and the replay against what happened."""

import polars as pl

from app.edition import Edition
from app.staffing import LEVELS, TESTED, Desk, calibration, changes
from app.staffing_words import QUANTILES, unit_of
from app.words import NOT_KNOWN, SPACE, interval, quantity
from assets.methods.lane_replay import Change
from assets.methods.queue_replay import Staffing


def waits_table(edition: Edition, desk: Desk, staffing: Staffing) -> pl.DataFrame:
    """Per lane and statistic: today, as chosen, and the difference, each with its interval."""
    today = changes(edition, desk.name, desk.fitted.today)
    chosen = changes(edition, desk.name, staffing)
    unit, rows = unit_of(desk), []
    for lane, name in desk.lanes.items():
        for statistic in LEVELS:
            row = {"Who": name, "What": QUANTILES[statistic].capitalize()}
            if lane not in desk.predicted:
                rows.append(
                    row | dict.fromkeys(("Today", "As chosen", "Difference"), "no prediction")
                )
                continue
            was, now = today[lane, statistic], chosen[lane, statistic]
            rows.append(
                row
                | {
                    "Today": _said(was.value, was.low, was.high, unit, was.is_growing),
                    "As chosen": _said(now.value, now.low, now.high, unit, now.is_growing),
                    "Difference": difference(now, unit),
                }
            )
    return pl.DataFrame(rows)


def difference(now: Change, unit: str) -> str:
    """`21.6 business min less (12.4–28.9)`; from less to more where that is not sure."""
    if now.difference is None:
        return NOT_KNOWN
    low, high = now.difference_low, now.difference_high
    if not now.is_longer and not now.is_shorter:
        return "none that can be told"
    if now.is_shorter:
        low, high = _turned(high), _turned(low)
    way = "less" if now.is_shorter else "more"
    size = abs(now.difference)
    return f"{quantity(size, unit)} {way} ({interval(low, high, size, unit)})"


def _turned(end: float | None) -> float | None:
    return None if end is None else -end


def _said(
    value: float | None, low: float | None, high: float | None, unit: str, is_growing: bool
) -> str:
    if is_growing:
        return "grows without end"
    return f"{quantity(value, unit)} ({interval(low, high, value, unit)})"


def calibration_table(edition: Edition, desk: Desk) -> pl.DataFrame:
    """What happened and the replay of today's staffing, in the half that was not fitted."""
    unit = unit_of(desk)
    rows = [
        {
            "Who": desk.lanes[row["lane"]],
            "What": QUANTILES[row["statistic"]].capitalize(),
            "Happened": quantity(row["actual"], unit),
            "Replayed": quantity(row["replayed"], unit),
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


def percent(share: float) -> str:
    """`+5 %`, `−12 %`, `0 %`."""
    whole = round(100 * share)
    sign = "+" if whole > 0 else "−" if whole < 0 else ""
    return f"{sign}{abs(whole)}{SPACE}%"


def _follows(correlation: float | None) -> str:
    return NOT_KNOWN if correlation is None else f"{correlation:.2f} of 1"
