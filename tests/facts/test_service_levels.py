"""Service levels: the day of a span, its objective, and what was left of what could fail."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.service_levels import OBJECTIVES, ended, service_levels

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = date(2026, 1, 1)


@pytest.fixture(scope="session")
def levels(conformed):
    def build(spans, objectives=()):
        rows = [{"service": "shop", "indicator": "availability", "good": 1, "total": 1} | span
                for span in spans]  # fmt: skip
        known = pl.LazyFrame(list(objectives), schema=OBJECTIVES, orient="row")
        found = service_levels(ended(conformed("service_levels", *rows)), known, "Europe/Berlin")
        return found.sort("event_id").collect().to_dicts()

    return build


def test_a_span_that_ends_at_midnight_belongs_to_the_day_that_ends_then(levels):
    midnight = datetime(2026, 6, 8, tzinfo=BERLIN).astimezone(UTC)
    [row] = levels([{"from_at": midnight - timedelta(days=7), "to_at": midnight}])
    assert row["entered_at"].astimezone(BERLIN).date() == date(2026, 6, 7)


def test_what_may_fail_without_an_objective_is_not_known(levels):
    end = datetime(2026, 6, 8, 12, tzinfo=UTC)
    objectives = [("shop", "availability", 0.99, date(2026, 6, 9))]
    span = {"from_at": end - timedelta(hours=1), "to_at": end, "good": 90, "total": 100}
    [before] = levels([span], objectives)
    assert (before["allowed"], before["budget_left"], before["is_without_objective"]) == (
        None,
        None,
        True,
    )
    [after] = levels([span | {"to_at": end + timedelta(days=1)}], objectives)
    assert after["allowed"] == pytest.approx(1)
    assert (after["bad"], after["is_without_objective"]) == (10, False)
    assert after["budget_left"] == pytest.approx(-9)


def test_a_span_in_which_nothing_was_asked_is_told_apart(levels):
    end = datetime(2026, 6, 8, 12, tzinfo=UTC)
    [row] = levels([{"from_at": end - timedelta(hours=1), "to_at": end, "good": 0, "total": 0}])
    assert row["is_without_events"]


days = st.integers(0, 6)


@given(
    spans=st.lists(
        st.tuples(
            st.sampled_from(["shop", "till"]),
            st.sampled_from(["availability", "latency"]),
            st.integers(1, 6 * 24),
            st.integers(0, 100),
            st.integers(0, 100),
        ),
        max_size=8,
    ),
    objectives=st.dictionaries(
        st.tuples(st.sampled_from(["shop", "till"]), st.sampled_from(["availability"]), days),
        st.floats(0.5, 0.999),
        max_size=4,
    ),
)
def test_budgets_are_those_of_a_loop_over_objectives(levels, spans, objectives):
    begin = datetime(2025, 12, 31, 23, tzinfo=UTC)  # local midnight
    rows = [
        {"source_id": f"{n:02}", "service": service, "indicator": indicator, "from_at": begin,
         "to_at": begin + timedelta(hours=hours), "good": good, "total": good + bad}
        for n, (service, indicator, hours, good, bad) in enumerate(spans)
    ]  # fmt: skip
    found = levels(
        rows,
        [(s, i, share, FIRST + timedelta(days=d)) for (s, i, d), share in objectives.items()],
    )
    for row, (service, indicator, hours, good, bad) in zip(found, spans, strict=True):
        day = (hours - 1) // 24
        valid = [
            (d, share)
            for (s, i, d), share in objectives.items()
            if (s, i) == (service, indicator) and d <= day
        ]
        if not valid:
            assert row["is_without_objective"]
            assert row["allowed"] is None
        else:
            allowed = (good + bad) * (1 - max(valid)[1])
            assert row["allowed"] == pytest.approx(allowed)
            assert row["budget_left"] == pytest.approx(allowed - bad)
