"""Which period answers rest on."""

from datetime import date

import polars as pl

from assets.tradeoffs.attribute_scores import verdict_periods


def test_answers_rest_on_the_newest_quarter_that_is_complete_and_mature(cells):
    whole = {"kpi": "csat", "value": 0.8, "scope_kind": "organisation", "scope": "organisation"}
    first = {"period_start_on": date(2026, 1, 1), "period_end_on": date(2026, 3, 31)}
    third = {"period_start_on": date(2026, 7, 1), "period_end_on": date(2026, 9, 30)}
    fails = {**whole, "kpi": "change_fail_rate"}
    rows = cells(
        {**whole, **first},
        whole,
        {**whole, **third, "is_complete": False},
        {**fails, **first},
        {**fails, "is_immature": True},
    )
    assert set(verdict_periods(rows).select("kpi", "period_start_on").rows()) == {
        ("csat", date(2026, 1, 1)),
        ("change_fail_rate", date(2026, 1, 1)),
    }
    only_immature = rows.filter(pl.col("period_start_on") > date(2026, 1, 1))
    assert set(verdict_periods(only_immature).get_column("period_start_on")) == {date(2026, 4, 1)}


def test_a_home_without_a_complete_quarter_answers_from_the_last_28_days(cells):
    whole = {"kpi": "csat", "value": 0.8, "scope_kind": "organisation", "scope": "organisation"}
    ends = [date(2026, 6, 21), date(2026, 6, 28)]
    trailing = [
        {**whole, "period_kind": "trailing_28d", "period_start_on": end, "period_end_on": end}
        for end in ends
    ]
    rows = cells({**whole, "is_complete": False}, *trailing)
    assert verdict_periods(rows).select("period_kind", "period_end_on").rows() == [
        ("trailing_28d", ends[1])
    ]
    assert verdict_periods(rows.head(1)).is_empty()
