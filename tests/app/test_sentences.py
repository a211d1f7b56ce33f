"""What is said about a cell, in every state it can be in."""

from datetime import date

import pytest

from app import sentences
from app.cells import Kpi

LEAD_TIME = Kpi(
    "change_lead_time", "Change lead time", "flexibility", "seconds", ("p50",), "p50", {}
)
CELL = {
    "value_state": "ok",
    "value": 181_440.0,
    "low": 164_160.0,
    "high": 207_360.0,
    "n": 412,
    "n_open": 0,
    "period_kind": "month",
    "period_start_on": date(2026, 5, 1),
    "period_end_on": date(2026, 5, 31),
    "is_complete": True,
    "is_low_n": False,
    "is_immature": False,
    "is_stale": False,
}
MISSING = {"value": None, "low": None, "high": None}


def said(statistic="p50", **changes):
    return sentences.cell(CELL | changes, LEAD_TIME, statistic, "Core").replace("\u00a0", " ")


def test_a_known_value_is_said_with_its_interval_and_n():
    assert said() == (
        "Core’s change lead time was 2.1 days in the median in May 2026 (1.9–2.4 days, n = 412)."
    )


def test_what_is_still_open_and_an_unfinished_period_are_said():
    text = said(n_open=6, is_complete=False)
    assert text.startswith("Core’s change lead time is so far 2.1 days")
    assert text.endswith(
        "n = 412, 6 still open); not final yet, the period is not over or not all told."
    )


def test_a_number_whose_outcomes_can_still_come_in_is_said_not_to_be_final():
    text = said(is_immature=True)
    assert text.endswith("n = 412); not final yet, outcomes can still come in.")


def test_a_withheld_cell_says_only_that_it_is_withheld():
    withheld = CELL | MISSING | {"value_state": "withheld", "n": 3, "is_low_n": True}
    assert sentences.flags(withheld) == []
    assert sentences.remark(withheld) == "withheld"


def test_a_quantile_that_is_not_reached_gives_its_lower_bound():
    text = said("p90", **MISSING | {"value_state": "not_reached", "low": 400_000.0, "n_open": 90})
    assert text == (
        "Core’s change lead time for nine of ten is not reached yet in May 2026: "
        "at least 4.6 days (n = 412, 90 still open)."
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("not_covered", "in May 2026 is not known: no source tells about this time"),
        ("no_events", "has nothing to measure in May 2026: the sources tell"),
        ("withheld", "in May 2026 is withheld, to protect those who answered."),
    ],
)
def test_a_missing_value_is_never_a_number(state, words):
    text = said(**MISSING | {"value_state": state, "n": 0})
    assert words in text
    assert not any(character.isdigit() for character in text.replace("2026", ""))


def test_flags_are_said_with_an_unfinished_period_first():
    flags = sentences.flags(CELL | {"is_complete": False, "is_low_n": True, "is_stale": True})
    assert flags == ["the period is not over", "few events", "a source is late"]


def test_a_sound_number_has_no_remark():
    assert sentences.remark(CELL) == ""


def test_gaps_are_counted_by_their_reason():
    rows = [CELL, CELL | MISSING | {"value_state": "not_covered"}]
    assert sentences.gaps(rows) == [
        "1 value of 2 missing: no source tells about this time, so nothing is known "
        "(this is not a zero)."
    ]


def test_a_stock_is_said_of_the_end_of_its_period():
    kpi = Kpi(
        *("overdue_findings", "Overdue findings", "security", "findings", ("count",), "count"),
        {"left_at": "closed_at"},
    )
    counted = CELL | {"value": 174.0, "low": 149.1, "high": 201.9, "n": 174}
    assert sentences.cell(counted, kpi, "count", "Core").replace("\u00a0", " ") == (
        "Core’s overdue findings were 174 at the end of May 2026 (149.1–201.9, n = 174)."
    )


def test_a_budget_that_is_overspent_has_a_minus_that_can_be_read():
    kpi = Kpi("left", "Error budget left", "reliability", "ratio", ("ratio",), "ratio", {})
    spent = CELL | {"value": -0.4, "low": -0.52, "high": -0.1, "n": 30}
    assert sentences.cell(spent, kpi, "ratio", "Core").replace("\u00a0", " ") == (
        "Core’s error budget left was −40 % in May 2026 (−52 to −10 %, n = 30)."
    )
