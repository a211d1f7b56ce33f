"""“What should we stop doing?” on the example: every plan tried in loops, hours as delivered."""

import re
from collections import defaultdict
from datetime import date, timedelta
from itertools import product

import polars as pl
import pytest

from app.edition import open_edition
from app.portfolio import Choice, best_of, offered, plans
from app.portfolio_words import answer

LAST_WEEK_ENDS_ON = date(2026, 6, 29)  # a Monday; the edition is as of 1 July
WEEKS = 13
POINT = 0.01


@pytest.fixture(scope="module")
def edition(example_edition):
    return open_edition(example_edition.parents[1], example_edition.name)


@pytest.fixture(scope="module")
def levels(edition):
    """Offering → per level (hours, served, is allowed, is today's)."""
    found = defaultdict(list)
    for row in edition.table("tradeoff_offering_levels").iter_rows(named=True):
        found[row["offering"]].append(
            (row["hours"], row["served"], row["is_allowed"], row["is_today"])
        )
    return dict(found)


@pytest.fixture(scope="module")
def shares(edition, levels):
    """Segment → offering → its share of the segment's use."""
    weeks = defaultdict(dict)
    for row in edition.table("tradeoff_offering_use").iter_rows(named=True):
        weeks[row["segment"]][row["offering"]] = row["customer_weeks"]
    return {
        segment: {one: used[one] / sum(used[name] for name in levels) for one in levels}
        for segment, used in weeks.items()
    }


def served(shares, plan):
    """Segment → how well its use is served; `plan` gives each offering's service."""
    return {
        segment: sum(share * plan[offering] for offering, share in of_segment.items())
        for segment, of_segment in shares.items()
    }


def mean(by_segment):
    return sum(by_segment.values()) / len(by_segment)


def best_by_trying(levels, shares, capacity):
    """The highest value of all plans that fit, and how well each segment is served by it."""
    best = {}
    for chosen in product(range(4), repeat=len(levels)):
        rows = {name: levels[name][place] for name, place in zip(levels, chosen, strict=True)}
        fits = sum(row[0] for row in rows.values()) <= capacity
        if fits and all(row[2] for row in rows.values()):
            found = served(shares, {name: row[1] for name, row in rows.items()})
            if not best or mean(found) > mean(best):
                best = found
    return best


def cut_evenly(edition, shares, capacity):
    """How well each segment is served if nothing is stopped and all else keeps the same share."""
    rows = edition.table("tradeoff_offerings").to_dicts()
    toil = sum(row["toil_hours_per_week"] for row in rows)
    left = (capacity - toil) / (sum(row["hours_per_week"] for row in rows) - toil)
    return served(shares, {row["offering"]: 1 - (1 - row["served"]) ** left for row in rows})


def asked(edition, ratio):
    given = offered(edition)
    choice = Choice(ratio * given.hours_today, (1.0,) * 3, (0.0,) * 3)
    short, reasons = answer(edition, given, choice, plans(edition, choice))
    return choice, short, " ".join(reasons)


def test_hours_of_every_offering_are_those_delivered(edition, delivered):
    first = LAST_WEEK_ENDS_ON - timedelta(weeks=WEEKS)
    rows = {(r["offering"], r.get("customer"), r["week_on"], r["kind"]): r for r in delivered(
        "canonical", "effort"
    )}  # fmt: skip
    hours = defaultdict(float)
    for row in rows.values():
        if first <= date.fromisoformat(row["week_on"]) < LAST_WEEK_ENDS_ON and row["hours"] > 0:
            hours[row["offering"]] += row["hours"]
    for row in edition.table("tradeoff_offerings").iter_rows(named=True):
        assert row["hours_per_week"] == pytest.approx(hours[row["offering"]] / WEEKS, rel=1e-6)
        assert row["hours_low"] < row["hours_per_week"] < row["hours_high"]


@pytest.mark.parametrize("ratio", [0.4, 0.6, 0.92, 1.0])
def test_the_best_plan_is_the_best_of_all_there_are(ratio, edition, levels, shares):
    choice, _, _ = asked(edition, ratio)
    best = best_by_trying(levels, shares, choice.capacity)
    assert best_of(edition, choice).value == pytest.approx(mean(best), abs=1e-4)


@pytest.mark.parametrize("ratio", [0.4, 0.5, 0.6, 0.8, 0.92, 1.0])
def test_to_stop_something_is_said_only_where_that_serves_more_than_an_even_cut(
    ratio, edition, levels, shares
):
    choice, short, reasons = asked(edition, ratio)
    gain = mean(best_by_trying(levels, shares, choice.capacity)) - mean(
        cut_evenly(edition, shares, choice.capacity)
    )
    if short.startswith("Stop nothing: "):
        assert gain < 2 * POINT
        assert "choosing gains nothing" in reasons
    else:
        assert gain > POINT
        assert "choosing gains nothing" not in reasons
    assert short.startswith("Stop nothing: ") == (ratio >= 0.8)


def test_at_half_of_the_hours_those_who_lose_are_named_by_as_much_as_they_lose(
    edition, levels, shares
):
    choice, _, reasons = asked(edition, 0.5)
    then = best_by_trying(levels, shares, choice.capacity)
    today = served(
        shares, {name: next(r[1] for r in rows if r[3]) for name, rows in levels.items()}
    )
    told = reasons.split("against today: ")[1].split(".  ")[0]
    for segment, name in (
        *(("core", "Core product teams"), ("regulated", "Regulated teams")),
        ("startup", "Start-up-like teams"),
    ):
        [(by, low, high)] = re.findall(rf"{name} ([\d.]+) points less \(([\d.]+)–([\d.]+)\)", told)
        assert float(by) == pytest.approx(100 * (today[segment] - then[segment]), abs=0.06)
        assert float(low) <= float(by) <= float(high)


def test_the_offering_that_costs_more_than_it_serves_stands_behind_the_other_ci_and_no_other_does(
    edition, example_truths
):
    assert "offering_that_costs_more_than_it_serves" in example_truths
    ranks = {
        row["offering"]: (row["rank_low"], row["rank_high"])
        for row in edition.table("tradeoff_portfolio_robustness").iter_rows(named=True)
    }
    ci = edition.table("tradeoff_offerings").filter(pl.col("runs_per_week") > 0)["offering"]
    first_of_jenkins, _ = ranks["legacy-jenkins"]
    others = set(ci) - {"legacy-jenkins"}
    assert len(others) == 2
    assert all(ranks[name][1] < first_of_jenkins for name in others)
    low, high = (max(ranks[n][0] for n in others), min(ranks[n][1] for n in others))
    assert low <= high


@pytest.mark.parametrize(
    ("assumption", "times"), [("a tenth less capacity", 0.9), ("a tenth more capacity", 1.1)]
)
def test_what_another_capacity_is_said_to_flip_gives_the_best_of_all_plans_then(
    assumption, times, edition, levels, shares
):
    best = edition.table("tradeoff_portfolio").filter(plan="best")
    plan = dict(best.select("offering", "level").iter_rows())
    flips = edition.table("tradeoff_portfolio_flips").filter(assumption=assumption)
    assert dict(flips.select("offering", "level").iter_rows()).items() <= plan.items()
    plan |= dict(flips.select("offering", "level_then").iter_rows())
    rows = {
        row["offering"]: row
        for row in edition.table("tradeoff_offering_levels").iter_rows(named=True)
        if plan[row["offering"]] == row["level"]
    }
    capacity = times * edition.table("tradeoff_portfolio_outcomes")["capacity_hours"][0]
    assert sum(row["hours"] for row in rows.values()) <= capacity
    found = served(shares, {name: row["served"] for name, row in rows.items()})
    tried = best_by_trying(levels, shares, capacity)
    assert mean(found) == pytest.approx(mean(tried), abs=1e-4)


def test_weights_that_are_alike_already_are_not_said_to_flip_nothing(edition):
    assumptions = edition.table("tradeoff_portfolio_flips")["assumption"].to_list()
    assert "all segments count the same" not in assumptions
