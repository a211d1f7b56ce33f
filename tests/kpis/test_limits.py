"""Many series at once against the limits of their own baseline."""

import math
from datetime import date

import numpy as np
import polars as pl
import pytest

from assets.kpis.limits import N_BASELINE, judged


def months_of(values, series=0, *, chart="log", n=100):
    """One month per value; a month without a value is not there."""
    starts = pl.date_range(date(2024, 1, 1), date(2028, 12, 1), "1mo", eager=True)[: len(values)]
    frame = pl.DataFrame({"period_start_on": starts, "value": values}).with_columns(
        pl.col("value").cast(pl.Float64),
        period_end_on=pl.col("period_start_on").dt.month_end(),
        series=pl.lit(series, dtype=pl.UInt32),
        chart=pl.lit(chart),
        n=pl.lit(n, dtype=pl.UInt32),
        low=pl.col("value") - 0.1,
        high=pl.col("value") + 0.2,
    )
    return frame.drop_nulls("value")


def split(frame):
    is_last = pl.col("period_start_on") == pl.col("period_start_on").max().over("series")
    return frame.filter(~is_last), frame.filter(is_last)


def test_no_series_at_all_gives_no_rows():
    months, newest = split(months_of([1.0]))
    assert judged(months, newest.clear()).is_empty()


def test_a_gap_breaks_the_chain_of_moving_ranges():
    values = [*([100.0, 110.0] * 5), None, *([100.0, 110.0] * 5), 105.0]
    row = judged(*split(months_of(values))).row(0, named=True)
    sigma = math.log(1.1) / 1.128
    center = math.log(math.sqrt(100 * 110))
    assert row["baseline_high"] == pytest.approx(math.exp(center + 3 * sigma))
    closed = [at for at in values if at is not None]
    alike = judged(*split(months_of(closed))).row(0, named=True)
    assert alike["baseline_high"] == pytest.approx(row["baseline_high"], rel=1e-9)
    jump = [*([100.0] * 10), None, *([400.0] * 9), 410.0, 105.0]
    over_the_gap = judged(*split(months_of(jump))).row(0, named=True)
    assert over_the_gap["baseline_high"] < 210


def test_series_with_different_charts_do_not_disturb_each_other():
    rng = np.random.default_rng(3)
    one = months_of(rng.lognormal(5, 0.2, 24).tolist(), 0)
    two = months_of((rng.binomial(90, 0.4, 22) / 90).tolist(), 1, chart="p")
    together = judged(*split(pl.concat([one, two]))).drop("q_value")
    alone = pl.concat([judged(*split(frame)).drop("q_value") for frame in (one, two)])
    assert together.sort("series").equals(alone.sort("series"))


def test_the_limits_of_a_ratio_widen_when_the_month_has_few_events():
    rng = np.random.default_rng(3)
    before = (rng.binomial(400, 0.4, N_BASELINE) / 400).tolist()
    frame = months_of([*before, 0.4], chart="p", n=400)
    months, newest = split(frame)
    many = judged(months, newest).row(0, named=True)
    few = judged(months, newest.with_columns(n=pl.lit(25, dtype=pl.UInt32))).row(0, named=True)
    wide, narrow = (row["baseline_high"] - row["baseline_center"] for row in (few, many))
    assert wide == pytest.approx(narrow * math.sqrt(400 / 25))


def test_the_change_has_the_uncertainty_of_the_month_and_of_the_baseline():
    frame = months_of([*([0.1, 0.3] * 10), 0.5], chart="p")
    row = judged(*split(frame)).row(0, named=True)
    assert row["baseline_center"] == pytest.approx(0.2)
    change = 0.5 - row["baseline_center"]
    down, up = change - row["change_low"], row["change_high"] - change
    # The baseline's share is the same on both sides; the month's is 0.1 and 0.2.
    assert up**2 - down**2 == pytest.approx(0.2**2 - 0.1**2)
    assert down > 0.1


def test_an_open_end_of_the_month_leaves_the_change_open():
    months, newest = split(months_of([*([100.0, 110.0] * 10), 105.0]))
    open_end = newest.with_columns(high=pl.lit(None, dtype=pl.Float64))
    row = judged(months, open_end).row(0, named=True)
    assert row["change_low"] is not None
    assert row["change_high"] is None
