"""Satisfaction between its bounds, which give nothing away that is not shown."""

from datetime import date
from math import isclose

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from assets.kpis.non_response import ASKED, GOOD_SHARE, with_bounds
from assets.kpis.withholding import withheld

QUARTER = date(2026, 4, 1)
KEY = ["scope_kind", "scope", "period_kind", "period_start_on"]
SCHEMA = {
    "kpi": pl.String,
    "slice_kind": pl.String,
    "slice": pl.String,
    **dict.fromkeys(KEY[:3], pl.String),
    "period_start_on": pl.Date,
    "value_state": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.UInt32,
}


def cells_of(teams):
    """`teams`: good, answered and asked by customer -> cells of satisfaction and response."""
    every = {("customer", name): counts for name, counts in teams.items()}
    total = tuple(map(sum, zip(*teams.values(), strict=True)))
    rows = []
    for scope, (good, answered, asked) in {
        **every,
        ("organisation", "organisation"): total,
    }.items():
        at = ("", "", *scope, "quarter", QUARTER)
        value = good / answered if answered else None
        state = "ok" if answered else "no_events"
        rows.append(("csat", *at, state, value, value, value, answered))
        rate = answered / asked if asked else None
        rows.append((ASKED, *at, "ok" if asked else "no_events", rate, rate, rate, asked))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def bounded(cells):
    response = cells.filter(kpi=ASKED)
    return pl.concat([with_bounds(cells.filter(kpi="csat"), response), response])


def bounds_of(cells, scope="a"):
    found = bounded(cells).filter(scope=scope, slice_kind="no_answer")
    return {row["slice"]: row for row in found.to_dicts()}


def test_those_who_did_not_answer_count_as_bad_or_as_good():
    found = bounds_of(cells_of({"a": (15, 20, 50)}))
    assert found["counted_as_bad"]["value"] == 15 / 50
    assert found["counted_as_good"]["value"] == 45 / 50
    assert {row["n"] for row in found.values()} == {50}


@pytest.mark.parametrize(("name", "good"), [("counted_as_bad", 15), ("counted_as_good", 45)])
def test_a_bound_has_the_interval_of_a_ratio_of_all_who_were_asked(name, good):
    found = bounds_of(cells_of({"a": (15, 20, 50)}))[name]
    low, high = proportion_confint(good, 50, method="wilson")
    assert isclose(found["low"], low, rel_tol=1e-9)
    assert isclose(found["high"], high, rel_tol=1e-9)


def test_where_everybody_answered_both_bounds_are_the_value():
    found = bounds_of(cells_of({"a": (15, 20, 20)}))
    assert [row["value"] for row in found.values()] == [15 / 20, 15 / 20]


def test_without_answers_there_are_no_bounds():
    assert bounds_of(cells_of({"a": (0, 0, 20)})) == {}


counts = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)).map(
    lambda three: (three[0], three[0] + three[1], sum(three))
)
worlds = st.dictionaries(st.sampled_from("abcdef"), counts, min_size=1)


def hidden_in(teams):
    """Cells of a world after withholding, with their bounds."""
    names = list(teams)
    answers = pl.DataFrame(
        [(names.index(name), QUARTER) for name, (_, n, _) in teams.items() for _ in range(n)],
        schema={"scope_set": pl.UInt32, "day": pl.Date},
        orient="row",
    )
    sets = pl.DataFrame(
        [
            (number, kind, scope)
            for number, name in enumerate(names)
            for kind, scope in (("customer", name), ("organisation", "organisation"))
        ],
        schema={"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String},
        orient="row",
    )
    return bounded(withheld(cells_of(teams), "csat", answers, sets))


@settings(max_examples=60)
@given(worlds)
def test_a_withheld_cell_has_no_bounds_and_bounds_follow_from_what_is_shown(teams):
    found = hidden_in(teams)
    whole = found.filter(kpi="csat", slice_kind="").select(*KEY, "value_state", "value", "n")
    asked = found.filter(kpi=ASKED).select(*KEY, asked="n")
    bounds = found.filter(slice_kind="no_answer").join(
        whole.join(asked, on=KEY), on=KEY, suffix="_shown"
    )
    for row in bounds.to_dicts():
        if row["value_state_shown"] == "withheld":
            assert (row["value_state"], row["value"], row["low"], row["high"]) == (
                "withheld",
                None,
                None,
                None,
            )
        else:
            good = round(row["value_shown"] * row["n_shown"])
            silent = row["asked"] - row["n_shown"]
            expected = (good + GOOD_SHARE[row["slice"]] * silent) / row["asked"]
            assert isclose(row["value"], expected)
    assert bounds.height == 2 * whole.filter(pl.col("n") > 0).height


@settings(max_examples=60)
@given(worlds, st.data())
def test_two_worlds_that_look_alike_without_bounds_look_alike_with_them(teams, data):
    """Whatever a reader could not tell apart before, he cannot tell apart now."""
    before = hidden_in(teams)
    secret = before.filter(kpi="csat", slice_kind="", value_state="withheld", scope_kind="customer")
    names = secret["scope"].to_list()
    other = {
        name: (data.draw(st.integers(0, n)), n, asked) if name in names else (good, n, asked)
        for name, (good, n, asked) in teams.items()
    }
    after = hidden_in(other)
    plain = pl.col("slice_kind") == ""
    if before.filter(plain).equals(after.filter(plain)):
        assert before.equals(after)
