"""Quantiles of time of many overlapping ranges of one cohort, as `kaplan_meier` gives them.

Until the first open end of a range the curve only counts who is gone, so value and interval are
order statistics whose places follow from the number of members. They are looked up without
copying members out. Ranges with an early open end, or too small for this, go to `kaplan_meier`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assets.methods import kaplan_meier
from assets.methods.distributions import Floats, tail
from assets.methods.order_statistics import Integers, of_stretches

Exits = NDArray[np.int8]
OPEN, HAPPENED, COMPETING = 0, 1, 2


@dataclass(frozen=True)
class _Found:
    """One quantile of each range, and whether it could be looked up."""

    value: Floats
    low: Floats
    high: Floats
    is_known: NDArray[np.bool_]


def quantiles(
    seconds: Floats,
    exit: Exits,
    first: Integers,
    last: Integers,
    probabilities: Sequence[float],
    level: float = 0.95,
    competing: bool = False,
) -> pl.DataFrame:
    """What `kaplan_meier.quantiles` says about the members `first:last` of each range.

    `seconds` and `exit` hold all members in an order in which those of a range lie together; no
    range is empty and no time is missing. Column `group` is the range's place in `first`.
    """
    if not len(first):
        return kaplan_meier.quantiles([], [], [], probabilities, level=level, competing=competing)
    places = [_places(last - first, q, level) for q in probabilities]
    times = _times_at(np.concatenate(places), seconds, exit == HAPPENED, first, last)
    open_end = exit == OPEN if competing else exit != HAPPENED
    open_from = _least(seconds, open_end, first, last)
    # However the open ones end: who left by another exit will never have had the event.
    at_most = last - first - (_counts(exit == COMPETING, first, last) if competing else 0)
    found = [
        _read(part, open_from, is_never=place[0] > at_most)
        for part, place in zip(np.split(times, len(probabilities)), places, strict=True)
    ]
    is_known = np.logical_and.reduce([one.is_known for one in found])
    n_open = _counts(exit == OPEN, first, last)
    looked_up = [
        pl.DataFrame(
            {"value": one.value, "low": one.low, "high": one.high, "n": last - first},
        )
        .with_row_index("group")
        .with_columns(probability=pl.lit(q), n_open=pl.Series(n_open))
        .filter(pl.Series(is_known))
        for q, one in zip(probabilities, found, strict=True)
    ]
    by_curve = _by_curve(seconds, exit, first, last, np.flatnonzero(~is_known))
    others = kaplan_meier.quantiles(*by_curve, probabilities, level=level, competing=competing)
    state = pl.when(pl.col("value").is_null()).then(pl.lit("not_reached")).otherwise(pl.lit("ok"))
    known = pl.concat(looked_up).with_columns(
        pl.col("value", "low", "high").fill_nan(None), state=pl.lit("")
    )
    return (
        pl.concat(
            [
                frame.select(pl.col(c).cast(t) for c, t in others.schema.items())
                for frame in (known, others)
            ]
        )
        .with_columns(state=state)
        .sort("group", "probability")
    )


def _places(n: Integers, q: float, level: float) -> Integers:
    """Which members tell the quantile of n, one row each, counted from 1; n + 1 is nobody.

    Its two middle ones, the ends of its interval, the last of all, and one that shows whether the
    last ones left together and are so many that they bound the interval.
    """
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


def _times_at(
    places: Integers, seconds: Floats, is_event: NDArray[np.bool_], first: Integers, last: Integers
) -> Floats:
    """When the member at each place had the event; inf if it never did or does not exist.

    A place before the first member gives -inf.
    """
    known = np.unique(seconds[is_event])
    code = np.where(is_event, np.searchsorted(known, seconds), len(known))
    inside = np.clip(places, 1, last - first)
    starts, ends = np.broadcast_to(first, places.shape), np.broadcast_to(last, places.shape)
    found = of_stretches(code, starts.ravel(), ends.ravel(), inside.ravel() - 1)
    times = np.append(known, np.inf)[found].reshape(places.shape)
    return np.where(places < 1, -np.inf, np.where(places > last - first, np.inf, times))


def _read(times: Floats, open_from: Floats, is_never: NDArray[np.bool_]) -> _Found:
    """A quantile and its interval from the members at `_places`."""
    middle, beyond, low, high, end, bounding = times
    is_reached = np.isfinite(middle)
    has_low, has_high = low < end, high < end  # the band says nothing where nobody is left
    is_unbounded = np.isinf(end) | (bounding < end)
    is_whole = np.isinf(open_from)
    is_told = np.isfinite(beyond) & (has_high | (is_unbounded & is_whole))
    farthest = np.maximum(np.maximum(beyond, low), np.where(has_high, high, -np.inf))
    is_known = np.where(
        is_reached,
        is_told & (farthest <= open_from),
        (is_whole | is_never) & (low <= open_from),
    )
    with np.errstate(invalid="ignore"):
        value = np.where(is_reached, (middle + beyond) / 2, np.nan)
    return _Found(
        value=value,
        low=low,
        high=np.where(is_reached & has_high, high, np.nan),
        is_known=has_low & is_known,
    )


def _counts(flags: NDArray[np.bool_], first: Integers, last: Integers) -> Integers:
    running = np.zeros(len(flags) + 1, dtype=np.int64)
    np.cumsum(flags, out=running[1:])
    counts: Integers = running[last] - running[first]
    return counts


def _least(seconds: Floats, flags: NDArray[np.bool_], first: Integers, last: Integers) -> Floats:
    """The smallest flagged time of each range, inf without one."""
    places = np.flatnonzero(flags)
    edges = np.stack([np.searchsorted(places, first), np.searchsorted(places, last)], axis=1)
    least = np.minimum.reduceat(np.append(seconds[places], np.inf), edges.ravel())[::2]
    return np.where(edges[:, 0] < edges[:, 1], least, np.inf)


def _by_curve(
    seconds: Floats, exit: Exits, first: Integers, last: Integers, ranges: Integers
) -> tuple[Integers, Floats, Exits]:
    """Group, seconds and exit of the members of some ranges, copied out."""
    sizes = (last - first)[ranges]
    begins = np.cumsum(sizes) - sizes
    members = np.arange(sizes.sum()) + np.repeat(first[ranges] - begins, sizes)
    return np.repeat(ranges, sizes), seconds[members], exit[members]
