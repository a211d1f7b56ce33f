"""Where the number comes from: what came in, what was left out and why, and by which links."""

import textwrap

import polars as pl

from assets.kpis.reconciliation import MEASURED, STILL_OPEN, TOO_YOUNG
from assets.published.asked import Row
from assets.published.evidence import RATINGS
from assets.published.explanation import Explanation
from pipelines.explaining.section import WIDTH, Section, are, prose

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
    if of.fates is None:
        return Section(title, _only_counts(of))
    by_fate = dict(of.fates.select("fate", "records").iter_rows())
    total = sum(by_fate.values())
    if not total:
        return Section(title, prose("Nothing came in."))
    measured, still_open = by_fate.pop(MEASURED, 0), by_fate.pop(STILL_OPEN, 0)
    reasons = sorted(by_fate.items(), key=lambda pair: (pair[0] == TOO_YOUNG, -pair[1]))
    sums = [
        (f"{total:,}", "came in"),
        *((f"− {n:,}", _reason(of.asked.kpi, fate)) for fate, n in reasons),
        (f"= {measured + still_open:,}", _in_the_number(of, measured, still_open)),
    ]
    width = max(len(figure) for figure, _ in sums)
    lines = [line for figure, text in sums for line in _row(figure.rjust(width), text)]
    return Section(title, [*lines, *_adds_up(of)])


def links(of: Explanation) -> Section:
    """The rules by which records were joined, most used first; nothing where none was needed."""
    lines = []
    for row in of.links.to_dicts():
        rule, hits = row["link_rule"], ""
        if of.asked.numerator and rule:
            hits = (
                f" ({'all' if row['hits'] == row['records'] else format(row['hits'], ',')} count)"
            )
        text = RULES.get(rule, rule.replace("_", " ")) if rule else "not linked"
        lines += _row(f"{row['records']:,}".rjust(6), f"{text}{hits}")
    return Section("By which rule its records are linked", lines)


def _row(figure: str, text: str) -> list[str]:
    first, *more = textwrap.wrap(text, WIDTH - len(figure) - 4)
    return [f"  {figure}  {first}", *(f"{'':{len(figure) + 4}}{line}" for line in more)]


def _only_counts(of: Explanation) -> list[str]:
    cell = of.asked.cell
    why = "the edition keeps no records of this KPI"
    if of.asked.kpi["fact"] == RATINGS:
        why = "an answer is one person's, so an edition holds no single one"
    return prose(
        f"{cell['n']:,} in the number, {cell['n_excluded']:,} left out by rule. "
        f"More is not told: {why}."
    )


def _reason(kpi: Row, fate: str) -> str:
    if fate == TOO_YOUNG:
        return f"too young: less than {kpi['look_ahead_hours']} hours old, outcomes can come in"
    for exclusion in kpi["exclusions"] or []:
        if exclusion["column"] == fate:
            return f"left out: {exclusion['sentence']}"
    return f"left out: {fate}"


def _in_the_number(of: Explanation, measured: int, still_open: int) -> str:
    """What is in the number, and what of it is special."""
    cell, parts = of.asked.cell, ["in the number"]
    ended = pl.DataFrame() if of.records is None else of.records.filter(pl.col("fate") == MEASURED)
    if of.asked.kpi["duration"]:
        left = ended.filter(pl.col("exit") == BY_ANOTHER_EXIT).height if ended.width else 0
        other = f" ({left:,} by another exit)" if left else ""
        parts += [f"{measured:,} ended{other}"] if measured else []
        parts += [f"{are(still_open)} still open, with the time so far"] if still_open else []
    elif of.asked.numerator and ended.width:
        counted = of.asked.numerator.removeprefix("is_").replace("_", " ")
        parts.append(f"of which {ended.filter('is_hit').height:,} count ({counted})")
    elif cell["statistic"] == "rate" and cell["value"]:
        parts[0] += f", in {cell['n'] / cell['value']:.3g} covered weeks"
    return ", ".join(parts)


def _adds_up(of: Explanation) -> list[str]:
    if of.problems:
        return prose(f"This does not add up: {'; '.join(of.problems)}.")
    same = ", and the records below say the same" if of.records is not None else ""
    return prose(f"It adds up: what is left is the n of the cell{same}.")
