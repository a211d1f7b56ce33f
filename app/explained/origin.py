"""Where the number comes from: what came in, what was left out and why, and by which links."""

import polars as pl

from app.cells import Kpi
from app.explained.explanation import Explanation
from app.explained.members import MEASURED, STILL_OPEN, TOO_YOUNG
from app.explained.number import counted
from app.explained.section import Section
from app.words import SPACE

BY_ANOTHER_EXIT = 2
RULES = {
    "explicit": "explicit: a source names the link",
    "rollback": "rollback: an earlier commit was deployed again",
    "hotfix": "hotfix: an unplanned or reverting release followed soon",
    "service_window": "service window: an incident of the service opened soon after",
    "compare_commits": "compare commits: the release contains the commits of the change",
    "merge_order": "merge order: the change was merged before the commit that was released",
}


def origin(of: Explanation) -> Section:
    """The reconciliation as a sum, and whether it adds up."""
    title = "Where it comes from"
    if of.cell.row["value_state"] == "withheld":
        return Section("origin", title, ("Of a number that is withheld nothing else is told.",))
    if of.fates is None:
        return Section("origin", title, (_only_counts(of),))
    by_fate = dict(of.fates.select("fate", "records").iter_rows())
    total = sum(by_fate.values())
    if not total:
        return Section(
            "origin", title, ("Nothing came in.",), closing=_adds_up(of) if of.problems else ()
        )
    measured, still_open = by_fate.pop(MEASURED, 0), by_fate.pop(STILL_OPEN, 0)
    reasons = sorted(by_fate.items(), key=lambda pair: (pair[0] == TOO_YOUNG, -pair[1]))
    sums = [
        (counted(total), "came in"),
        *((f"−{SPACE}{counted(n)}", _reason(of.cell.kpi, fate)) for fate, n in reasons),
        (f"={SPACE}{counted(measured + still_open)}", _in_the_number(of, measured, still_open)),
    ]
    return Section("origin", title, sums=tuple(sums), closing=_adds_up(of))


def links(of: Explanation) -> Section:
    """The rules by which records were joined, most used first; nothing where none was needed."""
    sums = []
    for row in of.links.to_dicts():
        rule, hits = row["link_rule"], ""
        if of.cell.numerator and rule:
            is_all = row["hits"] == row["records"]
            hits = f" ({'all' if is_all else counted(row['hits'])} count)"
        text = RULES.get(rule, rule.replace("_", " ")) if rule else "not linked"
        sums.append((counted(row["records"]), f"{text}{hits}"))
    return Section("links", "By which rule its records are linked", sums=tuple(sums))


def _only_counts(of: Explanation) -> str:
    why = "the edition keeps no records of this KPI"
    if of.cell.kpi.is_private:
        why = "an answer is one person's, so an edition holds no single one"
    n, left_out = (counted(of.cell.row[name]) for name in ("n", "n_excluded"))
    return f"{n} in the number, {left_out} left out by rule. More is not told: {why}."


def _reason(kpi: Kpi, fate: str) -> str:
    if fate == TOO_YOUNG:
        hours = kpi.row["look_ahead_hours"]
        return f"too young: less than {hours} hours old, outcomes can come in"
    for exclusion in kpi.row["exclusions"] or []:
        if exclusion["column"] == fate:
            return f"left out: {exclusion['sentence']}"
    return f"left out: {fate.removeprefix('is_').replace('_', ' ')}"


def _in_the_number(of: Explanation, measured: int, still_open: int) -> str:
    """What is in the number, and what of it is special."""
    row, parts = of.cell.row, ["in the number"]
    ended = pl.DataFrame() if of.records is None else of.records.filter(pl.col("fate") == MEASURED)
    if of.cell.kpi.row["duration"]:
        left = ended.filter(pl.col("exit") == BY_ANOTHER_EXIT).height if ended.width else 0
        other = f" ({counted(left)} by another exit)" if left else ""
        parts += [f"{counted(measured)} ended{other}"] if measured else []
        are = "is" if still_open == 1 else "are"
        open_ones = f"{counted(still_open)} {are} still open, with the time so far"
        parts += [open_ones] if still_open else []
    elif of.cell.numerator and ended.width:
        column = of.cell.numerator.removeprefix("is_").replace("_", " ")
        hits = ended.filter("is_hit").height
        parts.append(f"of which {counted(hits)} {'counts' if hits == 1 else 'count'} ({column})")
    elif row["statistic"] == "rate" and row["value"]:
        parts[0] += f", in {row['n'] / row['value']:.3g} covered weeks"
    return ", ".join(parts)


def _adds_up(of: Explanation) -> tuple[str, ...]:
    if of.problems:
        return (f"This does not add up: {'; '.join(of.problems)}.",)
    same = ", and the records give the same number" if of.records is not None else ""
    return (f"It adds up: what is left is the n of the cell{same}.",)
