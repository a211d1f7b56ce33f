"""Satisfaction of few people is withheld, and cannot be had by subtraction either.

A cell with fewer than five answers would tell what single people said. Withholding it alone does
not help where a total and its other parts are shown: their difference is the cell. So further
cells are withheld until no withheld one follows from the shown ones, by whatever way of adding
and subtracting. Every cell is a sum of *atoms*, the answers of one scope set in one month; one
follows from others when it is a linear combination of them.
"""

import numpy as np
import polars as pl

MINIMUM_ANSWERS = 5
NOTHING = 1e-6  # in combinations of zeros and ones, what is not nothing is far from it
CELL_KEY = ["scope_kind", "scope", "period_kind", "period_start_on"]
PARENT_SCOPE = {"segment": "organisation", "customer": "segment"}


def withheld(
    cells: pl.DataFrame, kpi: str, answers: pl.DataFrame, scope_sets: pl.DataFrame
) -> pl.DataFrame:
    """Withholds cells of one KPI where due: state `withheld`, no value, no interval.

    `answers` has `scope_set, day` of every answer that counts. The cells must be of months and
    quarters: no sum reaches beyond a quarter, so each quarter is looked at by itself.
    """
    atoms = atoms_of(answers, scope_sets)
    own = cells.filter(pl.col("kpi") == kpi).with_columns(
        quarter=pl.col("period_start_on").dt.truncate("1q")
    )
    return pl.concat(
        [
            cells.filter(pl.col("kpi") != kpi),
            *(
                _withheld(block, atoms, scope_sets)
                for block in own.partition_by("quarter", include_key=False)
            ),
        ]
    )


def _withheld(cells: pl.DataFrame, atoms: pl.DataFrame, scope_sets: pl.DataFrame) -> pl.DataFrame:
    numbered = cells.with_row_index("number")
    pairs = numbered.join(atoms, on=CELL_KEY).select("number", column=pl.col("atom").rank("dense"))
    contains = np.zeros((cells.height, pairs.get_column("column").n_unique()))
    contains[pairs.get_column("number").to_numpy(), pairs.get_column("column").to_numpy() - 1] = 1
    answers = cells.get_column("n").to_numpy()
    is_hidden = pl.lit(pl.Series(hidden_cells(answers, contains, siblings(numbered, scope_sets))))
    return cells.with_columns(
        pl.when(is_hidden).then(None).otherwise(pl.col("value", "low", "high")).name.keep(),
        value_state=pl.when(is_hidden).then(pl.lit("withheld")).otherwise("value_state"),
    )


def atoms_of(answers: pl.DataFrame, scope_sets: pl.DataFrame) -> pl.DataFrame:
    """Which atoms each cell is the sum of: `CELL_KEY` and `atom`."""
    months = answers.select("scope_set", month=pl.col("day").dt.truncate("1mo")).unique()
    numbered = months.with_row_index("atom").join(scope_sets, on="scope_set")
    return pl.concat(
        numbered.select(
            "scope_kind",
            "scope",
            "atom",
            period_kind=pl.lit(kind),
            period_start_on=pl.col("month").dt.truncate(every),
        )
        for kind, every in (("month", "1mo"), ("quarter", "1q"))
    )


def siblings(cells: pl.DataFrame, scope_sets: pl.DataFrame) -> list[np.ndarray]:
    """The numbers of cells that are parts of one whole: of a scope, or of the quarter."""
    by_set = scope_sets.select("scope_set", "scope_kind", "scope")
    parents = pl.concat(
        by_set.filter(scope_kind=part)
        .join(by_set.filter(scope_kind=whole), on="scope_set", suffix="_of_whole")
        .select("scope_kind", "scope", "scope_kind_of_whole", "scope_of_whole")
        .unique()
        for part, whole in PARENT_SCOPE.items()
    )
    whole = ["scope_kind_of_whole", "scope_of_whole", "period_kind", "period_start_on"]
    grouped = [
        cells.join(parents, on=["scope_kind", "scope"]).group_by(whole).agg("number"),
        cells.filter(period_kind="month").group_by("scope_kind", "scope").agg("number"),
    ]
    return [np.array(numbers) for frame in grouped for numbers in frame.get_column("number")]


def hidden_cells(
    answers: np.ndarray, contains: np.ndarray, siblings: list[np.ndarray]
) -> np.ndarray:
    """Which cells must be withheld: few answers, and whatever gives them away.

    `answers` per cell, `contains` cells × atoms; the result is a boolean per cell. Each round
    hides, of the shown cells that a secret follows from, the one with the fewest answers.
    """
    hidden: np.ndarray = (answers > 0) & (answers < MINIMUM_ANSWERS)
    while hidden.any():
        (shown,) = np.nonzero(~hidden & (answers > 0))
        secrets = _secrets(answers, hidden, contains, siblings)
        if not len(shown):
            break
        share, *_ = np.linalg.lstsq(contains[shown].T, secrets.T, rcond=None)
        follows = np.abs(secrets.T - contains[shown].T @ share).max(axis=0) < NOTHING
        if not follows.any():
            break
        size = np.where(np.abs(share[:, follows]) > NOTHING, answers[shown][:, None], np.inf)
        hidden[shown[size.argmin(axis=0)]] = True
    return hidden


def _secrets(
    answers: np.ndarray, hidden: np.ndarray, contains: np.ndarray, siblings: list[np.ndarray]
) -> np.ndarray:
    """The sums that must not follow: hidden cells, and hidden siblings with few answers."""
    together = [group[hidden[group]] for group in siblings]
    few = [group for group in together if 0 < answers[group].sum() < MINIMUM_ANSWERS]
    return np.vstack([contains[hidden], *(contains[group].sum(axis=0) for group in few)])
