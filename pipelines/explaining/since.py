"""What differs from the last edition: the two values, and which records made the difference."""

import polars as pl

from assets.published import restated
from assets.published.evidence import RATINGS
from assets.published.explanation import Explanation
from assets.published.restated import Restated
from pipelines.explaining.number import said
from pipelines.explaining.records import record, state
from pipelines.explaining.section import Section, prose

SHOWN = 3
ROLLING = "trailing_28d"
HOW = {
    restated.LATE: "Came in late (their day was over, and that edition did not know them)",
    restated.MOVED_HERE: "Known then, but not part of this number",
    restated.CORRECTED: "Read differently now",
    restated.GONE: "No longer known",
    restated.MOVED_AWAY: "Still known, but no longer part of this number",
    restated.ENDED: "Open then, ended by now",
    restated.GROWN: "Too young then",
    restated.NEW: "Entered since",
}


def since(of: Explanation) -> Section:
    """The same cell in the edition before, and the records that differ by how they do."""
    title, change = "Since the last edition", of.restated
    if of.asked.kpi["fact"] == RATINGS:
        return Section(title, prose("Not told: the difference could tell what one person said."))
    if change is None:
        return Section(title, prose("There is no earlier edition to compare with."))
    title += f"   {change.earlier.manifest.id}"
    if change.cell is None:
        ends = ": its 28 days end on another day" if of.asked.cell["period_kind"] == ROLLING else ""
        return Section(title, prose(f"That edition does not have this cell{ends}."))
    lines = [*prose(f"Then: {said(change.cell)}"), *prose(f"Now:  {said(of.asked)}")]
    lines += [line for text in _terms(of, change) for line in prose(text)]
    if change.records is None:
        return Section(title, [*lines, *prose("Which records made the difference is not kept.")])
    for (how,), rows in change.records.group_by("how", maintain_order=True):
        lines += _group(of, str(how), rows)
    if change.n_older:
        lines += prose(f"Open then and now, with more time: {change.n_older:,}")
    if change.records.is_empty() and not change.n_older:
        lines += prose("No record of this number differs.")
    return Section(title, lines)


def _terms(of: Explanation, change: Restated) -> list[str]:
    """What else than records can make a difference."""
    assert change.cell is not None
    then, now = change.earlier.manifest.about, of.edition.manifest.about
    versions = change.cell.kpi["version"], of.asked.kpi["version"]
    differs = {
        f"Its definition went from version {versions[0]} to {versions[1]}.": len(set(versions)) > 1,
        "The configuration has changed in between.": (
            then.configuration_digest != now.configuration_digest
        ),
        "Another version of Plumbline made that edition.": then.code_version != now.code_version,
    }
    return [text for text, is_so in differs.items() if is_so]


def _group(of: Explanation, how: str, rows: pl.DataFrame) -> list[str]:
    lines = prose(f"{HOW[how]}: {rows.height:,}")
    for row in rows.head(SHOWN).to_dicts():
        then = {name: row[f"{name}_then"] for name in ("fate", "seconds", "exit", "is_hit")}
        now = row if row["fate"] is not None else {**row, **_of_then(row)}
        before = f"{state(of, then)} → " if then["fate"] is not None else ""
        after = state(of, row) if row["fate"] is not None else "not in it"
        lines += record(of, now, f"{before}{after}", indent="    ")
    more = rows.height - SHOWN
    return [*lines, *(prose(f"… and {more:,} more", "    ") if more > 0 else [])]


def _of_then(row: dict[str, object]) -> dict[str, object]:
    """Where a record that is gone was, as the earlier edition said it."""
    return {name: row[f"{name}_then"] for name in ("url", "place", "entered_at")}
