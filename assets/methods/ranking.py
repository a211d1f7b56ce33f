"""Do two rankings agree? Not here: what is ranked, and the uncertainty of the ranks."""

import numpy as np
from numpy.typing import ArrayLike

from assets.methods.distributions import Floats


def tau_b(x: ArrayLike, y: ArrayLike) -> Floats:
    """Kendall's τ-b along the last axis, -1..1; leading axes broadcast (draws by promises).

    A pair with NaN on either side is left out. NaN with fewer than two pairs, or where one side
    is all ties. Compares each with each: meant for tens of items. Source: Kendall 1945.
    """
    left, right = np.broadcast_arrays(
        np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    )
    is_known = ~np.isnan(left) & ~np.isnan(right)
    one, two = (_orders(side, is_known) for side in (left, right))
    agreement = (one * two).sum(axis=(-2, -1))
    untied = (one**2).sum(axis=(-2, -1)) * (two**2).sum(axis=(-2, -1))
    # One root of the product: integers stay exact, so full agreement is exactly 1.
    return np.asarray(agreement / np.sqrt(np.where(untied > 0, untied, np.nan)), dtype=np.float64)


def _orders(side: Floats, is_known: np.ndarray) -> Floats:
    """Shape (…, items, items): 1 where the first is larger, -1 where smaller, 0 where tied."""
    values = np.where(is_known, side, 0)
    is_pair = is_known[..., :, np.newaxis] & is_known[..., np.newaxis, :]
    greater = values[..., :, np.newaxis] > values[..., np.newaxis, :]
    less = values[..., :, np.newaxis] < values[..., np.newaxis, :]
    return np.where(is_pair, greater.astype(np.float64) - less, 0)
