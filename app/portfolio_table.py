"""Tables of the page about offerings: how segments are served, and what each offering takes."""

from collections.abc import Mapping, Sequence

import polars as pl

from app.cells import name_of
from app.edition import Edition
from app.portfolio import LEVELS, TODAY, Offered
from app.portfolio_words import LEVEL_WORDS, PLAN_WORDS, percent
from app.words import NOT_KNOWN, interval, number, quantity
from assets.methods.portfolio import Integers


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
