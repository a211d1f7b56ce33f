"""Every kind of KPI is explained: its records give the number of each of its cells."""

from datetime import timedelta

import polars as pl
import pytest
from small_edition import AS_OF, at

from app.cells import KEPT_COLUMNS, Cell, catalogue
from app.edition import open_edition
from app.explained.explanation import explain
from app.explained.telling import sections
from assets.kpis.definition import Exclusion, Kpi
from pipelines.explaining.asked import Question
from pipelines.explaining.command import answer

USUAL = {
    **{"promise": "cost", "audience": "business", "direction": "lower", "fact": "fact_tickets"},
    **{"entered_at": "entered_at", "requires": ("tickets",), "definition": "A definition."},
    **{"null_means": "Nothing.", "definition_source": "A test."},
    "exclusions": (Exclusion("is_spam", "Spam is left out."),),
}


def kpi(name, unit, *statistics, **fields):
    return Kpi(id=name, name=name, unit=unit, statistics=statistics, **(USUAL | fields))


KINDS = (
    kpi("size", "lines", "p50", "p90", amount="lines"),
    kpi("effort", "hours_per_week", "rate", amount="hours"),
    kpi("toil", "ratio", "ratio", numerator="toil_hours", denominator="hours"),
    kpi("cost_each", "hours_per_ticket", "ratio", numerator="hours", denominator="tickets",
        is_share=False),
    kpi("ages", "seconds", "p50", "p90", left_at="left_at"),
    kpi("overdue", "findings", "count", left_at="left_at"),
    kpi("arrivals", "per_week", "rate"),
    kpi("contacts", "tickets_per_customer_week", "rate", exposure="fact_customer_activity",
        scopes=("organisation", "segment")),
)  # fmt: skip


def ticket(event_id, day, lines=None, hours=1.0, toil_hours=0.5, tickets=1.0, stays=None, **other):
    left_at = None if stays is None else at(day) + timedelta(days=stays)
    base = {"event_id": event_id, "entered_at": at(day), "left_at": left_at}
    amounts = {"lines": lines, "hours": hours, "toil_hours": toil_hours, "tickets": tickets}
    return base | amounts | other


TICKETS = [
    ticket("small", 2, lines=10.0, stays=1),
    ticket("large", 3, lines=400.0, hours=7.5, toil_hours=7.0, tickets=3.0, stays=40),
    ticket("untold", 4, hours=None, toil_hours=None),
    ticket("spam", 5, lines=1.0, is_spam=True),
    ticket("elsewhere", 6, lines=50.0, scope_set=2, stays=2),
    ticket("old", -20, lines=5.0, hours=0.25, toil_hours=0.0),
    ticket("today", 31, lines=9.0),
]


@pytest.fixture
def told(tmp_path, publish):
    publish({"fact_tickets": TICKETS}, kpis=KINDS)

    def about(name, scope="core", period="2026-06", **other):
        return answer(tmp_path, Question(name, scope, period, **other))

    return about


def said(of, name):
    [section] = [one for one in sections(of) if one.name == name]
    return section


def became(of):
    shown = said(of, "records").records
    return dict(shown.select("event_id", pl.col("said").str.replace_all("\u00a0", " ")).iter_rows())


def test_the_records_of_every_cell_of_every_kind_give_its_number(tmp_path, publish):
    edition = open_edition(tmp_path, publish({"fact_tickets": TICKETS}, kpis=KINDS))
    kpis = catalogue(edition)
    cells = edition.table("kpi_values").select(KEPT_COLUMNS).to_dicts()
    found = [explain(edition, Cell(kpis[row["kpi"]], row, "x"), None) for row in cells]
    assert [of.problems for of in found] == [[]] * len(cells)
    assert {row["kpi"] for row in cells if row["value"]} == {kind.id for kind in KINDS}


def test_an_amount_is_said_in_its_unit(told):
    assert became(told("size")) == {
        "large": "400 lines",
        "small": "10 lines",
        "untold": "not told",
        "spam": "left out (spam)",
    }
    assert said(told("size"), "origin").sums[2] == (
        "−\u00a01",
        "not told: the record does not say what is measured",
    )


def test_hours_are_added_up_over_the_covered_weeks(told):
    assert became(told("effort"))["large"] == "7.5 hours"
    sums = said(told("effort"), "origin").sums
    assert sums[-1][1].replace("\u00a0", " ") == (
        "in the number, 8.5 hours together, in 30 covered days (4.29 weeks)"
    )


def test_a_rate_per_customer_says_how_many_were_active(told):
    sums = said(told("contacts", scope="organisation"), "origin").sums
    assert sums[-1][1] == (
        "in the number, in 60 days of active customers (8.57 weeks), "
        "with 2 active customers on average"
    )


def test_a_ratio_of_sums_shows_both_parts(told):
    assert became(told("toil"))["large"] == "7 toil hours ÷ 7.5 hours"
    assert said(told("toil"), "origin").sums[-1][1] == (
        "in the number, together 7.5 toil hours ÷ 8.5 hours"
    )


def test_a_stock_shows_what_is_in_it_at_the_end_and_for_how_long(told):
    assert became(told("overdue")) == {
        "large": "in the number for 27.4 days",
        "untold": "in the number for 26.4 days",
        "old": "in the number for 50.4 days",
        "spam": "left out (spam)",
    }
    assert said(told("ages"), "origin").sums[-1][1] == "open at the end of 30 June 2026"


def test_a_small_stock_is_not_sent_to_a_longer_period(told):
    advice = " ".join(said(told("ages"), "advice").sentences)
    assert "Read the interval and not the value: a larger scope has more." in advice


def test_what_left_a_stock_between_two_editions_is_told(tmp_path, publish):
    publish({"fact_tickets": TICKETS}, kpis=KINDS, as_of=AS_OF - timedelta(hours=1))
    mended = [
        ticket("large", 3, lines=400.0, stays=5) if t["event_id"] == "large" else t for t in TICKETS
    ]
    publish({"fact_tickets": mended}, kpis=KINDS)
    of = answer(tmp_path, Question("overdue", "core", "2026-06"))
    assert of.restated.records.select("event_id", "how").rows() == [("large", "moved_away")]


def test_an_amount_that_was_corrected_is_told_with_both(tmp_path, publish):
    publish(
        {"fact_tickets": [ticket("a", 3, lines=4.0)]}, kpis=KINDS, as_of=AS_OF - timedelta(hours=1)
    )
    publish({"fact_tickets": [ticket("a", 3, lines=40.0)]}, kpis=KINDS)
    of = answer(tmp_path, Question("size", "core", "2026-06"))
    shown = said(of, "since").records
    assert shown.item(0, "said").replace("\u00a0", " ") == "4 lines → 40 lines"


def test_without_anything_to_divide_by_there_is_no_number_and_no_problem(tmp_path, publish):
    publish({"fact_tickets": [ticket("a", 3, tickets=0.0)]}, kpis=KINDS)
    of = answer(tmp_path, Question("cost_each", "core", "2026-06"))
    assert of.problems == []
    assert said(of, "origin").closing == ("There is nothing to divide by, so there is no number.",)
