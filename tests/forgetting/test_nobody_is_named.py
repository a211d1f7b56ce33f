"""Nobody who went in is named right of `raw`, in an edition, an export, a log or on a terminal."""

import pytest
from people_home import EVERYBODY, deliveries
from people_search import call, naming, texts_of_files, texts_of_tables


def test_everybody_went_in(ran):
    found = naming(texts_of_tables(ran, is_raw=True), EVERYBODY)
    assert set().union(*found.values()) == set(EVERYBODY)


def test_nobody_is_named_in_a_table_right_of_raw(ran):
    assert naming(texts_of_tables(ran, is_raw=False), EVERYBODY) == {}


def test_nobody_is_named_in_any_file_of_an_edition(ran):
    assert naming(texts_of_files(ran / "editions"), EVERYBODY) == {}


def test_nobody_is_named_in_what_a_run_said_and_logged(ran):
    found = naming(texts_of_files(ran / "dagster"), EVERYBODY)
    assert found == {}


@pytest.mark.parametrize("format", ["xlsx", "csv", "parquet"])
def test_nobody_is_named_in_an_export(ran, tmp_path, format):
    call("export", "--period", "2026-06", "--format", format, "--out", tmp_path, "--home", ran)
    assert any(tmp_path.rglob("*"))
    assert naming(texts_of_files(tmp_path), EVERYBODY) == {}


@pytest.mark.parametrize(
    "kpi", ["independent_review_rate", "ci_feedback_time", "first_response_time"]
)
def test_nobody_is_named_where_a_number_is_explained(ran, kpi):
    said = call(
        "explain", kpi, "--scope", "organisation", "--period", "2026-06", "--all", "--home", ran
    )
    assert "github.com/acme/shop" in said or "zendesk.com" in said
    assert naming(iter([(kpi, said)]), EVERYBODY) == {}


def test_nobody_is_named_by_the_check_of_a_home(ran):
    said = call("check", "--home", ran, exit_codes=(0, 1))
    assert "quarantine" in said
    # A file's own name is its owner's, and the check shows where to find it.
    assert naming(iter([("check", said)]), EVERYBODY) == {}


def test_what_was_refused_is_found_again_without_its_text(ran):
    [text] = [
        row
        for table, row in texts_of_tables(ran, is_raw=False)
        if table == "conformed_quarantine" and "unknown_status" in row
    ]
    assert "status=[person] knows" in text


def test_a_name_in_a_label_or_a_runner_is_replaced_and_the_rest_stays(ran):
    rows = " ".join(
        row
        for table, row in texts_of_tables(ran, is_raw=False)
        if table in ("conformed_changes", "conformed_pipeline_jobs", "conformed_pipeline_runs")
    )
    for text in (
        "owner:[person]",
        "size/S",
        "home/[person]/notes.md",
        "self-hosted,[person]-laptop",
    ):
        assert text in rows
    assert "nightly of [person]" in rows


def test_records_of_people_without_a_key_of_their_own_stay_apart(ran):
    rows = [r for t, r in texts_of_tables(ran, False) if t == "conformed_effort"]
    assert len(rows) == len(deliveries()["files/timesheets/1.csv"]) - 1


def test_a_single_rating_and_what_was_said_with_it_is_not_shown(ran):
    shown = [*texts_of_files(ran / "editions"), *texts_of_files(ran / "dagster")]
    assert naming(iter(shown), ["was great", "as bad as", "cannot log in", "Thanks,"]) == {}
