"""What bots do to a number: their share, and the number of people alone."""

import pytest
from small_edition import at

from app.explained.bots import bots
from assets.kpis.catalogue import CATALOGUE
from pipelines.explaining.asked import Question
from pipelines.explaining.command import answer

KPIS = tuple(k for k in CATALOGUE if k.id in ("independent_review_rate", "incident_frequency"))


def change(number, who, is_reviewed):
    name = f"c{number}"
    base = {"event_id": name, "entered_at": at(number), "merged_at": at(number)}
    return base | {"author_kind": who, "is_reviewed_independently": is_reviewed}


@pytest.fixture
def said(tmp_path, publish):
    """The sentences on bots about the core teams, of changes given as (who, reviewed)."""

    def build(*changes, kpi="independent_review_rate", period="2026-06", **other):
        rows = [change(n + 1, *one) for n, one in enumerate(changes)]
        publish({"fact_change_lead_time": rows}, kpis=KPIS)
        of = answer(tmp_path, Question(kpi, "core", period, **other))
        return [text.replace("\u202f", " ").replace("\u00a0", " ") for text in bots(of).sentences]

    return build


def test_the_bots_share_and_effect_are_shown(said):
    # A bot's merges are reviewed by nobody: with them half is reviewed, of people's two thirds.
    people = [("human", True), ("human", True), ("human", False)]
    share, effect = said(*people, ("bot", False))
    assert share == "Bots stand behind 1 of 4 records (25 %)."
    assert effect.startswith("People’s alone: 66.7 % (95 % interval 20.8–93.9 %, n = 3")


def test_who_is_not_known_counts_as_neither(said):
    *_, unknown = said(("human", True), ("bot", True), ("unknown", True), ("unknown", False))
    assert unknown == "Of 2 nothing tells who; they count as neither."


def test_where_no_bot_or_nobody_else_was_it_is_said_so(said):
    assert said(("human", True)) == ["None: a bot stands behind none of its 1 records."]
    assert said(("bot", True))[1:] == ["No person is known to stand behind any."]


def test_nothing_is_said_where_the_number_has_no_such_parts(said):
    assert said(("bot", True), kpi="incident_frequency") == []
    assert said(("bot", True), period="2026-W23") == []
    assert said(("bot", True), slice="author_kind:bot") == []
