"""Speed against stability in the example: what was planted lies in the intervals, seen or not."""

from datetime import date

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from pipelines.example.realised import quarter_starts
from pipelines.example.releases import MODE_SHARES, fail_ratio
from pipelines.example.world import CUSTOMERS, MOVED_ON, SEGMENTS, pace

# What the first three link rules show of the planted failures.
SEEN = 1 - MODE_SHARES[-1]
LEAD, FAILS = ("change_lead_time", "p50"), ("change_fail_rate", "ratio")


@pytest.fixture(scope="module")
def quarters(example_edition):
    """One row per team and quarter: log2 of its speeds, releases, planted share of failures."""
    cells = pl.read_parquet(example_edition / "kpi_values.parquet").filter(
        scope_kind="customer", period_kind="quarter", slice=""
    )
    value = {
        (row["kpi"], row["statistic"], row["scope"], row["period_start_on"].isoformat()): row
        for row in cells.iter_rows(named=True)
    }
    index = {segment.id: number for number, segment in enumerate(SEGMENTS)}
    rows = []
    for number, customer in enumerate(CUSTOMERS):
        for place, start in enumerate(quarter_starts()[:-1]):
            has_moved = not customer.was or date.fromisoformat(start) >= MOVED_ON
            segment = index[customer.segment if has_moved else customer.was]
            chance = fail_ratio(np.array([segment]), pace()[number, [place]])[0]
            releases = value[*FAILS, customer.id, start]["n"]
            rows.append(
                {
                    "unit": f"{customer.id} {segment}",
                    "start": start,
                    "release_pace": np.log2(releases),
                    "lead_time": -np.log2(value[*LEAD, customer.id, start]["value"]),
                    "n": releases,
                    "fails": SEEN * chance,
                }
            )
    return pl.DataFrame(rows)


@pytest.mark.parametrize("speed", ["release_pace", "lead_time"])
def test_the_planted_cost_of_speed_lies_in_the_interval_and_is_claimed_or_said_to_be_too_small(
    speed, quarters, example_edition
):
    effects = quarters.select("unit", "start").to_dummies(drop_first=True).cast(pl.Float64)
    design = np.column_stack([quarters[speed], np.ones(quarters.height), effects.to_numpy()])
    planted = sm.WLS(quarters["fails"].to_numpy(), design, weights=quarters["n"]).fit().params[0]
    assert planted > 0
    row = pl.read_parquet(example_edition / "tradeoff_tests.parquet").row(
        by_predicate=(pl.col("speed") == speed)
        & (pl.col("outcome") == "failed_releases")
        & (pl.col("lag_quarters") == 0),
        named=True,
    )
    assert row["low"] <= planted <= row["high"]
    assert row["verdict"] == "trade_off" or planted < row["smallest_effect"]
