"""Queues in front of people or machines, replayed event by event.

Work arrives in lanes and waits for a server; pools of servers take waiting work from their lanes
in an order of preference, first come first served within a lane, and finish what they have begun.
Times are whole numbers of any unit. Not here: calendars, and what is measured from a replay.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Pool:
    """Servers that take work from `lanes`: always from the first one in which some waits."""

    servers: int
    lanes: tuple[int, ...]


@dataclass(frozen=True)
class Staffing:
    """How many servers there are and whom they serve first.

    `order` names lanes by number, the one that is served first at the head; None serves all in
    the order in which they came. Of the servers, `reserved` belong to `own_lane`, apart from the
    others; with `is_helping`, each side takes the other's work while it has none of its own.
    """

    servers: int
    order: tuple[int, ...] | None = None
    own_lane: int | None = None
    reserved: int = 0
    is_helping: bool = False

    def __post_init__(self) -> None:
        """Refuse what nobody could work by."""
        if self.servers < 1:
            raise ValueError(f"{self.servers} servers cannot serve anybody; name at least 1")
        if (self.own_lane is None) != (self.reserved == 0):
            raise ValueError("a lane of its own and the servers reserved for it go together")
        if not 0 <= self.reserved < max(self.servers, 1):
            raise ValueError(
                f"{self.reserved} of {self.servers} servers cannot be reserved: the other lanes"
                " need one, too"
            )

    def pools(self, lanes: int) -> tuple[tuple[Pool, ...], Ints]:
        """The pools, and for each of so many lanes the queue in which its work waits."""
        order = self.order if self.order is not None else tuple(range(lanes))
        if sorted(order) != list(range(lanes)):
            raise ValueError(f"the order {order} does not name each of {lanes} lanes once")
        queue_of = np.arange(lanes) * (self.order is not None)
        if self.own_lane is None:
            return (Pool(self.servers, _once(queue_of[list(order)])),), queue_of
        queue_of[self.own_lane] = lanes
        own = (lanes,)
        others = _once(queue_of[[lane for lane in order if lane != self.own_lane]])
        general = self.servers - self.reserved
        if self.is_helping:
            return (Pool(self.reserved, own + others), Pool(general, others + own)), queue_of
        return (Pool(self.reserved, own), Pool(general, others)), queue_of


def begins(arrivals: Ints, work: Ints, lanes: Ints, staffing: Staffing, n_lanes: int) -> Ints:
    """When each piece of work is begun under a staffing: shape (n,), in the unit of `arrivals`.

    `arrivals` ascend; `lanes` are numbers below `n_lanes`. Raises ValueError as `replay` does.
    """
    pools, queue_of = staffing.pools(n_lanes)
    return replay(arrivals, work, queue_of[lanes], pools)


def replay(arrivals: Ints, work: Ints, lanes: Ints, pools: Sequence[Pool]) -> Ints:
    """When each piece of work is begun: shape (n,), in the unit of `arrivals`.

    A server that becomes free at an instant is free for what arrives at it. What arrives at one
    instant is taken by those who are idle as if it had waited for them: each takes what is most
    its own. Raises ValueError for arrivals that do not ascend, for negative work, and for a lane
    that no server takes work from.
    """
    takers = _checked(arrivals, work, lanes, pools)
    waiting: dict[int, deque[int]] = {lane: deque() for pool in pools for lane in pool.lanes}
    served = [[waiting[lane] for lane in pool.lanes] for pool in pools]
    by_rank = sorted(
        (rank, number, queue)
        for number, queues in enumerate(served)
        for rank, queue in enumerate(queues)
    )
    idle = [pool.servers for pool in pools]
    n_pools = len(pools)
    busy: list[int] = []  # (free at, pool) as one number: comparing tuples takes twice the time
    takes = work.tolist()
    begun = [0] * len(takes)

    def begin(item: int, at: int, pool: int) -> None:
        begun[item] = at
        heappush(busy, (at + takes[item]) * n_pools + pool)

    def free(before: float) -> None:
        while busy and busy[0] < before:
            at, pool = divmod(heappop(busy), n_pools)
            for queue in served[pool]:
                if queue:
                    begin(queue.popleft(), at, pool)
                    break
            else:
                idle[pool] += 1

    def give(now: int) -> None:
        for _, pool, queue in by_rank:
            while queue and idle[pool]:
                idle[pool] -= 1
                begin(queue.popleft(), now, pool)

    is_with_next = np.append(arrivals[1:] == arrivals[:-1], False)[: len(takes)].tolist()
    is_together = False
    for item, (now, lane) in enumerate(zip(arrivals.tolist(), lanes.tolist(), strict=True)):
        free((now + 1) * n_pools)
        is_alone, is_together = not (is_together or is_with_next[item]), is_with_next[item]
        pool = next((one for one in takers[lane] if idle[one]), None) if is_alone else None
        if pool is not None:
            idle[pool] -= 1
            begin(item, now, pool)
            continue
        waiting[lane].append(item)
        if not is_alone and not is_together:
            give(now)
    free(inf)
    return np.array(begun, dtype=np.int64)


def _once(queues: Ints) -> tuple[int, ...]:
    return tuple(dict.fromkeys(queues.tolist()))


def _checked(
    arrivals: Ints, work: Ints, lanes: Ints, pools: Sequence[Pool]
) -> dict[int, list[int]]:
    """Per lane in use, the pools with servers that take from it, the most willing first."""
    if (np.diff(arrivals) < 0).any():
        late = int(np.flatnonzero(np.diff(arrivals) < 0)[0]) + 1
        raise ValueError(f"arrival {late} comes before the one before it; sort them")
    if (work < 0).any():
        raise ValueError(f"work takes {int(work[work < 0][0])}; give what is not negative")
    takers = {}
    for lane in np.unique(lanes).tolist():
        willing = [
            (pool.lanes.index(lane), number)
            for number, pool in enumerate(pools)
            if lane in pool.lanes and pool.servers
        ]
        if not willing:
            raise ValueError(f"nobody takes work from lane {lane}")
        takers[lane] = [number for _, number in sorted(willing)]
    return takers
