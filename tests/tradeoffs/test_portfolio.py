"""Plans of levels for offerings: what they take, whom they serve, and how sure they are."""

import polars as pl
import pytest

from assets.configuration import LEVEL_HOURS, LEVELS, Configuration
from assets.methods.portfolio import best_plan
from assets.tradeoffs.portfolio import (
    CURVE,
    OUTCOME,
    PLAN,
    curve_rows,
    levels_of,
    outcome_rows,
    plan_rows,
    plans_of,
    question,
)
from assets.tradeoffs.portfolio_doubts import DRAWS, flips, outcomes, robustness, variations

OFFERINGS = pl.DataFrame(
    {
        "offering": ["ci", "jenkins", "vault"],
        "level": ["standard"] * 3,
        "lowest": ["stop", "stop", "best_effort"],
        "hours_per_week": [20.0, 20.0, 10.0],
        "hours_low": [16.0, 15.0, 7.0],
        "hours_high": [25.0, 27.0, 14.0],
        "toil_hours_per_week": [5.0, 12.0, 2.0],
        "one_off_hours": [0.0, 52.0, 0.0],
        "served": [0.8, 0.7, 0.9],
    }
)
USE = pl.DataFrame(
    {
        "segment": ["core"] * 3 + ["lab"] * 3,
        "offering": ["ci", "jenkins", "vault"] * 2,
        "customer_weeks": [50, 5, 20, 30, 1, 0],
    }
)


def configured(**portfolio):
    return Configuration.model_validate(
        {
            "organisation": {"name": "Example Ltd"},
            "segments": [{"id": name, "name": name} for name in ("core", "lab")],
            "portfolio": portfolio,
        }
    )


def asked(capacity=40.0, offerings=OFFERINGS, **portfolio):
    configuration = configured(capacity_hours=capacity, **portfolio)
    levels = levels_of(offerings, configuration.portfolio.level_hours, 26)
    return question(offerings, USE, levels, configuration)


def test_toil_is_taken_at_every_level_and_ends_with_the_offering():
    found = levels_of(OFFERINGS, LEVEL_HOURS, 26).filter(offering="jenkins")
    hours = dict(found.select("level", "hours").iter_rows())
    assert hours["standard"] == pytest.approx(20.0)
    assert hours["best_effort"] == pytest.approx(12.0 + 0.5 * 8.0)
    assert hours["excellent"] == pytest.approx(12.0 + 1.6 * 8.0)
    assert hours["stop"] == pytest.approx(0.1 * 8.0 + 52.0 / 26)


def test_a_level_serves_by_its_hours_and_a_stopped_offering_nobody():
    found = levels_of(OFFERINGS, LEVEL_HOURS, 26).filter(offering="ci")
    served = dict(found.select("level", "served").iter_rows())
    assert served["stop"] == 0.0
    assert served["standard"] == pytest.approx(0.8)
    assert served["best_effort"] == pytest.approx(1 - 0.2**0.5)


def test_what_is_mandated_cannot_be_stopped():
    found = levels_of(OFFERINGS, LEVEL_HOURS, 26).filter(offering="vault")
    assert dict(found.select("level", "is_allowed").iter_rows()) == {
        "stop": False,
        "best_effort": True,
        "standard": True,
        "excellent": True,
    }


def test_an_offering_of_unknown_hours_is_no_part_of_a_plan():
    unknown = OFFERINGS.with_columns(
        hours_per_week=pl.when(pl.col("offering") != "ci").then("hours_per_week")
    )
    assert set(levels_of(unknown, LEVEL_HOURS, 26)["offering"]) == {"jenkins", "vault"}


def test_under_a_cut_what_costs_more_than_it_serves_is_stopped():
    plans = plans_of(asked(33.0))
    assert [LEVELS[level] for level in plans["best"]] == ["standard", "stop", "standard"]
    assert plans["today"].tolist() == [2, 2, 2]


def test_rows_of_plans_say_what_each_takes_and_who_wins_and_loses():
    of = asked(33.0)
    plans, outcomes = plan_rows(of), outcome_rows(of)
    assert plans.schema == pl.Schema(PLAN)
    assert outcomes.schema == pl.Schema(OUTCOME)
    best = plans.filter(plan="best")
    assert best["hours"].sum() == pytest.approx(outcomes.filter(plan="best")["plan_hours"][0])
    core = outcomes.filter(plan="best", segment="core").row(0, named=True)
    expected = (50 * 0.8 + 5 * 0.0 + 20 * 0.9) / 75
    assert core["served"] == pytest.approx(expected)
    assert core["change"] == pytest.approx(expected - (50 * 0.8 + 5 * 0.7 + 20 * 0.9) / 75)


def test_weights_of_segments_move_the_plan():
    only_lab = asked(30.0, segment_weights={"core": 0.0})
    best = plans_of(only_lab)["best"]
    assert [LEVELS[level] for level in best][2] == "best_effort"


def test_evenly_cut_everything_is_worse_than_the_best_plan_below_todays_capacity():
    rows = curve_rows(asked())
    assert rows.schema == pl.Schema(CURVE)
    value = {
        (plan, round(ratio, 2)): one
        for plan, ratio, one in rows.select("plan", "capacity_ratio", "value").iter_rows()
    }
    assert value["best", 0.6] > value["cut_evenly", 0.6]
    today = asked()
    assert value["cut_evenly", 1.0] == pytest.approx(
        today.portfolio.value_of(today.today, today.weights)
    )
    assert value["cut_evenly", 0.35] == 0.0  # less than the toil of all


@pytest.mark.parametrize("use", [USE.clear(), USE.with_columns(customer_weeks=0)])
def test_without_any_use_there_is_no_question(use):
    levels = levels_of(OFFERINGS, LEVEL_HOURS, 26)
    assert question(OFFERINGS, use, levels, configured()) is None


def test_a_decision_is_as_sure_as_the_draws_that_repeat_it():
    of = asked(33.0)
    found = robustness(OFFERINGS, USE, configured(capacity_hours=33.0), of)
    assert found["draws"].to_list() == [DRAWS] * 3
    assert found["same_ratio"].is_between(0, 1).all()
    row = found.filter(offering="jenkins").row(0, named=True)
    assert row["level"] == "stop"
    assert row["stopped_ratio"] > 0.5
    assert row["rank"] == 3
    assert found.equals(robustness(OFFERINGS, USE, configured(capacity_hours=33.0), of))


def test_an_outcome_lies_within_its_ends():
    of = asked(33.0)
    found = outcomes(OFFERINGS, USE, configured(capacity_hours=33.0), of)
    assert found.drop("served_low", "served_high").equals(outcome_rows(of))
    assert (found["served_low"] <= found["served"]).all()
    assert (found["served"] <= found["served_high"]).all()


def test_flips_are_the_decisions_that_differ_under_each_changed_assumption():
    configuration, of = configured(capacity_hours=33.0), asked(33.0)
    best = best_plan(of.portfolio, of.capacity, of.weights).levels
    expected = {}
    for assumption, changed in variations(OFFERINGS, USE, configuration, of):
        then = best_plan(changed.portfolio, changed.capacity, changed.weights)
        expected[assumption] = (
            None
            if then is None
            else {
                name for name, a, b in zip(of.offerings, best, then.levels, strict=True) if a != b
            }
        )
    found = flips(OFFERINGS, USE, configuration, of)
    told = {
        assumption: set(rows["offering"].drop_nulls())
        for (assumption,), rows in found.group_by("assumption")
    }
    assert told == {name: moved or set() for name, moved in expected.items()}
    assert any(expected.values())


@pytest.mark.parametrize(("weights", "is_told"), [({}, False), ({"core": 2.0}, True)])
def test_that_all_segments_count_the_same_is_tried_only_where_they_do_not(weights, is_told):
    given = configured(capacity_hours=33.0, segment_weights=weights)
    tried = variations(OFFERINGS, USE, given, asked(33.0, segment_weights=weights))
    assert ("all segments count the same" in dict(tried)) == is_told
