"""No withheld satisfaction cell can be had by subtraction: checked by exact elimination."""

from datetime import date
from fractions import Fraction

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.kpis.withholding import withheld

MONTHS = [date(2026, m, 1) for m in (1, 2, 3, 4)]
# Two plain teams, one that moved from x to y, answers of two teams, and of teams in two segments.
SETS = {
    1: {"customer": ("a",), "segment": ("x",)},
    2: {"customer": ("b",), "segment": ("x",)},
    3: {"customer": ("moved",), "segment": ("x",)},
    4: {"customer": ("moved",), "segment": ("y",)},
    5: {"customer": ("a", "b"), "segment": ("x",)},
    6: {"customer": ("b", "c"), "segment": ("x", "y")},
    7: {"customer": ("c",), "segment": ("y",)},
    8: {"customer": ("d",), "segment": ("y",)},
    9: {"customer": ("unassigned",), "segment": ("unassigned",)},
}
NAMES = ["scope_kind", "scope", "period_kind", "period_start_on"]
SIZES = st.sampled_from((0, 0, 0, 1, 2, 4, 5, 6, 9, 30))
worlds = st.dictionaries(
    st.tuples(st.sampled_from(list(SETS)), st.sampled_from(MONTHS)), SIZES, max_size=25
)


def contents(counts):
    """`counts`: answers by (scope set, month) -> which of them each cell is the sum of."""
    cells = {}
    for (number, month), size in counts.items():
        quarter = date(2026, (month.month - 1) // 3 * 3 + 1, 1)
        scopes = {**SETS[number], "organisation": ("organisation",)}
        for kind, names in scopes.items():
            for name in names:
                atoms = cells.setdefault((kind, name, "quarter", quarter), set())
                if size:
                    atoms.add((number, month))
    return cells


def size_of(cell, counts):
    return sum(counts[atom] for atom in cell)


def frame_of(counts):
    rows = []
    for key, atoms in contents(counts).items():
        n = size_of(atoms, counts)
        good = sum(counts[atom] * 2 // 3 for atom in atoms)
        rows.append((*key, n, good / n if n else None, "ok" if n else "no_events"))
    schema = dict.fromkeys(NAMES[:3], pl.String) | {
        "period_start_on": pl.Date,
        "n": pl.UInt32,
        "value": pl.Float64,
        "value_state": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        kpi=pl.lit("csat"), low=pl.col("value") - 0.1, high=pl.col("value") + 0.1
    )


def answers_of(counts):
    rows = [atom for atom, size in counts.items() for _ in range(size)]
    return pl.DataFrame(rows, schema={"scope_set": pl.UInt32, "day": pl.Date}, orient="row")


def scope_sets():
    rows = [
        (number, kind, name)
        for number, scopes in SETS.items()
        for kind, names in {**scopes, "organisation": ("organisation",)}.items()
        for name in names
    ]
    schema = {"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def echelon(rows):
    """Pivot column and row of the reduced echelon form, over the rationals."""
    done = {}
    for row in rows:
        row = remainder(row, done)
        pivot = next((place for place, value in enumerate(row) if value), None)
        if pivot is not None:
            done[pivot] = [value / row[pivot] for value in row]
    return done


def remainder(row, done):
    row = list(map(Fraction, row))
    for pivot in sorted(done):
        factor = row[pivot]
        if factor:
            row = [v - factor * d for v, d in zip(row, done[pivot], strict=True)]
    return row


def derivable(counts, hidden):
    """Hidden cells that are a combination of shown ones, as vectors over the answers."""
    atoms = [atom for atom, size in counts.items() if size]
    vectors = {key: [atom in cell for atom in atoms] for key, cell in contents(counts).items()}
    done = echelon([vector for key, vector in vectors.items() if key not in hidden])
    return [key for key in hidden if not any(remainder(vectors[key], done))]


@settings(max_examples=40)
@given(counts=worlds)
def test_no_withheld_satisfaction_cell_can_be_had_by_subtraction(counts):
    found = withheld(frame_of(counts), "csat", answers_of(counts), scope_sets())
    hidden = set(found.filter(value_state="withheld").select(NAMES).iter_rows())
    small = {key for key, cell in contents(counts).items() if 0 < size_of(cell, counts) < 5}
    assert small <= hidden
    assert derivable(counts, hidden) == []


@settings(max_examples=40)
@given(counts=worlds)
def test_a_withheld_cell_has_neither_value_nor_interval_and_others_keep_theirs(counts):
    before = frame_of(counts)
    after = withheld(before, "csat", answers_of(counts), scope_sets())
    hidden = after.filter(value_state="withheld")
    assert hidden.select(pl.col("value", "low", "high").is_null().all()).row(0) == (True,) * 3
    assert hidden.select((pl.col("n") > 0).all()).item()
    rest = after.join(hidden, on=NAMES, how="anti").sort(NAMES)
    kept = before.join(hidden, on=NAMES, how="anti").sort(NAMES)
    assert rest.equals(kept.select(rest.columns))


def test_where_every_cell_has_five_answers_nothing_is_withheld():
    counts = {(number, month): 5 for number in SETS for month in MONTHS}
    found = withheld(frame_of(counts), "csat", answers_of(counts), scope_sets())
    assert "withheld" not in found.get_column("value_state")


def test_cells_of_other_kpis_are_left_alone():
    counts = {(number, month): 1 for number in SETS for month in MONTHS}
    frame = frame_of(counts).with_columns(kpi=pl.lit("csat_response_rate"))
    assert withheld(frame, "csat", answers_of(counts), scope_sets()).equals(frame)
