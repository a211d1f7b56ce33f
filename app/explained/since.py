"""What differs from the last edition: the two values, and which records made the difference."""

import polars as pl

from app import sentences
from app.explained import restated
from app.explained.explanation import Explanation
from app.explained.number import counted
from app.explained.records import record, state, table
from app.explained.restated import Restated
from app.explained.section import Section
from app.words import inside

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


def since(of: Explanation, most: int | None) -> Section:
    """The same cell in the edition before, and the records that differ by how they do.

    Of each way to differ `most` records are listed.
    """
    title, change = "Since the last edition", of.restated
    if of.cell.kpi.is_private:
        return Section(
            "since", title, ("Not told: the difference could tell what one person said.",)
        )
    if change is None:
        return Section("since", title, ("There is no earlier edition to compare with.",))
    title += f", {change.earlier.id}"
    if change.cell is None:
        ends = ": its 28 days end on another day" if of.cell.row["period_kind"] == ROLLING else ""
        return Section("since", title, (f"That edition does not have this cell{ends}.",))
    before, after = (sentences.short(one.row, one.kpi) for one in (change.cell, of.cell))
    told = [f"Then and now: {after}"] if before == after else [f"Then: {before}", f"Now: {after}"]
    told += _terms(of, change)
    if change.records is None:
        return Section("since", title, (*told, "Which records made the difference is not kept."))
    groups = change.records.group_by("how", maintain_order=True).len().rows()
    sums = [(counted(n), inside(HOW[how])) for how, n in groups]
    if change.n_older:
        sums.append((counted(change.n_older), "open then and now, with more time"))
    return Section(
        "since",
        title,
        tuple(told if sums else [*told, "No record of this number differs."]),
        tuple(sums),
        records=_shown(of, change.records, most),
        n_records=change.records.height,
    )


def _shown(of: Explanation, differing: pl.DataFrame, most: int | None) -> pl.DataFrame:
    first = pl.int_range(pl.len()).over("how") < (most or differing.height)
    return table(_told(of, row) for row in differing.filter(first).to_dicts())


def _told(of: Explanation, row: dict[str, object]) -> dict[str, str]:
    names = ("fate", "measured", "whole", "exit", "is_hit", "link_rule")
    then = {name: row[f"{name}_then"] for name in names}
    before = f"{state(of, {**row, **then})} → " if then["fate"] is not None else ""
    after = state(of, row) if row["fate"] is not None else "not in it"
    # Where a record that is gone was, the earlier edition says.
    lost = {name: row[f"{name}_then"] for name in ("url", "place", "entered_at")}
    place = {} if row["fate"] is not None else lost
    return record(of, {**row, **place}, f"{before}{after}", HOW[str(row["how"])])


def _terms(of: Explanation, change: Restated) -> list[str]:
    """What else than records can make a difference."""
    assert change.cell is not None
    then, now = change.earlier, of.edition
    versions = change.cell.kpi.row["version"], of.cell.kpi.row["version"]
    differs = {
        f"Its definition went from version {versions[0]} to {versions[1]}.": len(set(versions)) > 1,
        "The configuration has changed in between.": (
            then.configuration_digest != now.configuration_digest
        ),
        "Another version of Plumbline made that edition.": then.code_version != now.code_version,
    }
    return [text for text, is_so in differs.items() if is_so]
