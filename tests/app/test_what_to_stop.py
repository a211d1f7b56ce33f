"""What should we stop doing? The page's answers, its sliders, and plans that are kept."""

import re
import shutil
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from app import portfolio as shown
from app.edition import open_edition
from app.portfolio import BEST, OWN, SAME, TODAY, Choice
from app.portfolio_table import outcome_table
from app.portfolio_words import Gain, answer, mediocre_sentence, share, sureness
from app.saved_plans import PlanError, SavedPlan, save, saved
from app.saved_plans_view import in_short, offerings_then_and_now
from assets.methods.portfolio import spread_evenly

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
    short, reasons = answer(edition, given, choice, shown.plans(edition, choice))
    return short, [plain(one) for one in reasons]


def plain(text):
    return text.replace("\u00a0", " ")


def words(at):
    groups = (at.subheader, at.markdown, at.caption, at.warning, at.success, at.info)
    return [element.value for group in groups for element in group]


def test_the_answer_says_what_to_stop_what_that_gives_and_who_loses(edition):
    short, reasons = said(edition, EVEN)
    assert short == "Stop old Jenkins."
    assert reasons[0].startswith("This plan takes 32.8 of 35 hours a week (50 are taken today)")
    assert re.fullmatch(
        r"Cutting all offerings evenly would serve 5[89](\.\d)? %: against the best plan of whole "
        r"levels, 19\.\d points less \([\d.]+–[\d.]+\)\.",
        reasons[1],
    )
    assert reasons[2].startswith("The same level for all (best effort) would serve ")
    assert re.match(
        r"Under the best plan of whole levels, against today: Core product "
        r"[\d.]+ points less \([\d.]+–[\d.]+\)",
        reasons[3],
    )


def test_the_least_sure_level_is_that_of_the_page_s_own_list(edition):
    [told] = [one for one in said(edition, EVEN)[1] if one.startswith("Least sure is ")]
    first = plain(sureness(edition, shown.offered(edition))[0])
    assert f"{first.split('**')[1].lower()} (" in told.lower()
    assert re.search(r"in \d+ %", first)[0] in told


def test_where_no_plan_fits_it_says_what_to_change(edition):
    short, reasons = said(edition, Choice(35.0, (1.0, 1.0, 1.0), (0.99, 0.0, 0.0)))
    assert short.startswith("No plan fits 35 hours a week")
    assert reasons == ["Allow more hours, or ask for less."]


def test_with_room_for_all_the_best_plan_is_not_worse_than_todays(edition):
    choice = Choice(50.0, (1.0, 1.0, 1.0), (0.0, 0.0, 0.0))
    given, found = shown.offered(edition), shown.plans(edition, choice)
    value = {n: given.portfolio.value_of(plan, choice.weights) for n, plan in found.items()}
    assert value[BEST] >= value[TODAY]
    assert "Least sure" not in " ".join(said(edition, choice)[1])


def test_where_an_even_cut_serves_as_much_it_is_said_that_choosing_gains_nothing(edition):
    short, reasons = said(edition, Choice(90.0, (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)))
    assert (
        short
        == "Stop nothing: at this capacity no plan of whole levels does better than spreading the "
        "hours evenly."
    )
    assert "Here choosing gains nothing; it pays up to " in reasons[1]


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        (Gain(0.19, 0.151, 0.243), "19 points more (15.1–24.3)"),
        (Gain(-0.19, -0.243, -0.151), "19 points less (15.1–24.3)"),
        (Gain(0.02, -0.01, 0.05), "no difference that can be told (−1 to 5 points)"),
        (Gain(0.0, 0.0, 0.0), "no difference"),
    ],
)
def test_a_difference_of_plans_has_its_ends_or_cannot_be_told(gain, words):
    assert gain.said == words


def test_a_plan_of_ones_own_begins_with_todays_and_stops_nothing_that_is_mandated(edition):
    own = Choice(35.0, (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (("jenkins", "stop"), ("vault", "stop")))
    given, found = shown.offered(edition), shown.plans(edition, own)
    assert dict(zip(given.offerings, found[OWN].tolist(), strict=True)) == {
        "templates": 2,
        "jenkins": 0,
        "vault": 1,
    }


def test_a_plan_of_ones_own_is_compared_with_the_best_one_and_said_not_to_fit(edition):
    own = Choice(35.0, (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (("vault", "excellent"),))
    [told] = [one for one in said(edition, own)[1] if one.startswith("Your own plan")]
    assert re.fullmatch(
        r"Your own plan takes [\d.]+ hours a week, more than there are, and would serve "
        r"[\d.]+ %: against the best plan of whole levels, [\d.]+ points more \([\d.]+–[\d.]+\)\.",
        told,
    )


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
        (
            0.9,
            0.6,
            "90 % of today’s hours; with the best plan of whole levels with less than 60 %.",
        ),
        (
            0.9,
            0.9,
            "90 % of today’s hours no segment reaches 80 % served, cut evenly or planned.",
        ),
        (0.9, None, "with the best plan of whole levels at no capacity."),
        (None, 0.6, "at any capacity that was looked at."),
    ],
)
def test_where_everything_becomes_mediocre_is_said(evenly, planned, words):
    assert plain(mediocre_sentence(evenly, planned, 0.8)).endswith(words)


def test_the_page_answers_at_the_capacity_of_the_slider(sample_home, run_page):
    at = run_page(sample_home, "what_to_stop", capacity="100")
    assert any("of 50 hours a week" in text for text in words(at))
    at.slider(key="capacity").set_value(60).run()
    assert any("of 30 hours a week" in text for text in words(at))
    assert not at.exception


def test_an_own_plan_stands_beside_the_others(sample_home, run_page):
    at = run_page(sample_home, "what_to_stop", own_stop=["Old Jenkins"])
    assert "Your own plan" in at.dataframe[0].value.columns


def test_the_even_cut_stands_beside_the_plans(edition):
    given = shown.offered(edition)
    table = outcome_table(edition, given, shown.plans(edition, EVEN), EVEN)
    names = ["Segment", "As today", "Cut evenly", "The same for all", "Best plan of whole levels"]
    assert table.columns == names
    served = spread_evenly(given.served, given.portfolio.use, given.evenly(35.0)[:1])[0]
    assert [one.split(" (")[0] for one in table["Cut evenly"]] == [
        *(share(one) for one in served), share(served.mean()), "35",
    ]  # fmt: skip
    assert outcome_table(
        edition, given, {TODAY: given.today}, replace(EVEN, capacity=60.0)
    ).columns == ["Segment", "As today", "Spread evenly"]


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


LATER = "20260702T000000Z-0a1b2c3d"


@pytest.fixture
def later(home):
    """The same home a day later: Jenkins was stopped as it was meant, nothing else changed."""
    folder = home / "editions" / LATER
    shutil.copytree(home / "editions" / ID, folder)
    rows = pl.read_parquet(folder / "tradeoff_offerings.parquet")
    stopped = pl.when(pl.col("offering") == "jenkins").then(pl.lit("stop")).otherwise("level")
    rows.with_columns(level=stopped).write_parquet(folder / "tradeoff_offerings.parquet")
    return open_edition(home, LATER)


def test_a_plan_that_was_kept_meets_what_happened(edition, later):
    meant = SavedPlan(
        name="Budget 2027",
        saved_on=date(2026, 7, 1),
        edition=ID,
        capacity=35.0,
        levels={"jenkins": "stop", "templates": "excellent", "gone": "standard"},
        hours={"jenkins": 3.0, "templates": 25.0, "gone": 4.0},
        served={"core": 0.81},
    )
    text = plain(in_short(later, shown.offered(later), meant))
    assert (
        "was kept on 1 July 2026. Since then 1 of 3 offerings have the level that was meant" in text
    )
    assert "32 hours a week were meant, 50 are taken. Served: Core product 81 % meant, " in text
    rows = offerings_then_and_now(later, meant)
    assert rows["Level meant"].to_list() == ["Stop", "Excellent", "Standard"]
    assert rows["Level now"].to_list() == ["Stop", "Standard", "–"]
    assert rows["Hours a week now"].to_list() == ["20 (15–27)", "20 (16–25)", "–"]


def test_of_a_plan_as_new_as_the_edition_nothing_is_claimed(edition, later):
    meant = SavedPlan(**{**vars(PLAN), "edition": LATER})
    assert "nothing can have come of it yet" in in_short(later, shown.offered(later), meant)
    assert "from a newer edition" in in_short(edition, shown.offered(edition), meant)


def test_a_link_opens_the_same_view(home, run_page):
    save(home, PLAN)
    save(home, SavedPlan(**{**vars(PLAN), "name": "More"}))
    at = run_page(
        home, "what_to_stop", capacity="80", weight_core="2.5", floor_regulated="40",
        own_stop=["Old Jenkins"], plan="More",
    )  # fmt: skip
    values = {one.key: one.value for one in [*at.slider, *at.multiselect, *at.selectbox]}
    assert values["capacity"] == 80
    assert values["weight_core"] == 2.5
    assert values["floor_regulated"] == 40
    assert values["own_stop"] == ["jenkins"]
    assert values["plan"] == "More"


def test_what_is_shown_can_be_downloaded(home, run_page):
    save(home, PLAN)
    labels = [one.proto.label for one in run_page(home, "what_to_stop").get("download_button")]
    assert labels == [
        "Download the plans as CSV",
        "Download the offerings as CSV",
        "Download the plan as CSV",
    ]
