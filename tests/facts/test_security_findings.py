"""Findings: fixed, dismissed or open, and when they are overdue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.security_findings import security_findings

HOUR = 3600
FIX_DAYS = {"critical": 1, "high": 2}


@pytest.fixture(scope="session")
def fact(conformed, at):
    def build(*rows):
        usual = {"severity": "high", "status": "open", "opened_at": at(0)}
        located = conformed("security_findings", *(usual | row for row in rows))
        found = security_findings(located, FIX_DAYS, at(100)).sort("event_id").collect()
        return found.to_dicts()

    return build


def test_fixed_counts_dismissed_is_another_exit_and_open_is_open(fact, at):
    rows = fact(
        {"status": "fixed", "fixed_at": at(5)},
        {"status": "dismissed", "dismissed_at": at(7)},
        {},
    )
    assert [(row["fix_seconds"] / HOUR, row["fix_exit"]) for row in rows] == [
        (5, 1),
        (7, 2),
        (100, 0),
    ]
    assert [row["ended_at"] for row in rows] == [at(5), at(7), None]


def test_a_finding_that_was_opened_again_is_open(fact, at):
    [row] = fact({"status": "open", "fixed_at": at(5), "dismissed_at": at(6)})
    assert (row["fix_exit"], row["ended_at"]) == (0, None)


def test_the_end_of_a_finding_that_nobody_dated_is_unknown(fact):
    rows = fact({"status": "fixed"}, {"status": "dismissed"}, {"status": "open"})
    assert [row["is_end_unknown"] for row in rows] == [True, True, False]


def test_a_finding_is_due_after_the_days_that_its_severity_allows(fact, at):
    rows = fact(
        {"severity": "Critical "}, {"severity": "high"}, {"severity": "moderate"}, {"severity": "x"}
    )
    assert [row["severity"] for row in rows] == ["critical", "high", "medium", "x"]
    assert [row["due_at"] for row in rows] == [at(24), at(48), at(0), at(0)]
    assert [row["is_without_deadline"] for row in rows] == [False, False, True, True]


hours = st.integers(0, 100)


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["critical", "high", "low"]),
            st.sampled_from(["open", "fixed", "dismissed"]),
            hours,
            st.integers(0, 60),
        ),
        max_size=8,
    ),
    end=hours,
)
def test_overdue_at_an_instant_are_those_of_a_loop(fact, at, rows, end):
    found = fact(
        *(
            {"source_id": f"{n:02}", "severity": severity, "status": status,
             "opened_at": at(opened), "fixed_at": at(opened + took),
             "dismissed_at": at(opened + took)}
            for n, (severity, status, opened, took) in enumerate(rows)
        )
    )  # fmt: skip
    overdue = [
        row["due_at"] <= at(end) and (row["ended_at"] is None or row["ended_at"] > at(end))
        for row in found
        if not row["is_without_deadline"]
    ]
    expected = [
        opened + 24 * FIX_DAYS[severity] <= end and (status == "open" or opened + took > end)
        for severity, status, opened, took in rows
        if severity in FIX_DAYS
    ]
    assert overdue == expected
