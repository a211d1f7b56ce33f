"""The little statistics that the truths need: medians of mixtures, logistic coefficients."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri  # type: ignore[import-untyped]

from pipelines.example.world import Floats


def mixture_median(medians: Floats, spread: float, weights: Floats) -> float:
    """Median of a mixture of lognormals that share their spread."""
    return mixture_quantile(0.5, medians, spread, weights)


def mixture_quantile(level: float, medians: Floats, spread: float, weights: Floats) -> float:
    """Quantile of a mixture of lognormals that share their spread."""
    beyond = float(spread * abs(ndtri(level)))
    first, last = np.log(medians.min()) - beyond, np.log(medians.max()) + beyond
    grid = np.exp(np.linspace(first, last + 1e-9, 4001))
    below = ndtr((np.log(grid)[:, None] - np.log(medians)[None, :]) / spread) @ weights
    return float(np.interp(level, below / weights.sum(), grid))


@dataclass(frozen=True)
class Logistic:
    """Maximum-likelihood fit of log odds = intercept + slope · x, with the slope's error."""

    intercept: float
    slope: float
    slope_error: float


def logistic(x: Floats, happened: Floats) -> Logistic:
    """Fit by Newton's method; ten steps are five more than these data need."""
    design = np.column_stack([np.ones_like(x), x])
    beta = np.zeros(2)
    for _ in range(10):
        chance = 1 / (1 + np.exp(-design @ beta))
        information = (design * (chance * (1 - chance))[:, None]).T @ design
        beta = beta + np.linalg.solve(information, design.T @ (happened - chance))
    error = float(np.sqrt(np.linalg.inv(information)[1, 1]))
    return Logistic(float(beta[0]), float(beta[1]), error)


def normal_quantiles(levels: Floats) -> Floats:
    """Quantiles of the standard normal distribution."""
    return np.asarray(ndtri(levels), dtype=np.float64)
