"""Shares of stages against a loop over changes, their intervals against leaving out days."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.kpis.cells import CELL
from assets.kpis.flexibility import KPIS
from assets.kpis.stage_shares import HORIZON_SECONDS, LAST, STAGES, WHOLE, stage_shares

DAY = 86_400.0
BEGIN, AS_OF = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 5, 10, 12, tzinfo=UTC)
SPANS = [("s", entity, "", BEGIN - timedelta(hours=1), AS_OF, True) for entity in WHOLE.requires]
CLOCKS = [kpi.clock for kpi in STAGES]
FACT = {
    "scope_set": pl.UInt32,
    "merged_at": pl.Datetime("us", "UTC"),
    "lead_seconds": pl.Float64,
    "lead_exit": pl.Int8,
    "is_merged": pl.Boolean,
    **{one.column: pl.Boolean for one in WHOLE.exclusions},
    **{f"{clock}_seconds": pl.Float64 for clock in CLOCKS},
    **{f"{clock}_exit": pl.Int8 for clock in CLOCKS},
}


def change(day, *days, scope_set=1, is_open=False, **other):
    """A change merged that many days after the begin, with days in each stage, None if skipped."""
    merged = BEGIN + timedelta(days=day, hours=9)
    waits = (AS_OF - merged) / timedelta(days=1) if is_open else days[-1]
    spent = dict(zip(CLOCKS, (*days[:4], waits), strict=True))
    return {
        "scope_set": scope_set,
        "merged_at": merged,
        "lead_seconds": sum(one or 0 for one in spent.values()) * DAY,
        "lead_exit": 0 if is_open else 1,
        "is_merged": True,
        **{one.column: False for one in WHOLE.exclusions},
        **{f"{clock}_seconds": d if d is None else d * DAY for clock, d in spent.items()},
        **{f"{clock}_exit": None if d is None else 1 for clock, d in spent.items()},
        f"{LAST.clock}_exit": 0 if is_open else 1,
        **other,
    }


@pytest.fixture
def shares(terms):
    """`shares(changes)`: the table, from the functions that the asset calls."""

    def made(changes, as_of=AS_OF, spans=SPANS):
        return stage_shares(pl.DataFrame(changes, schema=FACT), terms(as_of, spans))

    return made


def of(table, kpi, statistic="share", scope="organisation", quarter=1):
    rows = table.filter(
        kpi=kpi,
        statistic=statistic,
        scope=scope,
        period_start_on=date(2026, 3 * quarter - 2, 1),
    )
    return rows.row(0, named=True)


def test_stages_are_those_of_the_catalogue_and_in_its_order():
    known = [kpi for kpi in KPIS if kpi.id in {one.id for one in STAGES}]
    assert list(STAGES) == known


def test_shares_add_up_and_the_means_to_the_whole(shares):
    table = shares([change(d, 1 + d % 3, 2, 0.5, 0.25, 3) for d in range(20)])
    means = [of(table, kpi.id, "mean")["value"] for kpi in STAGES]
    assert sum(of(table, kpi.id)["value"] for kpi in STAGES) == pytest.approx(1)
    assert sum(means) == pytest.approx(of(table, "change_lead_time", "mean")["value"])
    assert of(table, "pickup_time")["value"] == pytest.approx(2 * DAY / sum(means))
    assert table.schema == pl.Schema(CELL)


def test_a_skipped_stage_takes_no_time_and_a_long_one_counts_with_the_horizon(shares):
    table = shares([change(3, 1, None, None, None, 1), change(4, 400, 2, 1, 1, 1)])
    assert of(table, "pickup_time", "mean")["value"] == pytest.approx(DAY)
    expected = (DAY + HORIZON_SECONDS) / 2
    assert of(table, "coding_time", "mean")["value"] == pytest.approx(expected)


def test_what_is_not_deployed_counts_as_long_as_such_changes_go_on_waiting(shares):
    done = [change(d, 1, 1, 1, 1, 10) for d in range(9)]
    open_ones = [change(129 - 8, 1, 1, 1, 1, None, is_open=True)]
    found = of(shares([*done, *open_ones]), LAST.id, "mean", quarter=2)
    assert (found["n"], found["n_open"], found["value_state"]) == (1, 1, "not_reached")
    assert found["value"] is None
    late = [change(100 + d, 1, 1, 1, 1, 10) for d in range(9)]
    early = [change(91, 1, 1, 1, 1, 10)]  # a horizon ago, so that nobody is known to wait longer
    found = of(shares([*early, *late, *open_ones]), LAST.id, "mean", quarter=2)
    assert found["value"] == pytest.approx(10 * DAY)
    assert (found["n"], found["n_open"]) == (11, 1)


def test_what_nobody_told_of_is_not_covered_and_a_quiet_quarter_has_no_events(shares):
    table = shares([change(100, 1, 1, 1, 1, 1)])
    assert of(table, "review_time")["value_state"] == "no_events"
    assert of(table, "review_time")["value"] is None
    assert of(table, "review_time", quarter=2)["is_complete"] is False
    told = [span for span in SPANS if span[1] != "deployments"]
    found = shares([change(3, 1, 1, 1, 1, 1)], spans=told)
    assert set(found["value_state"]) == {"not_covered"}


def test_changes_of_which_nobody_tells_reviews_are_left_out_by_name(shares):
    table = shares([change(3, 1, 1, 1, 1, 1), change(3, 9, 9, 9, 9, 9, is_review_unknown=True)])
    found = of(table, "pickup_time")
    assert (found["n"], found["n_excluded"], found["is_low_n"]) == (1, 1, True)
    assert found["value"] == pytest.approx(0.2)


amounts = st.one_of(st.none(), st.integers(0, 45).map(float))
changes = st.lists(
    st.builds(
        change,
        st.integers(0, 128),
        *[amounts] * 4,
        st.integers(1, 45).map(float),
        scope_set=st.sampled_from((1, 1, 2, 3, 4)),
        is_open=st.booleans(),
    ),
    max_size=20,
)


def mean_wait(rows):
    """The area under the Kaplan-Meier curve, time by time; None where it is not followed so far."""
    seen = [(r[f"{LAST.clock}_seconds"], r[f"{LAST.clock}_exit"]) for r in rows]
    is_old = any(r["merged_at"] <= AS_OF - timedelta(seconds=HORIZON_SECONDS) for r in rows)
    if not is_old and not all(exit_ for _, exit_ in seen):
        return None
    area, height, before = 0.0, 1.0, 0.0
    for time in sorted({time for time, _ in seen}):
        area += height * (min(time, HORIZON_SECONDS) - min(before, HORIZON_SECONDS))
        at_risk = sum(t >= time for t, _ in seen)
        height *= 1 - sum(t == time and exit_ for t, exit_ in seen) / at_risk
        before = time
    return area


@given(rows=changes)
def test_means_and_shares_are_those_of_a_loop_over_changes(rows, terms, sets):
    if any(r["merged_at"] > AS_OF for r in rows):
        return
    found = stage_shares(pl.DataFrame(rows, schema=FACT), terms(AS_OF, SPANS))
    for cell in found.filter(pl.col("value_state") != "no_events").iter_rows(named=True):
        scope = f"{cell['scope_kind']}:{cell['scope']}"
        mine = [
            r
            for r in rows
            if cell["period_start_on"] <= r["merged_at"].date() <= cell["period_end_on"]
            and scope in sets[r["scope_set"]]
        ]
        spent = {
            kpi.id: sum(min(r[f"{kpi.clock}_seconds"] or 0, HORIZON_SECONDS) for r in mine)
            / len(mine)
            for kpi in STAGES[:-1]
        }
        wait = mean_wait(mine)
        assert cell["n"] == len(mine)
        assert cell["n_open"] == sum(r[f"{LAST.clock}_exit"] == 0 for r in mine)
        if wait is None:
            assert (cell["value_state"], cell["value"]) == ("not_reached", None)
            continue
        spent[LAST.id] = wait
        whole = sum(spent.values())
        expected = spent.get(cell["kpi"], whole) / (whole if cell["statistic"] == "share" else 1)
        assert cell["value"] == pytest.approx(expected, rel=1e-9)


def test_intervals_are_as_wide_as_leaving_out_one_day_after_the_other_says(shares):
    rng = np.random.default_rng(7)
    rows = []
    for day in range(91, 129):  # the second quarter, in which some still wait
        until_release = rng.exponential(4)  # what is merged on a day waits for one release
        for _ in range(rng.integers(2, 9)):
            stages, left = rng.exponential((2, 3, 1, 0.5)), 129.0 - day
            wait = until_release + rng.exponential(0.3)
            rows.append(change(day, *stages, min(wait, left), is_open=bool(wait > left)))
    whole = shares(rows)
    days = sorted({row["merged_at"] for row in rows})
    without = [shares([row for row in rows if row["merged_at"] != day]) for day in days]
    factor = (len(days) - 1) / len(days)
    for kpi in (*STAGES, WHOLE):
        statistics = ("mean",) if kpi.id == WHOLE.id else ("mean", "share")
        for statistic in statistics:
            cell = of(whole, kpi.id, statistic, quarter=2)
            each = np.array([of(one, kpi.id, statistic, quarter=2)["value"] for one in without])
            error = np.sqrt(factor * ((each - each.mean()) ** 2).sum())
            width = cell["high"] - cell["low"]
            assert width == pytest.approx(2 * 2.026 * error, rel=0.1)  # Student's t, 37 degrees
            assert cell["n_open"] > 0
