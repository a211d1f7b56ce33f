"""The page of other tools' definitions: numbers side by side, each difference in words."""

import shutil
from datetime import date

import pytest
from sample_edition import EDITION_ID


@pytest.fixture
def rivals_file(sample_home, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(sample_home, home)
    return home / "editions" / EDITION_ID / "tradeoff_rival_definitions.parquet"


def test_the_page_says_how_many_numbers_lie_outside_our_intervals(sample_home, run_page):
    at = run_page(sample_home, "rival_definitions")
    assert at.title[0].value == "What would other tools say?"
    assert at.subheader[0].value == "2 of 4 numbers lie outside our intervals."
    assert "From the same records of Example Ltd in 2026 Q2" in at.markdown[0].value


def texts(at):
    return [element.value.replace("\u00a0", " ") for element in at.markdown]


def card(at, containing):
    """The first card whose short text contains this: it, and the long text beside it."""
    told = texts(at)
    place = next(n for n, text in enumerate(told) if containing in text and text.startswith("**"))
    return told[place], told[place + 1]


def test_theirs_ours_difference_and_reason_stand_beside_each_other(sample_home, run_page):
    at = run_page(sample_home, "rival_definitions")
    assert [one.value for one in at.subheader[1:]] == [
        "Lead time",
        "Deployment frequency",
        "Change fail rate",
        "Recovery time",
    ]
    theirs, why = card(at, "5 days a week")
    assert theirs.startswith("**Apache DevLake**")
    assert theirs.endswith("5 days a week :small[−75 %]")
    assert "◆ outside" in why
    assert "counts days, not deployments" in why
    assert "It asks another question." in why
    assert "Deployment frequency, as we define it: 20 a week (18–22 a week)." in why


def test_an_open_interval_and_a_missing_number_are_said(sample_home, run_page):
    at = run_page(sample_home, "rival_definitions")
    assert any("as we define it: 2.1 h (1.9 h or more)." in text for text in texts(at))
    at.segmented_control(key="scope").set_value("segment:core").run()
    assert not at.exception
    unknown, why = card(at, "  \n– ")
    assert unknown.startswith("**")
    assert "not comparable" in why


def test_another_quarter_can_be_chosen(sample_home, run_page):
    at = run_page(sample_home, "rival_definitions")
    at.selectbox(key="quarter").set_value(date(2026, 1, 1)).run()
    assert "in 2026 Q1" in at.markdown[0].value


def test_every_rule_names_where_it_is_written(sample_home, run_page):
    at = run_page(sample_home, "rival_definitions")
    assert "GitLab.sql" in at.dataframe[0].value["Written in"].to_list()


def test_an_edition_without_the_comparison_says_how_to_get_it(rivals_file, run_page):
    rivals_file.unlink()
    at = run_page(rivals_file.parents[2], "rival_definitions")
    assert "Run `plumbline run`" in at.info[-1].value


def test_a_home_without_an_ended_quarter_says_so(empty_home, run_page):
    at = run_page(empty_home, "rival_definitions")
    assert "No quarter has ended yet" in at.info[-1].value


def test_every_effect_of_a_rule_has_words():
    from app.rivals import EFFECTS, METRICS, OUR_NAMES
    from assets.tradeoffs.rivals.rule import STATISTICS, Effect, Metric

    assert set(EFFECTS) == set(Effect.__args__)
    assert set(METRICS) == set(Metric.__args__)
    assert set(OUR_NAMES) == set(STATISTICS)
