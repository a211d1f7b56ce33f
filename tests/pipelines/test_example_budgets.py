"""The example's error budgets, computed once more from what was delivered, in plain Python."""

import re
import tomllib
from collections import defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from scipy import stats

from app.budgets import summary, teams
from app.edition import open_edition

BERLIN = ZoneInfo("Europe/Berlin")
LAST_ON = date(2026, 6, 30)
PLANTED = {"payments-api": "hold", "search-api": "spend", "basket": "watch"}


@pytest.fixture(scope="module")
def budgets(example_edition):
    rows = pl.read_parquet(example_edition / "tradeoff_error_budgets.parquet")
    return {(row["scope"], row["budget"]): row for row in rows.iter_rows(named=True)}


@pytest.fixture(scope="module")
def days(delivered, example_home):
    """(service, indicator) → day → (bad, allowed)."""
    stated = {
        (row["service"], row["indicator"]): row["objective"]
        for row in tomllib.loads((example_home / "plumbline.toml").read_text())["objectives"]
    }
    found = defaultdict(dict)
    for record in delivered("canonical", "service_levels"):
        key = record["service"], record["indicator"]
        if key in stated:
            end = datetime.fromisoformat(record["to_at"]) - timedelta(microseconds=1)
            allowed = record["total"] * (1 - stated[key])
            bad = record["total"] - record["good"]
            found[key][end.astimezone(BERLIN).date()] = (bad, allowed)
    return found


def state_on(days, on):
    """The policy in plain words: spent, burning in both windows, or neither."""
    window = [days.get(on - timedelta(days=back), (0.0, 0.0)) for back in range(28)]
    bad, allowed = (sum(side) for side in zip(*window, strict=True))
    if bad >= allowed:
        return "hold"
    long_bad, long_allowed = (sum(side) for side in zip(*window[:3], strict=True))
    surely = stats.gamma.ppf(0.025, long_bad) / long_allowed if long_bad else 0.0
    return "watch" if surely > 1 and window[0][0] >= window[0][1] else "spend"


def test_every_budget_stands_as_the_delivered_counts_say(budgets, days):
    assert len(days) == 32
    for key, counted in days.items():
        row = budgets[key]
        window = [counted[LAST_ON - timedelta(days=back)] for back in range(28)]
        bad, allowed = (sum(side) for side in zip(*window, strict=True))
        assert row["bad"] == pytest.approx(bad)
        assert row["left_ratio"] == pytest.approx(1 - bad / allowed)
        assert row["low"] < row["left_ratio"] < row["high"]
        assert row["state"] == state_on(counted, LAST_ON)


def test_every_budget_is_in_its_state_since_the_day_the_counts_say(budgets, days):
    for key, counted in days.items():
        row = budgets[key]
        since = LAST_ON
        first = min(counted) + timedelta(days=27)
        while since > first and state_on(counted, since - timedelta(days=1)) == row["state"]:
            since -= timedelta(days=1)
        assert (row["since_on"], row["is_open_start"]) == (since, since == first)


def test_what_was_planted_is_told_and_nothing_else(budgets, example_truths, example_edition):
    for service, state in PLANTED.items():
        assert example_truths[f"error_budget.{service}"]["theoretical"]["state"] == state
        assert budgets[service, "availability"]["state"] == state
    told = {key: row["state"] for key, row in budgets.items() if row["scope_kind"] == "service"}
    assert {key for key, state in told.items() if state == "hold"} == {
        ("payments-api", "availability")
    }
    assert {key for key, state in told.items() if state == "watch"} == {("basket", "availability")}
    assert not any(service == "statements" for service, _ in budgets)


def test_the_team_whose_budget_is_spent_holds_and_stable_ones_keep_their_room(example_edition):
    rows = pl.read_parquet(example_edition / "tradeoff_room_to_move.parquet")
    advice = dict(rows.select("customer", "advice").rows())
    assert {team for team, said in advice.items() if said == "hold"} == {"payments"}
    assert {team for team, said in advice.items() if said == "watch"} == {"checkout"}
    stable = dict(rows.select("customer", "stance").rows())
    faster = [team for team, said in advice.items() if said == "ship_faster"]
    assert faster
    assert all(stable[team] != "stability" for team in faster)
    payments = rows.row(by_predicate=pl.col("customer") == "payments", named=True)
    assert payments["on_hold"] == ["payments-api/availability"]
    assert payments["since_on"] > date(2026, 6, 12)


def test_support_budgets_are_those_of_the_tickets_due(budgets, delivered, example_home):
    toml = tomllib.loads((example_home / "plumbline.toml").read_text())
    own = {row.get("customer"): row["objective"] for row in toml["support_objectives"]}
    segments = {row.get("segment"): row["objective"] for row in toml["support_objectives"]}
    now = {row["id"]: row["segment"] for row in toml["customers"]}
    for (scope, budget), row in budgets.items():
        if budget == "support":
            allowed = 1 - own.get(scope, segments[now[scope]])
            assert row["allowed"] / allowed == pytest.approx(round(row["allowed"] / allowed))
            assert row["bad"] == round(row["bad"])
    assert any(row["state"] == "hold" for (_, b), row in budgets.items() if b == "support")


def test_surely_is_said_only_where_chance_alone_could_not_have_spent_or_left_it(budgets, days):
    """By Poisson's ends of the bad events alone; days that differ make it wider, never narrower."""
    graded = {True: 0, False: 0}
    for key in days:
        row = budgets[key]
        least, most = (
            stats.gamma.ppf(0.025, row["bad"]) if row["bad"] else 0.0,
            stats.gamma.ppf(0.975, row["bad"] + 1),
        )
        graded[row["is_sure"]] += 1
        if row["is_sure"] and row["state"] == "hold":
            assert least > row["allowed"]
        elif row["is_sure"]:
            assert most < row["allowed"]
        assert row["low"] <= 1 - most / row["allowed"]
        assert row["high"] >= 1 - least / row["allowed"]
    assert graded[True] > 20
    assert graded[False] >= 1


def test_the_page_names_who_should_hold_and_look_first_how_surely_and_nobody_else(
    budgets, example_edition
):
    edition = open_edition(example_edition.parents[1], example_edition.name)
    rows = teams(edition)
    headline, reasons = summary(rows)
    said = "\n".join(reasons)
    word = "surely" if budgets["payments-api", "availability"]["is_sure"] else "probably"
    assert headline.endswith(f"; 1 should {word} hold.")
    assert re.findall(r"\*\*(.+?) should \w+ hold\*\*", said) == ["Payments team"]
    assert f"Payments API availability is {word} spent (" in said
    assert re.findall(r"\*\*(.+?) should look first", said) == ["Checkout team"]
    assert "Basket availability surely burns faster than it can last" in said
    with_room = sum(row["advice"] in ("ship_faster", "room_kept") for row in rows)
    assert headline.startswith(f"{with_room} teams of {len(rows)} surely have room to move")
    [free] = re.findall(r"\*\*(.+?) could surely ship faster\*\*", said)
    told = set(re.split(", | and ", free))
    assert told == {row["name"] for row in rows if row["advice"] == "ship_faster"}


def test_a_card_says_that_a_support_budget_is_spent_and_how_surely_where_it_is_and_only_there(
    budgets, example_edition
):
    rows = pl.read_parquet(example_edition / "tradeoff_room_to_move.parquet")
    spent = 0
    for customer, sentence in rows.select("customer", "sentence").rows():
        budget = budgets.get((customer, "support"))
        is_spent = budget is not None and budget["state"] == "hold"
        assert ("budget of its support is" in sentence) == is_spent
        if is_spent:
            word = "surely" if budget["is_sure"] else "probably"
            assert f"The budget of its support is {word} spent: " in sentence
            spent += 1
    assert spent
