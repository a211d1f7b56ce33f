"""Theirs beside ours: the difference, the effect and the sentence of each row."""

from datetime import date

import polars as pl
import pytest

from assets.tradeoffs.rival_definitions import RULES
from assets.tradeoffs.rivals import devlake_2021, gitlab
from assets.tradeoffs.rivals.comparison import SCHEMA, compared
from assets.tradeoffs.rivals.rule import STATISTICS

OURS = {
    "scope_kind": "organisation",
    "scope": "organisation",
    "period_start_on": date(2026, 4, 1),
    "value_state": "ok",
}
METRICS = {"lead_time", "deployment_frequency", "change_fail_rate", "recovery_time"}


def ours(**values):
    """Our cells: `ours(change_fail_rate=(0.5, 0.4, 0.6))`; a word instead is their state."""
    rows = []
    for kpi, told in values.items():
        value, low, high = (None, None, None) if isinstance(told, str) else told
        state = told if isinstance(told, str) else "ok"
        row = {"kpi": kpi, "statistic": STATISTICS[kpi], "value": value, "low": low, "high": high}
        rows.append(OURS | row | {"value_state": state})
    schema = {"value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    columns = dict.fromkeys(("kpi", "statistic", *OURS), pl.String) | {"period_start_on": pl.Date}
    return pl.DataFrame(rows, schema={**columns, **schema})


def row_of(rows, tool, metric, version=None):
    found = rows.filter(tool=tool, metric=metric)
    return (found if version is None else found.filter(version=version)).row(0, named=True)


def test_every_tool_has_every_metric_once_per_version_with_source_and_sentence(records):
    rows = compared(RULES, records(), ours())
    assert dict(rows.schema) == SCHEMA
    by_tool = rows.group_by("tool", "version").agg(pl.col("metric").sort())
    assert by_tool.height == 7
    assert all(set(metrics) == METRICS for metrics in by_tool.get_column("metric"))
    assert rows.select("tool", "version", "metric").is_unique().all()
    assert (
        rows.select(pl.col("source", "sentence", "effect").str.len_chars().min())
        .min_horizontal()
        .item()
        > 0
    )


def test_a_difference_is_said_with_both_numbers_and_the_reason(records):
    known = records(
        deployments=[{"finished_at": at} for at in range(10)],
        incidents=[{"opened_at": 20}, {"opened_at": 30}, {"opened_at": 40}],
    )
    rows = compared(gitlab.RULES, known, ours(change_fail_rate=(0.1, 0.05, 0.2)))
    row = row_of(rows, "GitLab", "change_fail_rate")
    assert row["value"] == pytest.approx(0.3)
    assert row["difference_ratio"] == pytest.approx(2.0)
    assert row["is_outside"]
    assert row["effect"] == "unlinked_counted"
    assert row["sentence"] == (
        "GitLab (Ultimate) says 30 %; ours is 10 % (5–20 %, which does not contain theirs). It "
        "divides all 3 incidents, whatever caused them, by 10 deployments, hotfixes and replicas "
        "included; it can exceed 100 %."
    )


def test_an_empty_period_is_zero_there_and_nothing_here(records):
    rows = compared(devlake_2021.RULES, records(), ours(change_lead_time="no_events"))
    row = row_of(rows, "Apache DevLake", "lead_time")
    assert (row["value"], row["ours_value"], row["effect"]) == (0.0, None, "empty_is_zero")
    assert row["sentence"] == (
        "Apache DevLake (2021) says 0 s; ours is none, as nothing happened that could be "
        "measured. Where there is nothing to measure it shows 0."
    )


def test_a_period_of_which_nothing_is_known_is_zero_there_and_unknown_here(records):
    rows = compared(devlake_2021.RULES, records(), ours(change_lead_time="not_covered"))
    row = row_of(rows, "Apache DevLake", "lead_time")
    assert "ours is not known, as no source tells about this time" in row["sentence"]
    assert row["difference_ratio"] is None
    assert row["is_outside"] is None


def test_where_a_tool_shows_nothing_there_is_no_value(records):
    rows = compared(devlake_2021.RULES, records(), ours(change_fail_rate="no_events"))
    row = row_of(rows, "Apache DevLake", "change_fail_rate")
    assert (row["value"], row["effect"]) == (None, "nothing_measured")
    assert row["sentence"].startswith("Apache DevLake (2021) shows nothing; ours is none")


def test_no_deployment_is_a_frequency_of_zero_and_no_effect(records):
    rows = compared(devlake_2021.RULES, records(), ours(deployment_frequency=(0.0, 0.0, 0.3)))
    row = row_of(rows, "Apache DevLake", "deployment_frequency")
    assert (row["value"], row["is_outside"], row["difference_ratio"]) == (0.0, False, None)
    assert "says 0 days a week" in row["sentence"]


def test_what_did_not_happen_explains_nothing(records):
    known = records(incidents=[{"opened_at": 0, "resolved_at": 2}])
    rows = compared(devlake_2021.RULES, known, ours(time_to_restore=(7_200.0, 7_200.0, None)))
    row = row_of(rows, "Apache DevLake", "recovery_time")
    assert row["effect"] == "lower_median"
    assert "open" not in row["sentence"]
    assert "(2 h or more" in row["sentence"]


def test_a_cohort_of_another_clock_is_compared_with_our_kpi_of_that_clock():
    kpis = {
        (rule.tool, rule.version): rule.ours for rule in RULES if rule.metric == "recovery_time"
    }
    ours_of = {tool for tool, kpi in kpis.items() if kpi == "failed_deployment_recovery_time"}
    assert ours_of == {("Apache DevLake", "2023"), ("Datadog", "change failure detection")}


def test_without_cells_of_ours_there_is_no_row(records):
    known = records()
    nothing = known.grid.cells.clear()
    empty = type(known)(
        **{**vars(known), "grid": type(known.grid)(nothing, known.grid.members, "UTC")}
    )
    assert compared(RULES, empty, ours()).is_empty()
