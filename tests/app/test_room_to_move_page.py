"""The page of error budgets: who may go faster, who holds, and how each budget stands."""

import shutil
from datetime import date

import pytest
from sample_edition import EDITION_ID

from app.budgets import summary

TABLES = ("tradeoff_error_budgets", "tradeoff_error_budget_days", "tradeoff_room_to_move")


@pytest.fixture
def older_home(sample_home, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(sample_home, home)
    for table in TABLES:
        (home / "editions" / EDITION_ID / f"{table}.parquet").unlink()
    return home


def plain(text):
    return text.replace("\u00a0", " ")


def test_the_page_is_titled_by_its_question_and_says_who_may_and_who_should_not(
    sample_home, run_page
):
    at = run_page(sample_home, "room_to_move")
    assert at.title[0].value == "Who has room to move?"
    assert at.subheader[0].value == (
        "2 teams of 4 surely have room to move, 1 of them chose stability; 1 should surely hold."
    )
    said = plain(at.markdown[0].value)
    assert said.split("\n") == [
        "- **Checkout team should surely hold** since 21 June 2026: Checkout API availability is "
        "surely spent. It deploys 3 a week (2–5 a week).",
        "- **Ledger team should look first** since 29 June 2026: Ledger core availability surely "
        "burns faster than it can last (3× over 3 days). It deploys 1.5 a week (0.5–3.5 a week).",
        "- **Labs team could surely ship faster**: something is left of every error budget of the "
        "services, so that what was promised leaves room for more releases. A support budget that "
        "is spent is named on the card.",
        "- **Claims team could surely ship faster, too**: they chose stability.",
    ]


def test_teams_that_should_hold_stand_first_with_the_editions_sentence(sample_home, run_page):
    at = run_page(sample_home, "room_to_move")
    cards = [one.value for one in at.markdown[1:9]]
    assert cards[0] == ":orange-badge[■ Should hold]  \n**Checkout team**"
    assert cards[1] == "checkout: hold in the edition's words."
    assert [name.rsplit("**", 2)[1] for name in cards[::2]] == [
        "Checkout team",
        "Ledger team",
        "Labs team",
        "Claims team",
    ]


def test_every_budget_says_its_state_since_when_and_what_is_left(sample_home, run_page):
    at = run_page(sample_home, "room_to_move")
    table = at.table[0].value
    assert [one.split("**")[1] for one in table["Whose"]] == [
        "Checkout API",
        "Ledger core",
        "Checkout API",
        "Labs web",
    ]
    spent = [plain(one) for one in table.iloc[0].to_list()]
    assert spent[1] == ":orange-badge[■ Hold]  \n:small[surely spent since 21 June 2026]"
    assert spent[2] == "−40 %  \n:small[−110 to −10 %]"
    assert spent[3] == "140 bad events, 100 allowed  \n:small[burns 2.4×, last day 2.4×]"
    room = [plain(one) for one in table.iloc[3].to_list()]
    assert (
        room[1] == ":green-badge[✓ Spend]  \n:small[surely not spent at least since 5 January 2026]"
    )


def test_customers_have_budgets_of_support_alone_and_unknown_is_said(sample_home, run_page):
    at = run_page(sample_home, "room_to_move")
    at.segmented_control(key="budgets_of").set_value("customer").run()
    assert not at.exception
    table = at.table[0].value
    assert [one.split("[")[1] for one in table["Whose"]] == ["support]", "support]"]
    unknown = [plain(one) for one in table.iloc[1].to_list()]
    assert unknown[1] == ":gray-badge[? Unknown]  \n:small[only 12 of 28 days]"
    assert unknown[2] == "–"
    assert "burns" not in unknown[3]
    assert all("tickets missed, 100 allowed" in one for one in table["Bad and allowed"])


def test_how_sure_a_hold_is_stands_in_the_headline_in_the_lead_and_in_the_row():
    rows = [team("a", is_sure=True), team("b", is_sure=False), team("c", is_sure=False)]
    headline, reasons = summary(rows)
    assert headline == (
        "No teams of 3 surely have room to move; 1 should surely hold and 2 should probably hold."
    )
    assert "**b should probably hold** since 1 June 2026: Shop is probably spent." in reasons


def team(name, *, is_sure):
    word = "surely" if is_sure else "probably"
    return {
        **{"name": name, "advice": "hold", "is_sure": is_sure, "why": f"Shop is {word} spent"},
        **{"since_on": date(2026, 6, 1), "is_open_start": False},
        **dict.fromkeys(("deployments_per_week", "deployments_low", "deployments_high")),
    }


def test_a_link_opens_the_level_and_the_path_that_it_names(sample_home, run_page):
    at = run_page(
        sample_home,
        "room_to_move",
        budgets_of="Support of customers",
        customer_budget="Labs team, support",
    )
    assert at.segmented_control(key="budgets_of").value == "customer"
    assert at.selectbox(key="customer_budget").value == "labs/support"


def test_what_is_shown_can_be_downloaded_in_full(sample_home, run_page):
    at = run_page(sample_home, "room_to_move")
    labels = [button.proto.label for button in at.get("download_button")]
    assert labels == ["Download the advice as CSV", "Download the budgets as CSV"]


def test_the_answer_names_its_assumptions(sample_home, run_page):
    at = run_page(sample_home, "room_to_move")
    assert at.subheader[-1].value == "How sure are we, and what did we assume?"
    assert "Hold" in at.table[-1].value["Assumes"].to_list()


def test_an_edition_without_budgets_says_how_to_get_them(older_home, run_page):
    at = run_page(older_home, "room_to_move")
    assert "Run `plumbline run`" in at.info[-1].value


def test_a_home_without_objectives_says_where_to_state_them(empty_home, run_page):
    at = run_page(empty_home, "room_to_move")
    said = " ".join(one.value for one in at.info)
    assert "State `[[objectives]]` in `plumbline.toml`" in said
    assert "no objective is stated" in said


def test_every_state_and_advice_has_words():
    from app.budgets import ORDER, STATE_ORDER
    from app.verdicts import ADVICE, BUDGETS
    from assets.tradeoffs import room_to_move
    from assets.tradeoffs.budget_policy import STATES

    assert set(BUDGETS) == set(STATES) == set(STATE_ORDER)
    assert set(ADVICE) == set(room_to_move.ADVICE) == set(ORDER)
