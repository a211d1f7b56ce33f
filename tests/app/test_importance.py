"""Whom do we serve? A segment in a paragraph, its open questions, what answers go with."""

import polars as pl
import pytest

from app.edition import open_edition
from app.importance import fit_history, paragraph, questions, stated_and_derived
from app.speed import load_sentence, load_table, verdict_sentence
from app.speed import test_rows as rows_of_tests


@pytest.fixture
def edition(sample_home):
    return open_edition(sample_home, "20260701T000000Z-0a1b2c3d")


@pytest.fixture
def nothing(empty_home):
    return open_edition(empty_home, "20260701T000000Z-0a1b2c3d")


def test_a_paragraph_says_what_is_kept_missed_and_bad_on_purpose(edition):
    core, startup = (paragraph(edition, segment) for segment in ("core", "startup"))
    assert "**Core product**, 5 promises count most." in core
    assert "We miss support." in core
    assert "it goes with satisfaction." in core
    assert "is bad on purpose since January 2025, decided by: Head of platform." in startup
    assert "What goes with its satisfaction cannot be told yet." in startup


def test_each_weakness_that_should_not_be_has_its_next_question(edition):
    asked = questions(edition, "regulated")
    assert len(asked) == 2
    assert all(text.endswith("?") for text in asked)
    assert any("Under-served" in text for text in asked)
    assert any("Weak" in text for text in asked)


def test_stated_importance_stands_beside_what_answers_show(edition):
    rows = stated_and_derived(edition, "core")
    assert rows.filter(pl.col("Promise") == "Support")["Derived"].to_list() == [
        "goes with satisfaction"
    ]
    assert rows.filter(pl.col("Promise") == "Security")["Derived"].to_list() == ["not estimable"]


def test_the_fit_of_earlier_quarters_is_told(edition, nothing):
    assert "2026 Q1 0.30 (0.10 to 0.50); 2026 Q2" in fit_history(edition, "core")
    assert fit_history(nothing, "core") == "Of no earlier quarter the fit is known."


def test_what_was_shown_stands_on_top(edition):
    text = verdict_sentence(edition)
    assert text.startswith("Faster goes with worse here (twice as many planned releases and failed")
    assert text.endswith("beyond what chance over 2 tests explains.")


def test_without_evidence_the_size_that_would_have_shown_is_told(edition, monkeypatch):
    rows = edition.table("tradeoff_tests").with_columns(verdict=pl.lit("no_evidence"))
    monkeypatch.setattr(type(edition), "table", lambda _self, _name: rows)
    text = verdict_sentence(edition)
    assert "3 points more failed releases, it would probably have shown" in text


def test_without_tests_it_cannot_be_told(nothing):
    assert verdict_sentence(nothing).startswith("It cannot be told yet")


def test_load_after_releases_is_said_to_go_with_them(edition, nothing):
    assert load_sentence(edition).startswith("In 1 of 1 service more incidents or tickets go with")
    assert load_table(edition)["In words"].to_list() == [
        "0.1 more incidents a day (0.05 to 0.15) go with its releases; 0.02 a day on other days."
    ]
    assert load_sentence(nothing).startswith("No service has enough")


def test_claims_come_before_the_tests_that_show_nothing(edition):
    found = rows_of_tests(edition)
    assert ["Trade-off" in short for short, _ in found] == [True, False, False]
    assert "cannot be compared" in found[-1][1]
