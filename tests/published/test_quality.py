"""Checks, quarantine and links as an edition shows them."""

from datetime import UTC, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.errors import EditionError
from assets.published.quality import checks_of, file_ledger, links_by_rule, quarantine_summary


def _at(*hours: int) -> pl.Series:
    values = [datetime(2026, 7, 1, hour, tzinfo=UTC) for hour in hours]
    return pl.Series(values, dtype=pl.Datetime("us", "UTC"))


def _results(**columns: list) -> pl.DataFrame:
    rows = len(columns["check"])
    defaults = {
        "run_id": ["run-1"] * rows,
        "table": ["conformed_tickets"] * rows,
        "is_ok": [True] * rows,
        "severity": ["error"] * rows,
        "observed": ["0"] * rows,
        "expected": ["0"] * rows,
        "sentence": ["Fine."] * rows,
        "at": _at(*range(rows)),
    }
    return pl.DataFrame({**defaults, **columns})


def test_the_checks_are_those_of_the_run_the_newest_of_each():
    results = _results(
        check=["unique", "unique", "fresh", "gone"],
        run_id=["run-1", "run-1", "run-1", "run-0"],
        is_ok=[False, True, True, False],
    )
    found = checks_of(results, ["run-1"])
    assert found.select("check", "is_ok").rows() == [("fresh", True), ("unique", True)]
    assert found.columns == [
        "table",
        "check",
        "is_ok",
        "severity",
        "observed",
        "expected",
        "sentence",
    ]


def test_a_failed_error_refuses_the_edition_and_is_named():
    results = _results(check=["unique", "fresh"], is_ok=[False, True])
    with pytest.raises(EditionError, match="1 checks of run run-1 failed: unique of conformed_tic"):
        checks_of(results, ["run-1"])


def test_a_failed_warning_is_shown():
    results = _results(check=["fresh"], is_ok=[False], severity=["warning"])
    assert checks_of(results, ["run-1"])["is_ok"].to_list() == [False]


def test_a_run_without_checks_is_refused():
    with pytest.raises(EditionError, match="Run run-2 has no check results"):
        checks_of(_results(check=["unique"]), ["run-2"])


def test_what_a_check_saw_is_redacted():
    found = checks_of(_results(check=["words"], observed=["from ann@example.com"]), ["run-1"])
    assert found["observed"].to_list() == ["from [address]"]


def test_quarantine_is_counted_per_rule_with_one_redacted_example_and_never_the_payload():
    quarantine = pl.DataFrame(
        {
            "source": ["zendesk"] * 3,
            "entity": ["tickets"] * 3,
            "record_key": ["2", "ann@example.com", None],
            "rule": ["unknown_status", "unknown_status", "missing_key"],
            "detail": ["status 'b'", "status 'ann@example.com'", None],
            "payload": ['{"subject": "private"}'] * 3,
            "first_seen_at": _at(2, 1, 3),
        }
    )
    expected = pl.DataFrame(
        {
            "source": ["zendesk"] * 2,
            "entity": ["tickets"] * 2,
            "rule": ["missing_key", "unknown_status"],
            "records": pl.Series([1, 2], dtype=pl.UInt32),
            "first_seen_at": _at(3, 1),
            "sample_key": [None, "[address]"],
            "detail": [None, "status '[address]'"],
        }
    )
    assert_frame_equal(quarantine_summary(quarantine), expected)
    assert_frame_equal(quarantine_summary(quarantine.reverse()), expected)


def test_nobodys_single_score_is_shown_as_an_example():
    rules = ["unreadable_score", "score_outside_scale", "unreadable_created_at"]
    quarantine = pl.DataFrame(
        {
            "source": ["zendesk"] * 3,
            "entity": ["satisfaction_ratings"] * 3,
            "record_key": ["1", "2", "3"],
            "rule": rules,
            "detail": ["excellent", "score=7", "yesterday"],
            "payload": ["{}"] * 3,
            "first_seen_at": _at(1, 2, 3),
        }
    )
    found = quarantine_summary(quarantine)
    assert dict(found.select("rule", "detail").iter_rows()) == dict(
        zip(rules, [None, None, "yesterday"], strict=True)
    )


def test_problems_of_files_are_redacted():
    files = pl.DataFrame({"path": ["a"], "problem": ["near ann@example.com"], "read_at": _at(1)})
    assert file_ledger(files)["problem"].to_list() == ["near [address]"]


def test_shares_of_links_are_within_their_kind_of_link_and_unlinked_ones_are_shown():
    found = links_by_rule(
        {
            "change_to_deployment": pl.DataFrame({"link_rule": ["explicit"] * 3 + [None]}),
            "failure_to_deployment": pl.DataFrame({"link_rule": ["explicit"]}),
        }
    )
    assert found.rows() == [
        ("change_to_deployment", "explicit", 3, 0.75),
        ("change_to_deployment", "none", 1, 0.25),
        ("failure_to_deployment", "explicit", 1, 1.0),
    ]


def test_without_links_there_are_no_rows():
    empty = pl.DataFrame(schema={"link_rule": pl.String})
    assert links_by_rule({"failure_to_deployment": empty}).shape == (0, 4)


def test_what_could_not_be_linked_does_not_count(tmp_path, make):
    links = pl.read_parquet(tmp_path / "editions" / make().id / "links.parquet")
    assert links.filter(pl.col("link") == "change_to_deployment").rows() == [
        ("change_to_deployment", "merge_order", 1, 0.5),
        ("change_to_deployment", "none", 1, 0.5),
    ]
