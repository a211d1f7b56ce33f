"""Desks from the tables that an edition holds, so that the app replays what the pipeline replayed.

`tradeoff_lane_arrivals` and `tradeoff_lane_hours` say what arrived and when who is there,
`tradeoff_lane_desks` how each desk works; frames in, a desk of `lane_replay` out.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from assets.methods.business_time import BusinessClock
from assets.methods.lane_replay import Desk, Habits
from assets.methods.queue_replay import Staffing


@dataclass(frozen=True)
class Fitted:
    """A desk, how it is staffed today, and the habits that were fitted, the best first."""

    desk: Desk
    today: Staffing
    habits: tuple[Habits, ...]


def desk_of(
    arrivals: pl.DataFrame, hours: pl.DataFrame, lanes: dict[str, str], calendar: str
) -> Desk:
    """The desk of these arrivals; `lanes` are in order, each with the calendar of its waits."""
    clocks = {name: _clock(hours, name) for name in {calendar, *lanes.values()}}
    ordered = in_order(arrivals)
    number = {lane: place for place, lane in enumerate(lanes)}
    return Desk(
        at=ordered["arrived_at"].to_physical().to_numpy(),
        work_seconds=ordered["work_seconds"].to_numpy(),
        lane=ordered["lane"].replace_strict(number, return_dtype=pl.Int64).to_numpy(),
        block=ordered["block"].cast(pl.Int64).to_numpy(),
        lanes=tuple(lanes),
        hours=clocks[calendar],
        promised=[clocks[name] for name in lanes.values()],
    )


def in_order(arrivals: pl.DataFrame) -> pl.DataFrame:
    """By arrival; what arrived at one instant in an order that any copy of the table gives."""
    return arrivals.sort("arrived_at", "lane", "work_seconds", "wait_seconds")


def _clock(hours: pl.DataFrame, calendar: str) -> BusinessClock:
    """All calendars of the table are laid out from its first to its last instant and a bit."""
    mine = hours.filter(pl.col("calendar") == calendar).sort("opens_at")
    first, last = hours.select(pl.col("opens_at").min(), pl.col("closes_at").max()).row(0)
    spans = mine.select(pl.col("opens_at", "closes_at").to_physical()).to_numpy()
    return BusinessClock.of_spans(spans, _utc(first), _utc(last))


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def fitted(
    desks: pl.DataFrame, arrivals: pl.DataFrame, hours: pl.DataFrame, name: str
) -> Fitted | None:
    """The desk of that name; None where it could not be fitted."""
    rows = desks.filter(pl.col("desk") == name).sort("place").to_dicts()
    if not rows:
        return None
    best = rows[0]
    lanes = dict(zip(best["lanes"], best["calendars"], strict=True))
    order = None if best["order"] is None else tuple(best["lanes"].index(o) for o in best["order"])
    return Fitted(
        desk_of(arrivals.filter(pl.col("desk") == name), hours, lanes, best["calendar"]),
        Staffing(best["servers"], order),
        tuple(Habits(r["effort"], r["reply_share"], r["start_seconds"], r["weight"]) for r in rows),
    )
