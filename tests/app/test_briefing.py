"""What the Brief says about promises, trends and news."""

import pytest

from app.briefing import attention, freshness, news, promises, summary
from app.edition import open_edition


@pytest.fixture(scope="module")
def edition(sample_home):
    return open_edition(sample_home, "20260701T000000Z-0a1b2c3d")


def promise_of(edition, segment, name):
    return next(one for one in promises(edition)[segment] if one.name == name)


def test_promises_that_count_come_first_and_those_not_stated_last(edition):
    for rows in promises(edition).values():
        stated = [row.row["importance_stated"] for row in rows]
        known = [one for one in stated if one is not None]
        assert stated == sorted(known, reverse=True) + [None] * (len(stated) - len(known))


def test_news_and_trend_of_a_promise_are_of_one_kpi(edition):
    quiet = promise_of(edition, "startup", "flexibility").trend
    loud = promise_of(edition, "regulated", "stability").trend
    assert (quiet.kpi.id, quiet.is_news) == ("change_lead_time", False)
    assert (loud.kpi.id, loud.signal) == ("change_fail_rate", "worse")


def test_a_promise_without_a_kpi_has_no_trend(edition):
    assert promise_of(edition, "core", "security").trend is None


def test_a_trend_keeps_its_gaps(edition):
    assert promise_of(edition, "regulated", "support").trend.values[:2] == (None, None)


def test_the_paragraph_counts_kept_missed_and_chosen(edition):
    headline, rest = summary(edition, promises(edition))
    assert headline == "Of the 11 promises that count, we surely keep 9 and surely miss 2."
    assert "1 weakness is chosen on purpose, 1 is not declared" in rest
    assert "2 headline numbers moved beyond the usual variation." in rest


def test_news_lists_the_worse_first(edition):
    assert [mark.word for mark, _ in news(edition)] == ["Worse", "Better"]


def test_attention_asks_the_next_question_and_names_failed_checks(edition):
    found = attention(edition, promises(edition))
    assert [mark.word for mark, _ in found] == [*["Under-served"] * 2, "Weak", "Check failed"]
    assert found[0][1].endswith("*What would another level of support cost?*")


def test_it_is_said_which_period_is_what_and_which_source_is_late(edition):
    assert freshness(edition) == [
        "Verdicts and scores are of 2026 Q2, the newest that is complete and mature: a month has "
        "too few events to judge by.",
        "Numbers beside the trends are of the month that they name, to June 2026: they show what "
        "moves, and change no verdict.",
        "A late source touches CI success rate.",
        "1 of 2 checks passed.",
    ]
