"""What remains of a finding after many looks. Not here: the tests that gave the p-values."""

import numpy as np
from numpy.typing import ArrayLike

from assets.methods.distributions import Floats


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """q-values of one family of p-values: the false-discovery rate at which each would be news.

    Same order as they came; NaN stays NaN and does not count as a look. Raises ValueError for a
    p-value outside 0..1. Source: Benjamini and Hochberg 1995.
    """
    values = np.asarray(p, dtype=np.float64)
    is_known = ~np.isnan(values)
    known = values[is_known]
    if ((known < 0) | (known > 1)).any():
        odd = known[(known < 0) | (known > 1)][0]
        raise ValueError(f"p-value {odd} lies outside 0..1; pass probabilities")
    order = np.argsort(known)
    raised = known[order] * len(known) / np.arange(1, len(known) + 1)
    q = np.empty_like(known)
    q[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1)
    result = np.full_like(values, np.nan)
    result[is_known] = q
    return result
