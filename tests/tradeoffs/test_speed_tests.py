"""Tests of speed against stability: which rows are compared, which way is worse, what is said."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from assets.configuration import Configuration
from assets.tradeoffs.speed_tests import (
    COLUMNS,
    OUTCOMES,
    SPEEDS,
    certain_cells,
    paired,
    speed_tests,
    units_of,
)

LEAD, PACE, SIZE = SPEEDS
FAILED, RECOVERY, REWORK, SATISFACTION = OUTCOMES
QUARTERS = [date(2024 + q // 4, 3 * (q % 4) + 1, 1) for q in range(8)]
CUSTOMERS = [f"c{number:02}" for number in range(10)]
CELLS = {
    "customer": pl.String,
    "kpi": pl.String,
    "statistic": pl.String,
    "slice": pl.String,
    "period_start_on": pl.Date,
    "value": pl.Float64,
    "n": pl.UInt32,
}


def cells_of(values, kpi, statistic, slice="", n=50):
    """Cells of one KPI; `values` is customers × quarters, NaN for a cell that is not there."""
    counts = np.broadcast_to(n, values.shape)
    rows = [
        (customer, kpi, statistic, slice, quarter, values[i, j], counts[i, j])
        for i, customer in enumerate(CUSTOMERS[: len(values)])
        for j, quarter in enumerate(QUARTERS)
        if not np.isnan(values[i, j])
    ]
    return pl.DataFrame(rows, schema=CELLS, orient="row")


def alone(cells):
    return cells.select(
        "customer",
        "period_start_on",
        unit=pl.col("customer").rank("dense").cast(pl.Int64) - 1,
    ).unique()


@pytest.fixture(scope="module")
def world():
    """Half the lead time makes failures 4 points more likely, in the same quarter."""
    random = np.random.default_rng(11)
    faster = random.normal(0, 1, (len(CUSTOMERS), len(QUARTERS)))
    ratio = 0.15 + 0.04 * faster + random.normal(0, 0.005, faster.shape)
    good = 0.8 - 0.04 * faster + random.normal(0, 0.005, faster.shape)
    return pl.concat(
        [
            cells_of(100_000.0 * 2.0**-faster, "change_lead_time", "p50"),
            cells_of(ratio, "change_fail_rate", "ratio", "first_three"),
            cells_of(good, "csat", "ratio"),
        ]
    )


def the(found, speed, outcome, lag=0):
    return found.filter(speed=speed, outcome=outcome, lag_quarters=lag).row(0, named=True)


def test_faster_and_more_failures_are_a_trade_off_with_the_planted_slope(world):
    found = speed_tests(world, alone(world))
    row = the(found, "lead_time", "failed_releases")
    assert row["verdict"] == "trade_off"
    assert row["slope"] == pytest.approx(0.04, abs=0.002)
    assert row["low"] < 0.04 < row["high"]
    assert row["q_value"] <= 0.04
    assert "points higher" in row["sentence"]


def test_falling_satisfaction_is_worse_although_its_slope_is_negative(world):
    row = the(speed_tests(world, alone(world)), "lead_time", "satisfaction")
    assert (row["slope"] < 0, row["verdict"]) == (True, "trade_off")


def test_fewer_failures_when_faster_go_together(world):
    is_ratio = pl.col("slice") == "first_three"
    mirrored = world.with_columns(
        value=pl.when(is_ratio).then(0.3 - pl.col("value")).otherwise("value")
    )
    row = the(speed_tests(mirrored, alone(world)), "lead_time", "failed_releases")
    assert row["verdict"] == "go_together"


def test_what_is_not_measured_is_no_evidence_and_says_what_is_needed(world):
    row = the(speed_tests(world, alone(world)), "change_size", "rework", lag=1)
    assert (row["verdict"], row["slope"], row["n"]) == ("no_evidence", None, 0)
    assert "at least 20" in row["sentence"]


def test_no_evidence_says_what_would_have_shown(world):
    row = the(speed_tests(world, alone(world)), "lead_time", "failed_releases", lag=1)
    assert row["verdict"] == "no_evidence"
    assert row["smallest_effect"] > 0
    assert "would probably have shown" in row["sentence"]


def test_a_factor_is_said_in_percent(world):
    random = np.random.default_rng(2)
    faster = random.normal(0, 1, (len(CUSTOMERS), len(QUARTERS)))
    noise = random.normal(0, 0.01, faster.shape)
    cells = pl.concat(
        [
            cells_of(1e5 * 2.0**-faster, "change_lead_time", "p50"),
            cells_of(1e4 * 2.0 ** (faster + noise), "failed_deployment_recovery_time", "p50"),
        ]
    )
    row = the(speed_tests(cells, alone(cells)), "lead_time", "recovery_time")
    assert row["is_factor"]
    assert "100 % higher" in row["sentence"]


@pytest.mark.parametrize("lag", [0, 1])
def test_rows_pair_the_speed_of_a_quarter_with_the_outcome_of_it_or_the_next(lag):
    random = np.random.default_rng(4)
    lead, failed = (random.uniform(1, 2, (3, len(QUARTERS))) for _ in range(2))
    lead[1, 2] = failed[2, 5] = np.nan
    cells = pl.concat(
        [
            cells_of(lead, "change_lead_time", "p50"),
            cells_of(failed, "change_fail_rate", "ratio", "first_three", n=40),
        ]
    )
    rows = paired(cells, LEAD, FAILED, lag, alone(cells))
    expected = [
        (CUSTOMERS[i], QUARTERS[j], failed[i, j], -np.log2(lead[i, j - lag]), 40)
        for i in range(3)
        for j in range(lag, len(QUARTERS))
        if not np.isnan(failed[i, j]) and not np.isnan(lead[i, j - lag])
    ]
    found = rows.select("customer", "period_start_on", "y", "x", "weight").rows()
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    assert np.array([row[2:] for row in found]) == pytest.approx(
        np.array([row[2:] for row in expected])
    )


def test_the_pace_counts_planned_releases():
    planned = cells_of(np.full((2, 8), 0.1), "change_fail_rate", "ratio", n=32)
    failed = cells_of(np.full((2, 8), 0.2), "change_fail_rate", "ratio", "first_three")
    cells = pl.concat([planned, failed])
    assert paired(cells, PACE, FAILED, 0, alone(cells))["x"].unique().to_list() == [5.0]


def test_a_customer_that_moved_is_another_one_from_then_on():
    configuration = Configuration.model_validate(
        {
            "organisation": {"name": "Example Ltd"},
            "segments": [{"id": name, "name": name} for name in ("lab", "core")],
            "customers": [
                {"id": "c00", "name": "A", "segment": "lab"},
                {"id": "c00", "name": "A", "segment": "core", "valid_from": date(2025, 1, 1)},
                {"id": "c01", "name": "B", "segment": "core"},
            ],
        }
    )
    cells = cells_of(np.ones((2, 8)), "change_lead_time", "p50").with_columns(
        period_end_on=pl.col("period_start_on").dt.offset_by("3mo").dt.offset_by("-1d")
    )
    units = units_of(cells, configuration).sort("customer", "period_start_on")
    assert units["unit"].n_unique() == 3
    moved = units.filter(customer="c00")["unit"].to_list()
    assert moved == [moved[0]] * 4 + [moved[-1]] * 4
    assert moved[0] != moved[-1]


def test_uncertain_quarters_are_left_out_and_those_of_few_events_are_not(cells):
    usual = {"kpi": "change_lead_time", "value": 5.0, "scope_kind": "customer", "scope": "c00"}
    frame = cells(
        usual | {"is_low_n": True, "n": 3},
        usual | {"is_stale": True},
        usual | {"is_immature": True},
        usual | {"is_complete": False},
        usual | {"value_state": "not_reached", "value": None},
        usual | {"scope": "unassigned"},
        usual | {"period_kind": "month"},
        usual | {"scope_kind": "segment"},
    )
    assert certain_cells(frame.lazy())["n"].to_list() == [3]


def test_without_any_cell_every_pair_is_there_without_evidence():
    nothing = pl.DataFrame(schema=CELLS)
    found = speed_tests(nothing, alone(nothing))
    assert found.schema == pl.Schema(COLUMNS)
    assert found.height == 2 * len(SPEEDS) * len(OUTCOMES)
    assert found["verdict"].unique().to_list() == ["no_evidence"]
