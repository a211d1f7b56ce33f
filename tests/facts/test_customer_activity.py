"""Which customers are active on a day, against a loop over days."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.customer_activity import customer_activity

FIRST, LAST = date(2026, 1, 1), date(2026, 4, 10)
MOVED_ON = date(2026, 2, 10)
WHOSE = {1: ("a",), 2: ("b",), 3: ("a", "b"), 9: ()}
SEGMENTS = {"a": ("core", "core"), "b": ("lab", "core")}  # before and since MOVED_ON
SETS = pl.LazyFrame(
    [
        (number, "customer", name)
        for number, names in WHOSE.items()
        for name in names or ("unassigned",)
    ],
    schema={"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String},
    orient="row",
)
CUSTOMERS = pl.LazyFrame(
    [("a", "core", date(2020, 1, 1)), ("b", "lab", date(2020, 1, 1)), ("b", "core", MOVED_ON)],
    schema={"id": pl.String, "segment": pl.String, "valid_from": pl.Date},
    orient="row",
)
SEEN = {"scope_set": pl.UInt32, "on": pl.Date}
events = st.lists(
    st.tuples(
        st.sampled_from(list(WHOSE)), st.integers(0, 99).map(lambda n: FIRST + timedelta(days=n))
    ),
    max_size=10,
)


@given(seen=events)
def test_a_customer_is_active_for_28_days_in_the_segment_of_the_day(seen):
    frame = pl.LazyFrame(seen, schema=SEEN, orient="row")
    found = {
        (kind, scope, on): customers
        for kind, scope, on, customers in customer_activity(
            frame, SETS, CUSTOMERS, LAST + timedelta(days=1)
        )
        .collect()
        .iter_rows()
    }
    wanted = {}
    for n in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=n)
        active = {
            name
            for number, on in seen
            for name in WHOSE[number]
            if timedelta(0) <= day - on <= timedelta(days=27)
        }
        for name in active:
            segment = SEGMENTS[name][day >= MOVED_ON]
            for key in (("customer", name), ("segment", segment), ("organisation", "organisation")):
                wanted[(*key, day)] = wanted.get((*key, day), 0) + 1
    assert found == wanted
