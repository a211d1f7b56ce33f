"""“What if we staffed it differently?” on the example: what would have happened is known."""

import re

import polars as pl
import pytest

from app.edition import open_edition
from app.staffing import against, desk_of, ways_of
from app.staffing_words import answer, nobody_predicted, ways
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
@pytest.mark.parametrize("scenario", ["today", "one_more", "own_lane", "first"])
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


@pytest.fixture(scope="module")
def medians(example_truths):
    """Way → segment → seconds in the median that would have been."""
    return {
        way: {s: example_truths[f"staffing.{way}.{s}"]["realised"]["p50"] for s in SEGMENTS}
        for way in ("today", "one_more", "own_lane", "first")
    }


@pytest.fixture(scope="module")
def edition(example_edition):
    return open_edition(example_edition.parents[1], example_edition.name)


def test_the_page_names_the_way_that_would_have_done_most_and_what_a_cheaper_one_lacks(
    edition, medians
):
    said = answer(edition, desk_of(edition, "support"), "regulated").replace("\u00a0", " ")
    theirs = {way: medians[way]["regulated"] for way in ("one_more", "own_lane", "first")}
    assert min(theirs, key=theirs.get) == "one_more"
    assert said.startswith(
        "Of these ways, one more engineer does most for Regulated teams. Nobody who can be "
    )
    less = re.search(
        r"first with nobody more helps, too: .* business min .*; difference: ([\d.]+) more "
        r"\((.+)–(.+)\)",
        said,
    )
    by, low, high = (float(text) for text in less.groups())
    assert low <= (theirs["first"] - theirs["one_more"]) / 60 <= high
    assert low <= by <= high


def test_of_every_way_the_page_names_those_who_would_have_waited_longer_and_nobody_else(
    edition, medians
):
    desk = desk_of(edition, "support")
    told = ways(edition, desk, "regulated")
    for way, (_, said) in zip(ways_of(desk, "regulated"), told, strict=True):
        slower = {s for s in SEGMENTS if medians[way][s] > medians["today"][s]}
        assert {s for s in SEGMENTS if desk.lanes[s] in said} == slower
        assert "Unassigned" not in said


def test_differences_that_the_page_tells_hold_those_that_would_have_been(edition, medians):
    desk = desk_of(edition, "support")
    today = desk.fitted.today
    for way, staffing in ways_of(desk, "regulated").items():
        change = against(edition, desk, staffing, today, "regulated")
        true = medians[way]["regulated"] - medians["today"]["regulated"]
        assert change.difference_low <= true <= change.difference_high
        assert change.is_shorter


def test_where_one_segment_is_first_already_nothing_is_claimed_to_help_but_another_engineer(
    edition, medians
):
    assert answer(edition, desk_of(edition, "support"), "core").startswith(
        "Of these ways, only one more engineer helps Core product teams."
    )
    assert medians["one_more"]["core"] < medians["today"]["core"]


def test_the_page_claims_nothing_of_runners_whose_waits_were_drawn(edition):
    for tool in ("github-actions", "browser-grid"):
        desk = desk_of(edition, tool)
        assert desk.predicted == ()
        assert nobody_predicted(edition, desk).startswith(f"No prediction for {tool} runs: ")
