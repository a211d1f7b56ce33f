"""What the support and cost KPIs promise, from conformed records to cells."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.configuration import Configuration, Organisation
from assets.facts.effort import effort, pieces
from assets.facts.served_hours import served_hours
from assets.facts.support_hours import calendars
from assets.facts.tickets import tickets
from assets.kpis.catalogue import CATALOGUE
from assets.kpis.cells import cells_of
from assets.schema import SHAPES

KPIS = {kpi.id: kpi for kpi in CATALOGUE}
BEGIN, AS_OF = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)
CONFIGURATION = Configuration(organisation=Organisation(name="x"))
SOLVED = ("solved", "closed")
OFFERINGS = {"id": pl.String, "tools": pl.List(pl.String), "valid_from": pl.Date}


def table(entity, rows):
    schema = {**SHAPES[entity].table, "scope_set": pl.UInt32}
    usual = dict.fromkeys(schema) | {"source": "s", "scope_set": 1}
    full = [usual | {"source_id": f"{n:03}"} | row for n, row in enumerate(rows)]
    return pl.LazyFrame(full, schema=schema)


def fact_of(asked, happened, as_of=AS_OF):
    sets = pl.LazyFrame(
        {"scope_set": [1], "scope_kind": ["segment"], "scope": ["core"]},
        schema_overrides={"scope_set": pl.UInt32},
    )
    return tickets(
        table("tickets", asked),
        table("ticket_events", happened),
        calendars(sets, CONFIGURATION),
        pl.LazyFrame(schema=OFFERINGS),
        CONFIGURATION,
        as_of,
    )


@pytest.fixture(scope="module")
def cells(terms):
    """The organisation's cells of a KPI by month, from its fact."""

    def found(kpi, fact, customers=None, as_of=AS_OF):
        spans = [("s", entity, "", BEGIN, as_of, True) for entity in KPIS[kpi].requires]
        every = cells_of(KPIS[kpi], fact, terms(as_of, spans, zone="UTC"), customers)
        months = every.filter(scope_kind="organisation", period_kind="month", slice_kind="")
        return {row["period_start_on"]: row for row in months.iter_rows(named=True)}

    return found


def at(day, hour=0):
    return BEGIN + timedelta(days=day, hours=hour)


def ticket(name, status="open", **more):
    return {"ticket_id": name, "created_at": at(0), "status": status} | more


def change(name, when, word):
    return {"ticket_id": name, "at": when, "kind": "status", "value": word}


def reply(name, when, actor="agent"):
    return {"ticket_id": name, "at": when, "kind": "public_reply", "actor_kind": actor}


def test_one_touch_is_divided_by_solved(cells):
    """By all that are solved, with one reply, several, a bot's or none; not by open ones."""
    asked = [ticket(name, "solved") for name in ("one", "two", "bot", "none")]
    asked += [ticket("open"), ticket("again")]
    happened = [reply("one", at(1)), reply("two", at(1)), reply("two", at(2))]
    happened += [reply("bot", at(1), "bot"), reply("open", at(1)), reply("again", at(1))]
    happened += [change(name, at(3), "solved") for name in ("one", "two", "bot", "none", "again")]
    happened += [change("again", at(4), "open")]
    january = cells("one_touch_rate", fact_of(asked, happened))[date(2026, 1, 1)]
    assert (january["value"], january["n"]) == (1 / 4, 4)


histories = st.lists(
    st.tuples(
        st.none() | st.integers(0, 170),  # due
        st.lists(st.tuples(st.integers(0, 175), st.sampled_from(("open", "hold", *SOLVED)))),
    ),
    max_size=8,
)


@given(histories=histories)
def test_every_ticket_of_an_sla_cohort_is_decided(histories, cells):
    """None is open or undecided: n is all that fell due, and a later look finds the same."""
    asked, happened = [], []
    for number, (due, history) in enumerate(histories):
        ordered = sorted(history, key=lambda step: step[0])
        state = ordered[-1][1] if ordered else "new"
        asked.append(ticket(str(number), state, due_at=None if due is None else at(due, 9)))
        happened += [change(str(number), at(day, 8), word) for day, word in ordered]
    happened += [change("another", at(0), "new")]  # the source does tell of statuses
    fact = fact_of(asked, happened)
    found = cells("sla_attainment", fact)
    for month, cell in found.items():
        due = [
            (due, history)
            for due, history in histories
            if due is not None and at(due).date().replace(day=1) == month
        ]
        in_time = 0
        for day, history in due:
            until = sorted((s for s in history if s[0] <= day), key=lambda step: step[0])
            in_time += bool(until) and until[-1][1] in SOLVED
        assert (cell["n"], cell["n_open"], cell["n_excluded"]) == (len(due), 0, 0)
        assert cell["value"] == (pytest.approx(in_time / len(due)) if due else None)
    earlier = datetime(2026, 4, 1, 12, tzinfo=UTC)
    known = [event for event in happened if event["at"] <= earlier]
    told = {event["ticket_id"]: event["value"] for event in known}
    then = [one | {"status": told.get(one["ticket_id"], "new")} for one in asked]
    before = cells("sla_attainment", fact_of(then, known, earlier), as_of=earlier)
    for month in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)):
        assert before[month]["value"] == found[month]["value"]


def test_a_ticket_whose_history_nobody_tells_is_left_out_of_its_cohort_and_counted(cells):
    asked = [ticket("a", "solved", due_at=at(5)), ticket("b", "open", due_at=at(5))]
    january = cells("sla_attainment", fact_of(asked, [reply("a", at(1))]))[date(2026, 1, 1)]
    assert (january["value"], january["n"], january["n_excluded"]) == (None, 0, 2)


def test_the_newest_14_days_are_in_no_reopen_rate(cells):
    asked = [ticket("old", "solved"), ticket("new", "solved")]
    last_day = (AS_OF - BEGIN).days - 1
    happened = [
        change("old", at(last_day - 20), "solved"),
        change("new", at(last_day - 3), "solved"),
    ]
    happened += [change("new", at(last_day - 2), "open"), change("new", at(last_day - 1), "solved")]
    june = cells("reopen_rate", fact_of(asked, happened))[date(2026, 6, 1)]
    assert (june["value"], june["n"], june["is_immature"]) == (0.0, 1, True)


def test_a_month_with_five_mondays_is_no_dearer(cells):
    """The same hours every week are the same rate in every month, but for a week not over."""
    mondays = [date(2025, 12, 29) + timedelta(weeks=n) for n in range(26)]
    rows = [{"offering": "ci", "week_on": day, "hours": 21.0, "kind": "support"} for day in mondays]
    fact = effort(pieces(table("effort", rows), "UTC")).collect()
    found = cells("support_hours", fact)
    values = [found[date(2026, month, 1)]["value"] for month in range(1, 6)]
    assert values == pytest.approx([21.0] * 5)


def test_shared_hours_are_in_the_organisations_cost_to_serve_whoever_had_tickets(cells, terms):
    rows = [
        {"offering": offering, "week_on": date(2026, 3, 2), "hours": 7.0, "kind": "toil"}
        for offering in ("ci", "grid")
    ]
    worked = effort(
        pieces(table("effort", rows).with_columns(scope_set=pl.lit(4, pl.UInt32)), "UTC")
    )
    sets = terms(AS_OF, []).scope_sets.lazy()
    asked = pl.LazyFrame({"customer": ["a"], "offering": ["ci"], "on": [date(2026, 3, 1)]})
    whose = (
        worked.select("entered_at")
        .unique()
        .with_columns(customer=pl.lit("a"), scope_set=pl.lit(1, pl.UInt32))
    )
    fact = served_hours(worked, asked, sets, whose).collect()
    assert dict(fact.select("attribution_rule", "hours").iter_rows()) == {
        "by_tickets": 7.0,
        "unassigned": 7.0,
    }
    march = pl.date_range(date(2026, 3, 1), date(2026, 3, 31), eager=True)
    customers = pl.DataFrame({"on": march}).select(
        "on",
        scope_kind=pl.lit("organisation"),
        scope=pl.lit("organisation"),
        customers=pl.lit(2),
    )
    cell = cells("cost_to_serve", fact, customers)[date(2026, 3, 1)]
    assert cell["value"] == pytest.approx(14.0 / (2 * 31 / 7))
