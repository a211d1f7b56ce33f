"""Every page on every kind of edition: no exception, and its main sentence is there."""

import re
import shutil
from urllib.parse import parse_qs, urlsplit

import pytest

from app.words import SPACE

PAGES = {
    "brief": "Are we serving whom we chose?",
    "whom_we_serve": "Whom do we serve?",
    "speed_and_stability": "Does speed cost stability here?",
    "what_to_stop": "What should we stop doing?",
    "staffing": "What if we staffed it differently?",
    "explore": "What do the numbers say?",
    "data_quality": "What can we believe?",
    "definitions": "What does each number mean?",
}


def texts(at):
    return [element.value for group in (at.subheader, at.markdown, at.caption) for element in group]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("kind", ["sample_home", "one_segment_home", "empty_home"])
def test_a_page_of_any_edition_shows_its_question_and_that_it_is_an_example(
    request, run_page, page, kind
):
    at = run_page(request.getfixturevalue(kind), page)
    assert at.title[0].value == PAGES[page]
    assert "Example data." in at.info[0].value


@pytest.mark.parametrize("page", PAGES)
def test_a_home_without_an_edition_says_what_to_run(tmp_path, run_page, page):
    at = run_page(tmp_path, page)
    assert "has no edition yet" in at.warning[0].value
    assert "plumbline demo" in at.markdown[0].value


def test_an_edition_that_is_not_kept_is_named_with_those_that_are(sample_home, run_page):
    at = run_page(sample_home, "brief", edition="20200101T000000Z-00000000")
    assert "Edition 20200101T000000Z-00000000 is not in" in at.warning[0].value
    assert "20260701T000000Z-0a1b2c3d" in at.warning[0].value


def test_an_older_edition_is_shown_when_the_address_names_it(tmp_path, sample_home, run_page):
    home = tmp_path / "home"
    shutil.copytree(sample_home, home)
    old = "20260601T000000Z-00000001"
    shutil.copytree(home / "editions" / "20260701T000000Z-0a1b2c3d", home / "editions" / old)
    at = run_page(home, "brief", edition=old)
    assert at.selectbox(key="edition").value == old


def test_the_brief_says_how_many_promises_are_kept_and_where_not(sample_home, run_page):
    at = run_page(sample_home, "brief")
    assert (
        at.subheader[0].value
        == "Of the 11 promises that count, we surely keep 9 and surely miss 2."
    )
    missed = "Under-served: support for Core product and stability for Regulated."
    assert any(missed in text for text in texts(at))


def test_the_brief_shows_verdicts_by_symbol_and_word_with_their_interval(sample_home, run_page):
    cells = run_page(sample_home, "brief").table[0].value.iloc[:, 0].to_list()
    served = next(cell for cell in cells if "✓ Serves" in cell).replace(SPACE, " ")
    assert "probably kept" in served or "surely kept" in served
    assert "3.4 (3.0–3.8) from 2 KPIs" in served


def test_the_brief_says_of_which_period_a_number_is_and_how_sure(sample_home, run_page):
    table = run_page(sample_home, "brief").table[0].value
    assert list(table.columns) == ["Verdict of 2026 Q2", "Newest final month"]
    numbers = [cell for cell in table["Newest final month"] if "explore?" in cell]
    assert numbers
    for cell in numbers:
        assert re.search(rf"\) \((.*,\s)?n{SPACE}[^)]+\) in [A-Z][a-z]{{2}}{SPACE}20\d\d", cell), (
            cell
        )


@pytest.mark.parametrize("page", ["brief", "whom_we_serve", "speed_and_stability"])
def test_what_is_shown_can_be_taken_along_and_says_what_was_assumed(sample_home, run_page, page):
    at = run_page(sample_home, page)
    assert "How sure are we, and what did we assume?" in [one.value for one in at.subheader]
    assert at.get("download_button")


def test_the_brief_lists_news_and_what_needs_attention(sample_home, run_page):
    lists = [text for text in texts(run_page(sample_home, "brief")) if text.startswith("- ")]
    assert "↘ Worse" in lists[0]
    assert "Check failed" in lists[1]


def test_the_brief_of_an_empty_edition_says_what_to_state(empty_home, run_page):
    assert run_page(empty_home, "brief").subheader[0].value == "No verdict is possible yet."


def test_the_chosen_segment_is_explained(sample_home, run_page):
    at = run_page(sample_home, "whom_we_serve")
    at.segmented_control(key="segment").set_value("startup").run()
    assert any("Chosen since January 2025 by: Head of platform." in text for text in texts(at))


def test_the_chosen_customers_are_lit(sample_home, run_page):
    at = run_page(sample_home, "speed_and_stability", customers=["Labs team", "Spark team"])
    lit = next(one for one in at.multiselect if one.label == "Show the path of")
    assert lit.value == ["labs", "spark"]
    assert any("Place not known: Claims team." in text for text in texts(at))


def test_without_a_chosen_customer_the_page_is_shown(sample_home, run_page):
    at = run_page(sample_home, "speed_and_stability")
    at.multiselect(key="customers").set_value([]).run()
    assert not at.exception


def test_data_quality_names_incomplete_sources_and_failed_checks(sample_home, run_page):
    at = run_page(sample_home, "data_quality")
    assert at.subheader[0].value == "1 check of 2 failed."
    assert any("850 of 900 announced records came" in text for text in texts(at))
    assert at.dataframe[0].value["Result"].to_list() == ["✗ Check failed", "✓ Passed"]


def test_definitions_are_found_by_any_word_of_theirs(sample_home, run_page):
    at = run_page(sample_home, "definitions")
    search = next(one for one in at.text_input if one.label == "Search")
    search.set_value("fail stability").run()
    assert at.selectbox(key="kpi").options == ["Change fail rate"]
    assert at.subheader[0].value == "Change fail rate"


def test_a_search_without_result_says_so(sample_home, run_page):
    at = run_page(sample_home, "definitions", search="nonsense")
    assert any("No definition holds “nonsense”." in text for text in texts(at))


def test_a_definition_is_shown_in_full(sample_home, run_page):
    at = run_page(sample_home, "definitions", kpi="Change fail rate")
    rows = at.table[0].value.iloc[:, 0].to_dict()
    assert rows["Waits for outcomes"] == "72 h"
    assert rows["Left out"] == "Changes made by bots do not count."
    assert rows["Version"] == "2"


def test_a_view_has_a_link_that_names_its_edition_and_its_filters(sample_home, run_page):
    at = run_page(sample_home, "what_to_stop", capacity="60")
    link = at.sidebar.code[0].value
    assert "capacity=60" in link
    assert "edition=20260701T000000Z-0a1b2c3d" in link


def test_a_link_names_everything_that_was_chosen(sample_home, run_page):
    chosen = ["Labs team", "Spark team"]
    at = run_page(sample_home, "speed_and_stability", customers=chosen)
    link = parse_qs(urlsplit(at.sidebar.code[0].value).query)
    assert link["customers"] == chosen


def test_an_older_edition_stays_chosen_from_page_to_page(tmp_path, sample_home, run_page):
    home = tmp_path / "home"
    shutil.copytree(sample_home, home)
    old = "20260601T000000Z-00000001"
    shutil.copytree(home / "editions" / "20260701T000000Z-0a1b2c3d", home / "editions" / old)
    at = run_page(home, "brief", edition=old)
    at.query_params.clear()
    at.switch_page("app_pages/definitions.py").run()
    assert at.selectbox(key="edition").value == old
