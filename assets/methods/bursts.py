"""Whether records come in bursts: do those of one day have more in common than chance makes?

Intervals take records as independent. Here it is tested, by chance worlds in which they are, and
measured by how much more days vary than in those worlds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.methods.distributions import Floats

Integers = NDArray[np.int64]
WORLDS = 999
SEED = 20260701


@dataclass(frozen=True)
class Bursts:
    """`variance` is how many times as much days vary as those of independent records would.

    An interval that allows for it is its square root times as wide. `p_value` is the share of
    chance worlds, this one among them, whose days vary at least as much.
    """

    variance: float
    p_value: float


def of_counts(records: Integers, stratum: Integers) -> Bursts | None:
    """Of how many records each day has; days are alike within a stratum, such as a weekday.

    The index of dispersion within strata (Fisher 1950); in a chance world the records of a stratum
    fall on any of its days. None where nothing could vary.
    """
    random = np.random.default_rng(SEED)
    dispersion, degrees = np.zeros(WORLDS + 1), 0
    for one in np.unique(stratum):
        own = records[stratum == one]
        drawn = random.multinomial(own.sum(), np.full(len(own), 1 / len(own)), WORLDS)
        if own.sum():
            dispersion += ((np.vstack([own, drawn]) - own.mean()) ** 2).sum(axis=1) / own.mean()
            degrees += len(own) - 1
    return _judged(dispersion / degrees) if degrees else None


def of_shares(hits: Integers, records: Integers) -> Bursts | None:
    """Of the share of hits among the records of each day.

    The variance of the ratio estimator between days by that of a binomial share (design effect,
    Kish 1965); in a chance world the hits are any of the records. None where nothing could vary.
    """
    total, days = records.sum(), np.count_nonzero(records)
    share = hits.sum() / max(total, 1)
    if days < 2 or not 0 < share < 1:
        return None
    random = np.random.default_rng(SEED)
    drawn = random.multivariate_hypergeometric(records, hits.sum(), WORLDS, method="marginals")
    scale = days / (days - 1) / (total * share * (1 - share))
    squares = ((np.vstack([hits, drawn]) - share * records) ** 2).sum(axis=1)
    return _judged(squares * scale)


def _judged(variance: Floats) -> Bursts:
    """From what was seen, first, and the chance worlds after it."""
    as_much = np.count_nonzero(variance >= variance[0] * (1 - 1e-9))
    return Bursts(float(variance[0]), as_much / len(variance))
