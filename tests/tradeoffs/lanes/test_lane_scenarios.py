"""Which staffings are looked at, and what is said of each."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from assets.methods.lane_replay import Desk, Habits
from assets.methods.lane_tables import Fitted
from assets.methods.queue_replay import Staffing
from assets.tradeoffs.lane_arrivals import ARRIVALS, MOST_RUNS, in_blocks
from assets.tradeoffs.lane_calibration import calibration, desks, lane_for, order_of
from assets.tradeoffs.lane_scenarios import machine_scenarios, people_scenarios
from assets.tradeoffs.runner_lanes import runner_lanes
from pipelines.example.desk import taken_in_turn

MONDAY, WEEKS = datetime(2026, 1, 5, tzinfo=UTC), 26
LANES = ("core", "regulated", "unassigned")


def desk_of(agents, order=None):
    nothing = np.zeros(0, dtype=np.int64)
    desk = Desk(nothing, nothing.astype(float), nothing, nothing, LANES, None, ())
    return Fitted(desk, Staffing(agents, order), (Habits(),))


def scenarios(configuration, agents=3, order=None):
    found = people_scenarios(desk_of(agents, order), "regulated", configuration)
    return {one.id: one.staffing for one in found}


def test_one_more_and_a_lane_of_its_own_and_first_are_always_looked_at(configuration_of):
    found = scenarios(configuration_of(), order=(0, 1, 2))
    assert found["today"] == Staffing(3, (0, 1, 2))
    assert found["one_more"] == Staffing(4, (0, 1, 2))
    assert found["own_lane"] == Staffing(3, (0, 1, 2), 1, 1)
    assert found["own_lane_helping"] == Staffing(3, (0, 1, 2), 1, 1, True)
    assert found["first"] == Staffing(3, (1, 0, 2))


def test_one_engineer_cannot_be_kept_for_one_lane(configuration_of):
    found = scenarios(configuration_of(), agents=1)
    assert (found["own_lane"], found["own_lane_helping"]) == (None, None)


def test_configured_staffings_keep_what_they_do_not_say(configuration_of):
    rows = [
        {"name": "five", "agents": 5},
        {"name": "as they come", "order": []},
        {
            "name": "two for core",
            "agents": 4,
            "own_lane": "core",
            "reserved": 2,
            "is_helping": True,
        },
    ]
    found = scenarios(configuration_of(scenarios=rows), order=(1, 0, 2))
    assert found["five"] == Staffing(5, (1, 0, 2))
    assert found["as they come"] == Staffing(3)
    assert found["two for core"] == Staffing(4, (1, 0, 2), 0, 2, True)


def test_a_lane_is_considered_for_whom_support_matters_most_unless_one_is_named(configuration_of):
    assert lane_for(configuration_of(), list(LANES)) == "regulated"
    assert lane_for(configuration_of(lane_for="core"), list(LANES)) == "core"
    assert lane_for(configuration_of(lane_for="regulated"), ["core"]) == "core"
    assert lane_for(configuration_of(), ["unassigned"]) is None


def test_lanes_that_are_not_named_come_after_those_that_are_and_nobodys_last(configuration_of):
    assert order_of(configuration_of(order=["regulated"]), list(LANES)) == [
        "regulated",
        "core",
        "unassigned",
    ]


def test_the_only_runner_cannot_be_taken_away():
    assert [one.staffing and one.staffing.servers for one in machine_scenarios(desk_of(1))] == [
        1, 2, None,
    ]  # fmt: skip


@pytest.fixture
def runner_answers(office_hours, configuration_of):
    """Answers for jobs that are queued together each evening and wait for a runner."""

    def of(waits_of, **staffing):
        generator = np.random.default_rng(8)
        came = np.arange(WEEKS * 7).repeat(7) * 86_400 + 20 * 3_600 + np.arange(WEEKS * 49) % 7
        work = generator.lognormal(np.log(3_000), 0.5, came.size).round()
        instants = [MONDAY + timedelta(seconds=int(second)) for second in came]
        frame = pl.DataFrame(
            {"arrived_at": instants, "work_seconds": work, "is_work_drawn": False,
             "wait_seconds": waits_of(came.astype(float), work, generator), "is_counted": True}
        ).with_columns(
            pl.col("arrived_at").cast(ARRIVALS["arrived_at"]),
            desk=pl.lit("jenkins"), desk_kind=pl.lit("runners"), lane=pl.lit("jenkins"),
        )  # fmt: skip
        cut = in_blocks(frame, MONDAY + timedelta(weeks=WEEKS), "UTC", MOST_RUNS)
        arrivals = cut.select(pl.col(name).cast(dtype) for name, dtype in ARRIVALS.items())
        rows = desks(arrivals, office_hours, configuration_of(**staffing))
        alike = calibration(rows, arrivals, office_hours)
        return rows, runner_lanes(rows, alike, arrivals, office_hours), (came, work)

    return of


def queued(servers):
    def waits(came, work, _):
        begun = taken_in_turn(came, work, np.zeros(came.size, dtype=int), servers)
        return begun - came + 12

    return waits


def test_what_one_more_runner_would_have_done_is_predicted(runner_answers):
    rows, lanes, (came, work) = runner_answers(queued(2))
    assert rows.select("servers", "start_seconds").rows() == [(2, 12.0)]
    truth = queued(3)(came.astype(float), work, None)
    for statistic, level in (("p50", 0.5), ("p90", 0.9)):
        row = lanes.row(
            by_predicate=(pl.col("scenario") == "one_more") & (pl.col("statistic") == statistic),
            named=True,
        )
        assert row["low"] <= np.quantile(truth, level) <= row["high"]
        assert row["difference_high"] < 0


def test_waits_that_are_no_queue_get_no_prediction(runner_answers):
    def drawn(came, work, generator):
        return generator.lognormal(np.log(120), 0.8, came.size).round()

    _, lanes, _ = runner_answers(drawn)
    assert set(lanes["state"]) <= {"no_prediction", "impossible"}
    assert lanes["value"].null_count() == lanes.height


def test_a_stated_number_of_runners_is_taken(runner_answers):
    rows, *_ = runner_answers(queued(2), runners={"jenkins": 3})
    assert rows.select("servers", "is_servers_stated").rows() == [(3, True)]
