"""What should we stop doing? The portfolio of an edition, plans of it, and what they say in words.

Reads `tradeoff_offering*` and `tradeoff_portfolio*`; plans are made here by `assets.methods` as the
reader moves the sliders. Draws nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import streamlit as st

from app.cells import name_of
from app.edition import Edition, key_of
from app.words import NOT_KNOWN, inside, interval, listed, number, quantity
from assets.methods.portfolio import (
    Integers,
    Plan,
    Portfolio,
    best_plan,
    same_for_all,
    spread_evenly,
)

LEVELS = ("stop", "best_effort", "standard", "excellent")
LEVEL_WORDS = dict(zip(LEVELS, ("Stop", "Best effort", "Standard", "Excellent"), strict=True))
TODAY, SAME, BEST, OWN = "today", "same_for_all", "best", "own"
EVENLY = "cut_evenly"
PLAN_WORDS = {
    TODAY: "As today",
    SAME: "The same level for all",
    BEST: "Best plan",
    OWN: "Your own plan",
}
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
        """How well each segment is served if all offerings are cut by the same share."""
        left = max(capacity - self.toil, 0.0) / max(self.hours_today - self.toil, 1e-9)
        return np.asarray(spread_evenly(self.served, self.portfolio.use, left)[0])


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
def plans(edition: Edition, choice: Choice) -> dict[str, Integers]:
    """The plans to compare, by name; the best one is missing where none fits."""
    given = offered(edition)
    if given is None:
        return {}
    best: Plan | None = best_plan(
        given.portfolio, choice.capacity, choice.weights, np.array(choice.floors)
    )
    same = same_for_all(given.portfolio, choice.capacity)
    found = {TODAY: given.today}
    found |= {name: plan.levels for name, plan in ((SAME, same), (BEST, best)) if plan}
    if choice.own:
        own = given.today.copy()
        for offering, level in choice.own:
            own[given.offerings.index(offering)] = LEVELS.index(level)
        found[OWN] = np.maximum(own, given.portfolio.lowest)
    return found


def answer(edition: Edition, given: Offered, choice: Choice, found: Mapping[str, Integers]) -> str:
    """The paragraph on top: what the best plan changes, what it keeps, and who loses most."""
    hours = f"{number(choice.capacity)} hours a week"
    if BEST not in found:
        return (
            f"No plan fits {hours} and gives every segment what it must get. Allow more hours, or "
            "ask for less."
        )
    best, today = found[BEST], given.today
    more = f"{number(given.hours_today)} are taken today"
    value = {name: given.portfolio.value_of(plan, choice.weights) for name, plan in found.items()}
    parts = [
        f"With {hours} ({more}), {_changes(edition, given, best)}. That serves "
        f"{percent(value[BEST])} of what segments use.",
        _against_even(edition, given, choice, value[BEST]),
    ]
    if SAME in found:
        level = LEVEL_WORDS[LEVELS[int(found[SAME].max())]].lower()
        parts.append(f"The same level for all ({level}) would serve {percent(value[SAME])}.")
    change = given.portfolio.served_of(best) - given.portfolio.served_of(today)
    said = [*parts, _who(edition, given, change), _least_sure(edition, given, choice)]
    return " ".join(filter(None, said))


def _against_even(edition: Edition, given: Offered, choice: Choice, best: float) -> str:
    """The strongest rival of a plan: a cut that spares nobody and stops nothing."""
    weights = np.array(choice.weights) / sum(choice.weights)
    evenly = float(weights @ given.evenly(choice.capacity))
    if best > evenly + POINT:
        return f"Cutting all offerings evenly would serve only {percent(evenly)}."
    pays = choosing_pays_below(edition)
    until = "" if pays is None else f"; it pays up to {percent(pays)} of today’s hours"
    return (
        f"Cutting all offerings evenly would serve {percent(evenly)}: here choosing gains nothing"
        f"{until}."
    )


def choosing_pays_below(edition: Edition) -> float | None:
    """The largest share of today's hours at which a plan serves noticeably more than a cut."""
    rows = edition.table("tradeoff_portfolio_curve").unique(["plan", "capacity_ratio"])
    wide = rows.pivot("plan", index="capacity_ratio", values="value")
    if BEST not in wide.columns or EVENLY not in wide.columns:
        return None
    largest = wide.filter(pl.col(BEST) > pl.col(EVENLY) + POINT)["capacity_ratio"].max()
    return largest if isinstance(largest, float) else None


def _least_sure(edition: Edition, given: Offered, choice: Choice) -> str:
    """Which change of the edition's own plan is least sure; empty for another question."""
    is_asked = abs(choice.capacity / given.capacity - 1) < POINT and not any(choice.floors)
    rows = edition.table("tradeoff_portfolio_robustness")
    today = {o: LEVELS[level] for o, level in zip(given.offerings, given.today, strict=True)}
    moved = [row for row in rows.to_dicts() if today.get(row["offering"]) != row["level"]]
    if not is_asked or choice.weights != given.weights or not moved:
        return ""
    least = min(moved, key=lambda row: row["same_ratio"])
    name = inside(name_of(edition, "offering", least["offering"]))
    return f"Least sure is {name}: the same in {percent(least['same_ratio'])} of the draws."


def _changes(edition: Edition, given: Offered, plan: Integers) -> str:
    said = []
    verbs = ("stop", "give only best effort to", "give standard support to", "be excellent at")
    for level, verb in enumerate(verbs):
        names = [
            inside(name_of(edition, "offering", offering))
            for offering, now, then in zip(given.offerings, given.today, plan, strict=True)
            if then == level and now != then
        ]
        if names:
            said.append(f"{verb} {listed(names)}")
    return f"the best plan is to {listed(said)}" if said else "the best plan is today's"


def _who(edition: Edition, given: Offered, change: np.ndarray) -> str:
    rows = sorted(zip(change, given.segments, strict=True))
    losers = [(by, name) for by, name in rows if by < -POINT]
    winners = [(by, name) for by, name in reversed(rows) if by > POINT]
    parts = []
    for word, group in (("Less", losers), ("More", winners)):
        named = [
            f"{name_of(edition, 'segment', n)} ({100 * abs(by):.0f} points)" for by, n in group
        ]
        parts += [f"{word} than today: {listed(named)}"] if named else []
    if not parts:
        return "No segment gets noticeably more or less than today."
    return f"{'; '.join([parts[0], *(part.lower() for part in parts[1:])])}."


def outcome_table(
    edition: Edition, given: Offered, found: Mapping[str, Integers], weights: Sequence[float]
) -> pl.DataFrame:
    """A row per segment, and one for all: how well it is served under each plan."""
    columns: dict[str, list[str]] = {
        "Segment": [
            *(name_of(edition, "segment", one) for one in given.segments),
            "All, weighted",
            "Hours a week",
        ]
    }
    today = given.portfolio.served_of(given.today)
    for name, plan in found.items():
        served = given.portfolio.served_of(plan)
        moved = [
            _moved(now, then) if name != TODAY else ""
            for now, then in zip(today, served, strict=True)
        ]
        columns[PLAN_WORDS[name]] = [
            *(f"{percent(one)}{by}" for one, by in zip(served, moved, strict=True)),
            percent(given.portfolio.value_of(plan, weights)),
            number(given.portfolio.hours_of(plan)),
        ]
    return pl.DataFrame(columns)


def _moved(now: float, then: float) -> str:
    points = round(100 * (then - now))
    return f" ({points:+d})".replace("-", "−") if points else " (±0)"


def offering_table(edition: Edition, given: Offered, found: Mapping[str, Integers]) -> pl.DataFrame:
    """A row per offering, by value per hour: what it takes, who uses it, its level in each plan."""
    facts = {row["offering"]: row for row in edition.table("tradeoff_offerings").to_dicts()}
    sure = {
        row["offering"]: row for row in edition.table("tradeoff_portfolio_robustness").to_dicts()
    }
    order = sorted(given.offerings, key=lambda one: sure.get(one, {}).get("rank") or 0)
    rows = []
    for offering in order:
        at, row, ranks = given.offerings.index(offering), facts[offering], sure.get(offering)
        rows.append(
            {
                "Offering": name_of(edition, "offering", offering),
                "Place by value per hour": _place(ranks),
                "Hours a week": _with_ends(row, "hours_per_week", "hours", ""),
                "of it toil": number(row["toil_hours_per_week"]),
                "Customers": row["customers"],
                "Tickets a week": number(row["tickets_per_week"]),
                "CI runs a week": number(row["runs_per_week"]),
                "CI runs that fail": _with_ends(row, "failed_ratio", "failed", "ratio"),
                "Satisfied": quantity(row["satisfied_ratio"], "ratio"),
                **{
                    PLAN_WORDS[name]: LEVEL_WORDS[LEVELS[int(plan[at])]]
                    for name, plan in found.items()
                },
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def _place(ranks: Mapping[str, float] | None) -> str:
    if ranks is None:
        return NOT_KNOWN
    low, high = round(ranks["rank_low"]), round(ranks["rank_high"])
    return f"{ranks['rank']:.0f}" + (f" ({low}–{high})" if low != high else "")


def _with_ends(row: Mapping[str, float | None], value: str, ends: str, unit: str) -> str:
    if row[value] is None:
        return NOT_KNOWN
    said = interval(row[f"{ends}_low"], row[f"{ends}_high"], row[value], unit)
    return f"{quantity(row[value], unit)} ({said})"


def sureness(edition: Edition, given: Offered) -> list[str]:
    """How sure each decision of the edition's best plan is, as sentences, the least sure first."""
    rows = edition.table("tradeoff_portfolio_robustness").sort("same_ratio").to_dicts()
    today = dict(zip(given.offerings, given.today, strict=True))
    return [
        f"**{name_of(edition, 'offering', row['offering'])}**: "
        f"{LEVEL_WORDS[row['level']].lower()}"
        f"{'' if LEVELS[today[row['offering']]] != row['level'] else ', as today'}, in "
        f"{percent(row['same_ratio'])} of {row['draws']} draws of hours and quality."
        for row in rows
        if row["offering"] in today
    ]


def outcome_ends(edition: Edition, given: Offered) -> list[str]:
    """How well each segment is served by the edition's plans, with the ends of the draws."""
    rows = edition.table("tradeoff_portfolio_outcomes")
    said = []
    for segment in given.segments:
        parts = [
            f"{PLAN_WORDS[plan].lower()} {percent(row['served'])} "
            f"({100 * row['served_low']:.0f}–{percent(row['served_high'])})"
            for plan in PLAN_WORDS
            for row in rows.filter(segment=segment, plan=plan).to_dicts()
        ]
        said.append(f"**{name_of(edition, 'segment', segment)}** served: {', '.join(parts)}.")
    return said


def flipped(edition: Edition) -> list[str]:
    """Which changed assumption changes which decision, as sentences."""
    said = []
    rows = edition.table("tradeoff_portfolio_flips")
    for (assumption,), moved in rows.group_by("assumption", maintain_order=True):
        moves = [
            f"{inside(name_of(edition, 'offering', one['offering']))} "
            f"({LEVEL_WORDS[one['level']].lower()} → {LEVEL_WORDS[one['level_then']].lower()})"
            for one in moved.to_dicts()
            if one["offering"]
        ]
        none = "no plan fits" if moved["level_then"][0] is None else "nothing changes"
        said.append(f"If {assumption}: {listed(moves) if moves else none}.")
    return said


def mediocre_below(edition: Edition, well_served: float) -> tuple[float | None, float | None]:
    """Shares of today's hours below which no segment is well served: cut evenly, and by plan."""
    rows = edition.table("tradeoff_portfolio_curve")
    found = []
    for plan in (EVENLY, BEST):
        good = rows.filter((pl.col("plan") == plan) & (pl.col("served") >= well_served))
        least = good["capacity_ratio"].min()
        found.append(least if isinstance(least, float) else None)
    return found[0], found[1]


def mediocre_sentence(evenly: float | None, planned: float | None) -> str:
    """Where everything becomes mediocre, in words."""
    if evenly is None:
        return "Cut evenly, no segment is served well at any capacity that was looked at."
    cut = f"Cut evenly, no segment is served well below {percent(evenly)} of today’s hours"
    if planned is None:
        return f"{cut}; no plan does better."
    if planned >= evenly:
        return f"{cut}; with the best plan it is {percent(planned)}."
    return f"{cut}. A plan that chooses keeps one well served down to {percent(planned)}."


def percent(share: float) -> str:
    """`83 %`, without a decimal: plans are not that exact."""
    return f"{100 * share:.0f} %"
