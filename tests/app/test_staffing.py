"""What if we staffed it differently? The page says what the replays say, and nothing more."""

import re
import shutil

import polars as pl
import pytest
from sample_cells import SEGMENTS
from sample_edition import EDITION_ID
from sample_staffing import staffing

from app.edition import open_edition
from app.staffing import (
    SUPPORT,
    against,
    changes,
    curves,
    desk_of,
    happened,
    replayed,
    staffing_of,
    ways_of,
)
from app.staffing_table import calibration_table, percent, waits_table
from app.staffing_words import answer, difference, verdict, ways
from assets.methods.lane_replay import Change
from assets.methods.queue_replay import Staffing

LANE = "a lane of its own for one segment"


def home_with(tables, sample_home, folder):
    home = folder / "home"
    shutil.copytree(sample_home, home)
    for name, frame in tables.items():
        frame.write_parquet(home / "editions" / EDITION_ID / f"{name}.parquet")
    return home


@pytest.fixture(scope="session")
def chance_home(sample_home, tmp_path_factory):
    """Tickets wait as long as chance wants."""
    return home_with(
        staffing(list(SEGMENTS), is_queue=False), sample_home, tmp_path_factory.mktemp("c")
    )


@pytest.fixture(scope="session")
def idle_home(sample_home, tmp_path_factory):
    """There are always enough engineers."""
    tables = staffing(list(SEGMENTS), agents=12, stated=12)
    return home_with(tables, sample_home, tmp_path_factory.mktemp("i"))


@pytest.fixture(scope="session")
def unstated_home(sample_home, tmp_path_factory):
    return home_with(
        staffing(list(SEGMENTS), stated=None), sample_home, tmp_path_factory.mktemp("u")
    )


@pytest.fixture
def edition(sample_home):
    return open_edition(sample_home, EDITION_ID)


@pytest.fixture
def desk(edition):
    return desk_of(edition, SUPPORT)


def words(at):
    groups = (at.markdown, at.caption, at.info)
    return " ".join(element.value for group in groups for element in group)


@pytest.mark.parametrize("scenario", ["one_more", "own_lane", "own_lane_helping", "first"])
def test_a_slider_gives_the_numbers_that_the_edition_holds(scenario, edition, desk):
    rows = edition.table("tradeoff_support_lanes").filter(pl.col("scenario") == scenario)
    about = rows.row(0, named=True)
    policy = {"one_more": "today", "first": "first"}.get(scenario, "own_lane")
    chosen = staffing_of(
        desk, about["servers"], policy, "regulated", 1, bool(about["is_helping"])
    )  # fmt: skip
    found = changes(edition, SUPPORT, chosen)
    for row in rows.to_dicts():
        mine = found[row["segment"], row["statistic"]]
        assert mine.is_growing == (row["state"] == "grows_without_end")
        assert (mine.value, mine.low, mine.high) == (row["value"], row["low"], row["high"])
        assert mine.difference == row["difference"]
        assert (mine.difference_low, mine.difference_high) == (
            row["difference_low"],
            row["difference_high"],
        )


def plain(text):
    return text.replace("\u00a0", " ")


def test_the_answer_names_what_does_most_who_pays_and_what_a_cheaper_way_falls_short_by(
    edition, desk
):
    said = plain(answer(edition, desk, "regulated"))
    assert said.startswith(
        "Of these ways, one more engineer does most for Regulated. Nobody who can be predicted "
        "would wait longer. Taking them first with nobody more helps, too: "
    )
    assert re.search(
        r"[\d.]+ business min in the median instead of [\d.]+; difference: [\d.]+ more \([\d.]+–"
        r"[\d.]+\)\.$",
        said,
    )


def test_the_cheapest_way_that_does_as_much_is_the_answer(edition, desk, monkeypatch):
    """No difference between ways that help can be told."""
    even = Change(False, 600, 500, 700, -1, -60, 60)
    monkeypatch.setattr("app.staffing_words.against", lambda *_: even)
    said = answer(edition, desk, "regulated")
    assert said.startswith(
        "Taking Regulated first with nobody more does as much for them, as far as can be told, as "
        "a lane of its own for them and one more engineer. "
    )
    assert "would wait longer." in said


def test_ways_are_compared_in_one_unit_by_the_same_tickets(edition, desk):
    first, own, more = [plain(f"{way}: {said}") for way, said in ways(edition, desk, "regulated")]
    assert re.match(
        r"\*\*Taking them first with nobody more\*\*: \*\*[\d.]+ business min\*\* in the median \(",
        first,
    )
    staffings = ways_of(desk, "regulated")
    change = against(edition, desk, staffings["first"], staffings["one_more"], "regulated")
    ends = f"({change.difference_low / 60:.1f}–{change.difference_high / 60:.1f})"
    assert f"against one more engineer {change.difference / 60:.1f} more {ends}." in first
    assert re.search(r"Core product would wait [\d.]+ business min longer \([\d.]+–[\d.]+\)", own)
    assert more.endswith("Nobody who can be predicted would wait longer.")
    assert "business hour" not in first + own + more


def test_who_is_first_already_is_not_offered_to_be_first(edition, desk):
    assert "first" not in ways_of(desk, "core")


def test_the_page_answers_for_whom_support_matters_most(sample_home, run_page):
    at = run_page(sample_home, "staffing")
    assert at.title[0].value == "What if we staffed it differently?"
    assert at.segmented_control(key="segment").value == "regulated"
    assert "Of these ways, one more engineer does most for Regulated." in words(at)
    assert "With 3 engineers" in words(at)


def test_the_sliders_change_the_sentence_and_the_table(sample_home, run_page):
    at = run_page(sample_home, "staffing")
    before = at.dataframe[0].value["As chosen"].to_list()
    at.slider(key="agents").set_value(4).run()
    assert "With 4 engineers" in words(at)
    assert at.dataframe[0].value["As chosen"].to_list() != before
    at.slider(key="agents").set_value(2).run()
    assert set(at.dataframe[0].value["Difference"]) == {"none that can be told"}


def test_a_link_opens_the_same_view(sample_home, run_page):
    query = {
        "agents": "3", "policy": LANE, "reserved": "2", "helping": "true",
        "segment": "Core product", "tool": "grid",
    }  # fmt: skip
    at = run_page(sample_home, "staffing", **query)
    assert at.slider(key="agents").value == 3
    assert at.selectbox(key="policy").value == "own_lane"
    assert at.slider(key="reserved").value == 2
    assert at.toggle(key="helping").value is True
    assert at.segmented_control(key="segment").value == "core"
    assert "2 of them for Core product alone; each side helps the other" in words(at)
    assert "No prediction for grid runs" in words(at)


def test_one_engineer_cannot_be_split(sample_home, run_page):
    at = run_page(sample_home, "staffing", agents="1", policy=LANE)
    assert "would leave nobody for the others" in words(at)


def test_where_waits_are_chance_nothing_is_claimed(chance_home, run_page):
    at = run_page(chance_home, "staffing")
    text = words(at)
    for segment in SEGMENTS.values():
        assert f"No prediction for {segment}: " in text
    assert "would wait less. " not in text.split("And the CI runners?")[0]
    assert "business min less" not in text
    assert "does most" not in text
    assert not [slider for slider in at.slider if slider.key == "agents"]


def test_where_there_are_enough_nobody_gains(idle_home, run_page):
    text = words(run_page(idle_home, "staffing"))
    assert "None of these would let Regulated wait less by anything that can be told." in text
    assert "nobody’s wait would change by anything that can be told" in text


def test_without_a_stated_number_the_page_says_what_to_state(unstated_home, run_page):
    text = words(run_page(unstated_home, "staffing"))
    assert "State in `plumbline.toml`, `[staffing] agents`" in text
    assert "does most" not in text
    assert "jenkins runs would wait less" in text


def test_an_edition_from_before_says_what_to_run(sample_home, tmp_path, run_page):
    home = home_with({}, sample_home, tmp_path)
    (home / "editions" / EDITION_ID / "tradeoff_lane_desks.parquet").unlink()
    assert "made before staffing was replayed" in words(run_page(home, "staffing"))


def test_runners_that_queue_are_predicted_and_others_say_by_how_much_they_are_off(
    sample_home, run_page
):
    at = run_page(sample_home, "staffing")
    assert "With 3 runners: jenkins runs would wait less." in words(at)
    at.segmented_control(key="tool").set_value("grid").run()
    assert "No prediction for grid runs: the replay of today gives" in words(at)
    assert "% are allowed." in words(at)


def test_curves_end_at_one_and_the_bands_hold_them(edition, desk):
    chosen = Staffing(3, desk.fitted.today.order)
    found = curves(edition, SUPPORT, chosen, "regulated")
    assert set(found["which"]) == {"today", "chosen"}
    assert found.filter(pl.col("low") > pl.col("share")).is_empty()
    assert found.filter(pl.col("high") < pl.col("share")).is_empty()
    last = found.group_by("which").agg(pl.col("share").max())
    assert last["share"].min() > 0.97


def test_the_curve_of_what_happened_has_its_median_where_the_table_has_it(edition):
    curve = happened(edition, SUPPORT, "core").filter(pl.col("which") == "happened")
    row = edition.table("tradeoff_lane_calibration").filter(
        pl.col("lane") == "core", pl.col("half") == "tested", pl.col("statistic") == "p50"
    )
    until = curve.filter(pl.col("seconds") < row["actual"][0])["share"].max()
    after = curve.filter(pl.col("seconds") >= row["actual"][0])["share"].min()
    assert until < 0.5 <= after


def test_tables_say_all_that_is_shown(edition, desk):
    table = waits_table(edition, desk, Staffing(3, desk.fitted.today.order))
    assert table.columns == ["Who", "What", "Today", "As chosen", "Difference", "n"]
    assert table.height == 2 * len(SEGMENTS)
    assert table["n"].to_list() == [n for lane in desk.lanes for n in 2 * [desk.count(lane)]]
    judged = calibration_table(edition, desk)
    assert judged.height == 2 * len(SEGMENTS)
    assert judged["n"].min() >= 30


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change(False, 600, 500, 700, -3_600, -7_000, -600), "60 business min less (10–116.7"),
        (Change(False, 600, 500, 700, 7_200, 3_600, None), "2 business hours more (1 business"),
        (Change(False, 600, 500, 700, -60, -90, 30), "none that can be told"),
        (Change(True), "–"),
    ],
)
def test_a_difference_is_said_with_its_way_and_ends(change, said):
    assert difference(change, "business_seconds").replace("\u00a0", " ").startswith(said)


def test_shares_are_said_with_their_sign():
    said = [percent(share).replace("\u00a0", " ") for share in (0.051, -0.124, -0.001)]
    assert said == ["+5 %", "−12 %", "0 %"]


def test_the_verdict_of_todays_staffing_claims_nothing(edition, desk):
    today = desk.fitted.today
    assert verdict(desk, today, changes(edition, SUPPORT, today)).startswith("Today: 2 engineers")


def test_a_number_has_the_same_unit_on_its_card_and_in_the_table(edition, desk):
    more = plain(ways(edition, desk, "regulated")[-1][1])
    table = waits_table(edition, desk, ways_of(desk, "regulated")["one_more"])
    [cell] = table.filter(Who="Regulated", What="In the median")["As chosen"]
    assert more.startswith(f"**{plain(cell).split(' (')[0]}** in the median")


def test_a_wait_without_end_says_how_much_more_comes_in_than_can_be_done(edition, desk):
    own = plain(ways(edition, desk, "regulated")[1][1])
    load = replayed(edition, SUPPORT, ways_of(desk, "regulated")["own_lane"]).load
    full = 100 * load[desk.number("startup")]
    assert full > 100
    assert own.endswith(
        f"For Start-up-like more would come in than 1 engineer can do ({full:.1f} % of their "
        "hours), so that their wait would have no end."
    )
