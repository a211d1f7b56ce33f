"""Whom do we serve? A segment in a paragraph, its open questions, what answers go with."""

import polars as pl
import pytest

from app.edition import open_edition
from app.importance import cost, fit_history, paragraph, questions, stated_and_derived
from app.speed import load_rows, load_sentence, unseen, verdict_sentence
from app.speed import test_rows as rows_of_tests
from app.words import SPACE


@pytest.fixture
def edition(sample_home):
    return open_edition(sample_home, "20260701T000000Z-0a1b2c3d")


@pytest.fixture
def nothing(empty_home):
    return open_edition(empty_home, "20260701T000000Z-0a1b2c3d")


def test_a_paragraph_says_what_is_kept_missed_and_bad_on_purpose(edition):
    core, startup = (paragraph(edition, segment) for segment in ("core", "startup"))
    assert "**Core product**, 5 promises count most." in core
    assert (
        "We surely keep stability, feedback, flexibility and reliability; surely miss support."
        in core
    )
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
    rows = dict(short.split("  \n")[::-1] for short, _ in stated_and_derived(edition, "core"))
    assert rows == {
        ":small[derived: goes with satisfaction]": "**Support** :gray[:small[stated: 4 of 5]]",
        ":small[derived: not estimable]": "**Security** :gray[:small[stated: not stated]]",
    }


def test_the_fit_of_earlier_quarters_is_told(edition, nothing):
    newest, before = zip(*fit_history(edition, "core").values(), strict=True)
    assert (newest[0], before) == ("2026 Q2", ("2026 Q1", "0.30", "0.10 to 0.50", "8"))
    assert not any(fit_history(nothing, "core").values())


def test_what_was_shown_stands_on_top(edition):
    text = verdict_sentence(edition)
    assert text.startswith("Faster goes with worse here (twice as many planned releases and failed")
    assert text.endswith("beyond what chance over 2 tests explains.")


def test_without_evidence_each_outcome_says_what_could_have_stayed_unseen(edition, monkeypatch):
    quiet = {"verdict": "no_evidence", "lag_quarters": 0, "is_factor": False}
    rows = pl.DataFrame(
        [
            {"speed": "release_pace", "outcome": "failed_releases", "smallest_effect": 0.12},
            {"speed": "lead_time", "outcome": "failed_releases", "smallest_effect": 0.051},
            {"speed": "lead_time", "outcome": "recovery_time", "smallest_effect": 1.5}
            | {"is_factor": True, "lag_quarters": 1},
            {"speed": "change_size", "outcome": "rework", "smallest_effect": None},
        ]
    )
    full = pl.DataFrame([quiet | row for row in rows.to_dicts()]).with_columns(
        is_factor=pl.col("outcome") == "recovery_time", slope=pl.col("smallest_effect")
    )
    monkeypatch.setattr(type(edition), "table", lambda _self, _name: full)
    assert verdict_sentence(edition).startswith("No evidence, in 3 tests, that speed costs")
    assert [text.replace(SPACE, " ") for text in unseen(edition)] == [
        "**Failed releases**: a change of 5.1 percentage points would probably have shown (change "
        "lead time halves), at worst only one of 12 percentage points (twice as many planned "
        "releases).",
        "**Recovery time**: a change of 183 % would probably have shown (change lead time halves, "
        "a quarter later).",
        "**Not compared**: 1 pair, of which too little is known.",
    ]


@pytest.mark.parametrize("missing", [None, "cost to serve (a source is late)"])
def test_what_a_segment_costs_is_of_the_quarter_of_its_verdicts(edition, monkeypatch, missing):
    row = {"segment": "core", "promise": "cost", "kpi": "cost_to_serve", "n": 972}
    row |= {"value": 13.1, "low": 11.8, "high": 14.7, "unit": "hours_per_customer_week"}
    tables = {
        "tradeoff_attribute_kpis": pl.DataFrame([row]),
        "tradeoff_attribute_map": edition.table("tradeoff_attribute_map").with_columns(
            missing=pl.lit(missing)
        ),
    }
    monkeypatch.setattr(type(edition), "table", lambda _self, name: tables[name])
    said = cost(edition, "core").replace(SPACE, " ")
    assert said == (
        "In 2026 Q2 serving it took 13.1 hours per customer week "
        "(11.8–14.7, n 972 records of hours)"
        + ("." if missing is None else f"; not sure: {missing}.")
    )


def test_without_tests_it_cannot_be_told(nothing):
    assert verdict_sentence(nothing).startswith("It cannot be told yet")


def test_load_after_releases_is_said_to_go_with_them(edition, nothing):
    assert load_sentence(edition).startswith("In 1 of 1 service that could be compared")
    [(short, long)] = load_rows(edition)
    assert short.endswith(":small[incidents]")
    assert "0.1 more incidents a day (0.05 to 0.15, n 60 releases) go with its releases" in long
    assert load_sentence(nothing).startswith("No service has enough")


def test_claims_come_before_the_tests_that_show_nothing(edition):
    found = rows_of_tests(edition)
    assert ["Trade-off" in short for short, _ in found] == [True, False, False]
    assert "cannot be compared" in found[-1][1]
