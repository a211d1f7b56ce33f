"""The k-th smallest of a stretch is what sorting the stretch gives."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assets.methods.order_statistics import of_stretches

arrays = st.lists(st.integers(0, 70), min_size=1, max_size=40)


@given(values=arrays, data=st.data())
def test_the_kth_smallest_of_each_stretch_is_that_of_the_sorted_stretch(values, data):
    size = len(values)
    asked = []
    for _ in range(data.draw(st.integers(1, 8))):
        first = data.draw(st.integers(0, size - 1))
        last = data.draw(st.integers(first + 1, size))
        asked.append((first, last, data.draw(st.integers(0, last - first - 1))))
    found = of_stretches(
        np.array(values), *(np.array(column) for column in zip(*asked, strict=True))
    )
    assert found.tolist() == [sorted(values[first:last])[place] for first, last, place in asked]


def test_an_array_of_one_value_needs_no_pass():
    zero = np.zeros(3, dtype=np.int64)
    assert of_stretches(np.zeros(3, dtype=np.int64), zero, zero + 3, zero).tolist() == [0, 0, 0]
