"""How surely a promise is kept: the same words on every page."""

import pytest

from app.grades import grade, said_of_us, scored, why_not_sure
from app.words import SPACE


def row(verdict, low, high, importance=4.0, **other):
    middle = None if low is None else (low + high) / 2
    found = {"verdict": verdict, "performance": middle, "importance_stated": importance}
    found |= {"performance_low": low, "performance_high": high, "missing": None}
    return found | {"n_kpis": 2, "n_missing": 0} | other


@pytest.mark.parametrize(
    ("verdict", "low", "high", "importance", "said"),
    [
        ("serves", 3.0, 3.9, 4, "surely kept"),
        ("serves", 2.9, 3.9, 4, "probably kept"),
        ("excels_where_it_counts", 3.0, 5.0, 5, "surely kept"),
        ("under_served", 1.0, 2.9, 4, "surely missed"),
        ("under_served", 1.0, 3.0, 4, "probably missed"),
        ("fits", 2.5, 3.5, 3, "surely good enough"),
        ("over_served", 2.4, 5.0, 3, "probably good enough"),
        ("weak_undeclared", 1.0, 2.4, 3, "surely weak"),
        ("bad_on_purpose", 1.0, 2.5, None, "probably weak"),
        ("unknown", 1.0, 5.0, 4, "cannot tell"),
        ("unknown", None, None, 4, "cannot tell"),
    ],
)
def test_a_verdict_is_sure_where_its_whole_interval_is_on_its_side(
    verdict, low, high, importance, said
):
    assert grade(row(verdict, low, high, importance)) == said


def test_what_is_said_of_us_counts_each_promise_once_the_surest_first():
    rows = [
        row("under_served", 1.0, 2.9),
        row("serves", 3.0, 3.9),
        row("serves", 2.9, 3.9),
        row("under_served", 2.0, 3.1),
        row("unknown", None, None),
        row("serves", 3.2, 3.9),
    ]
    assert said_of_us(rows, lambda some: f"{len(some)}") == [
        "surely keep 2",
        "probably keep 1",
        "surely miss 1",
        "probably miss 1",
        "cannot tell about 1",
    ]


@pytest.mark.parametrize(
    ("kpis", "missing", "middle", "said"),
    [
        (0, 0, None, "no headline KPI yet"),
        (2, 2, None, f"from 0 of 2{SPACE}KPIs"),
        (2, 1, 3.0, f"3.0 (2.5–3.5) from 1 of 2{SPACE}KPIs"),
        (1, 0, 3.0, f"3.0 (2.5–3.5) from 1{SPACE}KPI"),
    ],
)
def test_a_score_has_its_interval_and_says_of_how_many_kpis_it_is_made(kpis, missing, middle, said):
    ends = (None, None) if middle is None else (2.5, 3.5)
    assert scored(row("fits", *ends, n_kpis=kpis, n_missing=missing)) == said


def test_why_it_cannot_be_told_is_said():
    few = "recovery time (too few events, n 3)"
    assert why_not_sure(row("unknown", 3.0, 4.0, missing=few)) == f"not counted: {few}"
    assert why_not_sure(row("serves", 3.0, 4.0)) == ""
    wide = why_not_sure(row("unknown", 1.0, 5.0))
    assert wide == "its interval reaches from weak to excellent"
    assert "nobody has stated" in why_not_sure(row("unknown", 3.0, 4.0, importance=None))
    assert why_not_sure(row("unknown", None, None)) == "no score"
