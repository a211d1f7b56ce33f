"""The statistics again, in plain Python, straight from their textbook definitions.

Holds nothing of the project and no third-party library: it is what the project is measured by.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from math import exp, lgamma, log, pi, sqrt
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
TOLERANCE = 1e-9  # of a curve at a quantile; steps of real curves are wider
Life = tuple[float, int]  # seconds; 0 still open, 1 happened, 2 left by another exit
Interval = tuple[float | None, float | None]


def quantile(lives: Sequence[Life], probability: float) -> float | None:
    """First time at which the share that has got there reaches `probability`.

    Aalen–Johansen; without competing exits that is one minus Kaplan–Meier. Where the curve lies
    on `probability` for a stretch, the middle of the stretch, which ends with the last life (as in
    R's `quantile.survfit`).
    """
    curve = [(time, share) for time, share, _ in _incidence(lives)]
    begin = _crossing(curve, probability - TOLERANCE)
    later = _crossing(curve, probability + TOLERANCE)
    if begin is None:
        return None
    return (begin + (max(time for time, _ in lives) if later is None else later)) / 2


def quantile_interval(lives: Sequence[Life], probability: float) -> Interval:
    """Where the pointwise 95 % band of Kaplan–Meier (Greenwood, log-log) crosses; no competing."""
    early, late = [], []
    for time, share, greenwood in _incidence(lives):
        survival = 1 - share
        if TOLERANCE < survival < 1:  # at the ends there is no band
            spread = exp(Z * sqrt(greenwood) / -log(survival))
            early.append((time, 1 - survival**spread))
            late.append((time, 1 - survival ** (1 / spread)))
    return _crossing(early, probability), _crossing(late, probability)


def _incidence(lives: Sequence[Life]) -> list[tuple[float, float, float]]:
    """(time, share that has got there, Greenwood's sum), at each time that something happened."""
    at: dict[float, Counter[int]] = {}
    for seconds, exit_ in lives:
        at.setdefault(seconds, Counter())[exit_] += 1
    at_risk, staying, share, greenwood = len(lives), 1.0, 0.0, 0.0
    curve = []
    for time in sorted(at):
        happened, left = at[time][1], at[time][1] + at[time][2]
        share += staying * happened / at_risk
        staying *= 1 - left / at_risk
        if at_risk > left:
            greenwood += left / (at_risk * (at_risk - left))
        if happened:
            curve.append((time, share, greenwood))
        at_risk -= left + at[time][0]
    return curve


def _crossing(curve: Sequence[tuple[float, float]], height: float) -> float | None:
    return next((time for time, share in curve if share >= height), None)


def wilson(successes: int, trials: int) -> Interval:
    """Score interval of a share, 95 %."""
    share, z2 = successes / trials, Z * Z
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = sqrt(share * (1 - share) / trials + z2 / (4 * trials**2)) * Z / (1 + z2 / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


def clustered(successes: Sequence[int], trials: Sequence[int]) -> Interval:
    """95 % interval of a ratio over clusters: linearised variance, t on the logit scale."""
    clusters, total = len(trials), sum(trials)
    ratio = sum(successes) / total
    residuals = sum((y - ratio * n) ** 2 for y, n in zip(successes, trials, strict=True))
    deviation = sqrt(residuals * clusters / (clusters - 1)) / total / (ratio * (1 - ratio))
    half = _root(lambda t: _t_above(t, clusters - 1) - 0.025, 0.0, 50.0) * deviation
    middle = log(ratio / (1 - ratio))
    return 1 / (1 + exp(half - middle)), 1 / (1 + exp(-half - middle))


def garwood(count: int) -> tuple[float, float]:
    """Exact 95 % interval of the mean of a Poisson count, by its tails."""
    ceiling = count + 20 * sqrt(count + 1) + 20
    low = _root(lambda mean: 0.025 - (1 - _poisson_up_to(count - 1, mean)), 0.0, ceiling)
    return low if count else 0.0, _root(lambda m: _poisson_up_to(count, m) - 0.025, 0.0, ceiling)


def _poisson_up_to(count: int, mean: float) -> float:
    if mean == 0:
        return 1.0
    return sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(count + 1))


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that falls from above zero to below it is zero, by bisection."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2


def _t_above(t: float, freedom: int) -> float:
    """P(T > t) of Student's t: Simpson's rule over its density, from 0 to t."""
    scale = lgamma((freedom + 1) / 2) - lgamma(freedom / 2) - log(freedom * pi) / 2
    steps = 4_000
    width = t / steps
    total = 0.0
    for step in range(steps + 1):
        weight = 1 if step in (0, steps) else 4 if step % 2 else 2
        total += weight * exp(scale - (freedom + 1) / 2 * log(1 + (step * width) ** 2 / freedom))
    return 0.5 - total * width / 3
