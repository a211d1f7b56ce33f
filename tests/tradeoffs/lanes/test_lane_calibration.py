"""A replay predicts where it gives what happened, and only there."""

import numpy as np
import polars as pl
import pytest

from assets.methods.lane_tables import fitted
from assets.tradeoffs.lane_calibration import calibration, desks
from assets.tradeoffs.support_lanes import support_lanes

STATED = {"agents": 2, "order": ["core", "regulated"]}


@pytest.fixture
def answers(configuration_of, office_hours):
    """Desks, calibration and predictions from arrivals."""

    def of(arrivals, **staffing):
        configuration = configuration_of(**{**STATED, **staffing})
        rows = desks(arrivals, office_hours, configuration)
        alike = calibration(rows, arrivals, office_hours)
        return rows, alike, support_lanes(rows, alike, arrivals, office_hours, configuration)

    return of


def cell(lanes, scenario, segment, statistic):
    return lanes.row(
        by_predicate=(pl.col("scenario") == scenario)
        & (pl.col("segment") == segment)
        & (pl.col("statistic") == statistic),
        named=True,
    )


def test_a_desk_that_queues_is_recognised_and_its_habits_are_found(world_of, answers):
    world = world_of()
    rows, alike, _ = answers(world.arrivals(world.waits(2)))
    assert alike["is_predicted"].all()
    best = rows.row(0, named=True)
    assert best["effort"] == pytest.approx(world.effort, rel=0.05)
    assert best["reply_share"] == pytest.approx(np.mean(world.share), abs=0.1)
    assert rows["weight"].sum() == pytest.approx(1)


@pytest.mark.parametrize("segment", ["core", "regulated"])
def test_what_one_more_engineer_would_have_done_is_predicted(world_of, answers, segment):
    """The same tickets, drawn once with two engineers and once with three."""
    world = world_of()
    _, _, lanes = answers(world.arrivals(world.waits(2)))
    mine = world.lane == ["core", "regulated"].index(segment)
    for statistic, level in (("p50", 0.5), ("p90", 0.9)):
        truth = float(np.quantile(world.waits(3)[mine], level))
        row = cell(lanes, "one_more", segment, statistic)
        assert row["low"] <= truth <= row["high"]
        assert row["value"] == pytest.approx(truth, rel=0.2)
        today = float(np.quantile(world.waits(2)[mine], level))
        assert row["difference_low"] <= truth - today <= row["difference_high"]
        assert row["difference_high"] < 0


def test_waits_that_do_not_come_from_the_queue_get_no_prediction(world_of, answers):
    """Even where two free numbers fit two quantiles: the wrong tickets wait."""
    world = world_of()
    waits = np.random.default_rng(3).lognormal(np.log(4_000), 1.0, len(world.came))
    _, alike, lanes = answers(world.arrivals(waits))
    assert not alike["is_predicted"].any()
    assert set(lanes["state"]) == {"no_prediction"}
    assert lanes["value"].null_count() == lanes.height
    assert lanes["sentence"].str.contains("no prediction").all()


def test_the_waits_of_a_queue_dealt_to_other_tickets_get_no_prediction(world_of, answers):
    """All quantiles are as the replay gives them, in both halves; only who waits is not."""
    world = world_of()
    waits = world.waits(2)
    for lane in (0, 1):
        for half in np.array_split(np.flatnonzero(world.lane == lane), 26):
            waits[half] = np.random.default_rng(5).permutation(waits[half])
    _, alike, _ = answers(world.arrivals(waits))
    assert alike.filter(pl.col("half") == "tested")["rank_correlation"].max() < 0.5
    assert not alike.filter(pl.col("lane") == "core")["is_predicted"].any()


def test_a_desk_that_is_never_short_gains_nothing_from_one_more(world_of, answers):
    world = world_of()
    _, alike, lanes = answers(world.arrivals(world.waits(12)), agents=12)
    assert alike["is_predicted"].all()
    for segment in ("core", "regulated"):
        row = cell(lanes, "one_more", segment, "p50")
        assert row["difference"] == pytest.approx(0, abs=5)
        assert row["sentence"].endswith("no difference from today that can be told.")


def test_a_change_between_the_halves_is_noticed(world_of, answers):
    """The desk lost an engineer after the half that was fitted."""
    world = world_of()
    before, after = world.waits(3), world.waits(2)
    second = world.came >= world.came.max() / 2
    _, alike, _ = answers(world.arrivals(np.where(second, after, before)), agents=3)
    assert not alike["is_predicted"].any()


def test_where_a_lane_of_its_own_leaves_too_few_the_others_are_said_to_grow(world_of, answers):
    world = world_of(per_day=17)
    _, _, lanes = answers(world.arrivals(world.waits(2)))
    core = cell(lanes, "own_lane", "core", "p50")
    own = cell(lanes, "own_lane", "regulated", "p50")
    assert (core["state"], core["value"]) == ("grows_without_end", None)
    assert core["load"] > 1
    assert own["difference_high"] < 0


def test_nothing_is_said_while_nobody_says_how_many_answer(world_of, answers):
    world = world_of()
    rows, alike, lanes = answers(world.arrivals(world.waits(2)), agents=None)
    assert (rows.height, alike.height, lanes.height) == (0, 0, 0)


def test_a_number_of_engineers_that_is_wrong_can_fit_as_well(world_of, answers):
    """Why it has to be stated: four who need twice as long each are like two."""
    world = world_of(3)
    rows, alike, _ = answers(world.arrivals(world.waits(2)), agents=4)
    assert rows["effort"][0] == pytest.approx(2 * world.effort, rel=0.1)
    assert alike["is_predicted"].all()


def test_too_few_tickets_give_neither_desk_nor_row(world_of, answers):
    world = world_of(per_day=0.3)
    rows, alike, lanes = answers(world.arrivals(world.waits(2)))
    assert (rows.height, alike.height, lanes.height) == (0, 0, 0)


def test_an_open_ticket_counts_as_longer_than_every_other(world_of, answers):
    world = world_of()
    waits = pl.Series(world.waits(2)).scatter(range(0, len(world.came), 3), None)
    _, alike, _ = answers(world.arrivals(waits))
    p90 = alike.filter(pl.col("statistic") == "p90")
    assert p90["actual"].null_count() == p90.height
    assert not alike["is_predicted"].any()


def test_the_published_tables_in_any_order_give_the_same_desk(world_of, answers, office_hours):
    world = world_of()
    arrivals = world.arrivals(world.waits(2))
    rows, *_ = answers(arrivals)
    shuffled = fitted(
        rows, arrivals.sample(fraction=1, shuffle=True, seed=1), office_hours, "support"
    )
    straight = fitted(rows, arrivals, office_hours, "support")
    assert (shuffled.desk.at == straight.desk.at).all()
    assert (shuffled.desk.lane == straight.desk.lane).all()
    assert (shuffled.desk.work_seconds == straight.desk.work_seconds).all()
