"""Quantiles and tail probabilities of standard distributions, the only place that calls scipy.

Not here: intervals and tests, which say what the numbers mean. scipy is imported inside the
functions because the app imports the methods and most pages never need it.
"""

from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def _special() -> ModuleType:
    from scipy import special  # type: ignore[import-untyped]

    module: ModuleType = special
    return module


def tail(level: float) -> float:
    """What a two-sided interval of this level leaves on each side: 0.95 -> 0.025.

    Raises ValueError when the level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, it must lie between 0 and 1, such as 0.95")
    return (1 - level) / 2


def normal_quantile(level: float) -> float:
    """Half-width in standard deviations of a two-sided normal interval: 0.95 -> 1.96."""
    return float(_special().ndtri(1 - tail(level)))


def t_quantile(level: float, degrees: ArrayLike) -> Floats:
    """The same for Student's t with that many degrees of freedom."""
    return np.asarray(_special().stdtrit(degrees, 1 - tail(level)), dtype=np.float64)


def t_two_sided(statistic: ArrayLike, degrees: ArrayLike) -> Floats:
    """Probability that Student's t lies at least this far from zero, on either side."""
    distance = -np.abs(np.asarray(statistic, dtype=np.float64))
    return np.asarray(2 * _special().stdtr(degrees, distance), dtype=np.float64)


def gamma_quantile(shape: ArrayLike, probability: float) -> Floats:
    """Quantile of the gamma distribution of scale 1; its shape is at least 0, NaN at 0."""
    return np.asarray(_special().gammaincinv(shape, probability), dtype=np.float64)
