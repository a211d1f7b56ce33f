"""Satisfaction of few people is withheld, and cannot be had by subtraction either.

A cell with fewer than five answers would tell what single people said. Withholding it alone does
not help where a total and its other parts are shown: their difference is the cell. So further
cells are withheld until no withheld one follows from the shown ones, taking the totals over
scopes (organisation = segments, segment = customers) and periods (quarter = months) together.
"""

import numpy as np
import polars as pl

MINIMUM_ANSWERS = 5
PARENT_SCOPE = {"segment": "organisation", "customer": "segment"}
NOTHING = 1e-9


def withheld(cells: pl.DataFrame, private: list[str], scope_sets: pl.DataFrame) -> pl.DataFrame:
    """Withholds cells of the private KPIs where due: state `withheld`, no value, no interval."""
    kept = cells.filter(pl.col("kpi").is_in(private).not_())
    parts = [
        _withheld(cells.filter(pl.col("kpi") == kpi).with_row_index("number"), scope_sets)
        for kpi in private
    ]
    return pl.concat([kept, *parts])


def _withheld(cells: pl.DataFrame, scope_sets: pl.DataFrame) -> pl.DataFrame:
    hidden = hidden_cells(cells.get_column("n").to_numpy(), totals(cells, scope_sets))
    is_hidden = pl.Series(hidden) & (pl.col("n") > 0)
    return cells.with_columns(
        pl.when(is_hidden).then(None).otherwise(pl.col("value", "low", "high")).name.keep(),
        value_state=pl.when(is_hidden).then(pl.lit("withheld")).otherwise("value_state"),
    ).drop("number")


def totals(cells: pl.DataFrame, scope_sets: pl.DataFrame) -> list[np.ndarray]:
    """Every total that a reader could subtract in: the numbers of [whole, part, part …]."""
    whole = cells.select("scope_kind", "scope", "period_kind", "period_start_on", whole="number")
    by_set = scope_sets.select("scope_set", "scope_kind", "scope")
    pairs = [
        by_set.filter(scope_kind=part)
        .join(by_set.filter(scope_kind=kind), on="scope_set", suffix="_of_whole")
        .select("scope_kind", "scope", "scope_kind_of_whole", "scope_of_whole")
        .unique()
        for part, kind in PARENT_SCOPE.items()
    ]
    by_scope = cells.join(pl.concat(pairs), on=["scope_kind", "scope"]).join(
        whole,
        left_on=["scope_kind_of_whole", "scope_of_whole", "period_kind", "period_start_on"],
        right_on=["scope_kind", "scope", "period_kind", "period_start_on"],
    )
    by_period = (
        cells.filter(period_kind="month")
        .with_columns(pl.col("period_start_on").dt.truncate("1q"), period_kind=pl.lit("quarter"))
        .join(whole, on=["scope_kind", "scope", "period_kind", "period_start_on"])
    )
    return [
        np.array([number, *parts])
        for frame in (by_scope, by_period)
        for number, parts in frame.group_by("whole", maintain_order=True).agg("number").iter_rows()
    ]


def hidden_cells(answers: np.ndarray, totals: list[np.ndarray]) -> np.ndarray:
    """Which cells must be withheld: few answers, and whatever gives them away.

    `answers` per cell; the result is a boolean per cell. Each round hides, beside every hidden
    cell that still follows from the shown ones, the smallest shown cell of one of its totals.
    """
    hidden = (answers > 0) & (answers < MINIMUM_ANSWERS)
    while True:
        giving_away = [
            total[_shown_most_private(answers, hidden, total)]
            for total in totals
            if _is_giving_away(answers, hidden, total)
        ] or _of_solvable(answers, hidden, totals)
        if not giving_away:
            return hidden
        hidden[giving_away] = True


def _shown_most_private(answers: np.ndarray, hidden: np.ndarray, total: np.ndarray) -> int:
    """The place within a total of its smallest shown cell that has answers."""
    size = np.where(hidden[total] | (answers[total] == 0), np.inf, answers[total])
    return int(np.argmin(size))


def _has_shown(answers: np.ndarray, hidden: np.ndarray, total: np.ndarray) -> bool:
    return bool((~hidden[total] & (answers[total] > 0)).any())


def _is_giving_away(answers: np.ndarray, hidden: np.ndarray, total: np.ndarray) -> bool:
    """One hidden cell in a total follows from the others; few answers hidden follow together."""
    hidden_here = total[hidden[total]]
    if not len(hidden_here) or not _has_shown(answers, hidden, total):
        return False
    few = not hidden[total[0]] and answers[hidden_here].sum() < MINIMUM_ANSWERS
    return len(hidden_here) == 1 or few


def _of_solvable(answers: np.ndarray, hidden: np.ndarray, totals: list[np.ndarray]) -> list[int]:
    """Cells to hide because all totals together would still solve for a hidden one.

    A hidden cell is safe when some way of filling all hidden cells changes it and keeps every
    total: when it moves in the null space of the totals.
    """
    (unknown,) = np.nonzero(hidden)
    if not len(unknown):
        return []
    column = {cell: place for place, cell in enumerate(unknown)}
    touching = [total for total in totals if hidden[total].any()]
    equations = np.zeros((len(touching), len(unknown)))
    for row, total in enumerate(touching):
        for place, cell in enumerate(total):
            if hidden[cell]:
                equations[row, column[cell]] = -1.0 if place == 0 else 1.0
    _, sizes, directions = np.linalg.svd(equations)
    free = directions[(sizes > NOTHING).sum() :]
    solvable = set(unknown[(np.abs(free) > NOTHING).sum(axis=0) == 0])
    return [
        int(total[_shown_most_private(answers, hidden, total)])
        for total in touching
        if solvable & set(total) and _has_shown(answers, hidden, total)
    ]
