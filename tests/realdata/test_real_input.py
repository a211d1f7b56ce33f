"""Real records go the whole way, none is lost, and their numbers are those of another reckoning."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import product

import fates
import oracle
import polars as pl
import pytest
import records
from agreement import agree, differences
from home import paged_services
from oracle import Expected

pytestmark = pytest.mark.realdata

DURATIONS = ("p50", "p90")
CALENDAR_PERIODS = ("month", "quarter")


def test_an_edition_is_published_with_one_warning_of_the_impossible_statuspage_incident(
    run, edition
):
    ended, _ = run
    assert ended.returncode == 3, ended.stdout + ended.stderr
    said = " ".join(ended.stdout.split())
    assert "1 warned" in said
    assert "statuspage/incidents: 1 of 3 records refused (resolved_before_opened)" in said
    assert (edition / "manifest.json").exists()


def test_every_line_is_conformed_superseded_or_quarantined_by_its_rule(edition, recorded):
    table = pl.read_parquet(edition / "record_fates.parquet")
    found = defaultdict(Counter)
    for row in table.iter_rows(named=True):
        found[row["source"], row["feed"]][row["fate"], row["rule"] or ""] += row["records"]
    assert dict(found) == fates.expected(recorded)


def test_every_line_of_every_file_was_read(edition, recorded):
    ledger = pl.read_parquet(edition / "files.parquet")
    assert ledger.get_column("status").unique().to_list() == ["read"]
    lines = ledger.group_by("system", "entity").agg(pl.col("lines").sum())
    assert {(system, entity): n for system, entity, n in lines.iter_rows()} == fates.sizes(recorded)


def test_the_quarantine_names_the_one_record_that_is_in_it(edition):
    rows = pl.read_parquet(edition / "quarantine.parquet").to_dicts()
    assert [(row["source"], row["rule"], row["records"]) for row in rows] == [
        ("statuspage", "resolved_before_opened", 1)
    ]


def test_nobody_of_the_records_is_named_in_the_edition(edition, recorded):
    text = {
        str(value).casefold()
        for file in edition.rglob("*.parquet")
        for column in pl.read_parquet(file).select(pl.col(pl.String).unique().implode())
        for value in column.item()
    }
    everything = "\n".join(text)
    people = records.people(recorded)
    assert len(people) > 100
    assert sum(name.casefold() in everything for name in people) == 0


def test_every_cell_is_reconciled_with_what_came_in(edition):
    key = ["kpi", "scope_kind", "scope", "period_kind", "period_start_on"]
    values = pl.read_parquet(edition / "kpi_values.parquet").filter(slice_kind="")
    came_in = pl.read_parquet(edition / "kpi_reconciliation.parquet").group_by(key)
    cells = values.unique(key).join(came_in.agg(pl.col("records").sum()), on=key, how="left")
    counted = pl.col("n") + pl.col("n_excluded")
    wrong = cells.filter(pl.col("records").fill_null(0) != counted)
    assert wrong.is_empty()


@pytest.mark.parametrize("period_kind", CALENDAR_PERIODS)
@pytest.mark.parametrize("statistic", DURATIONS)
@pytest.mark.parametrize("scope", ["ants", "ants-team", "libraries"])
def test_open_to_merge_time(cells, recorded, scope, statistic, period_kind):
    expected = oracle.open_to_merge_time(recorded, statistic, period_kind)
    agree(cells("open_to_merge_time", statistic, scope, period_kind), expected)


@pytest.mark.parametrize("period_kind", CALENDAR_PERIODS)
@pytest.mark.parametrize("statistic", DURATIONS)
def test_pickup_time(cells, recorded, statistic, period_kind):
    expected = oracle.pickup_time(recorded, statistic, period_kind)
    agree(cells("pickup_time", statistic, "ants", period_kind), expected)


@pytest.mark.parametrize("period_kind", CALENDAR_PERIODS)
def test_independent_review_rate(cells, recorded, period_kind):
    expected = oracle.independent_review_rate(recorded, period_kind)
    agree(cells("independent_review_rate", "ratio", "ants", period_kind), expected)


def test_lead_time_is_unknown_where_nothing_was_deployed(cells):
    found = cells("change_lead_time", "p50", "ants", "quarter")
    assert {cell["value"] for cell in found.values()} == {None}
    assert {cell["n"] for cell in found.values()} == {0}


@pytest.mark.parametrize("period_kind", CALENDAR_PERIODS)
@pytest.mark.parametrize("statistic", DURATIONS)
def test_ci_feedback_time(cells, recorded, statistic, period_kind):
    expected = oracle.ci_feedback_time(recorded, statistic, period_kind)
    agree(cells("ci_feedback_time", statistic, "ants", period_kind), expected)


@pytest.mark.parametrize("period_kind", CALENDAR_PERIODS)
@pytest.mark.parametrize("scope", ["ants", "pytorch"])
def test_ci_success_rate(cells, recorded, scope, period_kind):
    expected = oracle.ci_success_rate(recorded, scope, period_kind)
    agree(cells("ci_success_rate", "ratio", scope, period_kind), expected)


@pytest.mark.parametrize("period_kind", ["week", *CALENDAR_PERIODS])
@pytest.mark.parametrize("statistic", DURATIONS)
@pytest.mark.parametrize("scope", ["github-status", "organisation"])
def test_time_to_restore(cells, recorded, scope, statistic, period_kind):
    expected = oracle.time_to_restore(recorded, scope, statistic, period_kind)
    agree(cells("time_to_restore", statistic, scope, period_kind), expected)


@pytest.mark.parametrize("statistic", DURATIONS)
def test_time_to_acknowledge(cells, recorded, statistic):
    for service in paged_services(recorded):
        expected = oracle.time_to_acknowledge(recorded, service, statistic)
        agree(cells("time_to_acknowledge", statistic, service, "month"), expected)


# Slices have cells for months and quarters only.
@pytest.mark.parametrize(
    ("severity", "period_kind"),
    [
        *(("", kind) for kind in ("week", *CALENDAR_PERIODS)),
        *product(("minor", "major", "critical", "maintenance"), CALENDAR_PERIODS),
    ],
)
def test_incident_frequency(cells, recorded, severity, period_kind):
    kind = "severity" if severity else ""
    scope = "github-status"
    found = cells("incident_frequency", "rate", scope, period_kind, slice_kind=kind, slice=severity)
    agree(_whole(found), _whole(oracle.incident_frequency(recorded, severity, period_kind)))


def _whole(cells):
    """Without the first and last periods of the page's history, which are known in part."""
    return {first: cell for first, cell in cells.items() if "2022-04-01" <= first < "2026-07-01"}


def test_incident_frequency_of_trailing_windows(cells, recorded):
    found = cells("incident_frequency", "rate", "github-status", "trailing_28d")
    whole = [cell for first, cell in found.items() if date(2022, 4, 1) <= cell["period_start_on"]]
    whole = [cell for cell in whole if cell["period_end_on"] < date(2026, 8, 21)]
    assert len(whole) > 220
    for cell in whole:
        assert cell["period_end_on"] - cell["period_start_on"] == timedelta(days=27)
        wanted = oracle.incidents_within(recorded, cell["period_start_on"], cell["period_end_on"])
        assert not differences(cell, wanted), cell


def test_deployment_frequency(cells, recorded):
    found = cells("deployment_frequency", "rate", "openbic", "month")
    agree(found, oracle.deployment_frequency(recorded))
    assert (found["2025-03-01"]["value_state"], found["2025-03-01"]["value"]) == ("ok", 0.0)
    months = ("2024-07-01", "2024-08-01", "2026-02-01")
    assert [found[month]["is_complete"] for month in months] == [False, True, False]


def test_no_deployment_of_openbic_failed(cells, recorded):
    for kpi, value in (("deployment_success_rate", 1.0), ("change_fail_rate", 0.0)):
        cell = cells(kpi, "ratio", "openbic", "month")["2024-08-01"]
        low, high = oracle.wilson(round(4 * value), 4)
        assert not differences(cell, Expected(value, 4, interval=(low, high))), (kpi, cell)


@pytest.mark.parametrize("statistic", DURATIONS)
@pytest.mark.parametrize("scope", ["line-c", "line-a2", "plants", "operations"])
def test_resolution_time_in_business_time(cells, recorded, scope, statistic):
    customer = {"plants": "line-a2", "operations": "line-c"}.get(scope, scope)
    expected = oracle.resolution_time(recorded, customer, statistic)
    agree(cells("resolution_time", statistic, scope, "month"), expected)


@pytest.mark.parametrize("statistic", DURATIONS)
@pytest.mark.parametrize("scope", ["organisation", "unassigned"])
def test_resolution_time_of_cases_that_nobody_owns(cells, recorded, scope, statistic):
    kinds = {"scope_kind": "organisation" if scope == "organisation" else "customer"}
    found = cells("resolution_time", statistic, scope, "month", **kinds)
    log = {first: cell for first, cell in found.items() if first < "2013"}
    agree(log, oracle.resolution_time(recorded, scope, statistic))


@pytest.mark.parametrize("scope", ["line-c", "line-a2", "plants", "operations"])
def test_reopen_rate(cells, recorded, scope):
    customer = {"plants": "line-a2", "operations": "line-c"}.get(scope, scope)
    expected = oracle.reopen_rate(recorded, customer)
    assert sum(cell.n for cell in expected.values()) > 1_000
    agree(cells("reopen_rate", "ratio", scope, "month"), expected)


@pytest.mark.parametrize("statistic", DURATIONS)
@pytest.mark.parametrize("scope", ["line-c", "line-a2"])
def test_backlog_age(cells, recorded, scope, statistic):
    found = cells("backlog_age", statistic, scope, "month")
    log = {first: cell for first, cell in found.items() if first < "2012-05"}
    agree(log, oracle.backlog_age(recorded, scope, statistic))


@pytest.mark.parametrize("scope", ["line-c", "line-a2"])
def test_contact_rate(cells, recorded, scope):
    agree(cells("contact_rate", "rate", scope, "month"), oracle.contact_rate(recorded, scope))


def test_what_the_service_desk_does_not_tell_has_no_value(cells):
    for kpi in ("sla_attainment", "one_touch_rate", "cost_to_serve", "toil_ratio"):
        statistic = "rate" if kpi == "cost_to_serve" else "ratio"
        found = cells(kpi, statistic, "organisation", "month")
        assert {cell["value"] for cell in found.values()} == {None}
    replied = cells("one_touch_rate", "ratio", "line-c", "month")["2012-05-01"]
    assert (replied["n"], replied["n_excluded"] > 0) == (0, True)


def test_first_response_time_is_null_where_no_source_tells_of_replies(cells):
    for scope in ("line-c", "organisation"):
        cell = cells("first_response_time", "p50", scope, "month")["2012-04-01"]
        assert (cell["value"], cell["n"]) == (None, 0)
        assert cell["n_excluded"] > 0


def test_surveys_that_nobody_answered_give_a_response_rate_and_no_satisfaction(cells, recorded):
    agree(
        cells("csat_response_rate", "ratio", "organisation", "month"),
        oracle.csat_response_rate(recorded),
    )
    satisfaction = cells("csat", "ratio", "organisation", "quarter")
    assert {(cell["value"], cell["n"]) for cell in satisfaction.values()} == {(None, 0)}
