"""Ratios whose members fail together: the interval that cells give is that of the method."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.kpis.grid import Grid, ways
from assets.kpis.measures import Rows, ratios
from assets.methods.intervals import clustered_ratio

runs = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from("xyz"), st.booleans()), min_size=1, max_size=40
)


@given(given_runs=runs)
def test_ratios_of_clusters_are_those_of_their_rows_by_workflow_and_day(given_runs, kpi):
    definition = kpi(("ratio",), numerator="is_hit", clusters=("workflow",))
    days = pl.date_range(pl.date(2026, 1, 1), pl.date(2026, 1, 6), eager=True)
    frame = pl.DataFrame(
        {
            "scope_set": [1] * len(given_runs),
            "day": [days[day] for day, _, _ in given_runs],
            "workflow": [workflow for _, workflow, _ in given_runs],
            "is_hit": [hit for _, _, hit in given_runs],
            "records": [1] * len(given_runs),
        }
    )
    scopes = pl.DataFrame({"scope_id": [0], "scope_kind": ["service"], "scope": ["shop"]})
    sets = scopes.select("scope_kind", "scope", scope_set=1)
    period = {"period_kind": ["month"], "from_on": [days[1]], "to_on": [days[4]]}
    grid = Grid(scopes, pl.DataFrame(period), ways(scopes, sets, ["service"], []))
    found = ratios(definition, Rows(grid.inside(frame), grid), "is_hit")
    inside = [run for run in given_runs if 1 <= run[0] <= 4]
    assert found.n.item() == len(inside)
    if inside:
        hits = np.array([hit for _, _, hit in inside])
        label = np.unique([f"{day}{w}" for day, w, _ in inside], return_inverse=True)[1]
        expected = [float(x) for x in clustered_ratio(hits, np.ones(len(inside)), label)]
        answer = [each.item() for each in (found.value, found.low, found.high)]
        assert answer == pytest.approx(expected, abs=1e-9)
    else:
        assert np.isnan(found.value.item())
