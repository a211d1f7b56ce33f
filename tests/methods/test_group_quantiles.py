"""Quantiles of groups are those of Kaplan-Meier over the members copied out."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.methods import group_quantiles, kaplan_meier


def both(seconds, exit, groupings, competing):
    """What ranges give, and Kaplan-Meier over the same members; a group is None or a number."""
    ordered = group_quantiles.lifetimes(seconds, exit)
    given, owner, member, size = [], [], [], 0
    for groups, n_groups in groupings:
        pairs = [(g, m) for m, row in enumerate(ordered.row) for g in groups[row]]
        group, who = (np.array([p[i] for p in pairs], dtype=np.int64) for i in range(2))
        is_once = all(len(g) == 1 for g in groups)
        given.append(group_quantiles.Grouping(group, n_groups, None if is_once else who))
        owner.append(group + size)
        member.append(ordered.row[who])
        size += n_groups
    rows = np.concatenate(member)
    expected = kaplan_meier.quantiles(
        np.concatenate(owner), seconds[rows], exit[rows], [0.5, 0.9], competing=competing
    )
    found = group_quantiles.quantiles(ordered, given, [0.5, 0.9], competing=competing)
    state = pl.when(pl.col("value").is_null()).then(pl.lit("not_reached")).otherwise(pl.lit("ok"))
    frames = [
        pl.DataFrame({name: getattr(found, name)[i] for name in ("value", "low", "high")})
        .with_row_index("group")
        .with_columns(probability=q, n=found.n, n_open=found.n_open)
        .fill_nan(None)
        .with_columns(state=state)
        for i, q in enumerate((0.5, 0.9))
    ]
    told = pl.concat(frames).filter(pl.col("n") > 0).sort("group", "probability")
    return told.select(pl.col(n).cast(t) for n, t in expected.schema.items()), expected


@pytest.mark.parametrize("competing", [False, True])
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(1, 300),
    distinct=st.sampled_from((2, 9, 1000)),
    open_share=st.sampled_from((0.0, 0.02, 0.3)),
    left_share=st.sampled_from((0.0, 0.08, 0.6)),
    open_after=st.sampled_from((0, 500)),
)
def test_quantiles_of_groups_are_those_of_their_members_copied_out(
    seed, size, distinct, open_share, left_share, open_after, competing
):
    random = np.random.default_rng(seed)
    seconds = random.integers(0, distinct, size).astype(np.float64)
    chance = [1 - open_share - left_share, open_share, left_share]
    exit = random.choice(np.array([1, 0, 2], dtype=np.int8), size, p=chance)
    seconds = np.where(exit == 0, seconds + open_after, seconds)
    once = [[int(group)] for group in random.integers(0, 5, size)]
    often = [sorted(random.choice(9, random.integers(0, 4), replace=False)) for _ in range(size)]
    found, expected = both(seconds, exit, [(once, 6), (often, 9)], competing)
    assert_frame_equal(found, expected, rel_tol=1e-12)


@pytest.mark.parametrize(("n", "p50", "p90"), [(2, 50.5, 100.0), (10, 5.5, 9.5)])
def test_the_median_of_1_and_100_is_50_5_and_p90_of_1_to_10_is_9_5(n, p50, p90):
    seconds = np.array([100.0, 1.0]) if n == 2 else np.arange(10.0, 0.0, -1)
    found, _ = both(seconds, np.ones(n, dtype=np.int8), [([[0]] * n, 1)], competing=False)
    assert found.get_column("value").to_list() == [p50, p90]


def test_more_groups_than_two_bytes_can_number_are_kept_apart():
    random = np.random.default_rng(7)
    seconds = random.integers(0, 50, 4_000).astype(np.float64)
    exit = random.choice(np.array([1, 0, 2], dtype=np.int8), 4_000, p=[0.9, 0.05, 0.05])
    groups = [[int(group)] for group in random.integers(0, 200, 4_000) * 1_000]
    found, expected = both(seconds, exit, [(groups, 200_000)], competing=False)
    assert_frame_equal(found, expected, rel_tol=1e-12)


def test_groups_larger_than_those_whose_places_are_kept_are_told_as_well():
    random = np.random.default_rng(8)
    seconds = random.exponential(100, 9_000)
    exit = random.choice(np.array([1, 0], dtype=np.int8), 9_000, p=[0.999, 0.001])
    found, expected = both(seconds, exit, [([[0]] * 9_000, 1)], competing=False)
    assert_frame_equal(found, expected, rel_tol=1e-9)


def test_no_groups_give_no_quantiles():
    ordered = group_quantiles.lifetimes(np.ones(2), np.ones(2, dtype=np.int8))
    found = group_quantiles.quantiles(ordered, [], [0.5])
    assert found.value.shape == (1, 0)
    assert found.n.tolist() == []
