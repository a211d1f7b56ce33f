"""How a period is asked for, and which cells it chooses."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import UsageError
from assets.published import periods


@pytest.mark.parametrize(
    ("text", "kind", "start_on"),
    [
        ("2026-Q3", "quarter", date(2026, 7, 1)),
        ("2026-06", "month", date(2026, 6, 1)),
        ("2026-W01", "week", date(2025, 12, 29)),
        ("2026-W53", "week", date(2026, 12, 28)),
        ("trailing", "trailing_28d", None),
        ("trailing-2026-05-31", "trailing_28d", date(2026, 5, 4)),
    ],
)
def test_periods_are_read(text, kind, start_on):
    found = periods.parse(text)
    assert (found.kind, found.start_on) == (kind, start_on)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13",
        "2026-Q5",
        "2025-W53",
        "2026-W54",
        "June",
        "2026-6",
        "trailing-2026-02-30",
        "../2026",
    ],
)
def test_what_is_no_period_is_answered_with_the_forms(text):
    with pytest.raises(UsageError, match=r"is not a period\. Write it like 2026-Q3"):
        periods.parse(text)


def _cells(*rows: tuple[str, str, date, date]) -> pl.LazyFrame:
    names = ["kpi", "period_kind", "period_start_on", "period_end_on"]
    return pl.LazyFrame(list(rows), schema=names, orient="row")


def test_a_month_is_not_the_quarter_that_begins_with_it():
    first = date(2026, 4, 1)
    cells = _cells(
        ("a", "month", first, date(2026, 4, 30)), ("a", "quarter", first, date(2026, 6, 30))
    )
    assert periods.parse("2026-04").cells(cells).collect()["period_kind"].to_list() == ["month"]


def test_trailing_is_the_newest_of_each_kpi():
    cells = _cells(
        ("fast", "trailing_28d", date(2026, 6, 3), date(2026, 6, 30)),
        ("fast", "trailing_28d", date(2026, 5, 27), date(2026, 6, 23)),
        ("slow", "trailing_28d", date(2026, 5, 31), date(2026, 6, 27)),
    )
    found = periods.parse("trailing").cells(cells).collect()
    assert found.select("kpi", "period_end_on").rows() == [
        ("fast", date(2026, 6, 30)),
        ("slow", date(2026, 6, 27)),
    ]


def test_the_periods_that_exist_are_named_so_that_they_can_be_asked_for():
    end = date(2026, 6, 30)
    cells = _cells(
        ("a", "quarter", date(2025, 10, 1), end),
        ("a", "quarter", date(2026, 4, 1), end),
        ("a", "month", date(2026, 6, 1), end),
        ("a", "week", date(2025, 12, 29), end),
        ("a", "trailing_28d", date(2026, 6, 3), end),
    )
    sentence = "There are: quarters 2025-Q4 to 2026-Q2, 2026-06, 2026-W01, trailing."
    assert periods.that_exist(cells) == sentence
    assert "no KPI values" in periods.that_exist(cells.head(0))


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_what_is_named_can_be_asked_for(day):
    monday = date.fromisocalendar(*day.isocalendar()[:2], 1)
    for kind, start in (("week", monday), ("month", day.replace(day=1))):
        sentence = periods.that_exist(_cells(("a", kind, start, start)))
        name = sentence.removeprefix("There are: ").removesuffix(".")
        assert periods.parse(name).start_on == start
