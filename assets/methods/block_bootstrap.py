"""Quantiles and shares over blocks of time that are drawn again with replacement.

What waits in one queue waits together, so that single waits are not independent; whole weeks nearly
are. Holds the draws and what is measured in them; a block below 0 is never measured.
"""

import numpy as np
from numpy.typing import NDArray

from assets.methods.distributions import Floats

Ints = NDArray[np.int64]
LEVEL = 0.95


def block_counts(blocks: int, draws: int, seed: int) -> Ints:
    """How often each block is in each draw: shape (draws, blocks), rows add up to `blocks`."""
    even = np.full(blocks, 1 / blocks)
    return np.random.default_rng(seed).multinomial(blocks, even, size=draws).astype(np.int64)


def quantiles(values: Floats, block: Ints, counts: Ints, level: float) -> Floats:
    """Per draw the smallest value that a share of at least `level` does not exceed; NaN of none.

    An infinite value is one that is known to be larger than all others.
    """
    ordered, reached = _reached(values, block, counts)
    if not ordered.size:
        return np.full(len(counts), np.nan)
    total = reached[:, -1:]
    place = (reached >= level * total - 1e-9).argmax(axis=1)
    return np.where(total[:, 0] > 0, ordered[place], np.nan)


def shares_within(values: Floats, block: Ints, counts: Ints, times: Floats) -> Floats:
    """Per draw and time the share of values that are not larger: shape (draws, times)."""
    ordered, reached = _reached(values, block, counts)
    if not ordered.size:
        return np.full((len(counts), len(times)), np.nan)
    place = np.searchsorted(ordered, times, side="right")
    before = np.concatenate([np.zeros((len(counts), 1), dtype=np.int64), reached], axis=1)
    total = reached[:, -1:].astype(np.float64)
    return before[:, place] / np.where(total > 0, total, np.nan)


def middle(draws: Floats) -> tuple[Floats, Floats]:
    """Lower and upper end of the middle 95 % along the first axis; draws without a value count not.

    An end is infinite where more than its tail of the draws are; NaN where no draw has a value.
    """
    tail = (1 - LEVEL) / 2
    ordered = np.sort(draws, axis=0)  # NaN goes to the end
    known = (~np.isnan(ordered)).sum(axis=0)
    ends = []
    for level, round_ in ((tail, np.floor), (1 - tail, np.ceil)):
        place = round_(level * (known - 1)).clip(0).astype(np.int64)
        ends.append(np.take_along_axis(ordered, place[None], axis=0)[0])
    return ends[0], ends[1]


def _reached(values: Floats, block: Ints, counts: Ints) -> tuple[Floats, Ints]:
    """Values in order, and how many lie at or below each, in each draw."""
    is_measured = block >= 0
    values, block = values[is_measured], block[is_measured]
    order = np.argsort(values, kind="stable")
    return values[order], np.cumsum(counts[:, block[order]], axis=1)
