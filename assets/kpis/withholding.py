"""Satisfaction of few people is withheld, and cannot be had from what is shown either.

A cell with fewer than five answers would tell what single people said. Further cells are withheld
until every withheld one has at least two possible values for a reader who knows the shown cells
and all n (`assets.methods.disclosure`). Every cell is a sum of *atoms*, the answers of one scope
set; cells are of quarters only, which share no answers, so that each quarter stands by itself.
"""

import numpy as np
import polars as pl

from assets.methods.disclosure import hidden_cells

PARENT_SCOPE = {"segment": "organisation", "customer": "segment"}


def withheld(
    cells: pl.DataFrame, kpi: str, answers: pl.DataFrame, scope_sets: pl.DataFrame
) -> pl.DataFrame:
    """Withholds cells of one KPI where due: state `withheld`, no value, no interval.

    `answers` has `scope_set, day` of every answer that counts. The cells must be of quarters.
    """
    atoms = answers.group_by("scope_set", quarter=pl.col("day").dt.truncate("1q")).agg(
        people=pl.len()
    )
    own = cells.filter(pl.col("kpi") == kpi)
    return pl.concat(
        [
            cells.filter(pl.col("kpi") != kpi),
            *(
                _withheld(block, atoms.filter(quarter=quarter), scope_sets)
                for (quarter,), block in own.group_by("period_start_on", maintain_order=True)
            ),
        ]
    )


def _withheld(cells: pl.DataFrame, atoms: pl.DataFrame, scope_sets: pl.DataFrame) -> pl.DataFrame:
    if atoms.is_empty():
        return cells
    numbered = cells.with_row_index("number")
    places = atoms.with_row_index("atom")
    pairs = (
        places.join(scope_sets, on="scope_set")
        .join(numbered, on=["scope_kind", "scope"])
        .select("number", "atom")
    )
    contains = np.zeros((cells.height, atoms.height))
    contains[pairs.get_column("number").to_numpy(), pairs.get_column("atom").to_numpy()] = 1
    good = (pl.col("value") * pl.col("n")).round().fill_null(0).alias("good")
    hidden = hidden_cells(
        cells.select(good).get_column("good").to_numpy(),
        contains,
        atoms.get_column("people").cast(pl.Float64).to_numpy(),
        siblings(numbered, scope_sets),
    )
    is_hidden = pl.lit(pl.Series(hidden))
    return cells.with_columns(
        pl.when(is_hidden).then(None).otherwise(pl.col("value", "low", "high")).name.keep(),
        value_state=pl.when(is_hidden).then(pl.lit("withheld")).otherwise("value_state"),
    )


def siblings(cells: pl.DataFrame, scope_sets: pl.DataFrame) -> list[np.ndarray]:
    """The numbers of cells that are parts of one scope."""
    by_set = scope_sets.select("scope_set", "scope_kind", "scope")
    parents = pl.concat(
        by_set.filter(scope_kind=part)
        .join(by_set.filter(scope_kind=whole), on="scope_set", suffix="_of_whole")
        .select("scope_kind", "scope", "scope_of_whole")
        .unique()
        for part, whole in PARENT_SCOPE.items()
    )
    grouped = (
        cells.join(parents, on=["scope_kind", "scope"])
        .group_by("scope_kind", "scope_of_whole", maintain_order=True)
        .agg("number")
    )
    return [np.array(numbers) for numbers in grouped.get_column("number")]
