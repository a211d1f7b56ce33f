"""From words on the command line to a cell, and what is answered when there is none."""

import re

import pytest

from app.cells import Cell
from app.edition import open_edition
from assets.errors import UsageError
from pipelines.explaining.asked import Question, find


@pytest.fixture
def ask(tmp_path, publish, june):
    name = publish(june)

    def asked(kpi="change_fail_rate", scope="core", period="2026-06", **other) -> Cell:
        return find(open_edition(tmp_path, name), Question(kpi, scope, period, **other))

    return asked


@pytest.mark.parametrize(
    ("period", "kind", "start"),
    [
        ("2026-06", "month", "2026-06-01"),
        ("2026-Q2", "quarter", "2026-04-01"),
        ("2026-W23", "week", "2026-06-01"),
        ("trailing", "trailing_28d", "2026-05-31"),
        ("trailing-2026-06-14", "trailing_28d", "2026-05-18"),
    ],
)
def test_a_period_is_asked_for_in_its_usual_form(ask, period, kind, start):
    row = ask(period=period).row
    assert (row["period_kind"], str(row["period_start_on"])) == (kind, start)


@pytest.mark.parametrize("scope", ["core", "segment:core", "Core teams"])
def test_a_scope_is_asked_for_by_id_by_kind_and_id_or_by_name(ask, scope):
    found = ask(scope=scope)
    assert (found.row["scope_kind"], found.row["scope"]) == ("segment", "core")
    assert found.who == "Core teams"


def test_an_id_of_two_kinds_is_answered_with_both(ask):
    says = (
        "--scope checkout names several: customer and service. "
        "Say which: --scope customer:checkout or --scope service:checkout."
    )
    with pytest.raises(UsageError, match=re.escape(says)):
        ask(scope="checkout")
    assert ask(scope="service:checkout").row["scope_kind"] == "service"


def test_an_id_of_two_kinds_is_clear_where_the_kpi_knows_only_one(ask):
    assert ask(kpi="csat", scope="checkout", period="2026-Q2").row["scope_kind"] == "customer"


@pytest.mark.parametrize(
    ("wanted", "nearest"),
    [("chekout", "customer:checkout, service:checkout"), ("Lab team", "segment:lab")],
)
def test_a_scope_that_is_not_there_is_answered_with_the_nearest(ask, wanted, nearest):
    with pytest.raises(UsageError, match=f"has no such scope. Nearest: {nearest}"):
        ask(scope=wanted)


def test_a_scope_like_no_other_is_answered_with_the_kinds_there_are(ask):
    with pytest.raises(UsageError, match="cells for customer, organisation, segment, service"):
        ask(scope="zzz")


@pytest.mark.parametrize("wanted", ["change_fial_rate", "fail_rate", "Change failure rate"])
def test_a_kpi_that_is_not_there_is_answered_with_the_nearest(ask, wanted):
    with pytest.raises(UsageError, match=r"There is no KPI .* Nearest: change_fail_rate"):
        ask(kpi=wanted)


def test_a_kpi_is_found_by_its_name(ask):
    assert ask(kpi="Change fail rate").kpi.id == "change_fail_rate"


def test_a_period_without_cells_is_answered_with_the_nearest_and_with_those_there_are(ask):
    with pytest.raises(UsageError) as error:
        ask(period="2025-03")
    assert "has no such cell here. The nearest is 2026-04." in str(error.value)
    assert "There are: quarters" not in str(error.value)
    assert "months 2026-04 to 2026-06" in str(error.value)


def test_a_period_that_the_kpi_is_not_cut_in_is_answered_with_those_it_is(ask):
    with pytest.raises(UsageError, match=r"csat has no such cell here. There are: 2026-Q2."):
        ask(kpi="csat", period="2026-W23")


def test_a_text_that_is_no_period_is_answered_with_the_forms(ask):
    with pytest.raises(UsageError, match=r"--period May is not a period. Write it like"):
        ask(period="May")


def test_the_headline_statistic_is_meant_unless_another_is_named(ask):
    assert ask(kpi="time_to_restore").row["statistic"] == "p50"
    assert ask(kpi="time_to_restore", statistic="p90").row["statistic"] == "p90"
    with pytest.raises(UsageError, match=r"--statistic ratio: time_to_restore has p50, p90."):
        ask(kpi="time_to_restore", statistic="ratio")


@pytest.mark.parametrize("slice", ["hotfix", "link_rule:hotfix"])
def test_a_slice_by_numerator_counts_by_its_own_column(ask, slice):
    found = ask(slice=slice)
    assert (found.numerator, found.slice_column) == ("is_failed_hotfix", None)


def test_a_slice_by_value_is_cut_by_its_column(ask):
    assert ask(kpi="time_to_restore", slice="high").slice_column == "severity"


def test_a_slice_that_is_not_there_is_answered_with_those_that_are(ask):
    with pytest.raises(UsageError, match="--slice foo is not one slice of time_to_restore"):
        ask(kpi="time_to_restore", slice="foo")
