"""From facts to cells: every KPI for every scope and period, with n, interval, state and flags."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from assets.kpis.definition import Kpi
from assets.kpis.fates import NOT_EXCLUDED
from assets.kpis.grid import Grid
from assets.kpis.known import covered_days, stale_cells
from assets.kpis.measures import (
    DAYS_PER_WEEK,
    Measured,
    Rows,
    by_value,
    measure,
    ratios,
)
from assets.kpis.non_response import ASKED, with_bounds
from assets.kpis.periods import days_of, last_full_day
from assets.kpis.tally import tallies_with_cuts
from assets.kpis.terms import AGE_SECONDS, Fact, Facts, Terms
from assets.kpis.withholding import withheld
from assets.methods.distributions import Floats
from assets.methods.group_quantiles import HAPPENED

MINIMUM_N_P90 = 50
COUNTED = ("rate", "count")  # where nothing happened, they are 0

CELL: dict[str, pl.DataType | type[pl.DataType]] = {
    "kpi": pl.String,
    "statistic": pl.String,
    "slice_kind": pl.String,
    "slice": pl.String,
    "promise": pl.String,
    "scope_kind": pl.String,
    "scope": pl.String,
    "period_kind": pl.String,
    "period_start_on": pl.Date,
    "period_end_on": pl.Date,
    "value_state": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.UInt32,
    "n_open": pl.UInt32,
    "n_excluded": pl.UInt32,
    "is_complete": pl.Boolean,
    "is_low_n": pl.Boolean,
    "is_immature": pl.Boolean,
    "is_stale": pl.Boolean,
    "definition_version": pl.UInt16,
    "as_of": pl.Datetime("us", "UTC"),
}
# In millions of rows, words are kept as numbers until they are written.
COMPACT = {name: pl.Categorical() if kind == pl.String else kind for name, kind in CELL.items()}
ORDER = tuple(CELL)[:4] + tuple(CELL)[5:10]  # what identifies a cell: all words but the promise
STATES = ("ok", "not_reached", "no_events", "not_covered")


def cells(kpis: Sequence[Kpi], facts: Facts, terms: Terms) -> pl.DataFrame:
    """All cells of the KPIs given, in the schema `CELL`; `facts` by name.

    In the order of an edition: by KPI, statistic, slice, scope and period.
    """
    return compact_cells(kpis, facts, terms).cast(pl.Schema(CELL))


def compact_cells(kpis: Sequence[Kpi], facts: Facts, terms: Terms) -> pl.DataFrame:
    """The same with categories instead of words."""
    tallied = tallies_with_cuts(kpis, facts, terms)
    found = {"": pl.DataFrame(schema=COMPACT)}
    for entry in {kpi.entry for kpi in kpis}:
        alike = [kpi for kpi in kpis if kpi.entry == entry]
        rows = terms.measured([kpi for kpi in alike if not kpi.adds_up], facts[alike[0].fact])
        for kpi in alike:
            found[kpi.id] = _compact_cells_of(kpi, tallied[kpi.id], rows.get(kpi.id), facts, terms)
    for kpi in (kpi for kpi in kpis if kpi.is_private):
        answers = terms.measured([kpi], facts[kpi.fact])[kpi.id].select("scope_set", "day")
        own = found[kpi.id].cast(pl.Schema(CELL))
        shown = withheld(own, kpi.id, answers, terms.scope_sets)
        if ASKED in found:
            shown = with_bounds(shown, found[ASKED].cast(pl.Schema(CELL)))
        found[kpi.id] = shown.sort(ORDER).cast(pl.Schema(COMPACT))
    return pl.concat(found[id] for id in sorted(found))


def cells_of(kpi: Kpi, fact: Fact, terms: Terms, customers: Fact | None = None) -> pl.DataFrame:
    """All cells of one KPI; `customers` is its exposure, if it has one."""
    exposure = {str(kpi.exposure): customers} if customers is not None else {}
    return cells([kpi], {kpi.fact: fact, **exposure}, terms)


def _compact_cells_of(
    kpi: Kpi, tally: pl.DataFrame, members: pl.DataFrame | None, facts: Facts, terms: Terms
) -> pl.DataFrame:
    """All cells of one KPI, from its `members` row by row unless it adds up.

    The grid has a cell for every scope and period, so that nothing is left out silently; slices
    have cells only where they have members.
    """
    came_in, covered, frame = framed(kpi, tally, terms)
    grid = came_in.grid
    weeks = covered / DAYS_PER_WEEK
    if kpi.exposure:
        weeks = terms.exposure(kpi, facts[kpi.exposure], grid) / DAYS_PER_WEEK
    rows = came_in if members is None else Rows(_row_by_row(kpi, grid.inside(members)), grid)
    found = [(("", ""), one) for one in measure(kpi, rows, weeks)]
    blocks = {
        (one.statistic, *cut): block(kpi, frame, cut, one, covered > 0)
        for cut, one in [*found, *sliced(kpi, rows, weeks)]
    }
    return pl.concat(
        blocks[key].filter(pl.col("n") > 0) if key[1] else blocks[key] for key in sorted(blocks)
    )


def framed(kpi: Kpi, tally: pl.DataFrame, terms: Terms) -> tuple[Rows, Floats, pl.DataFrame]:
    """What came in, the covered days of each cell, and what its statistics have in common."""
    grid = terms.grid(kpi, tally)
    came_in = Rows(grid.inside(tally), grid)
    covered = grid.scatter(
        covered_days(terms.spans, kpi.requires, grid.scopes, days_of(grid.periods)), "covered_days"
    )
    rules = [fate for fate in terms.fates(kpi) if fate not in NOT_EXCLUDED]
    stale = stale_cells(terms.doubts(kpi, grid.scopes), grid.periods).with_columns(is_stale=1)
    frame = _with_flags(kpi, terms, grid, covered).with_columns(
        n_excluded=_flat(_total(came_in, rules)).cast(pl.UInt32),
        is_stale=_flat(grid.scatter(stale, "is_stale")).cast(pl.Boolean),
    )
    return came_in, covered, frame


def _total(came_in: Rows, fates: Sequence[str]) -> Floats:
    """Per cell how many records have any of these fates."""
    nothing = np.zeros(came_in.frame.height)
    return came_in.sums(sum((came_in.column(fate) for fate in fates), nothing))


def _row_by_row(kpi: Kpi, members: pl.DataFrame) -> pl.DataFrame:
    """Where rows belong and what is measured of them, for what does not add up."""
    if kpi.has_quantiles:
        return members.with_columns(measured_columns(kpi))
    # Amounts are added up in one order, so that equal records make equal editions to the last bit.
    return members.sort([name for name in (kpi.amount, kpi.numerator, kpi.denominator) if name])


def measured_columns(kpi: Kpi) -> list[pl.Expr]:
    """What quantiles are taken of: `measured` and `exit`; only a clock may still be running."""
    if kpi.clock:
        return [
            pl.col(f"{kpi.clock}_seconds").alias("measured"),
            pl.col(f"{kpi.clock}_exit").alias("exit"),
        ]
    measured = pl.col(kpi.amount or AGE_SECONDS).cast(pl.Float64).alias("measured")
    return [measured, pl.lit(HAPPENED, dtype=pl.Int8).alias("exit")]


def sliced(kpi: Kpi, rows: Rows, weeks: Floats) -> Iterator[tuple[tuple[str, str], Measured]]:
    """The statistics of each slice, by its kind and name; in other periods than the cut's none."""
    for cut in kpi.slices:
        is_asked = rows.grid.periods.get_column("period_kind").is_in(cut.periods).to_numpy()
        if cut.column is None:
            parts = ((name, [ratios(kpi, rows, of)]) for name, of in cut.numerators.items())
        else:
            parts = (
                (name, measure(kpi, part, weeks, cut.periods))
                for name, part in by_value(rows, cut.column)
            )
        for name, found in parts:
            for one in found:
                yield (cut.kind, name), _only(one, is_asked)


def _only(measured: Measured, is_asked: np.ndarray) -> Measured:
    kept = np.where(is_asked, measured.n, 0)
    return Measured(
        measured.statistic, measured.value, measured.low, measured.high, kept, measured.n_open
    )


def _with_flags(kpi: Kpi, terms: Terms, grid: Grid, covered: Floats) -> pl.DataFrame:
    """What all statistics of a KPI's cells have in common, a row per cell."""
    last_on = last_full_day(terms.as_of, terms.zone)
    mature_on = last_full_day(terms.as_of - timedelta(hours=kpi.look_ahead_hours), terms.zone)
    n_scopes, n_periods = grid.shape
    length = (pl.col("to_on") - pl.col("from_on")).dt.total_days() + 1
    periods = grid.periods.select(
        pl.col("period_kind").cast(pl.Categorical),
        "period_start_on",
        "period_end_on",
        length=length,
        is_over=pl.col("period_end_on") <= last_on,
        is_immature=pl.col("period_end_on") > mature_on,
    )
    scopes = grid.scopes.select(pl.col("scope_kind", "scope").cast(pl.Categorical))
    of_scope = scopes[np.repeat(np.arange(n_scopes), n_periods)]
    of_period = periods[np.tile(np.arange(n_periods), n_scopes)]
    words = {"kpi": kpi.id, "promise": kpi.promise, "unit": kpi.unit}
    return of_scope.hstack(of_period).with_columns(
        *(pl.lit(text).cast(pl.Categorical).alias(name) for name, text in words.items()),
        is_complete=(_flat(covered) >= pl.col("length")) & pl.col("is_over"),
        definition_version=pl.lit(kpi.version, dtype=pl.UInt16),
        as_of=pl.lit(terms.as_of).cast(CELL["as_of"]),
    )


def block(
    kpi: Kpi, frame: pl.DataFrame, cut: tuple[str, str], measured: Measured, is_covered: np.ndarray
) -> pl.DataFrame:
    """One statistic of all cells; a cell without data has no value, and says if anybody looked."""
    is_counted = measured.statistic in COUNTED
    minimum = MINIMUM_N_P90 if measured.statistic == "p90" else kpi.minimum_n
    is_known = ~np.isnan(measured.value)
    may_be_beyond = measured.n_open is not None
    state = np.select(
        [
            ~is_covered,
            (measured.n > 0) & is_known,
            (measured.n > 0) & may_be_beyond,
            is_known & is_counted,
        ],
        [3, 0, 1, 0],
        default=2,
    )
    has_value = is_covered & ((measured.n > 0) | is_counted)
    values = {
        name: _flat(np.where(has_value, each, np.nan)).fill_nan(None)
        for name, each in (
            ("value", measured.value),
            ("low", measured.low),
            ("high", measured.high),
        )
    }
    n_open = 0 if measured.n_open is None else _flat(measured.n_open).cast(pl.UInt32)
    words = {"statistic": measured.statistic, "slice_kind": cut[0], "slice": cut[1]}
    return frame.with_columns(
        *(pl.lit(text).cast(pl.Categorical).alias(name) for name, text in words.items()),
        value_state=pl.Series(STATES, dtype=pl.Categorical)[state.ravel()],
        **values,
        n=_flat(measured.n).cast(pl.UInt32),
        n_open=pl.lit(n_open).cast(pl.UInt32) if isinstance(n_open, int) else n_open,
        is_low_n=_flat(measured.n < (0 if is_counted else minimum)),
    ).select(COMPACT.keys())


def _flat(cells: np.ndarray) -> pl.Series:
    return pl.Series(cells.ravel())
