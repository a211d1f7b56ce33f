"""Numbers of the example company are explained: their records give them again.

The cells were made from the warehouse by ranges over all scopes at once; the explanation starts
from one cell and the edition's records, and reckons by another method.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from app.cells import KEPT_COLUMNS, KEY_COLUMNS, Cell, catalogue
from app.edition import Edition, open_edition
from app.explained.explanation import Explanation, explain
from app.explained.members import in_number

Explained = Callable[[int], Iterator[Explanation]]
SERIES = ("kpi", "statistic", "slice_kind", "scope_kind", "period_kind", "value_state")


@pytest.fixture
def edition(example_edition: Path) -> Edition:
    return open_edition(example_edition.parents[1], example_edition.name)


@pytest.fixture
def explained(edition: Edition) -> Explained:
    """`explained(n)`: explanations of n cells of every kind there is, chosen at random."""

    def some(of_each: int) -> Iterator[Explanation]:
        kpis = catalogue(edition)
        shuffled = (
            edition.table("kpi_values").sort(KEY_COLUMNS).sample(fraction=1, shuffle=True, seed=4)
        )
        chosen = shuffled.filter(pl.int_range(pl.len()).over(SERIES) < of_each)
        for row in chosen.select(KEPT_COLUMNS).to_dicts():
            yield explain(edition, Cell(kpis[row["kpi"]], row, row["scope"]), None)

    return some


def disagreement(of: Explanation) -> str:
    """What the records say that the cell does not; nothing where they agree."""
    cell = of.cell
    said = list(of.problems)
    if of.records is None:
        said += [] if cell.kpi.is_private else ["no records"]
    elif cell.row["value"] is not None and in_number(of.records).height != cell.row["n"]:
        said.append(f"{in_number(of.records).height} records")
    return f"{cell.key}: {said}" if said else ""


def test_a_thousand_cells_of_all_kpis_are_explained_by_their_records(edition, explained):
    every = list(explained(1))
    assert [text for of in every if (text := disagreement(of))] == []
    assert {of.cell.kpi.id for of in every} == set(edition.table("kpi_values")["kpi"])
    assert len(every) > 1_000


@pytest.mark.slow
def test_ten_thousand_cells_are_explained_by_their_records(explained):
    said = [disagreement(of) for of in explained(8)]
    assert [text for text in said if text] == []
    assert len(said) > 8_000
