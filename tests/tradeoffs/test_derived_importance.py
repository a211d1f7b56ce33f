"""What goes with satisfaction: joins against a loop, planted slopes, and honest silence."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from assets.tradeoffs.derived_importance import (
    COLUMNS,
    DRIVERS,
    OF_THE_MONTH_BEFORE,
    OF_THE_TICKET,
    answers,
    derived_importance,
    months,
    with_months_before,
)

INSTANT = pl.Datetime("us", "UTC")
NAMES = [driver.id for driver in DRIVERS]


def world(n=1_200, slope=-0.06, seed=5, customers=10):
    """Answers that are good less often the later the first response; nothing else matters."""
    random = np.random.default_rng(seed)
    log_hours = random.normal(0, 1.5, n)
    chance = np.clip(0.8 + slope * log_hours, 0.02, 0.98)
    start = date(2025, 1, 1)
    return pl.DataFrame(
        {
            "customer": [f"c{i % customers}" for i in range(n)],
            "segment": ["core"] * n,
            "month": [
                date(2025 + month // 12, month % 12 + 1, 1)
                for month in random.integers(0, 18, n).tolist()
            ],
            "good": (random.random(n) < chance).astype(float),
            "first_response": log_hours,
            "resolution": random.normal(3, 1, n),
            "reopened": (random.random(n) < 0.3).astype(float),
            "ci_feedback_time": random.normal(8, 1, n),
            "ci_red_time": np.full(n, np.nan),
            "failed_releases": random.poisson(2, n).astype(float),
        }
    ).with_columns(pl.col("ci_red_time").fill_nan(None)), start


def the(found, driver):
    return found.filter(driver=driver).row(0, named=True)


def test_what_was_planted_goes_with_satisfaction_and_nothing_else_does():
    found = derived_importance(world()[0], ["core"])
    assert found.schema == pl.Schema(COLUMNS)
    row = the(found, "first_response")
    assert row["verdict"] == "goes_with"
    assert row["low"] < -0.06 < row["high"] < 0
    assert "points fewer answers are good" in row["sentence"]
    others = found.filter(pl.col("driver") != "first_response", pl.col("driver").is_not_null())
    assert set(others["verdict"]) <= {"no_evidence", "too_little"}


def test_in_worlds_without_an_effect_hardly_any_claims_one():
    told = [
        (derived_importance(world(400, 0.0, seed)[0], ["core"])["verdict"] == "goes_with").any()
        for seed in range(40)
    ]
    assert sum(told) <= 6  # the 99 % bound of a true 5 % of 40


def test_with_few_answers_it_says_how_many_are_needed():
    row = the(derived_importance(world(60)[0], ["core"]), "first_response")
    assert (row["verdict"], row["slope"], row["n"]) == ("too_little", None, 60)
    assert ": 60 answers, " in row["sentence"]
    assert row["sentence"].startswith("Not enough evidence on whether it matters if the first")
    assert row["sentence"].endswith(" needed.")
    none = the(derived_importance(world(60)[0], ["lab"]), "first_response")
    assert (none["verdict"], none["n"]) == ("too_little", 0)


def test_promises_that_no_rating_sees_are_not_estimable():
    found = derived_importance(world(200)[0], ["core"]).filter(verdict="not_estimable")
    assert set(found["promise"]) == {
        "flexibility",
        "reliability",
        "security",
        "accountability",
        "cost",
    }


def test_of_a_segment_of_few_customers_the_quarters_of_customers_are_compared():
    row = the(derived_importance(world(customers=4)[0], ["core"]), "first_response")
    assert (row["verdict"], row["n_customers"]) == ("goes_with", 4)


def test_answers_know_their_ticket_their_customer_and_their_month():
    at = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)  # February in Berlin
    ratings = pl.LazyFrame(
        {
            "event_id": ["z/1/r1", "z/2/r2", "z/3/r3", "z/4/r4"],
            "scope_set": [1, 2, 3, 1],
            "entered_at": [at, at - timedelta(hours=2), at, at],
            "is_answered": [True, True, True, False],
            "is_spam": False,
            "is_verdict_unknown": False,
            "is_good": [True, False, True, True],
        },
        schema_overrides={"entered_at": INSTANT, "scope_set": pl.UInt32},
    )
    keys = pl.LazyFrame(
        {
            "source": ["z"] * 4,
            "ticket_id": ["1", "2", "3", "4"],
            "source_id": ["r1", "r2", "r3", "r4"],
        }
    )
    tickets = pl.LazyFrame(
        {
            "event_id": ["z/1", "z/2", "z/3"],
            "first_response_business_seconds": [4.0, 8.0, 2.0],
            "first_response_business_exit": [1, 0, 1],
            "resolution_business_seconds": [0.0, 16.0, 2.0],
            "resolution_business_exit": [1, 1, 1],
            "is_reopened": [False, True, False],
        }
    )
    sets = pl.LazyFrame(
        [
            (1, "customer", "a"), (1, "segment", "core"), (2, "customer", "b"),
            (2, "segment", "lab"), (3, "customer", "unassigned"), (3, "segment", "unassigned"),
        ],
        schema={"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String},
        orient="row",
    )  # fmt: skip
    found = answers(ratings, keys, tickets, sets, "Europe/Berlin")
    assert found.columns[2:5] == [driver.id for driver in OF_THE_TICKET]
    assert found.rows() == [
        ("a", "core", 2.0, None, 0.0, date(2026, 2, 1), 1.0),
        ("b", "lab", None, 4.0, 1.0, date(2026, 1, 1), 0.0),
    ]


def test_a_customers_month_before_stands_beside_its_answers(cells):
    usual = {"scope_kind": "customer", "scope": "a", "period_kind": "month"}
    may = {"period_start_on": date(2026, 5, 1), "period_end_on": date(2026, 5, 31)}
    frame = cells(
        {"kpi": "change_fail_rate", "value": 0.25, "n": 8, **usual, **may},
        {"kpi": "change_fail_rate", "value": 0.5, "n": 8, "is_stale": True, **usual, **may},
    )
    june, earlier = date(2026, 6, 1), date(2026, 5, 1)
    rows = pl.DataFrame({"customer": ["a", "a", "b"], "month": [june, earlier, june]})
    found = with_months_before(rows, months(frame.lazy()))
    assert found["failed_releases"].to_list() == [2.0, None, None]
    assert found.columns[2:] == [driver.id for driver in OF_THE_MONTH_BEFORE]


@pytest.mark.parametrize("driver", NAMES)
def test_every_driver_has_a_row_for_every_segment(driver):
    found = derived_importance(world(100)[0], ["core", "lab"])
    assert found.filter(driver=driver)["segment"].to_list() == ["core", "lab"]
