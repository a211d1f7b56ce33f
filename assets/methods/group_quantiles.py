"""Quantiles of time of many groups of one cohort at once, as `kaplan_meier` gives them.

Until the first open end of a group the curve only counts who is gone, so value and interval are
order statistics whose places follow from the number of members. Members are ordered once, by how
and when they left; put together by group in that order, they are looked up by their places. Groups
with an early open end, or too small for this, go to `kaplan_meier`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assets.methods import kaplan_meier
from assets.methods.distributions import Floats, tail
from assets.methods.quantile_places import Integers, places

Flags = NDArray[np.bool_]
Exits = NDArray[np.int8]
OPEN, HAPPENED, COMPETING = 0, 1, 2
NARROW = 1 << 16  # numbers below this fit into two bytes


@dataclass(frozen=True)
class Quantiles:
    """Per probability (rows) and group (columns): NaN is unknown; `n` and `n_open` per group."""

    value: Floats
    low: Floats
    high: Floats
    n: Integers
    n_open: Integers


@dataclass(frozen=True)
class Lifetimes:
    """Members in the order in which they are looked up; `row` says where each came from.

    First those who had the event, by time, then those who left otherwise, then the open ones.
    """

    seconds: Floats
    row: Integers
    happened: int
    left: int

    @property
    def exit(self) -> Exits:
        """How each member ended."""
        exits = np.full(len(self.seconds), OPEN, dtype=np.int8)
        exits[: self.happened] = HAPPENED
        exits[self.happened : self.happened + self.left] = COMPETING
        return exits


@dataclass(frozen=True)
class Grouping:
    """Which group each member belongs to, in the order of `Lifetimes`; `n_groups` is none.

    With `member`, places in that order which do not fall, the groups of those; a member may then
    be in several groups.
    """

    group: NDArray[np.integer]
    n_groups: int
    member: Integers | None = None


@dataclass(frozen=True)
class _Groups:
    """The members of each group, together and in their order: `member[first:first + n]`."""

    member: Integers
    first: Integers
    n: Integers
    happened: Integers
    left: Integers

    def only(self, chosen: Integers) -> "_Groups":
        """Some of the groups."""
        counts = (self.first, self.n, self.happened, self.left)
        return _Groups(self.member, *(count[chosen] for count in counts))


@dataclass(frozen=True)
class _Found:
    """One quantile of each group, and whether it could be looked up."""

    value: Floats
    low: Floats
    high: Floats
    is_known: Flags


def lifetimes(seconds: Floats, exit: Exits) -> Lifetimes:
    """Order the members; no time may be missing."""
    rank = np.array([2, 0, 1], dtype=np.int8)[exit]
    order = np.argsort(seconds)
    order = order[np.argsort(rank[order], kind="stable")]
    sizes = np.bincount(rank, minlength=3)
    return Lifetimes(seconds[order], order, int(sizes[0]), int(sizes[1]))


def quantiles(
    lifetimes: Lifetimes,
    groupings: Iterable[Grouping],
    probabilities: Sequence[float],
    level: float = 0.95,
    competing: bool = False,
) -> Quantiles:
    """What `kaplan_meier.quantiles` says about each group, those of one grouping after the other.

    Only one grouping's members are put together at a time.
    """
    parts, others = [], []
    size = 0
    for grouping in groupings:
        groups = _together(lifetimes, grouping)
        there = np.flatnonzero(groups.n)
        own = groups.only(there)
        read, is_known = _looked_up(lifetimes, own, probabilities, level, competing)
        found = np.full((3, len(probabilities), len(groups.n)), np.nan)
        found[:, :, there[is_known]] = read[:, :, is_known]
        parts.append((found, groups.n, groups.n - groups.happened - groups.left))
        owner, seconds, exits = _copied_out(lifetimes, own, np.flatnonzero(~is_known))
        others.append((size + there[owner], seconds, exits))
        size += len(groups.n)
    if not size:
        nothing = np.zeros((len(probabilities), 0))
        nobody = np.zeros(0, dtype=np.int64)
        return Quantiles(nothing, nothing, nothing, nobody, nobody)
    values, n, n_open = (np.concatenate(each, axis=-1) for each in zip(*parts, strict=True))
    owner, seconds, exits = (np.concatenate(each) for each in zip(*others, strict=True))
    by_curve = kaplan_meier.quantiles(
        owner, seconds, exits, probabilities, level=level, competing=competing
    )
    for row, q in enumerate(probabilities):
        part = by_curve.filter(pl.col("probability") == q)
        group = part.get_column("group").to_numpy()
        for place, name in enumerate(("value", "low", "high")):
            values[place, row, group] = part.get_column(name).fill_null(np.nan).to_numpy()
    value, low, high = values
    return Quantiles(value, low, high, n, n_open)


def _looked_up(
    lifetimes: Lifetimes,
    groups: _Groups,
    probabilities: Sequence[float],
    level: float,
    competing: bool,
) -> tuple[Floats, Flags]:
    """Value, low and high per probability and group, and whether all of a group could be told."""
    open_from = _open_from(lifetimes, groups, competing)
    # However the open ones end: who left by another exit will never have had the event.
    at_most = groups.n - (groups.left if competing else 0)
    read = []
    for q in probabilities:
        asked = places(groups.n, q, level)
        times = _times_at(asked, lifetimes, groups)
        found = _read(times, open_from, is_never=asked[0] > at_most)
        # Nobody is open, and so many left otherwise that the band never falls that far.
        never = np.flatnonzero(np.isinf(times[2]) & (asked[0] > at_most) & np.isinf(open_from))
        found.low[never] = _last_sure(lifetimes, groups.only(never), 1 - q, level)
        found.is_known[never] = True
        read.append(found)
    values = np.stack([[one.value, one.low, one.high] for one in read], axis=1)
    return values, np.logical_and.reduce([one.is_known for one in read])


def _together(lifetimes: Lifetimes, grouping: Grouping) -> _Groups:
    """Put the members of each group together, without disturbing their order."""
    group, member, size = grouping.group, grouping.member, grouping.n_groups
    order = _stable_order(group, size + 1)
    n = np.bincount(group, minlength=size + 1)[:size]
    ends = (lifetimes.happened, lifetimes.happened + lifetimes.left)
    begin, end = ends if member is None else np.searchsorted(member, ends)
    return _Groups(
        member=order if member is None else member[order],
        first=np.cumsum(n) - n,
        n=n,
        happened=np.bincount(group[:begin], minlength=size + 1)[:size],
        left=np.bincount(group[begin:end], minlength=size + 1)[:size],
    )


def narrow(numbers: NDArray[np.integer], largest: int) -> NDArray[np.integer]:
    """Numbers in two bytes where that is enough: they are sorted without comparing them."""
    return numbers.astype(np.uint16) if largest < NARROW else numbers


def _stable_order(numbers: NDArray[np.integer], below: int) -> Integers:
    if below <= NARROW:
        return np.argsort(narrow(numbers, below - 1), kind="stable")
    order = np.argsort((numbers % NARROW).astype(np.uint16), kind="stable")
    return order[_stable_order((numbers // NARROW)[order], (below - 1) // NARROW + 1)]


def _times_at(places: Integers, lifetimes: Lifetimes, groups: _Groups) -> Floats:
    """When the member at each place had the event; inf if it never did or does not exist.

    A place before the first member gives -inf.
    """
    inside = groups.first + np.clip(places, 1, groups.n) - 1
    times = np.where(places > groups.happened, np.inf, lifetimes.seconds[groups.member[inside]])
    return np.where(places < 1, -np.inf, times)


def _read(times: Floats, open_from: Floats, is_never: Flags) -> _Found:
    """A quantile and its interval from the members at `quantile_places.places`."""
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


def _last_sure(lifetimes: Lifetimes, groups: _Groups, height: float, level: float) -> Floats:
    """The last time that enough members lived to see for it to bound a quantile; NaN if none did.

    As `kaplan_meier` bounds the quantile of a curve whose band never falls to `height`.
    """

    def is_sure(time: Floats) -> Flags:
        happened = _before(lifetimes, groups, groups.first, groups.happened, time)
        left = _before(lifetimes, groups, groups.first + groups.happened, groups.left, time)
        share = np.where(happened > 0, 1 - happened / groups.n, 0.5)
        band = kaplan_meier.log_log_band(share, share * (1 - share) / groups.n, level)[0]
        low = np.where(happened > 0, band, 1.0)
        at_risk = np.maximum(groups.n - happened - left, 1)
        is_so: Flags = low * tail(level) ** (1 / at_risk) >= height
        return is_so

    last = np.full(len(groups.n), -np.inf)
    for begin, size in (
        (groups.first, groups.happened),
        (groups.first + groups.happened, groups.left),
    ):
        sure, unsure = np.zeros_like(size), size + 1
        while (unsure - sure > 1).any():
            middle = (sure + unsure) // 2
            is_so = is_sure(_seconds(lifetimes, groups, begin, size, middle))
            sure, unsure = np.where(is_so, middle, sure), np.where(is_so, unsure, middle)
        time = _seconds(lifetimes, groups, begin, size, sure)
        last = np.maximum(last, np.where(sure > 0, time, -np.inf))
    return np.where(np.isfinite(last), last, np.nan)


def _before(
    lifetimes: Lifetimes, groups: _Groups, begin: Integers, size: Integers, time: Floats
) -> Integers:
    """How many of the `size` members of each group from `begin` on, by time, went before a time."""
    before, after = np.zeros_like(size), size + 1
    while (after - before > 1).any():
        middle = (before + after) // 2
        is_before = _seconds(lifetimes, groups, begin, size, middle) < time
        before, after = np.where(is_before, middle, before), np.where(is_before, after, middle)
    return before


def _seconds(
    lifetimes: Lifetimes, groups: _Groups, begin: Integers, size: Integers, place: Integers
) -> Floats:
    """The time of the member at a place among `size` from `begin` on, counted from 1."""
    inside = begin + np.clip(place, 1, np.maximum(size, 1)) - 1
    return lifetimes.seconds[groups.member[np.minimum(inside, len(groups.member) - 1)]]


def _open_from(lifetimes: Lifetimes, groups: _Groups, competing: bool) -> Floats:
    """When the first member of each group ended without telling of the event; inf if none did."""
    gone = groups.happened + groups.left

    def first_after(before: Integers, is_there: Flags) -> Floats:
        at = np.minimum(groups.first + before, len(groups.member) - 1)
        return np.where(is_there, lifetimes.seconds[groups.member[at]], np.inf)

    open_from = first_after(gone, gone < groups.n)
    if competing:
        return open_from
    return np.minimum(open_from, first_after(groups.happened, groups.left > 0))


def _copied_out(
    lifetimes: Lifetimes, groups: _Groups, chosen: Integers
) -> tuple[Integers, Floats, Exits]:
    """Group, seconds and exit of the members of some groups."""
    sizes = groups.n[chosen]
    begins = np.cumsum(sizes) - sizes
    places = np.arange(sizes.sum()) + np.repeat(groups.first[chosen] - begins, sizes)
    members = groups.member[places]
    return np.repeat(chosen, sizes), lifetimes.seconds[members], lifetimes.exit[members]
