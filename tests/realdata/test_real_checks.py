"""Flakes, red branches, sizes and ages of real runs and changes are those of another reckoning."""

from datetime import date

import oracle_of_checks as oracle
import pytest
from agreement import agree

pytestmark = pytest.mark.realdata

PERIODS = ("month", "quarter")


@pytest.mark.parametrize("period_kind", PERIODS)
def test_ci_flake_rate(cells, recorded, period_kind):
    expected = oracle.ci_flake_rate(recorded, period_kind)
    agree(cells("ci_flake_rate", "ratio", "ants", period_kind), expected)


def test_jobs_that_name_neither_commit_nor_finish_give_no_flake_rate_and_are_counted(cells):
    cell = cells("ci_flake_rate", "ratio", "pytorch", "month")["2024-08-01"]
    assert (cell["value_state"], cell["value"], cell["n"]) == ("no_events", None, 0)
    assert cell["n_excluded"] == 19_198


def test_a_branch_that_was_red_when_history_began_gives_no_red_time(cells):
    found = cells("ci_red_time", "p50", "ants", "quarter")
    assert {cell["value"] for cell in found.values()} == {None}
    assert found["2022-04-01"]["n_excluded"] == 1


@pytest.mark.parametrize("period_kind", PERIODS)
@pytest.mark.parametrize("statistic", ["p50", "p90"])
def test_open_change_age(cells, recorded, statistic, period_kind):
    expected = oracle.open_change_age(recorded, statistic, period_kind)
    found = cells("open_change_age", statistic, "ants", period_kind)
    over = {first: c for first, c in found.items() if c["period_end_on"] < date(2026, 9, 1)}
    told = {first: c for first, c in over.items() if c["value_state"] != "not_covered"}
    agree(told, {first: one for first, one in expected.items() if first in told})
    # Since its newest record nobody has heard of the repository: what is open then is not known.
    assert min(expected.keys() - told.keys()) > max(told)


def test_size_is_unknown_where_the_list_of_pull_requests_has_none(cells, recorded):
    found = cells("change_size", "p50", "ants", "quarter")
    merged = sum(one["merged_at"] is not None for one in oracle.records.changes(recorded))
    assert {cell["value"] for cell in found.values()} == {None}
    assert sum(cell["n_excluded"] for cell in found.values()) == merged
