"""A clock: elapsed seconds, and how it stopped."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.clocks import COMPETING_EXIT, HAPPENED, STILL_OPEN, clock

INSTANT = pl.Datetime("us", "UTC")
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
AS_OF = BEGIN + timedelta(hours=100)


def measured(start, stop, left):
    row = {
        name: hours if hours is None else BEGIN + timedelta(hours=hours)
        for name, hours in (("start", start), ("stop", stop), ("left", left))
    }
    frame = pl.DataFrame([row], schema=dict.fromkeys(row, INSTANT))
    return frame.select(clock("c", "start", pl.col("stop"), AS_OF, pl.col("left"))).row(0)


hours = st.one_of(st.none(), st.integers(0, 100))


@given(hours, hours, hours)
def test_a_clock_stops_at_what_comes_first_and_runs_until_as_of_otherwise(start, stop, left):
    ends = [(h, way) for h, way in ((stop, HAPPENED), (left, COMPETING_EXIT)) if h is not None]
    if start is None:
        expected = (None, None)
    else:
        end, way = min(ends, default=(100, STILL_OPEN))
        expected = (max(end - start, 0) * 3600.0, way)
    assert measured(start, stop, left) == expected


def test_a_clock_without_another_exit_ignores_what_it_was_not_told():
    frame = pl.DataFrame(
        {"start": [BEGIN], "stop": [None]}, schema=dict.fromkeys(("start", "stop"), INSTANT)
    )
    seconds, way = frame.select(clock("c", "start", pl.col("stop"), AS_OF)).row(0)
    assert (seconds, way) == (360_000.0, STILL_OPEN)
