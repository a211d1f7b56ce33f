"""Finds how a desk works: the habits whose replay is most like what happened.

Fitted on the first half of the recent time only; whether they hold is tested on the other half, in
`assets.tradeoffs.lane_calibration`. Pure functions over a desk and the waits that happened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assets.methods.block_bootstrap import block_counts, quantiles
from assets.methods.distributions import Floats
from assets.methods.lane_replay import SEED, Desk, Habits, answered, load
from assets.methods.queue_replay import Ints, Staffing, begins

LEVELS = (0.5, 0.9)
FEWEST = 30  # of a lane and half: fewer neither fit nor test anything
# Shares of their time for which servers may be busy: steps of 3 %, as a few percent of effort
# double the waits of who is served last.
BUSY = np.geomspace(0.15, 1.1, 67)
EFFORTS = (0.5, 8.0)
SHARES = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
FINER = (np.geomspace(0.97, 1.03, 7), np.geomspace(0.99, 1.01, 5))
SHARES_FINER = (0.8, 0.9, 1.0, 1.1, 1.25)
REFITS, MOST_HABITS, MOST_REFITTED = 60, 6, 24
Candidates = list[tuple[float, Habits, Floats]]


@dataclass(frozen=True)
class Goal:
    """What a replay should give: the waits that happened, of what `desk` holds.

    Waits below `least` seconds count as so many; inf is still open.
    """

    desk: Desk
    happened: Floats
    least: float

    @cached_property
    def lanes(self) -> list[NDArray[np.bool_]]:
        """Which arrivals are of each lane that has enough of them to fit on."""
        each = [self.desk.lane == lane for lane in range(len(self.desk.lanes))]
        return [mine for mine in each if (self.desk.block[mine] >= 0).sum() >= FEWEST]

    def logs(self, waits: Floats, counts: Ints) -> Floats:
        """Log quantiles: shape (draws, lanes × levels)."""
        found = [
            quantiles(waits[mine], self.desk.block[mine], counts, level)
            for mine in self.lanes
            for level in LEVELS
        ]
        most = np.finfo(np.float64).max
        return np.log(np.clip(np.array(found).reshape(-1, len(counts)).T, self.least, most))

    def misfit(self, waits: Floats) -> float:
        """Squared log ratios of the quantiles to those that happened, over all lanes."""
        once = np.ones((1, self.desk.blocks), dtype=np.int64)
        return float(((self.logs(waits, once) - self._happened) ** 2).sum())

    @cached_property
    def _happened(self) -> Floats:
        return self.logs(self.happened, np.ones((1, self.desk.blocks), dtype=np.int64))


def until_block(desk: Desk, block: int) -> Desk:
    """The desk up to the last arrival of the blocks before `block`: later ones change none."""
    last = int(np.flatnonzero((desk.block >= 0) & (desk.block < block)).max(initial=-1)) + 1
    return replace(
        desk, at=desk.at[:last], work_seconds=desk.work_seconds[:last],
        lane=desk.lane[:last], block=desk.block[:last],
    )  # fmt: skip


def fit_people(goal: Goal, today: Staffing) -> tuple[Habits, ...]:
    """Habits of people at a desk whose blocks are those to fit on, the best first.

    How many they are is stated, not fitted: eight whose work takes eight times as long as recorded
    let tickets wait as two do for whom it takes twice as long. The other habits are those that are
    best when blocks are drawn again.
    """
    alone = float(load(goal.desk, Staffing(today.servers), Habits())[0])
    efforts = np.unique(np.clip(BUSY / max(alone, 1e-9), *EFFORTS))
    tried = _tried(goal, today, [Habits(effort) for effort in efforts], SHARES)
    for finer in FINER:
        best = _best(tried)
        shares = [min(1.0, best.reply_share * one) for one in SHARES_FINER]
        grid = [replace(best, effort=best.effort * one) for one in finer]
        tried += _tried(goal, today, grid, shares)
    return _with_others(goal, tried)


def _best(tried: Candidates) -> Habits:
    return min(tried, key=lambda one: one[0])[1]


def _tried(
    goal: Goal, today: Staffing, grid: Iterable[Habits], shares: Sequence[float]
) -> Candidates:
    """Misfit and waits of each of the grid with each share: one replay per effort."""
    found, desk = [], goal.desk
    for habits in grid:
        begun = begins(desk.came, desk.work(habits), desk.lane, today, len(desk.lanes))
        for share in shares:
            own = replace(habits, reply_share=share)
            waits = answered(desk, begun, own)
            found.append((goal.misfit(waits), own, waits))
    return found


def _with_others(goal: Goal, tried: Candidates) -> tuple[Habits, ...]:
    """The best, and who else is best in how many of `REFITS` draws of blocks."""
    ranked = sorted(tried, key=lambda one: one[0])[:MOST_REFITTED]
    counts = block_counts(goal.desk.blocks, REFITS, SEED)
    happened = goal.logs(goal.happened, counts)
    # A lane that is in none of a draw's blocks says nothing in it.
    misfits = [np.nansum((goal.logs(w, counts) - happened) ** 2, axis=1) for *_, w in ranked]
    wins = np.bincount(np.argmin(misfits, axis=0), minlength=len(ranked))
    others = [n for n in np.argsort(-wins, kind="stable").tolist() if n and wins[n]]
    kept = [0, *others[: MOST_HABITS - 1]]
    if not wins[kept].sum():
        return (ranked[0][1],)
    weights = wins[kept] / wins[kept].sum()
    return tuple(
        replace(ranked[n][1], weight=float(weight)) for n, weight in zip(kept, weights, strict=True)
    )


def fit_machines(goal: Goal, servers: int | None) -> tuple[int, Habits]:
    """How many machines there are, and their habits; what they run takes as long as it took.

    Without `servers`, as many as ran at once, at most or nearly. What starts late although one was
    idle in the replay tells how long a start takes.
    """
    desk, best = goal.desk, (np.inf, 0, Habits())
    for count in [servers] if servers is not None else _at_once(desk, goal.happened):
        begun = begins(desk.came, desk.work(Habits()), desk.lane, Staffing(count), 1)
        is_idle = (begun == desk.came) & (desk.block >= 0)
        start = float(np.median(goal.happened[is_idle])) if is_idle.any() else 0.0
        habits = Habits(start_seconds=start)
        misfit = goal.misfit(answered(desk, begun, habits))
        if misfit < best[0]:
            best = misfit, count, habits
    return best[1], best[2]


def _at_once(desk: Desk, waited: Floats) -> list[int]:
    """How many ran at once: the most, and what was exceeded in one of 1,000, 100 and 20 starts."""
    started = np.sort(desk.at + np.rint(waited * 1e6).astype(np.int64))
    ended = np.sort(desk.at + np.rint((waited + desk.work_seconds) * 1e6).astype(np.int64))
    running = np.arange(1, len(started) + 1) - np.searchsorted(ended, started, "right")
    found = np.quantile(running, (1.0, 0.999, 0.99, 0.95)).round()
    return [int(n) for n in np.unique(np.maximum(found, 1))]
