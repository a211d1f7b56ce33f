"""What the Brief says about promises, trends and news."""

from dataclasses import replace

import pytest

from app.briefing import attention, freshness, how_sure, news, promises, standing, summary
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
    assert headline == "Of the 11 promises that count, we surely keep 9 and miss 2."
    assert "1 weakness is chosen on purpose, 1 is not declared" in rest
    assert "2 headline numbers moved beyond the usual variation." in rest


def test_the_headline_tells_sure_from_probable_missed_and_unknown(edition):
    found = promises(edition)["core"]
    row = next(one for one in found if one.is_important).row

    def promise(verdict, low, high):
        changed = {"verdict": verdict, "performance_low": low, "performance_high": high}
        return replace(found[0], row=row | changed)

    said = standing(
        [
            promise("serves", 3.0, 3.9),
            promise("serves", 2.48, 3.9),
            promise("excels_where_it_counts", None, None),
            promise("under_served", 1.0, 2.9),
            promise("under_served", 2.0, 3.1),
            promise("unknown", None, None),
        ]
    )
    assert said == (
        "Of the 6 promises that count, we surely keep 1, probably keep 2, miss 1, probably miss 1 "
        "and cannot tell about 1."
    )


def test_news_lists_the_worse_first(edition):
    assert [mark.word for mark, _ in news(edition)] == ["Worse", "Better"]


def test_attention_asks_the_next_question_and_names_failed_checks(edition):
    found = attention(edition, promises(edition))
    assert [mark.word for mark, _ in found] == [*["Under-served"] * 2, "Weak", "Check failed"]
    assert found[0][1].endswith("*What would another level of support cost?*")


def test_freshness_says_what_verdicts_rest_on_and_which_source_is_late(edition):
    assert freshness(edition) == [
        "Verdicts rest on 2026 Q2, the newest that is complete and mature.",
        "News and numbers of trends run to June 2026 where that is final.",
        "A late source touches CI success rate.",
        "1 of 2 checks passed.",
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"n_kpis": 0, "n_missing": 0, "performance": None}, "no headline KPI yet"),
        ({"n_kpis": 2, "n_missing": 2, "performance": None}, "2 of 2 KPIs missing"),
        ({"n_kpis": 2, "n_missing": 1, "performance": 3.0}, "3.0 (2.5–3.5), 1 of 2 KPIs missing"),
    ],
)
def test_how_sure_names_interval_and_missing_kpis(row, said):
    assert how_sure(row | {"performance_low": 2.5, "performance_high": 3.5}) == said
