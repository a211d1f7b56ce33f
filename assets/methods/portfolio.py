"""Which level of service for which offering: the best plan under a capacity, and plans compared.

An offering takes hours a week at each level and serves its users so well. Each further hour takes
away the same share of what is still badly served, so that value is concave in hours:
`served = 1 - (1 - served today) ** (hours / hours today)`. A plan is one level per offering; the
best one is a multiple-choice knapsack, solved by HiGHS. Not here: where hours, use and quality come
from, and what levels are called.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assets.methods.distributions import Floats

Integers = NDArray[np.int64]
GAP = 1e-4  # of the value of a plan: the best one may be better by so much
SECONDS_AT_MOST = 2.0
# How well users are served is known to so many points at best: a survey's word, or a default.
SERVED_DEVIATION, SERVED_ENDS = 0.05, (0.05, 0.98)
DRAWS, SEED = 400, 20_260_702
FITS_BY = 1e-9  # of the capacity: hours that differ from it by less fit


@dataclass(frozen=True)
class Portfolio:
    """Offerings × levels, and who uses what.

    `hours[i, l]` a week that offering i takes at level l, `served[i, l]` how well its users are
    served then (0..1), `use[s, i]` the share of segment s's use that is of offering i (rows sum to
    1, or are 0 for a segment that uses nothing), `lowest[i]` the lowest level that is allowed.
    """

    hours: Floats
    served: Floats
    use: Floats
    lowest: Integers

    def served_of(self, plan: ArrayLike) -> Floats:
        """How well each segment is served under a plan, 0..1."""
        levels = np.asarray(plan, dtype=np.int64)
        return np.asarray(self.use @ self.served[np.arange(len(levels)), levels])

    def hours_of(self, plan: ArrayLike) -> float:
        """Hours a week that a plan takes."""
        levels = np.asarray(plan, dtype=np.int64)
        return float(self.hours[np.arange(len(levels)), levels].sum())

    def value_of(self, plan: ArrayLike, weights: ArrayLike) -> float:
        """Weighted mean of how well the segments are served, 0..1."""
        return float(_shares(weights) @ self.served_of(plan))


@dataclass(frozen=True)
class Plan:
    """A level per offering; `gap`: how much better, at most, a plan could be that was not found."""

    levels: Integers
    value: float
    gap: float


def curve(served_today: ArrayLike, hours: ArrayLike, hours_today: ArrayLike) -> Floats:
    """How well users are served at other hours than today's: `1 - (1 - q) ** (h / h today)`.

    One row per offering, one column per level. An offering that takes no hours today is served as
    today at every level.
    """
    quality = np.asarray(served_today, dtype=np.float64)[:, None]
    today = np.asarray(hours_today, dtype=np.float64)[:, None]
    takes_hours = today > 0
    ratio = np.where(takes_hours, hours / np.where(takes_hours, today, 1), 1.0)
    return np.asarray(1 - (1 - quality) ** ratio)


def best_plan(
    portfolio: Portfolio,
    capacity: float,
    weights: ArrayLike,
    floors: ArrayLike | None = None,
    gap: float = GAP,
    seconds: float = SECONDS_AT_MOST,
) -> Plan | None:
    """The plan of the highest value within a capacity of hours a week; None where none fits.

    `weights` of the segments are relative; `floors` is how well each must be served at least.
    Of plans of equal value the one with fewer hours wins. After so many `seconds` the best one that
    was found is taken; its `gap` says how much better another could be.
    """
    from scipy.optimize import (  # type: ignore[import-untyped]
        Bounds,
        LinearConstraint,
        milp,
    )

    offerings, levels = portfolio.hours.shape
    shares = _shares(weights)
    worth = (shares @ portfolio.use)[:, None] * portfolio.served
    # An hour costs less than any difference of value that is looked for.
    thrift = gap / 10 * portfolio.hours / max(portfolio.hours.max() * offerings, 1e-300)
    one_each = np.kron(np.eye(offerings), np.ones(levels))
    constraints = [
        LinearConstraint(one_each, 1, 1),
        LinearConstraint(portfolio.hours.ravel()[None, :], -np.inf, capacity * (1 + FITS_BY)),
    ]
    if floors is not None:
        by_segment = portfolio.use[:, :, None] * portfolio.served[None, :, :]
        reach = by_segment.reshape(len(portfolio.use), -1)
        constraints.append(LinearConstraint(reach, np.asarray(floors) - FITS_BY, np.inf))
    allowed = np.arange(levels)[None, :] >= portfolio.lowest[:, None]
    found = milp(
        -(worth - thrift).ravel(),
        integrality=np.ones(offerings * levels),
        bounds=Bounds(0, allowed.ravel().astype(np.float64)),
        constraints=constraints,
        options={"mip_rel_gap": gap, "time_limit": seconds},
    )
    if found.x is None:
        return None
    plan = found.x.reshape(offerings, levels).argmax(axis=1).astype(np.int64)
    return Plan(plan, portfolio.value_of(plan, weights), float(found.mip_gap or 0.0))


def same_for_all(portfolio: Portfolio, capacity: float) -> Plan | None:
    """The highest level that all offerings can have within the capacity; None where none fits.

    An offering that may not sink so low keeps its lowest level.
    """
    for level in reversed(range(portfolio.hours.shape[1])):
        plan = np.maximum(level, portfolio.lowest)
        if portfolio.hours_of(plan) <= capacity * (1 + FITS_BY):
            even = np.ones(len(portfolio.use))
            return Plan(plan, portfolio.value_of(plan, even), 0.0)
    return None


def spread_evenly(served_today: ArrayLike, use: Floats, share_of_hours: ArrayLike) -> Floats:
    """How well each segment is served if every offering gets the same share of today's hours.

    Rows are the shares, columns the segments. It is what becomes of a cut that spares nobody.
    """
    quality = np.asarray(served_today, dtype=np.float64)
    shares = np.atleast_1d(np.asarray(share_of_hours, dtype=np.float64))
    return np.asarray((1 - (1 - quality) ** shares[:, None]) @ use.T)


def kept_of(portfolio: Portfolio, served_today: ArrayLike, plan: ArrayLike) -> Floats:
    """The share of today's serving hours that a plan gives each offering: shape (offerings,).

    It is the exponent of `curve`, read from how well users are served; 0 for what is stopped.
    """
    levels = np.asarray(plan, dtype=np.int64)
    then = portfolio.served[np.arange(len(levels)), levels]
    now = np.asarray(served_today, dtype=np.float64)
    is_curved = (now > 0) & (now < 1)
    bent = np.log1p(-np.where(is_curved, then, 0.5)) / np.log1p(-np.where(is_curved, now, 0.5))
    return np.asarray(np.where(is_curved, bent, (then > 0).astype(np.float64)))


def difference(
    served_today: ArrayLike, worth: ArrayLike, kept: ArrayLike, other: ArrayLike
) -> tuple[float, float, float]:
    """What keeping `kept` serves more than keeping `other`, with the ends of 95 % of the draws.

    Both are drawn together: how well users are served today is known to `SERVED_DEVIATION`. `worth`
    is the share of use that is of each offering; what both leave as it is cancels out.
    """
    now = np.asarray(served_today, dtype=np.float64)
    errors = np.random.default_rng(SEED).normal(0, SERVED_DEVIATION, (DRAWS, len(now)))
    drawn = np.clip(now + errors, *SERVED_ENDS)
    found = [
        ((1 - quality) ** np.asarray(other) - (1 - quality) ** np.asarray(kept)) @ np.asarray(worth)
        for quality in (now[None, :], drawn)
    ]
    low, high = np.quantile(found[1], [0.025, 0.975])
    return float(found[0][0]), float(low), float(high)


def value_per_hour(portfolio: Portfolio, today: ArrayLike, weights: ArrayLike) -> Floats:
    """What the organisation would lose per hour that stopping each offering saves.

    NaN where it saves nothing. Before any optimum, this is the order in which to look at them.
    """
    rows, levels = np.arange(len(portfolio.hours)), np.asarray(today, dtype=np.int64)
    lost = portfolio.served[rows, levels] - portfolio.served[:, 0]
    saved = portfolio.hours[rows, levels] - portfolio.hours[:, 0]
    worth = (_shares(weights) @ portfolio.use) * lost
    return np.asarray(np.where(saved > 0, worth / np.where(saved > 0, saved, 1), np.nan))


def _shares(weights: ArrayLike) -> Floats:
    given = np.asarray(weights, dtype=np.float64)
    if (given < 0).any() or given.sum() <= 0:
        raise ValueError(f"weights are {given.tolist()}; give none below 0 and one above")
    return np.asarray(given / given.sum())
