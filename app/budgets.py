"""Rows behind the page of error budgets: who may go faster, who holds, and how each budget stands.

Reads `tradeoff_error_budgets`, `tradeoff_error_budget_days` and `tradeoff_room_to_move`, and adds
names and words. Decides nothing: states and advice are the edition's.
"""

from typing import Any

import polars as pl
import streamlit as st

from app.budget_chart import path
from app.cells import Row, name_of
from app.edition import Edition, key_of
from app.theme import Palette, specification
from app.verdicts import ADVICE, BUDGETS, Mark
from app.words import (
    NOT_KNOWN,
    counted,
    day,
    first_large,
    interval,
    listed,
    number,
    quantity,
    surely,
)

TABLE, PATHS, TEAMS = (
    "tradeoff_error_budgets",
    "tradeoff_error_budget_days",
    "tradeoff_room_to_move",
)
LEVELS = {"service": "Services", "customer": "Support of customers"}
UNKNOWN = Mark("?", "Unknown", "Too little is known.", "gray", "cross")
# In this order they are told: what asks for something first.
ORDER = ("hold", "watch", "ship_faster", "room_kept", "unclear", "unknown")
STATE_WORDS = {"hold": "spent", "watch": "burning too fast", "spend": "not spent"}
WHOLE_FROM = 10  # events; fewer are said with a decimal
SUPPORT = "support"  # the one budget that counts tickets
ADVICE_WORDS = {
    "ship_faster": "could surely ship faster",
    "room_kept": "could surely ship faster, too",
}
WHY = {
    "ship_faster": "something is left of every error budget of the services, so that what was "
    "promised leaves room for more releases. A support budget that is spent is named on the card.",
    "room_kept": "they chose stability.",
}
STATE_ORDER = ("hold", "watch", "spend", "unknown")


def teams(edition: Edition) -> list[Row]:
    """Every team with its advice, those that should hold first."""
    rows = edition.table(TEAMS).to_dicts()
    named = [row | {"name": name_of(edition, "customer", row["customer"])} for row in rows]
    return sorted(named, key=lambda row: (ORDER.index(row["advice"]), row["name"]))


def budgets(edition: Edition, level: str) -> list[Row]:
    """Every budget of a level, those that are spent first."""
    rows = edition.table(TABLE).filter(scope_kind=level).to_dicts()
    named = [row | {"name": name_of(edition, level, row["scope"])} for row in rows]
    return sorted(
        named, key=lambda row: (STATE_ORDER.index(row["state"]), row["name"], row["budget"])
    )


def summary(rows: list[Row]) -> tuple[str, list[str]]:
    """How many teams have room to move and how many should hold; who they are, and why."""
    by_advice = {word: [row for row in rows if row["advice"] == word] for word in ORDER}
    kept, hold = by_advice["room_kept"], by_advice["hold"]
    free = len(kept) + len(by_advice["ship_faster"])
    graded = [(surely(sure), sum(row["is_sure"] is sure for row in hold)) for sure in (True, False)]
    holding = listed([f"{number} should {word} hold" for word, number in graded if number])
    headline = (
        f"{first_large(counted(free, 'team'))} of {len(rows)} surely "
        f"{'has' if free == 1 else 'have'} room to move"
        f"{f', {len(kept)} of them chose stability' if kept else ''}; "
        f"{holding or 'none should hold'}."
    )
    said = [_held(row) for row in (*hold, *by_advice["watch"])]
    for advice, why in WHY.items():
        of_advice = by_advice[advice]
        if of_advice:
            who = f"**{_named(of_advice)} {ADVICE_WORDS[advice]}**"
            said.append(f"{who}: {why}")
    return headline, said


def _named(rows: list[Row]) -> str:
    return listed([row["name"] for row in rows])


def _held(row: Row) -> str:
    rate, low, high = (row[f"deployments_{end}"] for end in ("per_week", "low", "high"))
    pace = ""
    if rate is not None:
        sure = interval(low, high, rate, "per_week")
        pace = f" It deploys {quantity(rate, 'per_week')} ({sure})."
    should = f"{surely(row['is_sure'])} hold" if row["advice"] == "hold" else "look first"
    return f"**{row['name']} should {should}** {_since(row)}: {row['why']}.{pace}"


def _since(row: Row) -> str:
    if row["since_on"] is None:
        return "since an unknown day"
    return f"{'at least since' if row['is_open_start'] else 'since'} {day(row['since_on'])}"


def cards(rows: list[Row]) -> list[tuple[str, str]]:
    """A team's advice as a badge with its name, and its sentence."""
    return [
        (f"{ADVICE.get(row['advice'], UNKNOWN).badge}  \n**{row['name']}**", row["sentence"])
        for row in rows
    ]


def table(rows: list[Row]) -> dict[str, list[str]]:
    """Every budget as the columns of a table in Markdown."""
    return {
        "Whose": [f"**{row['name']}**  \n:small[{row['budget']}]" for row in rows],
        "State": [
            f"{BUDGETS.get(row['state'], UNKNOWN).badge}  \n:small[{_state_said(row)}]"
            for row in rows
        ],
        "Left": [_left(row) for row in rows],
        "Bad and allowed": [_account(row) for row in rows],
    }


def _state_said(row: Row) -> str:
    if row["state"] == "unknown":
        return str(row["why_unknown"] or "nothing was counted")
    word = "surely" if row["state"] == "watch" else surely(row["is_sure"])
    return f"{word} {STATE_WORDS[row['state']]} {_since(row)}"


def _left(row: Row) -> str:
    if row["state"] == "unknown":
        return NOT_KNOWN
    around = interval(row["low"], row["high"], row["left_ratio"], "ratio")
    return f"{quantity(row['left_ratio'], 'ratio')}  \n:small[{around}]"


def _account(row: Row) -> str:
    bad = _events(row["bad"])
    is_support = row["budget"] == SUPPORT
    failed = (
        f"{bad} of {_events(row['total'])} tickets missed" if is_support else f"{bad} bad events"
    )
    account = f"{failed}, {_events(row['allowed'])} allowed"
    if row["burn_long"] is None:
        return account
    short = "" if row["burn_short"] is None else f", last day {number(row['burn_short'])}×"
    return f"{account}  \n:small[burns {number(row['burn_long'])}×{short}]"


def _events(count: float) -> str:
    """What is allowed need not be whole; from ten on it is said whole."""
    return number(float(round(count)) if count >= WHOLE_FROM else count)


def choices(rows: list[Row]) -> dict[str, str]:
    """`scope/budget` → how it is called, for the picture."""
    return {f"{row['scope']}/{row['budget']}": f"{row['name']}, {row['budget']}" for row in rows}


@st.cache_resource(max_entries=200, show_spinner=False, hash_funcs={Edition: key_of})
def picture(edition: Edition, level: str, chosen: str, colors: Palette) -> dict[str, Any]:
    """The path of one budget as a Vega-Lite specification."""
    scope, _, budget = chosen.partition("/")
    days = edition.table(PATHS).filter(scope_kind=level, scope=scope, budget=budget).sort("on")
    return specification(lambda: path(days, colors))


def advice_export(edition: Edition) -> str:
    """What the cards say, as CSV with the numbers in full."""
    rows = edition.table(TEAMS)
    return rows.with_columns(pl.col("on_hold").list.join("; ")).write_csv()


def export(edition: Edition, level: str) -> str:
    """What the table shows, as CSV with the numbers in full."""
    return edition.table(TABLE).filter(scope_kind=level).write_csv()
