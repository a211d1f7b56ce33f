"""The k-th smallest value of many stretches of one array, without sorting or copying any of them.

A wavelet matrix (Claude, Navarro and Ordóñez 2015), walked level by level while it is built: the
array is kept once, whatever the number of stretches and however they overlap.
"""

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def of_stretches(values: Integers, first: Integers, last: Integers, place: Integers) -> Integers:
    """The value at `place` (0 is the smallest) of `values[first:last]`, elementwise per stretch.

    Values are integers from 0; few distinct ones are fast (one pass over the array per bit). The
    result is undefined where `place` does not lie within the stretch.
    """
    level = values.astype(np.int32)
    first, last, place = first.copy(), last.copy(), place.copy()
    found = np.zeros_like(place)
    for bit in reversed(range(int(values.max(initial=0)).bit_length())):
        is_one = (level >> bit & 1).astype(np.bool_)
        zeros = np.zeros(len(level) + 1, dtype=np.int32)
        np.cumsum(~is_one, out=zeros[1:])
        zeros_first, zeros_last = zeros[first], zeros[last]
        goes_right = place >= zeros_last - zeros_first
        place -= np.where(goes_right, zeros_last - zeros_first, 0)
        first = np.where(goes_right, zeros[-1] + first - zeros_first, zeros_first)
        last = np.where(goes_right, zeros[-1] + last - zeros_last, zeros_last)
        found += goes_right.astype(np.int64) << bit
        level = np.concatenate([level[~is_one], level[is_one]])
    return found
