"""`kpi_stage_shares`: of a change's way from first commit to production, how much each stage takes.

Medians of stages do not add up; restricted means do. Holds cells (`assets.kpis.cells.CELL`) of two
statistics by quarter: `mean`, the time in a stage, or with the KPI of the lead time in all of them,
and `share`, a stage's mean by that of all. Clocks and exclusions are the catalogue's.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import dagster as dg
import numpy as np
import polars as pl

from assets.home import Home
from assets.kpis.cells import CELL, block, framed
from assets.kpis.definition import Exclusion, Kpi
from assets.kpis.flexibility import KPIS
from assets.kpis.grid import Grid, Placed
from assets.kpis.measures import Measured, Rows, moments
from assets.kpis.promise import SHARED_TABLES, terms_of
from assets.kpis.tally import tallies
from assets.kpis.terms import Fact, Terms
from assets.methods.distributions import Floats
from assets.methods.intervals import quotient_of_clusters, ratio_of_clusters
from assets.methods.kaplan_meier import restricted_times

# A stage counts with at most so much. A branch that lay for a year would else outweigh a hundred
# changes, and the newest quarter could say nothing until all of it is deployed.
HORIZON_SECONDS = 30 * 86_400.0
BY_ID = {kpi.id: kpi for kpi in KPIS}
STAGES = tuple(
    BY_ID[id] for id in ("coding_time", "pickup_time", "review_time", "merge_wait", "deploy_wait")
)
LAST = STAGES[-1]  # the cohort is merged: only this one can still be open
REVIEW_NOT_TOLD = Exclusion("is_review_unknown", "Nothing tells whether and when it was reviewed.")
WHOLE = replace(
    BY_ID["change_lead_time"],
    periods=("quarter",),
    slices=(),
    exclusions=(*BY_ID["change_lead_time"].exclusions, REVIEW_NOT_TOLD),
)


def stage_shares(fact: Fact, terms: Terms) -> pl.DataFrame:
    """Every stage, scope and quarter; `fact` is `fact_change_lead_time`.

    The cohort is that of the lead time: changes merged in the quarter. A stage that a change went
    by takes no time; one that it left by another exit (merged without a review) took until then.
    Where nobody was merged a horizon ago and somebody still waits, nothing is reached yet.
    Intervals take what was merged on one day as one draw, because it leaves with one release.
    """
    tally = tallies([WHOLE], {WHOLE.fact: fact}, terms)[WHOLE.id]
    came_in, covered, frame = framed(WHOLE, tally, terms)
    clocks = [name for kpi in STAGES for name in (str(kpi.duration), f"{kpi.clock}_exit")]
    members = terms.measured([WHOLE], fact, [WHOLE.entered_at, *clocks])[WHOLE.id].with_columns(
        is_old=pl.col(WHOLE.entered_at) <= terms.as_of - timedelta(seconds=HORIZON_SECONDS)
    )
    return pl.concat(
        block(kpi, _named(frame, kpi), ("", ""), one, covered > 0)
        for kpi, one in _measured(Rows(came_in.grid.inside(members), came_in.grid))
    ).cast(pl.Schema(CELL))


def _measured(rows: Rows) -> Iterator[tuple[Kpi, Measured]]:
    """In the order of an edition: the mean of all stages, each stage's mean and its share.

    Of what is not reached only the wait that goes on has a lower bound.
    """
    n_open = rows.sums(1 - rows.column(f"{LAST.clock}_exit"))
    is_followed = (rows.sums(rows.column("is_old")) > 0) | (n_open == 0)
    changes = rows.grid.per_day(rows.members, rows.column("records"))
    stages = [rows.grid.per_day(rows.members, _seconds(rows, kpi)) for kpi in STAGES[:-1]]
    stages.append(_waits(rows))
    whole = np.sum(stages, axis=0)
    pairs = zip((*STAGES, WHOLE), (*stages, whole), strict=True)
    for kpi, seconds in sorted(pairs, key=lambda pair: pair[0].id):
        is_bounded = is_followed | (kpi.id in (LAST.id, WHOLE.id))
        found = {"mean": quotient_of_clusters(*_sums(rows.grid, seconds, changes))}
        if kpi is not WHOLE:
            sums = _sums(rows.grid, seconds, whole)
            found["share"] = ratio_of_clusters(*sums, trials=sums[0])
        for statistic, (value, low, high) in found.items():
            measured = Measured(
                statistic,
                value=np.where(is_followed, value, np.nan),
                low=np.where(is_bounded, np.maximum(low, 0), np.nan),
                high=np.where(is_followed, high, np.nan),
                n=rows.count,
                n_open=n_open,
            )
            yield replace(kpi, unit="ratio" if statistic == "share" else kpi.unit), measured


def _seconds(rows: Rows, kpi: Kpi) -> Floats:
    """What each row was seen to take in a stage, at most the horizon."""
    return np.minimum(rows.column(str(kpi.duration)), HORIZON_SECONDS)


def _waits(rows: Rows) -> Floats:
    """The last stage per scope and day; open members stand for how long such members go on.

    How long that is depends on who else is in the cell. Without open ones it is what was seen.
    """
    grid = rows.grid
    (quarters,) = grid.families(WHOLE.periods)
    seen, ends = rows.column(str(LAST.duration)), rows.column(f"{LAST.clock}_exit")
    found = np.zeros((grid.scopes.height, grid.n_days))
    for one in rows.members:
        scope, day = np.divmod(one.place, grid.n_days)
        cell = scope * grid.periods.height + quarters.period[day]
        seconds, exits = seen[one.row], ends[one.row]
        times = np.minimum(seconds, HORIZON_SECONDS)
        some = np.bincount(cell, (exits == 0) & (seconds < HORIZON_SECONDS))[cell] > 0
        times[some] = restricted_times(cell[some], seconds[some], exits[some], HORIZON_SECONDS)
        found += grid.per_day([Placed(one.place, slice(None))], times)
    return found


def _sums(grid: Grid, top: Floats, bottom: Floats) -> list[Floats]:
    """Per cell how many days have a change, and the sums over days that intervals ask for."""
    amounts = ((bottom > 0).astype(np.float64), *moments(top, bottom))
    return [grid.over_periods(amount) for amount in amounts]


def _named(frame: pl.DataFrame, kpi: Kpi) -> pl.DataFrame:
    words = (pl.lit(each).cast(pl.Categorical) for each in (kpi.id, kpi.unit))
    return frame.with_columns(
        *(each.alias(name) for each, name in zip(words, ("kpi", "unit"), strict=True)),
        definition_version=pl.lit(kpi.version, dtype=CELL["definition_version"]),
    )


@dg.asset(ins={name: dg.AssetIn() for name in (*SHARED_TABLES, WHOLE.fact)})
def kpi_stage_shares(home: Home, **tables: pl.LazyFrame) -> pl.DataFrame:
    """How much of the way from first commit to production each stage takes."""
    return stage_shares(tables[WHOLE.fact], terms_of(home, tables))
