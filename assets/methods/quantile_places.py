"""Which members tell a quantile of n whose times are all known, and its interval.

Where nobody is open the curve of `kaplan_meier` only counts who is gone, so that value and ends
are order statistics whose places follow from n alone.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assets.methods import kaplan_meier
from assets.methods.distributions import tail

Integers = NDArray[np.int64]
SMALL = 4095  # up to here there are so many groups that their places are kept


def places(n: Integers, q: float, level: float) -> Integers:
    """Which members tell the quantile of n, one row each, counted from 1; n + 1 is nobody.

    Its two middle ones, the ends of its interval, the last of all, and one that shows whether the
    last ones left together and are so many that they bound the interval.
    """
    found = _small(q, level)[:, np.minimum(n, SMALL) - 1]
    large = np.flatnonzero(n > SMALL)
    found[:, large] = _places_of(n[large], q, level)
    return found


@lru_cache(maxsize=8)
def _small(q: float, level: float) -> Integers:
    return _places_of(np.arange(1, SMALL + 1), q, level)


def _places_of(n: Integers, q: float, level: float) -> Integers:
    height, slack = 1 - q, kaplan_meier.SAME_HEIGHT * n
    bounding = int(np.ceil(np.log(tail(level)) / np.log(height)))
    return np.stack(
        [
            np.maximum(np.ceil(q * n - slack), 1).astype(np.int64),
            np.floor(q * n + slack).astype(np.int64) + 1,
            _first_below(n, height, level, end=0),
            _first_below(n, height, level, end=1),
            n,
            n - bounding + 1,
        ]
    )


def _first_below(n: Integers, height: float, level: float, end: int) -> Integers:
    """How many of n must be gone for an end of the band to fall to a height; n + 1 if never."""
    sizes, owner = np.unique(n, return_inverse=True)
    above, below = np.zeros_like(sizes), sizes.copy()
    while (below - above > 1).any():
        middle = np.clip((above + below) // 2, 1, np.maximum(sizes - 1, 1))
        share = np.where(sizes > 1, 1 - middle / sizes, 0.5)
        band = kaplan_meier.log_log_band(share, share * (1 - share) / sizes, level)[end]
        is_below = (band <= height) | (below - above <= 1)
        below = np.where(is_below & (below - above > 1), middle, below)
        above = np.where(is_below, above, middle)
    return np.where(below < sizes, below, sizes + 1)[owner]
