"""Which KPI and which month stand for a promise on the Brief."""

import shutil
from datetime import date

import polars as pl
import pytest
from sample_edition import EDITION_ID

from app.edition import open_edition
from app.trends import trends


@pytest.fixture(scope="module")
def edition(sample_home):
    return open_edition(sample_home, EDITION_ID)


def edited(sample_home, folder, table, frame):
    home = folder / "home"
    shutil.copytree(sample_home, home)
    file = home / "editions" / EDITION_ID / f"{table}.parquet"
    frame(pl.read_parquet(file)).write_parquet(file)
    return open_edition(home, EDITION_ID)


def test_the_number_shown_is_of_the_newest_month_that_is_final(edition):
    trend = trends(edition)["regulated", "stability"]
    assert trend.newest["period_start_on"] == date(2026, 5, 1)
    assert [row["period_start_on"] for row in trend.unfinished] == [
        date(2026, 6, 1),
        date(2026, 7, 1),
    ]
    assert trend.finals[-3:] == (True, False, False)


def test_a_served_promise_is_shown_by_its_first_headline(edition):
    trend = trends(edition)["core", "flexibility"]
    assert trend.kpi.id == "change_lead_time"
    assert trend.others == ()


def test_a_weak_promise_is_shown_by_the_kpi_that_pulls_it_down_most(sample_home, tmp_path):
    is_worst = pl.col("kpi") == "csat"
    worse = edited(
        sample_home,
        tmp_path,
        "tradeoff_attribute_kpis",
        lambda f: f.with_columns(score=pl.when(is_worst).then(1.2).otherwise("score")),
    )
    assert trends(worse)["core", "support"].kpi.id == "csat"
    assert trends(worse)["startup", "support"].kpi.id == "first_response_time"


def test_news_about_another_kpi_of_the_promise_is_not_lost(sample_home, tmp_path):
    is_news = pl.col("kpi") == "deployment_frequency"
    news = edited(
        sample_home,
        tmp_path,
        "kpi_signals",
        lambda f: f.with_columns(signal=pl.when(is_news).then(pl.lit("worse")).otherwise("signal")),
    )
    trend = trends(news)["startup", "flexibility"]
    assert (trend.kpi.id, trend.is_news) == ("change_lead_time", False)
    assert [(kpi.id, mark.word) for kpi, mark in trend.others] == [
        ("deployment_frequency", "Worse")
    ]
