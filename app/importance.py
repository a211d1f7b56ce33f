"""Whom do we serve? A segment in a paragraph: what counts, what is kept, what it goes with.

Reads the attribute map, the derived importance, the fit's history and the cost to serve; gives rows
and sentences.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from app.briefing import attribute_rows
from app.cells import Row, name_of
from app.edition import Edition
from app.grades import is_important, said_of_us
from app.verdicts import verdict
from app.words import MINUS, counted, listed, period, quantity, sure

OPEN_QUESTIONS = ("under_served", "weak_undeclared")
COST = "cost_to_serve"
DERIVED = {
    "goes_with": "goes with satisfaction",
    "no_evidence": "no evidence",
    "too_little": "not enough evidence",
    "not_estimable": "not estimable",
}


def paragraph(edition: Edition, segment: str) -> str:
    """One segment in plain words, from its verdicts, drivers and cost."""
    rows = attribute_rows(edition).filter(segment=segment).to_dicts()
    name = name_of(edition, "segment", segment)
    counting = [row for row in rows if is_important(row)]
    said = [f"For **{name}**, {counted(len(counting), 'promise')} count most."]
    kept = said_of_us(counting, lambda some: listed([row["promise"] for row in some]))
    said += [f"We {'; '.join(kept)}."] if kept else []
    bad = [row for row in rows if row["verdict"] == "bad_on_purpose"]
    said += [_on_purpose(row) for row in bad]
    over = [row["promise"] for row in rows if row["verdict"] == "over_served"]
    said += [f"{listed(over).capitalize()} may get more than it needs."] if over else []
    return " ".join([*said, _drivers(edition, segment), cost(edition, segment)]).strip()


def _on_purpose(row: Row) -> str:
    since = f" since {row['since']:%B %Y}" if row["since"] else ""
    return (
        f"{row['promise'].capitalize()} is bad on purpose{since}, decided by: {row['owner_role']}."
    )


def _drivers(edition: Edition, segment: str) -> str:
    rows = edition.table("tradeoff_derived_importance").filter(
        pl.col("segment") == segment, pl.col("verdict") == "goes_with"
    )
    if not rows.height:
        return "What goes with its satisfaction cannot be told yet."
    return " ".join(rows["sentence"].to_list())


def cost(edition: Edition, segment: str) -> str:
    """What a customer of the segment costs, in the period of the verdicts; empty if not known."""
    measures = edition.table("tradeoff_attribute_kpis").filter(segment=segment, kpi=COST)
    if not measures["value"].count():
        return ""
    row = measures.drop_nulls("value").row(0, named=True)
    promises = attribute_rows(edition).filter(segment=segment, promise=row["promise"])
    of = promises.row(0, named=True)
    when = period(of["period_kind"], of["period_start_on"], of["period_end_on"])
    known = sure(row["low"], row["high"], row["value"], row["unit"], row["n"])
    doubt = f"; not sure: {of['missing']}" if of.get("missing") else ""
    took = quantity(row["value"], row["unit"])
    return f"In {when} serving it took {took} ({known} records of hours){doubt}."


def questions(edition: Edition, segment: str) -> list[str]:
    """The next question for each promise that is weak and should not be, or was not decided."""
    rows = attribute_rows(edition).filter(
        pl.col("segment") == segment,
        pl.col("verdict").is_in(OPEN_QUESTIONS),
        pl.col("next_question").is_not_null(),
    )
    return [
        f"{verdict(row['verdict']).badge} **{row['promise'].capitalize()}**: {row['next_question']}"
        for row in rows.to_dicts()
    ]


def stated_and_derived(edition: Edition, segment: str) -> list[tuple[str, str]]:
    """Per promise and driver: how much it is said to count, and what answers show, in words.

    Promises that no answer can see are told together, at the end.
    """
    stated = {
        row["promise"]: row["importance_stated"]
        for row in attribute_rows(edition).filter(segment=segment).to_dicts()
    }
    rows = edition.table("tradeoff_derived_importance").filter(segment=segment)
    by_promise = {name: place for place, name in enumerate(stated)}
    ordered = sorted(rows.to_dicts(), key=lambda row: by_promise.get(row["promise"], len(stated)))
    together: dict[object, list[Row]] = {}
    for number, row in enumerate(ordered):
        is_unseen = row["verdict"] == "not_estimable"
        together.setdefault(row["sentence"] if is_unseen else number, []).append(row)
    cards = sorted(together.values(), key=lambda alike: alike[0]["verdict"] == "not_estimable")
    return [(_named(alike, stated), f":small[{alike[0]['sentence']}]") for alike in cards]


def _named(rows: list[Row], stated: dict[str, float | None]) -> str:
    """The promises with their stated importance, and what is derived of them alike."""
    names = [
        f"**{row['promise'].capitalize()}** :gray[:small[stated: "
        f"{_stated(stated.get(row['promise']))}]]"
        for row in rows
    ]
    derived = DERIVED.get(rows[0]["verdict"], rows[0]["verdict"])
    return "  \n".join([*names, f":small[derived: {derived}]"])


def _stated(importance: float | None) -> str:
    return "not stated" if importance is None else f"{importance:.0f} of 5"


def fit_history(edition: Edition, segment: str) -> Mapping[str, Sequence[str]]:
    """How well the fit held, by today's choices, in the quarters in which it is known."""
    rows = edition.table("tradeoff_strategic_fit_history").filter(segment=segment)
    known = rows.drop_nulls("tau_b").sort("period_start_on", descending=True).to_dicts()
    return {
        "Quarter": [period("quarter", *[row["period_start_on"]] * 2) for row in known],
        "Rank correlation τ-b": [_two_decimals(row["tau_b"]) for row in known],
        "95 % interval": [
            f"{_two_decimals(row['low'])} to {_two_decimals(row['high'])}" for row in known
        ],
        "Promises": [f"{row['n_promises']}" for row in known],
    }


def _two_decimals(value: float) -> str:
    return f"{value:.2f}".replace("-", MINUS)
