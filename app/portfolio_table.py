"""Tables of the page about offerings: how segments are served, and what each offering takes."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from app.cells import name_of
from app.edition import Edition
from app.portfolio import EVENLY, LEVELS, TODAY, Choice, Offered
from app.portfolio_words import LEVEL_WORDS, PLAN_WORDS, share
from app.words import NOT_KNOWN, interval, number, quantity
from assets.methods.portfolio import Integers, spread_evenly


def outcome_table(
    edition: Edition, given: Offered, found: Mapping[str, Integers], choice: Choice
) -> pl.DataFrame:
    """A row per segment, and one for all: how well it is served under each plan."""
    is_cut = choice.capacity < given.hours_today
    names = PLAN_WORDS | {EVENLY: "Cut evenly" if is_cut else "Spread evenly"}
    kept = given.evenly(choice.capacity)[:1]
    served = {name: given.portfolio.served_of(plan) for name, plan in found.items()}
    served[EVENLY] = spread_evenly(given.served, given.portfolio.use, kept)[0]
    hours = {name: given.portfolio.hours_of(plan) for name, plan in found.items()}
    hours[EVENLY] = max(choice.capacity, given.toil)
    shares = np.array(choice.weights) / sum(choice.weights)
    rows = {
        name: np.append(served[name], shares @ served[name]) for name in names if name in served
    }
    columns = {
        "Segment": [
            *(name_of(edition, "segment", one) for one in given.segments),
            "All, weighted",
            "Hours a week",
        ]
    }
    for name, row in rows.items():
        moved = [_moved(by) if name != TODAY else "" for by in row - rows[TODAY]]
        columns[names[name]] = [
            *(f"{share(one)}{by}" for one, by in zip(row, moved, strict=True)),
            number(hours[name]),
        ]
    return pl.DataFrame(columns)


def _moved(by: float) -> str:
    """` (−5.5)`: points more or less than today."""
    points = round(100 * by, 1)
    sign = "+" if points > 0 else "" if points < 0 else "±"
    return f" ({sign}{number(points)})"


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
                **{
                    PLAN_WORDS[name]: LEVEL_WORDS[LEVELS[int(plan[at])]]
                    for name, plan in found.items()
                },
                "Place by value per hour": _place(ranks),
                "Hours a week": with_ends(row, "hours_per_week", "hours", "count"),
                "Of it toil": number(row["toil_hours_per_week"]),
                "Customers": row["customers"],
                "Tickets a week": number(row["tickets_per_week"]),
                "CI runs a week": number(row["runs_per_week"]),
                "CI runs that fail": with_ends(row, "failed_ratio", "failed", "ratio"),
                "Satisfied": quantity(row["satisfied_ratio"], "ratio"),
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def _place(ranks: Mapping[str, float] | None) -> str:
    if ranks is None:
        return NOT_KNOWN
    low, high = round(ranks["rank_low"]), round(ranks["rank_high"])
    return f"{ranks['rank']:.0f}" + (f" ({low}–{high})" if low != high else "")


def with_ends(row: Mapping[str, float | None], value: str, ends: str, unit: str) -> str:
    """`18.6 (12.8–27.8)`, a dash where it is not known."""
    if row[value] is None:
        return NOT_KNOWN
    said = interval(row[f"{ends}_low"], row[f"{ends}_high"], row[value], unit)
    return f"{quantity(row[value], unit)} ({said})"
