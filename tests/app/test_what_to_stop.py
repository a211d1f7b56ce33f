"""What should we stop doing? The page's answers, its sliders, and plans that are kept."""

import shutil
from datetime import date

import numpy as np
import pytest

from app import portfolio as shown
from app.edition import open_edition
from app.portfolio import BEST, OWN, SAME, TODAY, Choice, mediocre_sentence
from app.saved_plans import PlanError, SavedPlan, save, saved, what_became

ID = "20260701T000000Z-0a1b2c3d"
EVEN = Choice(capacity=35.0, weights=(1.0, 1.0, 1.0), floors=(0.0, 0.0, 0.0))


@pytest.fixture
def edition(sample_home):
    return open_edition(sample_home, ID)


@pytest.fixture
def home(tmp_path, sample_home):
    folder = tmp_path / "home"
    shutil.copytree(sample_home, folder)
    return folder


def said(edition, choice):
    given = shown.offered(edition)
    return shown.answer(edition, given, choice, shown.plans(edition, choice))


def words(at):
    groups = (at.markdown, at.caption, at.warning, at.success, at.info)
    return [element.value for group in groups for element in group]


def test_the_answer_says_what_to_stop_what_that_gives_and_who_loses(edition):
    text = said(edition, EVEN)
    assert text.startswith("With 35 hours a week (50 are taken today), the best plan is to stop ")
    assert "The same level for all (best effort) would serve" in text
    assert "Cutting all offerings evenly would serve only " in text
    assert "Least sure is " in text
    assert "Less than today: " in text


def test_where_no_plan_fits_it_says_what_to_change(edition):
    text = said(edition, Choice(35.0, (1.0, 1.0, 1.0), (0.99, 0.0, 0.0)))
    assert text.startswith("No plan fits 35 hours a week")


def test_with_room_for_all_the_best_plan_is_not_worse_than_todays(edition):
    choice = Choice(50.0, (1.0, 1.0, 1.0), (0.0, 0.0, 0.0))
    given, found = shown.offered(edition), shown.plans(edition, choice)
    value = {n: given.portfolio.value_of(plan, choice.weights) for n, plan in found.items()}
    assert value[BEST] >= value[TODAY]
    assert "Least sure" not in said(edition, choice)


def test_where_an_even_cut_serves_as_much_it_is_said_that_choosing_gains_nothing(edition):
    text = said(edition, Choice(90.0, (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)))
    assert "here choosing gains nothing; it pays up to " in text


def test_a_plan_of_ones_own_begins_with_todays_and_stops_nothing_that_is_mandated(edition):
    own = Choice(35.0, (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (("jenkins", "stop"), ("vault", "stop")))
    given, found = shown.offered(edition), shown.plans(edition, own)
    assert dict(zip(given.offerings, found[OWN].tolist(), strict=True)) == {
        "templates": 2,
        "jenkins": 0,
        "vault": 1,
    }


def test_the_portfolio_is_that_of_the_editions_tables(edition):
    given = shown.offered(edition)
    outcomes = edition.table("tradeoff_portfolio_outcomes")
    for name in (TODAY, SAME, BEST):
        rows = outcomes.filter(plan=name)
        served = given.portfolio.served_of(shown.plans(edition, EVEN)[name])
        assert np.array(rows["served"]) == pytest.approx(served)


@pytest.mark.parametrize(
    ("evenly", "planned", "words"),
    [
        (0.9, 0.6, "A plan that chooses keeps one well served down to 60 %."),
        (0.9, 0.9, "with the best plan it is 90 %."),
        (0.9, None, "no plan does better."),
        (None, 0.6, "at any capacity that was looked at."),
    ],
)
def test_where_everything_becomes_mediocre_is_said(evenly, planned, words):
    assert mediocre_sentence(evenly, planned).endswith(words)


def test_the_page_answers_at_the_capacity_of_the_slider(sample_home, run_page):
    at = run_page(sample_home, "what_to_stop", capacity="100")
    assert any("With 50 hours a week" in text for text in words(at))
    at.slider(key="capacity").set_value(60).run()
    assert any("With 30 hours a week" in text for text in words(at))
    assert not at.exception


def test_a_link_names_an_own_plan(sample_home, run_page):
    at = run_page(sample_home, "what_to_stop", own_stop=["Old Jenkins"])
    assert at.multiselect(key="own_stop").value == ["jenkins"]
    assert "Your own plan" in at.dataframe[0].value.columns


def test_nobody_counting_is_answered(sample_home, run_page):
    at = run_page(sample_home, "what_to_stop")
    for segment in ("core", "regulated", "startup"):
        at.slider(key=f"weight_{segment}").set_value(0.0)
    at.run()
    assert any("Nobody counts" in text for text in words(at))


def test_a_kept_plan_stands_beside_what_became_of_it(home, run_page):
    at = run_page(home, "what_to_stop")
    at.text_input(key="plan_name").set_value("Budget 2027")
    next(one for one in at.button if one.label.startswith("Keep")).click().run()
    assert not at.exception
    assert "Kept as “Budget 2027”." in words(at)
    kept = saved(home)["Budget 2027"]
    assert kept.edition == ID
    assert kept.levels["jenkins"] == "stop"
    assert at.dataframe[-1].value["Level now"].to_list() == ["Standard"] * 3


def test_a_home_without_offerings_says_what_to_deliver(empty_home, run_page):
    at = run_page(empty_home, "what_to_stop")
    assert any("Nothing can be said yet" in text for text in words(at))


PLAN = SavedPlan(
    name="Less (2027)",
    saved_on=date(2026, 7, 2),
    edition=ID,
    capacity=35.0,
    levels={"ci": "stop", "grid": "standard"},
    hours={"ci": 1.0, "grid": 9.0},
    served={"core": 0.8},
)


def test_what_was_kept_is_read_again(tmp_path):
    save(tmp_path, PLAN)
    assert saved(tmp_path) == {"Less (2027)": PLAN}


def test_a_plan_is_not_overwritten(tmp_path):
    save(tmp_path, PLAN)
    with pytest.raises(PlanError, match="already"):
        save(tmp_path, PLAN)


@pytest.mark.parametrize("name", ["", "../../etc", "a/b", "x" * 61, ".hidden"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path, name):
    with pytest.raises(PlanError, match="cannot be the name"):
        save(tmp_path, SavedPlan(**{**vars(PLAN), "name": name}))
    assert not (tmp_path / "plans").exists()


def test_a_file_that_is_no_plan_is_named(tmp_path):
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "broken.json").write_text("{}", encoding="utf-8")
    with pytest.raises(PlanError, match=r"broken\.json"):
        saved(tmp_path)


def test_what_is_not_offered_any_more_has_no_level_now():
    rows = what_became(PLAN, {"grid": "excellent"}, {"grid": 12.0})
    assert rows[0] == {
        "offering": "ci",
        "level_meant": "stop",
        "level_now": None,
        "hours_meant": 1.0,
        "hours_now": None,
    }
    assert rows[1]["level_now"] == "excellent"
