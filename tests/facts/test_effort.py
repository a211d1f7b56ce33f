"""Effort by week: cut at months, attributed by a rule with a name, never lost."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.effort import effort, pieces
from assets.facts.served_hours import served_hours

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = date(2026, 1, 1)
# Two customers, one of them in two segments over time, and what belongs to nobody.
SETS = pl.LazyFrame(
    [
        (1, "customer", "a"), (1, "segment", "core"),
        (2, "customer", "b"), (2, "segment", "lab"),
        (9, "customer", "unassigned"), (9, "segment", "unassigned"),
    ],
    schema={"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String},
    orient="row",
)  # fmt: skip
SET_OF = {"a": 1, "b": 2, None: 9}
days = st.integers(0, 120).map(lambda n: FIRST + timedelta(days=n))
records = st.lists(
    st.fixed_dictionaries(
        {
            "offering": st.sampled_from(("ci", "grid")),
            "week_on": days,
            "hours": st.integers(0, 40).map(float),
            "customer": st.sampled_from(("a", "b", None, None)),
            "kind": st.sampled_from(("support", "toil", "project", None)),
        }
    ),
    max_size=8,
)
asked = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(("ci", "grid", "other")), days), max_size=12
)


@pytest.fixture(scope="session")
def worked(conformed):
    """The pieces of records of effort, with the scope set of their customer."""

    def build(rows):
        cut = pieces(conformed("effort", *rows), "Europe/Berlin")
        sets = pl.col("customer").replace_strict(SET_OF, default=9, return_dtype=pl.UInt32)
        return effort(cut.with_columns(scope_set=sets.fill_null(9))).collect()

    return build


def by_day(rows):
    """Hours of each local day, if a week's hours are spread over its seven days."""
    found = Counter()
    for row in rows:
        for n in range(7):
            found[row["week_on"] + timedelta(days=n)] += row["hours"] / 7
    return found


@given(rows=records)
def test_each_month_has_the_hours_of_its_days(rows, worked):
    wanted, found = defaultdict(float), defaultdict(float)
    for day, hours in by_day(rows).items():
        wanted[day.year, day.month] += hours
    for row in worked(rows).iter_rows(named=True):
        here = row["entered_at"].astimezone(BERLIN)
        assert (here.hour, here.minute) == (0, 0)
        assert (row["to_on"].year, row["to_on"].month) == (here.year, here.month)
        found[here.year, here.month] += row["hours"]
    assert dict(found) == pytest.approx(
        {month: hours for month, hours in wanted.items() if month in found}
    )
    assert sum(found.values()) == pytest.approx(sum(row["hours"] for row in rows))


def test_a_week_within_a_month_stays_one_row(worked):
    rows = worked([{"offering": "ci", "week_on": date(2026, 3, 2), "hours": 7.0, "kind": "toil"}])
    row = rows.row(0, named=True)
    assert rows.height == 1
    assert row["entered_at"] == datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert (row["hours"], row["toil_hours"], row["may_be_support"]) == (7.0, 7.0, False)


def test_hours_of_an_unknown_kind_may_be_support_and_say_so(worked):
    [row] = worked([{"offering": "ci", "week_on": FIRST, "hours": 7.0}]).rows(named=True)
    assert (row["kind"], row["may_be_support"], row["is_kind_unknown"]) == ("unknown", True, True)
    assert row["toil_hours"] == 0


def attributed(rows, tickets):
    """Hours by customer (None: nobody), kind and rule: a loop over days of the definition."""
    found = Counter()
    for row in rows:
        spans = defaultdict(list)
        for n in range(7):
            day = row["week_on"] + timedelta(days=n)
            spans[day.month].append(day)
        for span in spans.values():
            hours = row["hours"] * len(span) / 7
            if row["customer"]:
                found[row["customer"], row["kind"], "named"] += hours
                continue
            mine = Counter(
                customer
                for customer, offering, on in tickets
                if offering == row["offering"]
                and timedelta(0) <= span[-1] - on < timedelta(days=28)
            )
            for customer, n in mine.items():
                found[customer, row["kind"], "by_tickets"] += hours * n / mine.total()
            if not mine:
                found[None, row["kind"], "unassigned"] += hours
    return {key: hours for key, hours in found.items() if hours}


@pytest.fixture(scope="session")
def served(worked):
    def build(rows, tickets):
        fact = worked(rows)
        whose = pl.DataFrame({"customer": ["a", "b"], "scope_set": [1, 2]}).cast(
            {"scope_set": pl.UInt32}
        )
        instants = fact.select("entered_at").unique()
        asked = pl.LazyFrame(
            tickets,
            schema={"customer": pl.String, "offering": pl.String, "on": pl.Date},
            orient="row",
        )
        found = served_hours(fact.lazy(), asked, SETS, instants.join(whose, how="cross").lazy())
        return found.collect()

    return build


@given(rows=records, tickets=asked)
def test_shared_hours_go_to_customers_by_their_tickets_of_the_last_four_weeks(
    rows, tickets, served
):
    found = Counter()
    customer_of = {number: name for name, number in SET_OF.items()}
    for row in served(rows, tickets).iter_rows(named=True):
        kind = None if row["kind"] == "unknown" else row["kind"]
        found[customer_of[row["scope_set"]], kind, row["attribution_rule"]] += row["hours"]
    assert {key: h for key, h in found.items() if h} == pytest.approx(attributed(rows, tickets))


@given(rows=records, tickets=asked)
def test_hours_of_all_segments_and_those_of_nobody_are_all_hours(rows, tickets, served):
    found = served(rows, tickets).join(SETS.collect(), on="scope_set")
    total = sum(row["hours"] for row in rows)
    for kind in ("segment", "customer"):
        assert found.filter(scope_kind=kind)["hours"].sum() == pytest.approx(total)
