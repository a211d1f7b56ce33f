"""How long each lane of a desk waits, as it was staffed or otherwise: a replay of what arrived.

A desk is people who answer tickets by a calendar, or machines that run jobs. Holds what turns
arrivals into waits and waits into statistics with intervals. Not here: where arrivals come from,
and whether a desk's replay is like what happened (`assets.tradeoffs.lane_calibration`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from assets.methods.block_bootstrap import block_counts, middle, quantiles, shares_within
from assets.methods.business_time import BusinessClock, Micros
from assets.methods.distributions import Floats
from assets.methods.queue_replay import Ints, Staffing, begins

DRAWS = 400
SEED = 20_260_701
OVERLOADED = 1.0


@dataclass(frozen=True)
class Habits:
    """How a desk works, as it was fitted.

    One second of recorded work keeps a server busy for `effort` seconds; the answer is given when
    `reply_share` of that is done, and `start_seconds` later for reasons that are no queue. Of all
    draws, a share of `weight` goes by these.
    """

    effort: float = 1.0
    reply_share: float = 0.0
    start_seconds: float = 0.0
    weight: float = 1.0


@dataclass(frozen=True)
class Desk:
    """What arrived at a desk: `at` ascends (microseconds); `block` is -1 where it only warms up.

    `hours` are those of the servers, `promised` those by which each lane's wait is counted.
    """

    at: Micros
    work_seconds: Floats
    lane: Ints
    block: Ints
    lanes: tuple[str, ...]
    hours: BusinessClock
    promised: Sequence[BusinessClock]

    @cached_property
    def came(self) -> Ints:
        """Open seconds of `hours` at which each arrived."""
        return np.floor(self.hours.passed_seconds(self.at)).astype(np.int64)

    @property
    def blocks(self) -> int:
        """How many blocks are measured."""
        return int(self.block.max(initial=-1)) + 1

    def work(self, habits: Habits) -> Ints:
        """Whole seconds for which each keeps a server busy."""
        return np.rint(self.work_seconds * habits.effort).astype(np.int64)


def waits(desk: Desk, staffing: Staffing, habits: Habits) -> Floats:
    """Seconds of each lane's promised hours from arrival to answer; inf beyond the clocks."""
    begun = begins(desk.came, desk.work(habits), desk.lane, staffing, len(desk.lanes))
    return answered(desk, begun, habits)


def answered(desk: Desk, begun: Ints, habits: Habits) -> Floats:
    """The waits of what was begun at these open seconds."""
    until = desk.hours.instants(begun + habits.reply_share * desk.work(habits))
    found = np.empty(len(until))
    for lane, clock in enumerate(desk.promised):
        mine = desk.lane == lane
        found[mine] = clock.elapsed_seconds(desk.at[mine], until[mine])
    return np.where(until >= desk.hours.end, np.inf, np.maximum(found, 0.0) + habits.start_seconds)


def load(desk: Desk, staffing: Staffing, habits: Habits) -> Floats:
    """Per lane: work that comes in before or with it, over what its servers can do.

    From 1 on, what waits in the lane grows without end. Where sides help each other, all servers
    and all lanes are counted together.
    """
    busy = np.bincount(desk.lane, desk.work(habits), minlength=len(desk.lanes))
    there = float(desk.came[-1] - desk.came[0]) if len(desk.came) else 0.0
    if there == 0:
        return np.zeros(len(desk.lanes))
    if staffing.is_helping:
        return np.full(len(desk.lanes), busy.sum() / (there * staffing.servers))
    pools, queue_of = staffing.pools(len(desk.lanes))
    found = np.zeros(len(desk.lanes))
    for pool in pools:
        before = 0.0
        for queue in pool.lanes:
            before += busy[queue_of == queue].sum()
            found[queue_of == queue] = before / (there * pool.servers)
    return found


@dataclass(frozen=True)
class Outcome:
    """What a staffing gives: waits by the best habits and by each other, ready to be measured."""

    desk: Desk
    habits: Sequence[Habits]
    waits: Sequence[Floats]
    load: Floats
    _known: dict[tuple[int, float], tuple[float, Floats]] = field(default_factory=dict, repr=False)

    def quantile(self, lane: int, level: float) -> tuple[float, Floats]:
        """The lane's quantile by the best habits, and its draws: shape (draws,); drawn once."""
        if (lane, level) not in self._known:
            self._known[lane, level] = self._drawn(lane, level)
        return self._known[lane, level]

    def _drawn(self, lane: int, level: float) -> tuple[float, Floats]:
        best = self._measured(0, np.ones((1, self.desk.blocks), dtype=np.int64), lane, level)
        drawn = [
            self._measured(number, counts, lane, level)
            for number, counts in enumerate(_counts(self.desk.blocks, self.habits))
        ]
        return float(best[0]), np.concatenate(drawn)

    def within(self, lane: int, times: Floats) -> tuple[Floats, Floats, Floats]:
        """Share of the lane answered within each time, with the ends of its interval."""
        mine = self.desk.lane == lane
        block, one = self.desk.block[mine], np.ones((1, self.desk.blocks), dtype=np.int64)
        drawn = [
            shares_within(self.waits[number][mine], block, counts, times)
            for number, counts in enumerate(_counts(self.desk.blocks, self.habits))
        ]
        low, high = middle(np.concatenate(drawn))
        return shares_within(self.waits[0][mine], block, one, times)[0], low, high

    def _measured(self, number: int, counts: Ints, lane: int, level: float) -> Floats:
        mine = self.desk.lane == lane
        return quantiles(self.waits[number][mine], self.desk.block[mine], counts, level)


def outcome(desk: Desk, staffing: Staffing, habits: Sequence[Habits]) -> Outcome:
    """Replays a staffing by all fitted habits, the best first."""
    found = [waits(desk, staffing, one) for one in habits]
    return Outcome(desk, habits, found, load(desk, staffing, habits[0]))


@dataclass(frozen=True)
class Change:
    """One lane's quantile under a staffing, and what it differs by from another one's.

    None: not known, or an end that the draws leave open. `is_growing`: what waits grows without
    end, so that a value would only tell for how long one looked.
    """

    is_growing: bool
    value: float | None = None
    low: float | None = None
    high: float | None = None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None

    @property
    def is_longer(self) -> bool:
        """Whether it surely takes longer than under the other staffing."""
        return self.is_growing or (self.difference_low is not None and self.difference_low > 0)

    @property
    def is_shorter(self) -> bool:
        """Whether it surely takes less long than under the other staffing."""
        return self.difference_high is not None and self.difference_high < 0


def change(found: Outcome, other: Outcome, lane: int, level: float) -> Change:
    """The lane's quantile in `found`, and against `other`: draw by draw, of the same blocks."""
    value, drawn = found.quantile(lane, level)
    if found.load[lane] >= OVERLOADED or not np.isfinite(value):
        return Change(is_growing=True)
    was, drawn_before = other.quantile(lane, level)
    with np.errstate(invalid="ignore"):
        changes = drawn - drawn_before
    ends = [_finite(end) for pair in (middle(drawn), middle(changes)) for end in pair]
    difference = value - was if np.isfinite(was) else None
    return Change(False, value, ends[0], ends[1], difference, ends[2], ends[3])


def _finite(end: Floats) -> float | None:
    return float(end) if np.isfinite(end) else None


def _counts(blocks: int, habits: Sequence[Habits]) -> list[Ints]:
    """The draws of blocks that go by each of the habits: the same for every staffing."""
    ends = np.rint(np.cumsum([one.weight for one in habits]) * DRAWS).astype(np.int64)
    return np.split(block_counts(blocks, DRAWS, SEED), ends[:-1])
