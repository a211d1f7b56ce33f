"""The support desk of the example company, where tickets wait for each other.

Planted: AGENTS engineers work by CALENDAR; whoever is free takes the waiting ticket whose segment
stands first in ORDER (nobody's last), of these the oldest, and stays with it for WORK_PER_HANDLED
times the minutes that are written down. The reply is sent when REPLY_SHARE of that, more or less,
is done.
"""

from heapq import heappop, heappush

import numpy as np
import polars as pl

from pipelines.example import clock
from pipelines.example.world import MINUTE, NOBODY, SEGMENTS, Bools, Floats, Ints

AGENTS = 2
CALENDAR = "support"
ORDER = ("core", "startup", "regulated")
WORK_PER_HANDLED = 2.2  # twice as timesheets say, and some time for everything else
REPLY_SHARE, REPLY_SPREAD = 0.25, 0.5


def picked_up(
    frame: pl.DataFrame,
    is_worked: Bools,
    agents: int = AGENTS,
    order: tuple[str, ...] = ORDER,
) -> Floats:
    """Business seconds of CALENDAR at which each ticket is picked up; NaN for those nobody works.

    `frame` holds `created_s, customer, segment, minutes`, in any order.
    """
    came = hours().passed_at(frame["created_s"].to_numpy())
    rank = np.array([order.index(segment.id) for segment in SEGMENTS])[frame["segment"].to_numpy()]
    rank = np.where(frame["customer"].to_numpy() == NOBODY, len(order), rank)
    worked = np.flatnonzero(is_worked)
    queue = worked[np.argsort(came[worked], kind="stable")]
    taken = taken_in_turn(came[queue], work_seconds(frame)[queue], rank[queue], agents)
    found = np.full(frame.height, np.nan)
    found[queue] = taken
    return found


def work_seconds(frame: pl.DataFrame) -> Floats:
    """Business seconds that each ticket keeps somebody busy."""
    return frame["minutes"].to_numpy() * MINUTE * WORK_PER_HANDLED


def reply_share(normal: Floats) -> Floats:
    """The part of the work that is done before the reply, from standard normal draws."""
    return np.minimum(1.0, REPLY_SHARE * np.exp(REPLY_SPREAD * normal))


def replied_s(frame: pl.DataFrame, taken: Floats, share: Floats) -> Ints:
    """Instants of the replies to tickets that were picked up at `taken`, at NaN their creation."""
    created, is_worked = frame["created_s"].to_numpy(), np.isfinite(taken)
    replied = hours().instant_of(np.where(is_worked, taken + share * work_seconds(frame), 0.0))
    return np.where(is_worked, np.maximum(replied, created), created)


def hours() -> clock.BusinessHours:
    """When the desk is staffed."""
    return clock.business_hours(CALENDAR)


def taken_in_turn(came: Floats, work: Floats, rank: Ints, agents: int) -> Floats:
    """When each piece of work is begun, by whoever is free first; `came` ascends.

    Of what waits, the lowest rank is taken, of these what came first.
    """
    free_at, begun = [0.0] * agents, np.zeros(came.size)
    waiting: list[tuple[int, int]] = []
    arrived, now = 0, 0.0
    for _ in range(came.size):
        now = max(now, heappop(free_at))  # who was free before has been idle until now
        if not waiting:
            now = max(now, float(came[arrived]))
        while arrived < came.size and came[arrived] <= now:
            heappush(waiting, (int(rank[arrived]), arrived))
            arrived += 1
        ticket = heappop(waiting)[1]
        begun[ticket] = now
        heappush(free_at, now + float(work[ticket]))
    return begun
