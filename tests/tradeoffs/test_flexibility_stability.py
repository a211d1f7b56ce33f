"""Does speed cost stability here? Scores, leanings and the frontier."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.tradeoffs import choices
from assets.tradeoffs.flexibility_stability import (
    COLUMNS,
    flexibility_stability,
    plane,
    with_frontier,
)

TODAY = date(2026, 7, 1)
HOUR, DAY = 3_600.0, 86_400.0
LEAD, OFTEN, FAILS, MENDS = (
    "change_lead_time",
    "deployment_frequency",
    "change_fail_rate",
    "failed_deployment_recovery_time",
)
QUARTERS = (date(2026, 1, 1), date(2026, 4, 1))
# A coarse scale, so that ties happen.
places = st.lists(
    st.tuples(
        st.sampled_from(QUARTERS),
        st.none() | st.integers(2, 10).map(lambda half: half / 2),
        st.none() | st.integers(2, 10).map(lambda half: half / 2),
    ),
    max_size=12,
)


def of_customer(cells, customer, values, **flags):
    """The four measures of one customer in one quarter; `flags` by KPI."""
    rows = [
        {"kpi": kpi, "value": value, "scope_kind": "customer", "scope": customer}
        for kpi, value in zip((LEAD, OFTEN, FAILS, MENDS), values, strict=True)
    ]
    return cells(*({**row, **flags.get(row["kpi"], {})} for row in rows))


def path(configuration, catalogue, *frames):
    targets = choices.targets(configuration, TODAY)
    points = plane(pl.concat(frames), targets, catalogue)
    stances = choices.stances(configuration, points.select("customer", on="period_end_on"))
    return flexibility_stability(points, stances)


def points_of(rows):
    frame = pl.DataFrame(
        rows,
        schema={"period_start_on": pl.Date, "flexibility": pl.Float64, "stability": pl.Float64},
        orient="row",
    )
    return frame.with_row_index("number").with_columns(customer=pl.format("customer-{}", "number"))


def is_beaten(one, others):
    return any(
        other[0] == one[0]
        and other[1] >= one[1]
        and other[2] >= one[2]
        and (other[1] > one[1] or other[2] > one[2])
        for other in others
    )


@given(places)
def test_the_frontier_is_what_comparing_each_with_each_finds(rows):
    known = [row for row in rows if None not in row]
    found = with_frontier(points_of(rows)).sort("number").get_column("is_on_frontier").to_list()
    assert found == [None if None in row else not is_beaten(row, known) for row in rows]


@given(places.filter(lambda rows: any(None not in row for row in rows)), st.data())
def test_a_customer_that_is_beaten_changes_nobody_elses_place(rows, data):
    better = data.draw(st.sampled_from([row for row in rows if None not in row]))
    beaten = (better[0], better[1] - 0.5, better[2])
    before = with_frontier(points_of(rows)).sort("number").get_column("is_on_frontier")
    after = with_frontier(points_of([*rows, beaten])).sort("number").get_column("is_on_frontier")
    assert after.to_list() == [*before.to_list(), False]


def test_each_customer_gets_its_scores_its_measures_and_a_sentence(cells, catalogue, configuration):
    fast = of_customer(cells, "checkout", [DAY, 20.0, 0.3, DAY])
    slow = of_customer(cells, "ledger", [2 * DAY, 5.0, 0.3, DAY])
    found = path(configuration, catalogue, fast, slow)
    assert tuple(found.columns) == COLUMNS
    checkout, ledger = found.rows(named=True)
    assert (checkout["flexibility"], checkout["stability"]) == (5, 1)
    assert (checkout["lead_time_p50_seconds"], checkout["change_fail_ratio"]) == (DAY, 0.3)
    assert (checkout["segment"], checkout["verdict"]) == ("startup", "as_declared")
    assert checkout["sentence"] == (
        "Checkout team, 2026 Q2 (100 releases): flexibility 5.0 of 5 (5.0–5.0), stability 1.0 of 5 "
        "(1.0–1.0). It leans to flexibility, as declared: in this quarter, flexibility minus "
        "stability is 4 (4 to 4). No other customer beats it on both."
    )
    assert (ledger["stance_observed"], ledger["verdict"]) == ("flexibility", "otherwise")
    assert ledger["sentence"].endswith(
        "It leans to flexibility; declared: leaning to stability. In this quarter, flexibility "
        "minus stability is 2 (2 to 2). Another customer is as good on both and better on one."
    )


def test_a_measure_with_nothing_to_measure_is_left_out(cells, catalogue, configuration):
    flags = {"value_state": "no_events", "value": None, "is_low_n": True}
    rows = of_customer(cells, "ledger", [DAY, 20.0, 0.05, DAY], **{MENDS: flags})
    found = path(configuration, catalogue, rows).row(0, named=True)
    assert (found["flexibility"], found["stability"]) == (5, 5)
    assert found["verdict"] == "otherwise"


def test_a_measure_of_few_events_counts_by_its_wide_interval(cells, catalogue, configuration):
    flags = {"is_low_n": True, "low": HOUR, "high": None}
    rows = of_customer(cells, "ledger", [DAY, 20.0, 0.05, DAY], **{MENDS: flags})
    found = path(configuration, catalogue, rows).row(0, named=True)
    assert (found["stability"], found["stability_low"], found["stability_high"]) == (3, 3, 5)


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        ({"is_immature": True}, "outcomes can still come in"),
        ({"is_stale": True, "is_low_n": True}, "a source is late or incomplete"),
        ({"value_state": "not_covered", "value": None}, "no source tells about it"),
        ({"value_state": "not_reached", "value": None}, "too many are still open"),
    ],
)
def test_a_measure_that_is_not_known_yet_leaves_its_axis_unknown(
    cells, catalogue, configuration, flags, why
):
    rows = of_customer(cells, "ledger", [DAY, 20.0, 0.05, HOUR], **{FAILS: flags})
    found = path(configuration, catalogue, rows).row(0, named=True)
    assert (found["flexibility"], found["stability"]) == (5, None)
    assert (found["stance_observed"], found["is_on_frontier"]) == ("unknown", None)
    assert found["sentence"].endswith(
        f"stability not known. Where it leans cannot be told (change fail rate: {why}); declared: "
        "leaning to stability."
    )


def test_an_axis_without_a_common_target_is_unknown(cells, catalogue, configuration):
    targets = tuple(row for row in configuration.targets if row.kpi != FAILS)
    changed = configuration.model_copy(update={"targets": targets})
    rows = of_customer(cells, "ledger", [DAY, 20.0, 0.05, HOUR])
    assert path(changed, catalogue, rows).get_column("stability").to_list() == [None]


def test_the_path_has_ended_quarters_of_configured_customers_only(cells, catalogue, configuration):
    ended = of_customer(cells, "ledger", [DAY, 20.0, 0.05, HOUR])
    running = ended.with_columns(
        period_start_on=pl.lit(date(2026, 7, 1)),
        period_end_on=pl.lit(date(2026, 9, 30)),
        is_complete=pl.lit(False),
    )
    nobody = of_customer(cells, "unassigned", [DAY, 20.0, 0.05, HOUR])
    found = path(configuration, catalogue, ended, running, nobody)
    assert found.select("customer", "period_start_on").rows() == [("ledger", date(2026, 4, 1))]
