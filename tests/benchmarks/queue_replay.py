"""How long a replay of 200,000 tickets takes, by policy; `python tests/benchmarks/queue_replay.py`.

Exit code 1 where one takes longer than `MOST_SECONDS`.
"""

import sys
import time

import numpy as np

from assets.methods.queue_replay import Staffing, begins

TICKETS, AGENTS, MOST_SECONDS = 200_000, 20, 2.0
STAFFINGS = {
    "shared": Staffing(AGENTS),
    "priority": Staffing(AGENTS, order=(2, 0, 1)),
    "dedicated": Staffing(AGENTS, order=(2, 0, 1), own_lane=2, reserved=4, is_helping=True),
}


def main() -> int:
    """Replays a desk that is busy for 90 % of the time."""
    generator = np.random.default_rng(1)
    arrivals = np.cumsum(generator.exponential(100, TICKETS)).astype(np.int64)
    work = generator.lognormal(np.log(90 * AGENTS) - 0.5, 1.0, TICKETS).astype(np.int64)
    lanes = generator.integers(0, 3, TICKETS)
    slowest = 0.0
    for name, staffing in STAFFINGS.items():
        begun_at = time.perf_counter()
        begins(arrivals, work, lanes, staffing, 3)
        took = time.perf_counter() - begun_at
        slowest = max(slowest, took)
        print(f"{name:10} {TICKETS:,} tickets, {AGENTS} agents: {took:.2f} s")
    return int(slowest > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
