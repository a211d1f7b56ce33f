"""“What if we staffed it differently?” on the example: what would have happened is known."""

import polars as pl
import pytest

from app.edition import open_edition
from app.staffing import desk_of
from app.staffing_words import answer, nobody_predicted
from assets.methods.queue_replay import Staffing, begins
from pipelines.example import desk, support

LOOKS_EVERY_SECONDS = 10  # for Jenkins the replay takes one start for all
SEGMENTS = ("startup", "core", "regulated")


@pytest.fixture(scope="session")
def support_lanes(example_edition):
    return pl.read_parquet(example_edition / "tradeoff_support_lanes.parquet")


@pytest.fixture(scope="session")
def runner_lanes(example_edition):
    return pl.read_parquet(example_edition / "tradeoff_runner_lanes.parquet")


def row_of(lanes, scenario, statistic, **where):
    return lanes.row(
        by_predicate=pl.all_horizontal(
            pl.col("scenario") == scenario,
            pl.col("statistic") == statistic,
            *(pl.col(name) == value for name, value in where.items()),
        ),
        named=True,
    )


@pytest.mark.parametrize("segment", SEGMENTS)
@pytest.mark.parametrize("scenario", ["today", "one_more", "own_lane"])
def test_first_response_under_another_staffing_is_what_it_would_have_been(
    segment, scenario, support_lanes, example_truths
):
    truth = example_truths[f"staffing.{scenario}.{segment}"]["realised"]
    for statistic, value in truth.items():
        row = row_of(support_lanes, scenario, statistic, segment=segment)
        if row["state"] == "grows_without_end":
            assert value > 100 * 3600  # business hours: months
        else:
            assert row["low"] <= value <= row["high"]


def test_a_lane_of_its_own_for_the_regulated_teams_lets_another_one_grow(support_lanes):
    row = row_of(support_lanes, "own_lane", "p50", segment="startup")
    assert row["state"] == "grows_without_end"
    assert row["load"] > 1


def test_runners_that_queue_are_predicted(runner_lanes, example_truths):
    for scenario in ("today", "one_more"):
        truth = example_truths[f"staffing.{scenario}.jenkins"]["realised"]
        for statistic, value in truth.items():
            row = row_of(runner_lanes, scenario, statistic, tool="jenkins")
            assert row["low"] - LOOKS_EVERY_SECONDS <= value <= row["high"] + LOOKS_EVERY_SECONDS


def test_waits_that_are_drawn_without_a_queue_get_no_prediction(runner_lanes):
    drawn = runner_lanes.filter(pl.col("tool") != "jenkins", pl.col("scenario") == "one_more")
    assert set(drawn["tool"]) == {"github-actions", "browser-grid"}
    assert set(drawn["state"]) == {"no_prediction"}


def test_the_planted_desk_is_what_the_replay_finds(example_edition):
    desks = pl.read_parquet(example_edition / "tradeoff_lane_desks.parquet")
    best = desks.row(
        by_predicate=(pl.col("desk") == "support") & (pl.col("place") == 0), named=True
    )
    assert best["effort"] == pytest.approx(desk.WORK_PER_HANDLED, rel=0.05)
    assert best["reply_share"] == pytest.approx(desk.REPLY_SHARE, abs=0.1)


def test_the_examples_loop_and_the_replay_pick_up_the_same_tickets_at_the_same_time():
    """In milliseconds, so that no ticket comes at the instant at which somebody gets free."""
    tickets = support.tickets().filter(~pl.col("is_spam"))
    came = (desk.hours().passed_at(tickets["created_s"].to_numpy()) * 1_000).round().astype(int)
    work = (desk.work_seconds(tickets) * 1_000).round().astype(int)
    work += tickets["id"].to_numpy().astype(int) % 997
    rank = tickets["segment"].to_numpy()
    order = came.argsort(kind="stable")
    expected = desk.taken_in_turn(
        came[order].astype(float), work[order].astype(float), rank[order], desk.AGENTS
    )
    found = begins(came[order], work[order], rank[order], Staffing(desk.AGENTS, (0, 1, 2)), 3)
    assert (found == expected).all()


def test_the_page_names_those_who_would_have_gained_and_lost_and_nobody_else(
    example_edition, example_truths
):
    edition = open_edition(example_edition.parents[1], example_edition.name)
    desk = desk_of(edition, "support")
    short, reasons = answer(edition, desk, "regulated")
    medians = {
        scenario: {
            s: example_truths[f"staffing.{scenario}.{s}"]["realised"]["p50"] for s in SEGMENTS
        }
        for scenario in ("today", "one_more", "own_lane")
    }
    assert medians["one_more"]["regulated"] < medians["own_lane"]["regulated"]
    assert short.startswith("One more engineer: it does more for Regulated teams than a lane")
    slower = [s for s in SEGMENTS if medians["own_lane"][s] > medians["today"][s]]
    assert set(slower) == {"startup", "core"}
    for segment in slower:
        assert desk.lanes[segment] in reasons[1].split("Longer for")[1]
    assert all(medians["one_more"][s] < medians["today"][s] for s in SEGMENTS)
    assert reasons[0].endswith("Nobody who can be predicted would wait longer.")
    assert "Unassigned" not in short + " ".join(reasons)


def test_the_page_claims_nothing_of_runners_whose_waits_were_drawn(example_edition):
    edition = open_edition(example_edition.parents[1], example_edition.name)
    for tool in ("github-actions", "browser-grid"):
        desk = desk_of(edition, tool)
        assert desk.predicted == ()
        assert nobody_predicted(edition, desk).startswith(f"No prediction for {tool} runs: ")
