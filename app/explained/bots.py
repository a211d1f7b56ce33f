"""How much of a number is bots' work, and what it would be without them.

Told where a KPI is sliced by who stands behind its records, in the periods that have such slices.
"""

import polars as pl

from app import sentences
from app.cells import KEPT_COLUMNS, KEY_COLUMNS, Row
from app.explained.explanation import Explanation
from app.explained.section import Section
from app.words import number, quantity

KINDS = ("author_kind", "actor_kind")
BOT, PERSON = "bot", "human"
TITLE = "How much of it is bots’ work?"


def bots(of: Explanation) -> Section:
    """The bots' share of the records, and the same statistic of people's records alone."""
    parts = _parts(of)
    if not parts:
        return Section("bots", TITLE)
    every = of.cell.row["n"]
    by_bots, by_people = (parts[who]["n"] if who in parts else 0 for who in (BOT, PERSON))
    if not by_bots:
        told = [f"None: a bot stands behind none of its {number(every)} records."]
    else:
        share = (
            f"{number(by_bots)} of {number(every)} records ({quantity(by_bots / every, 'ratio')})"
        )
        told = [f"Bots stand behind {share}."]
        told += [
            f"People’s alone: {sentences.short(parts[PERSON], of.cell.kpi)}."
            if by_people
            else "No person is known to stand behind any."
        ]
    unknown = every - by_bots - by_people
    if unknown:
        told.append(f"Of {number(unknown)} nothing tells who; they count as neither.")
    return Section("bots", TITLE, tuple(told))


def _parts(of: Explanation) -> dict[str, Row]:
    """The cells of the same place and time by who stands behind the records, if there are any."""
    row = of.cell.row
    cut = [kind for kind in of.cell.kpi.row["slices"] or [] if kind in KINDS]
    if not cut or row["slice"] or row["value_state"] == "withheld":
        return {}
    here = [
        pl.col(name) == (cut[0] if name == "slice_kind" else row[name])
        for name in KEY_COLUMNS
        if name != "slice"
    ]
    found = of.edition.scan("kpi_values").filter(*here).select(KEPT_COLUMNS).collect()
    return {part["slice"]: part for part in found.to_dicts()}
