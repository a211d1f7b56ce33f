"""Which teams could ship faster, and which should hold."""

from datetime import date, timedelta

import polars as pl
import pytest

from assets.tradeoffs.room_to_move import pace, room_to_move, services_of

LAST_ON = date(2026, 6, 30)
BUDGET = {
    **dict.fromkeys(("scope_kind", "scope", "budget", "state"), pl.String),
    **{"left_ratio": pl.Float64, "is_sure": pl.Boolean, "since_on": pl.Date},
    "is_open_start": pl.Boolean,
    **dict.fromkeys(("bad", "allowed", "total", "low", "high"), pl.Float64),
    **dict.fromkeys(("burn_long", "burn_low", "burn_short"), pl.Float64),
    "why_unknown": pl.String,
}
FIGURES = (4.0, 1.35, 9.0, 0.4, 0.6, 1.21, 1.1, 1.07, "too few to judge")
PACE = {
    "customer": pl.String,
    **dict.fromkeys(
        ("deployments_per_week", "deployments_low", "deployments_high", "deployments_before",
         "pace_change_low", "pace_change_high"),
        pl.Float64,
    ),
}  # fmt: skip


def service(name, state, *, budget="availability", is_sure=True, since=10, is_open=False):
    return ("service", name, budget, state, 0.5, is_sure, LAST_ON - timedelta(days=since), is_open,
            *FIGURES)  # fmt: skip


def rooms(budgets, owned, stance="flexibility", paces=()):
    customers = sorted({customer for customer, _ in owned})
    text = dict.fromkeys(("customer", "name", "segment", "stance"), pl.String)
    who = [(one, f"{one.capitalize()} team", "core", stance) for one in customers]
    found = room_to_move(
        pl.DataFrame(budgets, BUDGET, orient="row"),
        pl.DataFrame(owned, dict.fromkeys(("customer", "service"), pl.String), orient="row"),
        pl.DataFrame(list(paces), PACE, orient="row"),
        pl.DataFrame(who, text, orient="row"),
        pl.DataFrame(
            [("service", "shop", "Shop")],
            dict.fromkeys(("scope_kind", "scope", "name"), pl.String),
            orient="row",
        ),
    )
    return {row["customer"]: row for row in found.iter_rows(named=True)}


TWO = [("core", "shop"), ("core", "till")]


@pytest.mark.parametrize(
    ("states", "stance", "advice"),
    [
        (("spend", "spend"), "flexibility", "ship_faster"),
        (("spend", "spend"), "balanced", "ship_faster"),
        (("spend", "spend"), "stability", "room_kept"),
        (("spend", "watch"), "flexibility", "watch"),
        (("watch", "hold"), "flexibility", "hold"),
        (("spend", "unknown"), "flexibility", "unclear"),
        (("unknown", "unknown"), "flexibility", "unknown"),
        (("unknown", "hold"), "stability", "hold"),
    ],
)
def test_the_worst_budget_of_a_teams_services_says_what_it_may_do(states, stance, advice):
    budgets = [service(name, state) for (_, name), state in zip(TWO, states, strict=True)]
    assert rooms(budgets, TWO, stance)["core"]["advice"] == advice


def test_a_budget_that_is_not_surely_left_makes_no_team_go_faster():
    budgets = [service("shop", "spend"), service("till", "spend", is_sure=False)]
    assert rooms(budgets, TWO)["core"]["advice"] == "unclear"


def test_a_service_of_two_teams_holds_both_and_one_of_nobody_none():
    owned = [("core", "shop"), ("labs", "shop"), ("free", "till")]
    found = rooms([service("shop", "hold"), service("till", "spend"), service("x", "hold")], owned)
    assert {name: row["advice"] for name, row in found.items()} == {
        "core": "hold",
        "labs": "hold",
        "free": "ship_faster",
    }


def test_it_holds_since_the_first_budget_was_spent_and_has_room_since_the_last_one_had():
    spent = [service("shop", "hold", since=3), service("till", "hold", since=8, is_open=True)]
    row = rooms([*spent, service("x", "spend", since=20)], [*TWO, ("core", "x")])["core"]
    assert (row["since_on"], row["is_open_start"]) == (LAST_ON - timedelta(days=8), True)
    free = [service("shop", "spend", since=3), service("till", "spend", since=8, is_open=True)]
    row = rooms(free, TWO)["core"]
    assert (row["since_on"], row["is_open_start"]) == (LAST_ON - timedelta(days=3), False)


def test_the_sentence_names_what_is_spent_since_when_and_how_often_the_team_deploys():
    budgets = [service("shop", "hold", since=9), service("till", "spend")]
    support = ("customer", "core", "support", "hold", -0.2, True, LAST_ON, False, *FIGURES)
    paces = [("core", 3.0, 2.0, 4.2, 1.0, 0.4, 3.3)]
    row = rooms([*budgets, support], TWO, paces=paces)["core"]
    assert row["on_hold"] == ["shop/availability"]
    assert row["sentence"] == (
        "Core team should hold: since 21 June 2026 Shop availability is surely spent (4 bad "
        "events, 1.4 allowed). It deploys 3 a week (2–4.2 a week), more often than in the "
        "28 days before. The budget of its support "
        "is surely spent: 4 of 9 tickets missed, 1.4 allowed."
    )
    calm = rooms([service("shop", "spend", is_open=True)], TWO[:1])["core"]
    assert calm["sentence"] == (
        "Core team could ship faster: at least since 20 June 2026 every budget of its services has "
        "had room, and surely has some left. How often it deploys is not known."
    )


def test_what_is_spent_by_the_account_alone_is_said_to_be_so_probably():
    budgets = [service("shop", "hold", is_sure=False, since=9), service("till", "spend")]
    support = ("customer", "core", "support", "hold", -0.2, False, LAST_ON, False, *FIGURES)
    row = rooms([*budgets, support], TWO)["core"]
    assert row["is_sure"] is False
    assert "since 21 June 2026 Shop availability is probably spent (4 bad events" in row["sentence"]
    assert "The budget of its support is probably spent: 4 of 9 tickets" in row["sentence"]
    sure = [service("till", "hold", since=3), *budgets[:1]]
    assert rooms(sure, TWO)["core"]["is_sure"] is True


def test_what_burns_is_named_with_its_figures_and_what_makes_it_sure():
    row = rooms([service("shop", "watch", since=1), service("till", "spend")], TWO)["core"]
    assert row["why"] == (
        "Shop availability surely burns faster than it can last (1.2× over 3 days, no less than "
        "1.1× allowing for chance; 1.1× on the last day; 50 % is left, 40–60 %)"
    )
    assert row["why"] in row["sentence"]


def test_support_that_failed_is_named_though_it_is_too_little_to_judge():
    support = ("customer", "core", "support", "unknown", -2.0, False, LAST_ON, False, *FIGURES)
    row = rooms([service("shop", "spend"), support], TWO[:1])["core"]
    assert row["sentence"].endswith(" Support: 4 of 9 tickets missed, too few to judge.")


def cells(*rows):
    schema = {
        **{"scope": pl.String, "period_end_on": pl.Date},
        **dict.fromkeys(("value", "low", "high"), pl.Float64),
        **{"value_state": pl.String, "is_complete": pl.Boolean},
    }
    return pl.DataFrame([(*row, "ok", True) for row in rows], schema, orient="row")


def test_pace_is_compared_with_the_28_days_before_and_not_with_days_of_the_same():
    days = [timedelta(days=back) for back in (0, 2, 30, 60)]
    rates = [(4.0, 3.0, 5.0), (9.0, 8.0, 10.0), (1.0, 0.5, 1.5), (7.0, 6.0, 8.0)]
    found = pace(
        cells(*(("core", LAST_ON - d, *rate) for d, rate in zip(days, rates, strict=True))), LAST_ON
    ).row(0, named=True)
    assert (found["deployments_per_week"], found["deployments_before"]) == (4, 1)
    assert 0 < found["pace_change_low"] < 3 < found["pace_change_high"]
    alone = pace(cells(("core", LAST_ON, 4.0, 3.0, 5.0)), LAST_ON).row(0, named=True)
    assert (alone["deployments_before"], alone["pace_change_low"]) == (None, None)
    assert pace(cells(), LAST_ON).is_empty()


def test_a_service_is_a_teams_as_its_newest_records_say():
    from datetime import UTC, datetime

    levels = pl.DataFrame(
        {
            "scope_set": [1, 2, 3],
            "entered_at": [datetime(2026, month, 15, tzinfo=UTC) for month in (3, 6, 6)],
        },
        schema_overrides={"scope_set": pl.UInt32},
    )
    sets = [
        *((1, "service", "shop"), (1, "customer", "labs"), (2, "service", "shop")),
        *((2, "customer", "core"), (3, "service", "till"), (3, "customer", "unassigned")),
    ]
    schema = {"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String}
    found = services_of(levels, pl.DataFrame(sets, schema, orient="row"), date(2026, 6, 3))
    assert found.rows() == [("core", "shop")]
