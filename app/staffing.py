"""Replays for the Staffing page: the edition's desks under any staffing, ready to be shown.

Reads `tradeoff_lane_*` and calls `assets.methods.lane_replay`, as the pipeline does. No words.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
import streamlit as st

from app.cells import Row, name_of
from app.edition import Edition, key_of
from assets.methods.block_bootstrap import shares_within
from assets.methods.lane_replay import Change, Outcome, change, outcome, waits
from assets.methods.lane_tables import Fitted, fitted, in_order
from assets.methods.queue_replay import Staffing

SUPPORT, TESTED = "support", "tested"
LEVELS = {"p50": 0.5, "p90": 0.9}
TIMES = 60
FEWEST = 30  # as in the calibration
TODAY, COMING, FIRST, OWN, MORE = "today", "as_they_come", "first", "own_lane", "one_more"
POLICIES = (TODAY, COMING, FIRST, OWN)
HASHED: dict[str | type[Any], Callable[[Any], Any]] = {Edition: key_of, Staffing: repr}


@dataclass(frozen=True)
class Desk:
    """One desk of an edition: its lanes with their names, and which of them can be predicted."""

    name: str
    fitted: Fitted
    about: Row
    lanes: dict[str, str]
    predicted: tuple[str, ...]

    def number(self, lane: str) -> int:
        """The lane's place in the replay."""
        return self.fitted.desk.lanes.index(lane)

    def count(self, lane: str) -> int:
        """How many of the lane's arrivals are measured."""
        desk = self.fitted.desk
        return int(((desk.lane == self.number(lane)) & (desk.block >= 0)).sum())

    @property
    def servers(self) -> int:
        """How many there are today."""
        return self.fitted.today.servers


@st.cache_resource(max_entries=50, show_spinner=False, hash_funcs=HASHED)
def desk_of(edition: Edition, name: str) -> Desk | None:
    """The desk of that name; None where it could not be fitted."""
    desks = edition.table("tradeoff_lane_desks")
    found = fitted(
        desks, edition.table("tradeoff_lane_arrivals"), edition.table("tradeoff_lane_hours"), name
    )
    if found is None:
        return None
    about = desks.row(by_predicate=(pl.col("desk") == name) & (pl.col("place") == 0), named=True)
    lanes = {name: f"{name} runs"}
    if name == SUPPORT:
        lanes = {lane: name_of(edition, "segment", lane) for lane in found.desk.lanes}
    alike = calibration(edition, name).filter("is_predicted")
    order = found.today.order or tuple(range(len(lanes)))
    listed = {found.desk.lanes[n]: lanes[found.desk.lanes[n]] for n in order}
    return Desk(name, found, about, listed, tuple(alike["lane"].unique(maintain_order=True)))


def calibration(edition: Edition, name: str) -> pl.DataFrame:
    """The desk's rows of `tradeoff_lane_calibration`."""
    return edition.table("tradeoff_lane_calibration").filter(pl.col("desk") == name)


def tested(edition: Edition, desk: Desk) -> list[str]:
    """The lanes with enough arrivals in the half that was not fitted, in the order of the desk."""
    rows = calibration(edition, desk.name).filter(
        pl.col("half") == TESTED, pl.col("n") >= FEWEST
    )  # fmt: skip
    return [lane for lane in desk.lanes if lane in set(rows["lane"])]


def tools(edition: Edition) -> list[str]:
    """Tools whose runners were fitted, those that can be predicted first."""
    alike = edition.table("tradeoff_lane_calibration").filter(pl.col("desk") != SUPPORT)
    ordered = alike.group_by("desk").agg(pl.col("is_predicted").any()).sort(
        "is_predicted", "desk", descending=[True, False]
    )  # fmt: skip
    return ordered["desk"].to_list()


def staffing_of(
    desk: Desk, servers: int, policy: str, lane: str, reserved: int, is_helping: bool
) -> Staffing | None:
    """The chosen staffing; None where a lane of its own would leave nobody for the others."""
    today = replace(desk.fitted.today, servers=servers)
    if policy == COMING:
        return replace(today, order=None)
    number = desk.number(lane)
    if policy == FIRST:
        rest = today.order or range(len(desk.lanes))
        return replace(today, order=(number, *(one for one in rest if one != number)))
    if policy != OWN:
        return today
    if reserved >= servers:
        return None
    return replace(today, own_lane=number, reserved=reserved, is_helping=is_helping)


def ways_of(desk: Desk, lane: str) -> dict[str, Staffing]:
    """The ways to let a lane wait less that the desk has, the cheapest first."""
    found = {
        FIRST: staffing_of(desk, desk.servers, FIRST, lane, 0, False),
        OWN: staffing_of(desk, desk.servers, OWN, lane, 1, False),
        MORE: replace(desk.fitted.today, servers=desk.servers + 1),
    }
    return {way: one for way, one in found.items() if one and one != desk.fitted.today}


@st.cache_resource(max_entries=200, show_spinner=False, hash_funcs=HASHED)
def replayed(edition: Edition, name: str, staffing: Staffing) -> Outcome:
    """The desk's arrivals under a staffing."""
    desk = desk_of(edition, name)
    assert desk is not None, f"{name} was not fitted"
    return outcome(desk.fitted.desk, staffing, desk.fitted.habits)


@st.cache_resource(max_entries=200, show_spinner=False, hash_funcs=HASHED)
def changes(edition: Edition, name: str, staffing: Staffing) -> dict[tuple[str, str], Change]:
    """Per predicted lane and statistic, the staffing against today's."""
    desk = desk_of(edition, name)
    assert desk is not None, f"{name} was not fitted"
    found = replayed(edition, name, staffing)
    base = replayed(edition, name, desk.fitted.today)
    return {
        (lane, statistic): change(found, base, desk.number(lane), level)
        for lane in desk.predicted
        for statistic, level in LEVELS.items()
    }


def against(edition: Edition, desk: Desk, one: Staffing, other: Staffing, lane: str) -> Change:
    """The lane's median under one staffing against another that is not today's."""
    first, second = (replayed(edition, desk.name, staffing) for staffing in (one, other))
    return change(first, second, desk.number(lane), LEVELS["p50"])


@st.cache_resource(max_entries=200, show_spinner=False, hash_funcs=HASHED)
def curves(edition: Edition, name: str, staffing: Staffing, lane: str) -> pl.DataFrame:
    """`seconds, share, low, high, which`: answered within each time, today and as chosen."""
    desk = desk_of(edition, name)
    assert desk is not None, f"{name} was not fitted"
    today = desk.fitted.today
    shown = {"today": today} | ({"chosen": staffing} if staffing != today else {})
    return pl.concat(
        _answered(edition, name, one, lane).with_columns(which=pl.lit(which))
        for which, one in shown.items()
    )


@st.cache_resource(max_entries=200, show_spinner=False, hash_funcs=HASHED)
def _answered(edition: Edition, name: str, staffing: Staffing, lane: str) -> pl.DataFrame:
    """`seconds, share, low, high` of one staffing."""
    desk = desk_of(edition, name)
    assert desk is not None, f"{name} was not fitted"
    times = _times(edition, desk, lane)
    share, low, high = replayed(edition, name, staffing).within(desk.number(lane), times)
    return pl.DataFrame({"seconds": times, "share": share, "low": low, "high": high})


@st.cache_resource(max_entries=50, show_spinner=False, hash_funcs=HASHED)
def happened(edition: Edition, name: str, lane: str) -> pl.DataFrame:
    """`seconds, share, which` of the half that was not fitted: as it was, and as replayed."""
    desk = desk_of(edition, name)
    assert desk is not None, f"{name} was not fitted"
    own, split = desk.fitted.desk, desk.about["split_block"]
    arrivals = edition.table("tradeoff_lane_arrivals").filter(pl.col("desk") == name)
    actual = in_order(arrivals)["wait_seconds"].fill_null(float("inf")).to_numpy()
    replay = waits(own, desk.fitted.today, desk.fitted.habits[0])
    mine = (own.lane == desk.number(lane)) & (own.block >= split)
    times, once = _times(edition, desk, lane), np.ones((1, 1), dtype=np.int64)
    block = np.zeros(int(mine.sum()), dtype=np.int64)
    return pl.concat(
        _curve(times, shares_within(values[mine], block, once, times)[0], which)
        for which, values in (("happened", actual), ("replayed", replay))
    )


def _times(edition: Edition, desk: Desk, lane: str) -> np.ndarray:
    """Seconds from a minute to what nine of ten wait at most today, and as much again threefold."""
    nine_of_ten, _ = replayed(edition, desk.name, desk.fitted.today).quantile(
        desk.number(lane), 0.9
    )
    last = 4 * nine_of_ten if np.isfinite(nine_of_ten) else 40 * 3_600.0
    first = 60.0 if desk.name == SUPPORT else 5.0
    return np.geomspace(first, max(last, 100 * first), TIMES)


def _curve(times: np.ndarray, share: np.ndarray, which: str) -> pl.DataFrame:
    return pl.DataFrame({"seconds": times, "share": share, "which": [which] * len(times)})
