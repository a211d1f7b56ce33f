"""Where a number comes from: its records are those the cells counted, and the sums agree."""

from itertools import product

import polars as pl
import pytest
from small_edition import incident

from app.explained.members import in_number
from app.explained.origin import origin
from assets.errors import EditionError
from pipelines.explaining.asked import Question
from pipelines.explaining.command import answer


@pytest.fixture
def told(tmp_path, publish, june):
    publish(june)

    def about(kpi="change_fail_rate", scope="core", period="2026-06", **other):
        return answer(tmp_path, Question(kpi, scope, period, **other))

    return about


def fates(found: pl.DataFrame) -> dict[str, str]:
    return dict(found.select("event_id", "fate").iter_rows())


def test_members_exclusions_scope_look_ahead_and_local_days_are_those_of_the_cells(told):
    found = told()
    assert fates(found.records) == {
        "ok-1": "measured",
        "ok-2": "measured",
        "bad": "measured",
        "mends": "is_remediating",
        "young": "is_immature",
    }
    assert dict(found.fates.iter_rows()) == {"measured": 3, "is_remediating": 1, "is_immature": 1}
    assert found.problems == []


@pytest.mark.parametrize("kpi", ["change_fail_rate", "deployment_frequency", "time_to_restore"])
def test_records_reconciliation_and_cell_agree_wherever_one_looks(told, kpi):
    scopes = ("organisation", "core", "lab", "service:checkout", "data")
    periods = ("2026-05", "2026-06", "2026-Q2", "2026-W24", "trailing")
    for scope, period in product(scopes, periods):
        found = told(kpi, scope, period)
        assert found.problems == []
        assert in_number(found.records).height == found.cell.row["n"]


def test_a_record_from_before_its_sources_begin_to_tell_is_left_out_and_said_to_be(
    tmp_path, publish
):
    # Incidents are told of from 20 May, in Berlin, on.
    early, first = incident("early", -13, 60.0), incident("first", -10, 60.0)
    publish({"fact_incidents": [early, first]})
    found = answer(tmp_path, Question("time_to_restore", "core", "2026-05"))
    assert fates(found.records) == {"early": "is_before_coverage", "first": "measured"}
    assert (found.cell.row["n"], found.cell.row["n_excluded"], found.problems) == (1, 1, [])
    said = [text for _, text in origin(found).sums]
    assert "left out: from before its sources begin to tell, when only what lasted is known" in said


def test_a_record_counts_on_the_local_day_it_entered(tmp_path, publish, june):
    last_of_may = june["fact_deployments"][-1]
    midnight = last_of_may["entered_at"].replace(hour=22, minute=0)  # 1 June in Berlin
    moved = june | {"fact_deployments": [last_of_may | {"entered_at": midnight}]}
    publish(moved)
    found = answer(tmp_path, Question("change_fail_rate", "core", "2026-06"))
    assert fates(found.records) == {"may": "measured"}
    assert found.problems == []


def test_what_entered_today_is_not_in_the_number_yet(tmp_path, publish, june):
    today = june["fact_deployments"][0] | {"entered_at": june["fact_deployments"][4]["entered_at"]}
    as_of = today["entered_at"].replace(hour=20)
    publish({"fact_deployments": [today]}, as_of=as_of)
    found = answer(tmp_path, Question("deployment_frequency", "core", "2026-06"))
    assert found.records.is_empty()
    assert found.problems == []


def test_a_slice_by_value_shows_its_own_records(told):
    found = told("time_to_restore", slice="severity:high")
    assert fates(found.records) == {"slow": "measured"}
    assert found.problems == []


def test_records_without_a_value_are_a_slice_of_their_own(told):
    found = told("time_to_restore", slice="severity:None")
    assert fates(found.records) == {"open": "still_open"}


def test_a_slice_by_numerator_has_the_same_records_and_other_hits(told):
    hits = {
        one: told(slice=one).records.filter("is_hit").get_column("event_id").to_list()
        for one in ("hotfix", "rollback")
    }
    assert hits == {"hotfix": ["bad"], "rollback": []}


def test_links_are_those_of_the_records_in_the_number(told):
    assert told().links.rows() == [("hotfix", 1, 1), (None, 2, 0)]


def test_a_kpi_of_one_table_needs_no_links(told):
    assert told("time_to_restore").links.is_empty()


def test_the_signal_is_that_of_the_same_series(told):
    assert told(period="2026-05").signal["signal"] == "worse"
    assert told(scope="lab").signal is None
    assert told(slice="hotfix").signal is None


def test_no_single_rating_is_shown_and_satisfaction_has_no_sum(told):
    found = told("csat", period="2026-Q2")
    assert found.cell.row["n"] == 20
    assert found.records is None
    assert found.fates is None


def test_what_does_not_add_up_is_said(tmp_path, publish, june, monkeypatch):
    publish(june)
    table = pl.DataFrame({"fate": ["measured", "is_remediating"], "records": [7, 3]})
    monkeypatch.setattr("app.explained.explanation._reconciliation", lambda *_: table)
    found = answer(tmp_path, Question("change_fail_rate", "core", "2026-06"))
    assert found.problems == [
        "7 records are left, but the cell's n is 3",
        "3 are left out by rule, the cell says 1",
        "the reconciliation tells of 10 records, the evidence shows 5",
    ]


def test_a_damaged_file_is_not_explained(tmp_path, publish, june):
    name = publish(june)
    path = tmp_path / "editions" / name / "evidence_fact_deployments" / "all.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(EditionError, match="is not what was published"):
        answer(tmp_path, Question("change_fail_rate", "core", "2026-06"))


def test_the_warehouse_is_never_asked(tmp_path, told):
    told()
    assert not list(tmp_path.glob("*.duckdb"))
