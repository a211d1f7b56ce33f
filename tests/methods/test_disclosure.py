"""Hidden counts stay hidden: checked by trying every possible answer of every person."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.methods.disclosure import hidden_cells

# Two segments of two customers each, and one customer that both segments share.
ATOMS = ("a", "b", "c", "d", "shared")
CELLS = {
    "organisation": ("a", "b", "c", "d", "shared"),
    "left": ("a", "b", "shared"),
    "right": ("c", "d", "shared"),
    "a": ("a",),
    "b": ("b",),
    "c": ("c",),
    "d": ("d",),
    "both": ("shared",),
}
CONTAINS = np.array([[float(atom in cell) for atom in ATOMS] for cell in CELLS.values()])
SIBLINGS = [np.array([1, 2]), np.array([3, 4, 7]), np.array([5, 6, 7])]


def possible_values(good, people, hidden):
    """Per cell the set of counts that agree with all shown cells, by trying every world."""
    shown = ~hidden
    worlds = [
        CONTAINS @ np.array(world)
        for world in product(*(range(int(n) + 1) for n in people))
        if np.array_equal((CONTAINS @ np.array(world))[shown], good[shown])
    ]
    return [set(values) for values in np.array(worlds).T.tolist()]


@settings(max_examples=60)
@given(
    answers=st.tuples(*[st.tuples(st.integers(0, 7), st.integers(0, 7)) for _ in ATOMS]),
)
def test_every_hidden_count_has_at_least_two_possible_values(answers):
    people = np.array([float(max(pair)) for pair in answers])
    good = CONTAINS @ np.array([float(min(pair)) for pair in answers])
    hidden = hidden_cells(good, CONTAINS, people, SIBLINGS)
    n = CONTAINS @ people
    assert hidden[(n > 0) & (n < 5)].all()
    assert not hidden[n == 0].any()
    values = possible_values(good, people, hidden)
    assert all(len(values[cell]) > 1 for cell in np.flatnonzero(hidden))


def test_a_total_in_which_everybody_agrees_is_hidden_with_its_small_part():
    contains = np.array([[1.0, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0]])
    people = np.array([3.0, 20, 30, 10])
    good = contains @ np.array([3.0, 20, 12, 6])
    hidden = hidden_cells(good, contains, people, [np.array([1, 2]), np.array([3, 4])])
    assert hidden[1]
    assert hidden[3]


def test_large_cells_that_give_nothing_away_are_shown():
    people = np.full(len(ATOMS), 9.0)
    good = CONTAINS @ np.array([4.0, 5, 6, 3, 9])
    assert not hidden_cells(good, CONTAINS, people, SIBLINGS).any()
