"""The portfolio of an edition, and plans of it as the reader moves the sliders.

Reads `tradeoff_offering*` and `tradeoff_portfolio*` and calls `assets.methods.portfolio`, as the
pipeline does. No words: those are in `portfolio_words` and `portfolio_table`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import streamlit as st

from app.edition import Edition, key_of
from assets.methods.portfolio import (
    Integers,
    Plan,
    Portfolio,
    best_plan,
    kept_of,
    same_for_all,
)

LEVELS = ("stop", "best_effort", "standard", "excellent")
TODAY, SAME, BEST, OWN = "today", "same_for_all", "best", "own"
EVENLY = "cut_evenly"
SECONDS_TO_WAIT = 0.4  # an answer is promised within half a second
# A change of so little is none that a reader should act on.
POINT = 0.01


@dataclass(frozen=True)
class Offered:
    """The portfolio of an edition: offerings and segments by id, in the order of its arrays."""

    offerings: tuple[str, ...]
    segments: tuple[str, ...]
    portfolio: Portfolio
    today: Integers
    served: tuple[float, ...]
    toil: float
    capacity: float
    weights: tuple[float, ...]

    @property
    def hours_today(self) -> float:
        """Hours a week that today's plan takes."""
        return self.portfolio.hours_of(self.today)

    def evenly(self, capacity: float) -> np.ndarray:
        """What each offering keeps of its serving hours if all are cut by the same share."""
        left = max(capacity - self.toil, 0.0) / max(self.hours_today - self.toil, 1e-9)
        return np.full(len(self.offerings), left)

    def kept(self, plan: Integers) -> np.ndarray:
        """What each offering keeps of its serving hours under a plan."""
        return kept_of(self.portfolio, self.served, plan)

    def worth(self, weights: Sequence[float]) -> np.ndarray:
        """The share of the use of all, weighted, that is of each offering."""
        return np.asarray(weights) / sum(weights) @ self.portfolio.use


@st.cache_resource(max_entries=20, show_spinner=False, hash_funcs={Edition: key_of})
def offered(edition: Edition) -> Offered | None:
    """The edition's portfolio; None where it knows of no offering with hours and use."""
    outcomes = edition.table("tradeoff_portfolio_outcomes").filter(plan=TODAY)
    levels = edition.table("tradeoff_offering_levels")
    if not outcomes.height:
        return None
    names = edition.table("tradeoff_portfolio").filter(plan=TODAY)["offering"].to_list()
    place = {name: at for at, name in enumerate(names)}
    ranked = levels.filter(pl.col("offering").is_in(names)).sort(
        pl.col("offering").replace_strict(place, return_dtype=pl.Int64),
        pl.col("level").replace_strict(dict(zip(LEVELS, range(4), strict=True))),
    )
    shape = (len(names), len(LEVELS))
    hours, served, is_allowed, is_today = (
        ranked[column].to_numpy().reshape(shape)
        for column in ("hours", "served", "is_allowed", "is_today")
    )
    segments = outcomes["segment"].to_list()
    facts = {row["offering"]: row for row in edition.table("tradeoff_offerings").to_dicts()}
    return Offered(
        offerings=tuple(names),
        segments=tuple(segments),
        portfolio=Portfolio(
            hours, served, _use(edition, names, segments), is_allowed.argmax(axis=1)
        ),
        today=is_today.argmax(axis=1),
        served=tuple(facts[name]["served"] for name in names),
        toil=sum(facts[name]["toil_hours_per_week"] for name in names),
        capacity=outcomes["capacity_hours"][0],
        weights=tuple(outcomes["weight"].to_list()),
    )


def _use(edition: Edition, names: Sequence[str], segments: Sequence[str]) -> np.ndarray:
    weeks = edition.table("tradeoff_offering_use")
    known = {(s, o): w for s, o, w in weeks.select("segment", "offering", "customer_weeks").rows()}
    grid = np.array([[known.get((s, o), 0) for o in names] for s in segments], dtype=np.float64)
    total = grid.sum(axis=1, keepdims=True)
    return np.asarray(grid / np.where(total > 0, total, 1))


@dataclass(frozen=True)
class Choice:
    """What the reader chose: capacity, how much each segment counts, what it must get, own plan."""

    capacity: float
    weights: tuple[float, ...]
    floors: tuple[float, ...]
    own: tuple[tuple[str, str], ...] = ()


@st.cache_resource(max_entries=500, show_spinner=False, hash_funcs={Edition: key_of})
def best_of(edition: Edition, choice: Choice) -> Plan | None:
    """The best plan that is found while a reader waits; None where none fits."""
    given = offered(edition)
    if given is None:
        return None
    floors = np.array(choice.floors)
    return best_plan(
        given.portfolio, choice.capacity, choice.weights, floors, seconds=SECONDS_TO_WAIT
    )


@st.cache_resource(max_entries=500, show_spinner=False, hash_funcs={Edition: key_of})
def plans(edition: Edition, choice: Choice) -> dict[str, Integers]:
    """The plans to compare, by name; the best one is missing where none fits."""
    given = offered(edition)
    if given is None:
        return {}
    best = best_of(edition, choice)
    same = same_for_all(given.portfolio, choice.capacity)
    found = {TODAY: given.today}
    found |= {name: plan.levels for name, plan in ((SAME, same), (BEST, best)) if plan}
    if choice.own:
        own = given.today.copy()
        for offering, level in choice.own:
            own[given.offerings.index(offering)] = LEVELS.index(level)
        found[OWN] = np.maximum(own, given.portfolio.lowest)
    return found


def choosing_pays_below(edition: Edition) -> float | None:
    """The largest share of today's hours at which a plan serves noticeably more than a cut."""
    rows = edition.table("tradeoff_portfolio_curve").unique(["plan", "capacity_ratio"])
    wide = rows.pivot("plan", index="capacity_ratio", values="value")
    if BEST not in wide.columns or EVENLY not in wide.columns:
        return None
    largest = wide.filter(pl.col(BEST) > pl.col(EVENLY) + POINT)["capacity_ratio"].max()
    return largest if isinstance(largest, float) else None


def mediocre_below(edition: Edition, well_served: float) -> tuple[float | None, float | None]:
    """Shares of today's hours below which no segment is well served: cut evenly, and by plan."""
    rows = edition.table("tradeoff_portfolio_curve")
    found = []
    for plan in (EVENLY, BEST):
        good = rows.filter((pl.col("plan") == plan) & (pl.col("served") >= well_served))
        least = good["capacity_ratio"].min()
        found.append(least if isinstance(least, float) else None)
    return found[0], found[1]
