"""Reconciliation and the records behind a cell."""

from datetime import date

import polars as pl
import pytest

from app.cells import Cell, Series, catalogue, series
from app.edition import open_edition
from app.evidence import records
from app.reconciled import reconciled

MAY = {"start": date(2026, 5, 1), "end": date(2026, 5, 31)}


@pytest.fixture(scope="module")
def edition(sample_home):
    return open_edition(sample_home, "20260701T000000Z-0a1b2c3d")


def cell_of(edition, kpi="change_lead_time", scope=("segment", "core")):
    return Cell(catalogue(edition)[kpi], *scope, "month", **MAY)


def test_what_came_in_adds_up_and_names_each_rule(edition):
    fates = edition.table("kpi_reconciliation").filter(
        kpi="change_lead_time", scope_kind="segment", scope="core", period_kind="month"
    )
    total = fates.filter(pl.col("period_start_on") == MAY["start"])["records"].sum()
    sentence = reconciled(edition, cell_of(edition))
    assert sentence.startswith(f"{total} records came in: ")
    assert "3 of them still open; 5 left out (5 × changes made by bots do not count)." in sentence


def test_records_are_those_of_the_local_month(edition):
    found = records(edition, cell_of(edition))
    facts = edition.table("evidence_fact_change_lead_time")
    local = facts["merged_at"].dt.convert_time_zone("Europe/Berlin").dt.strftime("%Y-%m")
    assert found.found == (local == "2026-05").sum()
    assert found.rows["Link"].str.starts_with("https://").all()


def test_records_of_another_scope_are_not_shown(edition):
    assert records(edition, cell_of(edition, scope=("segment", "startup"))).found == 0


def test_a_record_that_is_left_out_says_by_which_rule(edition):
    facts = edition.table("evidence_fact_change_lead_time")
    bots = facts.filter("is_bot")["event_id"].implode()
    rows = records(edition, cell_of(edition)).rows
    left_out = rows.filter(pl.col("Counts") == "Changes made by bots do not count.")
    assert left_out.height > 0
    assert left_out["Record"].is_in(bots).all()


def test_a_kpi_whose_records_are_private_has_none(edition):
    assert records(edition, cell_of(edition, kpi="csat")) is None


def test_a_series_holds_one_row_per_scope_and_period_in_order(edition):
    found = series(edition, Series("csat", "ratio", "segment", ("core", "startup"), "month"))
    assert found.select("scope", "period_start_on").is_duplicated().sum() == 0
    assert found["scope"].unique(maintain_order=True).to_list() == ["core", "startup"]
    assert found.filter(scope="core")["period_start_on"].is_sorted()
