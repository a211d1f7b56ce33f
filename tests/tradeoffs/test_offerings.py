"""What offerings cost and who uses them, against loops over records."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.configuration import Configuration
from assets.tradeoffs import choices
from assets.tradeoffs.offerings import (
    WEEKS,
    customer_weeks,
    failures_of,
    hours_of,
    offering_rows,
    offering_use,
    recent,
    satisfaction_of,
    whole_weeks,
)

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
BEGINS = AS_OF - timedelta(weeks=WEEKS)
# 3 belongs to two customers, 4 to nobody.
SETS = {1: ("a",), 2: ("b",), 3: ("a", "b"), 4: ("unassigned",)}
events = st.lists(
    st.tuples(
        st.sampled_from(("ci", "grid", None)),
        st.sampled_from((1, 2, 3, 4)),
        st.integers(-30 * 24, WEEKS * 7 * 24 + 48),
    ),
    max_size=30,
)


@pytest.fixture(scope="module")
def sets():
    rows = [(number, "customer", name) for number, names in SETS.items() for name in names]
    schema = {"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def seen(given_events):
    rows = [(o, s, BEGINS + timedelta(hours=h)) for o, s, h in given_events]
    schema = {
        "offering": pl.String,
        "scope_set": pl.UInt32,
        "entered_at": pl.Datetime("us", "UTC"),
    }
    return pl.LazyFrame(rows, schema=schema, orient="row")


@given(given_events=events)
def test_use_is_the_weeks_in_which_a_customer_had_anything_of_the_offering(given_events, sets):
    expected = set()
    for offering, number, hours in given_events:
        at = BEGINS + timedelta(hours=hours)
        if offering and BEGINS <= at < AS_OF:
            monday = at.date() - timedelta(days=at.weekday())
            expected |= {(offering, n, monday) for n in SETS[number] if n != "unassigned"}
    found = customer_weeks(recent(seen(given_events), AS_OF), sets.lazy())
    assert set(found.rows()) == expected
    assert found.height == len(expected)


def test_the_shares_of_a_segments_use_add_up_and_one_without_use_has_none():
    monday = date(2026, 6, 1)
    used = pl.DataFrame(
        [("ci", "a", monday), ("grid", "a", monday), ("ci", "b", monday)],
        schema=["offering", "customer", "week"],
        orient="row",
    )
    customers = pl.DataFrame({"customer": ["a", "b"], "segment": ["core", "core"]})
    found = offering_use(used, customers, ["ci", "grid"], ["core", "lab"])
    assert found.rows() == [
        ("core", "ci", 2, 2, pytest.approx(2 / 3)),
        ("core", "grid", 1, 1, pytest.approx(1 / 3)),
        ("lab", "ci", 0, 0, 0.0),
        ("lab", "grid", 0, 0, 0.0),
    ]


def test_hours_are_those_of_weeks_that_are_over():
    """1 July 2026 is a Wednesday: the week that has begun is not told yet."""
    effort = pl.LazyFrame(
        {
            "to_on": [date(2026, 3, 29), date(2026, 3, 30), date(2026, 6, 28), date(2026, 7, 5)],
            "offering": ["ci"] * 4,
            "hours": [1.0, 2.0, 4.0, 8.0],
        }
    )
    assert whole_weeks(effort, date(2026, 7, 1)).collect()["hours"].to_list() == [2.0, 4.0]


def test_hours_of_all_kinds_are_per_week_with_an_interval():
    effort = pl.DataFrame(
        {
            "offering": ["ci"] * 3,
            "hours": [13.0, 6.5, 6.5],
            "kind": ["support", "toil", "unknown"],
        }
    )
    row = hours_of(effort).row(0, named=True)
    assert row["hours_per_week"] == pytest.approx(2.0)
    assert row["support_hours_per_week"] == pytest.approx(1.0)
    assert row["toil_hours_per_week"] == row["unknown_hours_per_week"] == pytest.approx(0.5)
    assert row["hours_low"] < 2.0 < row["hours_high"]


def test_runs_without_a_verdict_are_runs_and_no_failures():
    runs = pl.DataFrame(
        {
            "offering": ["ci"] * 4 + ["grid"],
            "has_verdict": [True, True, True, False, False],
            "is_success": [True, False, True, False, False],
        }
    )
    found = {row["offering"]: row for row in failures_of(runs).iter_rows(named=True)}
    assert found["ci"]["runs_per_week"] == pytest.approx(4 / WEEKS)
    assert found["ci"]["failed_ratio"] == pytest.approx(1 / 3)
    assert found["grid"]["failed_ratio"] is None


@pytest.mark.parametrize(
    ("answers", "numbers", "expected"),
    [
        (20, (1, 2, 5), [0.65]),
        (19, (1, 2, 5), []),
        (40, (1, 2), []),
    ],
)
def test_satisfaction_is_shown_in_steps_of_many_answers_of_three_customers(
    sets, answers, numbers, expected
):
    more = pl.DataFrame(
        {"scope_set": [5], "scope_kind": ["customer"], "scope": ["c"]},
        schema=sets.schema,
    )
    good = [i % 3 != 0 for i in range(answers)]
    ratings = pl.DataFrame(
        {
            "offering": ["ci"] * answers,
            "scope_set": [numbers[i % len(numbers)] for i in range(answers)],
            "is_good": good,
        },
        schema_overrides={"scope_set": pl.UInt32},
    )
    found = satisfaction_of(ratings, pl.concat([sets, more]))
    assert found["satisfied_ratio"].to_list() == pytest.approx(expected)


def test_how_well_an_offering_serves_is_declared_else_answered_else_by_its_level():
    configuration = Configuration.model_validate(
        {
            "organisation": {"name": "Example Ltd"},
            "offerings": [
                {"id": "ci", "name": "CI", "served": 0.42},
                {"id": "grid", "name": "Grid"},
                {"id": "vault", "name": "Vault", "is_mandated": True, "level": "best_effort"},
            ],
        }
    )
    nothing = pl.DataFrame(schema={"offering": pl.String})
    rows = offering_rows(
        choices.offerings(configuration, date(2026, 7, 1)),
        {"best_effort": 0.6, "standard": 0.8},
        hours=nothing.with_columns(hours_per_week=pl.lit(None, dtype=pl.Float64)),
        failures=nothing.with_columns(runs_per_week=pl.lit(None, dtype=pl.Float64)),
        tickets=nothing.with_columns(tickets_per_week=pl.lit(None, dtype=pl.Float64)),
        satisfaction=pl.DataFrame({"offering": ["ci", "grid"], "satisfied_ratio": [0.9, 1.0]}),
        use=pl.DataFrame({"offering": ["ci"], "customers": [1], "customer_weeks": [2]}),
    )
    assert rows.select("offering", "served", "served_source", "lowest").rows() == [
        ("ci", 0.42, "declared", "stop"),
        ("grid", 0.95, "answers", "stop"),
        ("vault", 0.6, "level", "best_effort"),
    ]
    assert rows["hours_per_week"].null_count() == 3
