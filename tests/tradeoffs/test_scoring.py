"""The scale from 1 to 5."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.tradeoffs.scoring import mean_score, score, scored, shown

HOUR = 3_600.0
amounts = st.floats(0, 1e9, allow_subnormal=False)
scales = (
    st.lists(st.floats(1e-3, 1e8), min_size=3, max_size=3, unique=True)
    .map(sorted)
    .filter(lambda ends: min(ends[1] / ends[0], ends[2] / ends[1]) > 1 + 1e-6)
)


def scores(values, scale, is_duration):
    frame = pl.DataFrame({"value": values}, schema={"value": pl.Float64})
    poor, target, excellent = map(pl.lit, map(float, scale))
    at = score(pl.col("value"), poor, target, excellent, pl.lit(is_duration))
    return frame.select(at).to_series().to_list()


def test_poor_target_and_excellent_score_1_3_and_5_in_both_directions():
    assert scores([0.6, 0.8, 0.95], (0.6, 0.8, 0.95), False) == [1, 3, 5]
    assert scores([0.3, 0.15, 0.05], (0.3, 0.15, 0.05), False) == [1, 3, 5]
    assert scores([8 * HOUR, 4 * HOUR, HOUR], (8 * HOUR, 4 * HOUR, HOUR), True) == [1, 3, 5]


def test_a_score_is_linear_between_and_on_the_log_scale_for_durations():
    assert scores([0.7], (0.6, 0.8, 0.95), False) == pytest.approx([2])
    # Two hours are half way from four to one, when halving counts and not hours.
    assert scores([2 * HOUR], (8 * HOUR, 4 * HOUR, HOUR), True) == pytest.approx([4])


def test_what_is_beyond_the_scale_scores_as_its_end_even_without_bound():
    assert scores([0.0, 0.1, math.inf, None], (8, 4, 1), True) == [5, 5, 1, None]
    assert scores([-math.inf, 0.1, math.inf], (0.6, 0.8, 0.95), False) == [1, 1, 5]


@given(values=st.lists(amounts, min_size=2), scale=scales, is_duration=st.booleans())
def test_a_score_stays_within_1_and_5_and_never_falls_when_the_value_gets_better(
    values, scale, is_duration
):
    rising = scores(sorted(values), scale, is_duration)
    falling = scores(sorted(values), scale[::-1], is_duration)
    assert all(1 <= at <= 5 for at in rising + falling)
    assert rising == sorted(rising)
    assert falling == sorted(falling, reverse=True)


def test_a_cell_with_a_flag_or_without_a_value_has_no_score(cells):
    special = [
        {},
        {"value_state": "no_events", "value": None},
        {"is_low_n": True},
        {"is_stale": True},
        {"is_immature": True},
        {"is_complete": False},
    ]
    rows = cells(*({"kpi": "csat", "value": 0.8, **what} for what in special)).with_columns(
        poor=0.6, target=0.8, excellent=0.95, is_duration=False
    )
    assert scored(rows, "score").get_column("score").to_list() == [3, *[None] * 5]


def test_an_interval_is_mapped_by_its_ends_and_an_open_end_may_be_poor(cells):
    rows = cells(
        {"kpi": "first_response_time", "value": 4 * HOUR, "low": 2 * HOUR, "high": 8 * HOUR},
        {"kpi": "first_response_time", "value": 4 * HOUR, "low": 2 * HOUR, "high": None},
    ).with_columns(poor=8 * HOUR, target=4 * HOUR, excellent=HOUR, is_duration=True)
    ends = scored(rows, "score").select("score_low", "score", "score_high")
    assert ends.row(0) == pytest.approx((1, 3, 4))
    assert ends.row(1) == pytest.approx((1, 3, 4))


def test_a_mean_weighs_its_scores_and_adds_half_widths_as_root_of_squares():
    frame = pl.DataFrame(
        {
            "weight": [1.0, 3.0, 9.0],
            "score": [2.0, 4.0, None],
            "score_low": [1.6, 3.9, None],
            "score_high": [2.0, 4.4, None],
        }
    )
    mean = frame.select(mean_score("score", "mean")).row(0)
    down = math.hypot(1 * 0.4, 3 * 0.1) / 4
    up = 3 * 0.4 / 4
    assert mean == pytest.approx((3.5, 3.5 - down, 3.5 + up))


def test_a_mean_of_nothing_is_null():
    frame = pl.DataFrame(
        {"weight": [1.0], "score": [None], "score_low": [None], "score_high": [None]},
        schema_overrides=dict.fromkeys(("score", "score_low", "score_high"), pl.Float64),
    )
    assert frame.select(mean_score("score", "mean")).row(0) == (None, None, None)


def test_a_score_is_never_rounded_over_a_border():
    said = pl.DataFrame({"at": [2.96, 2.94, 3.0, 4.06]}).select(shown(pl.col("at"), (3.0,)))
    assert said.to_series().to_list() == ["2.9", "2.9", "3.0", "4.1"]
