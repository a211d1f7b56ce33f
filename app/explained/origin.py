"""Where the number comes from: what came in, what was left out and why, and by which links."""

import polars as pl

from app.cells import Kpi
from app.explained.explanation import (
    DAYS_PER_WEEK,
    Explanation,
    divided_by,
    lacks_a_base,
    total_of,
)
from app.explained.members import (
    BEFORE_COVERAGE,
    MEASURED,
    NOT_TOLD,
    STILL_OPEN,
    TOO_YOUNG,
    active_customers,
    measured_until,
)
from app.explained.number import counted
from app.explained.records import BY_ANOTHER_EXIT, amounts_in
from app.explained.section import Section
from app.words import SPACE, day, number, quantity

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
    if fate == NOT_TOLD:
        return "not told: the record does not say what is measured"
    if fate == BEFORE_COVERAGE:
        return "left out: from before its sources begin to tell, when only what lasted is known"
    for exclusion in kpi.row["exclusions"] or []:
        if exclusion["column"] == fate:
            return f"left out: {exclusion['sentence']}"
    return f"left out: {_spaced(fate)}"


def _in_the_number(of: Explanation, measured: int, still_open: int) -> str:
    """What is in the number, and what of it is special."""
    kpi, statistic = of.cell.kpi, of.cell.row["statistic"]
    if kpi.left_at:
        return f"open at the end of {day(measured_until(of.edition, of.cell))}"
    if of.records is None:
        return "in the number"
    ended = of.records.filter(pl.col("fate") == MEASURED)
    if kpi.row["duration"]:
        parts = _ended(ended, measured, still_open)
    elif kpi.denominator:
        below, above = (number(float(ended[name].sum())) for name in ("whole", "measured"))
        names = [_spaced(str(name)) for name in (of.cell.numerator, kpi.denominator)]
        parts = [f"together {above} {names[0]} ÷ {below} {names[1]}"]
    elif of.cell.numerator:
        hits = ended.filter("is_hit").height
        counts = "counts" if hits == 1 else "count"
        parts = [f"of which {counted(hits)} {counts} ({_spaced(of.cell.numerator)})"]
    else:
        parts = _over_time(of, ended) if statistic == "rate" else []
    return ", ".join(["in the number", *parts])


def _ended(ended: pl.DataFrame, measured: int, still_open: int) -> list[str]:
    left = ended.filter(pl.col("exit") == BY_ANOTHER_EXIT).height
    other = f" ({counted(left)} by another exit)" if left else ""
    are = "is" if still_open == 1 else "are"
    open_ones = f"{counted(still_open)} {are} still open, with the time so far"
    return [
        *([f"{counted(measured)} ended{other}"] if measured else []),
        *([open_ones] if still_open else []),
    ]


def _over_time(of: Explanation, ended: pl.DataFrame) -> list[str]:
    """Of a rate: the amounts together, and the weeks that they are divided by."""
    kpi, total = of.cell.kpi, total_of(of.cell, ended)
    together = [f"{quantity(total, amounts_in(kpi))} together"] if kpi.amount else []
    if not of.cell.row["value"]:
        return together
    days = round(divided_by(of.cell, total))
    weeks = f"({days / DAYS_PER_WEEK:,.3g} weeks)"
    if not kpi.is_per_customer:
        return [*together, f"in {counted(days)} covered days {weeks}"]
    told = [*together, f"in {counted(days)} days of active customers {weeks}"]
    active = active_customers(of.edition, of.cell)
    if active is not None and active.len():
        told.append(
            f"with {number(float(active.sum()) / active.len())} active customers on average"
        )
    return told


def _spaced(column: str) -> str:
    return column.removeprefix("is_").replace("_", " ")


def _adds_up(of: Explanation) -> tuple[str, ...]:
    if lacks_a_base(of.cell) and not of.problems:
        return ("There is nothing to divide by, so there is no number.",)
    if of.problems:
        return (f"This does not add up: {'; '.join(of.problems)}.",)
    same = ", and the records give the same number" if of.records is not None else ""
    return (f"It adds up: what is left is the n of the cell{same}.",)
