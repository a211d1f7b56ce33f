"""Confidence intervals of ratios, rates and of the difference between two of them.

Arrays in, arrays out: every argument broadcasts, and NaN stands for "nothing to measure" (no
trials, no exposure), never 0. Not here: durations (`kaplan_meier`) and control limits
(`process_behaviour`).
"""

import numpy as np
from numpy.typing import ArrayLike

from assets.methods.distributions import (
    Floats,
    gamma_quantile,
    normal_quantile,
    t_quantile,
    tail,
)


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def wilson(successes: ArrayLike, trials: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Wilson's score interval of a ratio, as (low, high) within 0..1.

    NaN where trials are 0. Source: Wilson 1927; Brown, Cai and DasGupta 2001.
    """
    k, n = np.broadcast_arrays(_floats(successes), _floats(trials))
    n = np.where(n > 0, n, np.nan)
    z2 = normal_quantile(level) ** 2
    center = (k + z2 / 2) / (n + z2)
    half = np.sqrt(z2 * (k * (n - k) / n + z2 / 4)) / (n + z2)
    # Rounding leaves 1e-17 where the interval touches an end exactly.
    low = np.where(k == 0, 0 * n, np.clip(center - half, 0, 1))
    high = np.where(k == n, 1.0, np.clip(center + half, 0, 1))
    return low, high


def poisson_rate(
    count: ArrayLike, exposure: ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Exact interval of a rate, in events per unit of exposure, as (low, high).

    NaN where the exposure is 0. Source: Garwood 1936.
    """
    k, time = np.broadcast_arrays(_floats(count), _floats(exposure))
    time = np.where(time > 0, time, np.nan)
    low = np.where(k == 0, 0.0, gamma_quantile(np.where(k == 0, 1.0, k), tail(level)))
    return low / time, gamma_quantile(k + 1, 1 - tail(level)) / time


def weighted_poisson_rate(
    total: ArrayLike,
    squares: ArrayLike,
    largest: ArrayLike,
    exposure: ArrayLike,
    level: float = 0.95,
) -> tuple[Floats, Floats]:
    """Interval of a sum of amounts per unit of exposure, as (low, high).

    The events are Poisson, each with an amount of its own: `total` is the sum of the amounts,
    `squares` that of their squares, `largest` the largest amount an event can have. With amounts
    of 1 it is `poisson_rate`. NaN where the exposure is 0. Source: Fay and Feuer 1997.
    """
    y, v, most, time = np.broadcast_arrays(*map(_floats, (total, squares, largest, exposure)))
    time = np.where(time > 0, time, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(y > 0, v / y, 1.0)
        low = np.where(
            y > 0, scale * gamma_quantile(np.where(y > 0, y / scale, 1.0), tail(level)), 0
        )
        above, spread = y + most, v + most**2
        high = spread / above * gamma_quantile(above**2 / spread, 1 - tail(level))
    return low / time, high / time


def clustered_ratio(
    numerator: ArrayLike,
    denominator: ArrayLike,
    cluster: ArrayLike,
    group: ArrayLike | None = None,
    level: float = 0.95,
) -> tuple[Floats, Floats, Floats]:
    """Ratio of sums whose rows are alike within a cluster, as (value, low, high) within 0..1.

    One row per trial or per sum of trials; `cluster` holds integers. With `group` (integers too)
    the answer has one element per distinct group in ascending order, without it no dimension.
    The variance is that of the linearised ratio estimator between clusters, the interval is
    Student's t with (clusters - 1) degrees on the logit scale. Wilson's interval stands in where
    clusters do not show a spread: fewer than two, all ratios equal, or a value of 0 or 1.
    Source: Cochran, Sampling Techniques, 1977, chapter 9A; Korn and Graubard 1998.
    """
    num, den, label = _floats(numerator), _floats(denominator), np.asarray(cluster)
    groups, code = np.unique(
        np.zeros(len(num), dtype=np.int64) if group is None else np.asarray(group),
        return_inverse=True,
    )
    size = 1 if group is None else len(groups)
    owner, num, den = _sum_by_cluster(code, label, num, den)
    answer = ratio_of_clusters(
        np.bincount(owner, den > 0, size),
        *(np.bincount(owner, each, size) for each in (num, den, num**2, num * den, den**2)),
        level=level,
    )
    value, low, high = (each.reshape(() if group is None else (size,)) for each in answer)
    return value, low, high


def ratio_of_clusters(
    clusters: ArrayLike,
    numerator: ArrayLike,
    denominator: ArrayLike,
    numerator_squared: ArrayLike,
    product: ArrayLike,
    denominator_squared: ArrayLike,
    *,
    trials: ArrayLike | None = None,
    level: float = 0.95,
) -> tuple[Floats, Floats, Floats]:
    """What `clustered_ratio` says, from the number of clusters and sums over them.

    One element per ratio: how many clusters have a denominator, the sums of their numerators and
    denominators, of the squares of both, and of their products. `trials` is how many trials stand
    behind a ratio where clusters show no spread, if that is not the denominator.
    """
    size, bottom = _floats(clusters), _floats(denominator)
    value, deviation = _linearised(
        size, numerator, bottom, numerator_squared, product, denominator_squared
    )
    n = bottom if trials is None else _floats(trials)
    with np.errstate(invalid="ignore", divide="ignore"):
        logit = np.log(value / (1 - value))
        half = t_quantile(level, size - 1) * deviation / (value * (1 - value))
        has_spread = (size > 1) & (value > 0) & (value < 1) & (deviation > 0)
        flat_low, flat_high = wilson(value * n if trials is not None else numerator, n, level)
        low = np.where(has_spread, _expit(logit - half), flat_low)
        high = np.where(has_spread, _expit(logit + half), flat_high)
    return value, low, high


def quotient_of_clusters(
    clusters: ArrayLike,
    numerator: ArrayLike,
    denominator: ArrayLike,
    numerator_squared: ArrayLike,
    product: ArrayLike,
    denominator_squared: ArrayLike,
    *,
    level: float = 0.95,
) -> tuple[Floats, Floats, Floats]:
    """The same for a quotient that is no share: Student's t on the linear scale.

    It may lie below 0 and above 1. Where clusters show no spread both ends are NaN: one cluster
    does not tell how far another would lie.
    """
    size = _floats(clusters)
    value, deviation = _linearised(
        size, numerator, denominator, numerator_squared, product, denominator_squared
    )
    with np.errstate(invalid="ignore"):
        half = np.where(deviation > 0, t_quantile(level, size - 1) * deviation, np.nan)
    return value, value - half, value + half


def _linearised(
    size: Floats,
    numerator: ArrayLike,
    denominator: ArrayLike,
    numerator_squared: ArrayLike,
    product: ArrayLike,
    denominator_squared: ArrayLike,
) -> tuple[Floats, Floats]:
    """A ratio of sums and the standard error of its linearised estimator between clusters."""
    top, bottom = _floats(numerator), _floats(denominator)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(bottom > 0, top / bottom, np.nan)
        squares = (
            _floats(numerator_squared)
            - 2 * value * _floats(product)
            + value**2 * _floats(denominator_squared)
        )
        # What is left of equal ratios after rounding: no spread.
        squares = np.where(squares > 1e-12 * _floats(numerator_squared), squares, 0)
        return value, np.sqrt(size / (size - 1) * squares) / bottom


def _sum_by_cluster(
    code: np.ndarray, label: np.ndarray, num: Floats, den: Floats
) -> tuple[np.ndarray, Floats, Floats]:
    order = np.lexsort((label, code))
    code, label = code[order], label[order]
    is_first = np.ones(len(code), dtype=np.bool_)
    is_first[1:] = (code[1:] != code[:-1]) | (label[1:] != label[:-1])
    starts = np.flatnonzero(is_first)
    if not len(starts):
        return code, num, den
    return code[starts], np.add.reduceat(num[order], starts), np.add.reduceat(den[order], starts)


def _expit(logit: Floats) -> Floats:
    # tanh does not overflow where exp does: few clusters give half-widths of hundreds.
    return (1 + np.tanh(logit / 2)) / 2


def difference(
    value1: ArrayLike,
    low1: ArrayLike,
    high1: ArrayLike,
    value2: ArrayLike,
    low2: ArrayLike,
    high2: ArrayLike,
) -> tuple[Floats, Floats]:
    """Interval of value1 - value2 from the intervals of two independent cells, as (low, high).

    An end is NaN where the end it needs is open. Source: Zou and Donner 2008 (MOVER).
    """
    v1, l1, h1 = _floats(value1), _floats(low1), _floats(high1)
    v2, l2, h2 = _floats(value2), _floats(low2), _floats(high2)
    gap = v1 - v2
    return gap - np.hypot(v1 - l1, h2 - v2), gap + np.hypot(h1 - v1, v2 - l2)


def ratio_difference(
    successes1: ArrayLike,
    trials1: ArrayLike,
    successes2: ArrayLike,
    trials2: ArrayLike,
    level: float = 0.95,
) -> tuple[Floats, Floats]:
    """Interval of ratio 1 - ratio 2 of independent samples, as (low, high) within -1..1.

    NaN where either has no trials. Source: Newcombe 1998, method 10 (hybrid score).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio1 = _floats(successes1) / _floats(trials1)
        ratio2 = _floats(successes2) / _floats(trials2)
    low1, high1 = wilson(successes1, trials1, level)
    low2, high2 = wilson(successes2, trials2, level)
    return difference(ratio1, low1, high1, ratio2, low2, high2)
