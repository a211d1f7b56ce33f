"""Which tickets and runs a replay takes, and what is known of their work."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from assets.facts.clocks import COMPETING_EXIT, HAPPENED, STILL_OPEN
from assets.methods.lane_tables import in_order
from assets.tradeoffs.lane_arrivals import (
    calendar_of_lanes,
    desk_calendar,
    hours_of,
    in_blocks,
    run_arrivals,
    ticket_arrivals,
    with_work,
)

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)  # a Monday
SINCE = AT - timedelta(days=30)
INSTANT = pl.Datetime("us", "UTC")
LANES = pl.LazyFrame(
    {"scope_set": [1, 2], "calendar": ["office", "office"], "lane": ["core", "regulated"]}
)


def facts(*rows):
    whole = {
        "event_id": "z/1", "scope_set": 1, "calendar": "office", "entered_at": AT,
        "first_response_business_seconds": 60.0, "first_response_business_exit": HAPPENED,
        "priority": "none", "offering": None, "is_spam": False, "is_deleted": False,
        "is_without_events": False,
    }  # fmt: skip
    schema = {"offering": pl.String, "entered_at": INSTANT}
    return pl.LazyFrame([whole | row for row in rows], schema_overrides=schema)


def handled(*minutes):
    rows = [
        {"source": "z", "ticket_id": str(n), "created_at": AT, "handle_minutes": one}
        for n, one in enumerate(minutes, 1)
    ]
    schema = {"created_at": INSTANT, "handle_minutes": pl.Float64}
    return pl.LazyFrame(rows, schema_overrides=schema)


def test_a_ticket_is_an_instant_a_lane_and_work_and_names_nobody():
    found = ticket_arrivals(facts({}), handled(10), LANES, SINCE).row(0, named=True)
    assert (found["lane"], found["work_seconds"], found["wait_seconds"]) == ("core", 600, 60)
    assert (found["arrived_at"], found["is_counted"]) == (AT, True)


def test_spam_and_deleted_tickets_keep_nobody_busy():
    rows = facts({"is_spam": True}, {"is_deleted": True})
    assert ticket_arrivals(rows, handled(10), LANES, SINCE).is_empty()


def test_a_ticket_solved_without_a_reply_is_work_and_is_not_measured():
    row = facts({"first_response_business_exit": COMPETING_EXIT})
    found = ticket_arrivals(row, handled(10), LANES, SINCE).row(0, named=True)
    assert (found["wait_seconds"], found["is_counted"]) == (None, False)


def test_an_open_ticket_is_measured_and_has_no_wait_yet():
    row = facts({"first_response_business_exit": STILL_OPEN})
    found = ticket_arrivals(row, handled(10), LANES, SINCE).row(0, named=True)
    assert (found["wait_seconds"], found["is_counted"]) == (None, True)


def test_tickets_of_nobody_have_a_lane_of_that_name():
    assert (
        ticket_arrivals(facts({"scope_set": 9}), handled(1), LANES, SINCE)["lane"][0]
        == "unassigned"
    )


def tickets(*rows):
    schema = {"work_seconds": pl.Float64, "about": pl.String, "priority": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_unknown_work_is_drawn_from_tickets_of_the_same_kind():
    known = [(60.0, "a", "low"), (120.0, "a", "low"), (900.0, "a", "high"), (5.0, "b", "low")]
    found = with_work(tickets(*known, *[(None, "a", "low")] * 200))
    drawn = found.filter("is_work_drawn")["work_seconds"]
    assert set(drawn) == {60.0, 120.0}
    assert drawn.value_counts()["count"].min() > 70
    assert found.filter(~pl.col("is_work_drawn"))["work_seconds"].to_list() == [60, 120, 900, 5]
    assert with_work(tickets(*known, *[(None, "a", "low")] * 200)).equals(found)


def test_unknown_work_of_a_kind_nobody_knows_is_drawn_from_all():
    known = [(float(n), "a", "low") for n in range(1, 11)]
    drawn = with_work(tickets(*known, *[(None, "c", "high")] * 300)).filter("is_work_drawn")
    assert set(drawn["work_seconds"]) == {float(n) for n in range(1, 11)}


def test_where_no_work_is_known_nothing_can_be_replayed():
    assert with_work(tickets((None, "a", "low"))).is_empty()


def runs(*rows):
    whole = {
        "event_id": "j/1", "tool": "jenkins", "entered_at": AT, "queue_seconds": 30.0,
        "queue_exit": HAPPENED, "finished_at": AT + timedelta(seconds=90), "status": "success",
    }  # fmt: skip
    schema = {"entered_at": INSTANT, "finished_at": INSTANT, "tool": pl.String}
    return pl.LazyFrame([whole | row for row in rows], schema_overrides=schema)


def test_the_work_of_a_run_is_from_its_start_to_its_end():
    found = run_arrivals(runs({}), SINCE).row(0, named=True)
    assert (found["work_seconds"], found["wait_seconds"], found["lane"]) == (60, 30, "jenkins")


@pytest.mark.parametrize(
    "odd",
    [
        {"queue_exit": STILL_OPEN},
        {"finished_at": None},
        {"tool": None},
        {"status": "skipped"},
        {"entered_at": SINCE - timedelta(days=1)},
    ],
)
def test_a_run_that_no_runner_took_and_finished_is_left_out(odd):
    assert run_arrivals(runs(odd), SINCE).is_empty()


def every_day(days, per_day, as_of, is_counted=True):
    at = [as_of - timedelta(days=n, hours=6) for n in range(days) for _ in range(per_day)]
    return pl.DataFrame({"arrived_at": at, "is_counted": is_counted}).with_columns(
        pl.col("arrived_at").cast(INSTANT)
    )


AS_OF = datetime(2026, 7, 1, tzinfo=UTC)  # a Wednesday


def test_blocks_are_the_newest_whole_weeks_and_the_week_before_warms_up():
    found = in_blocks(every_day(300, 1, AS_OF), AS_OF, "Europe/Berlin", most=5_000)
    assert found["block"].max() == 25
    per_block = found.group_by("block").len().sort("block")
    assert per_block["len"].to_list() == [7] * 27
    assert found["arrived_at"].max().date() == date(2026, 6, 28)


def test_a_busy_desk_is_replayed_for_fewer_weeks_by_days():
    found = in_blocks(every_day(60, 100, AS_OF), AS_OF, "UTC", most=2_200)
    measured = found.filter(pl.col("block") >= 0)
    assert measured.height == 2_100
    assert measured["block"].to_list() == sorted(measured["block"].to_list(), reverse=True)
    assert measured["block"].n_unique() == 21


def test_what_is_not_counted_is_in_no_block():
    assert set(in_blocks(every_day(60, 1, AS_OF, False), AS_OF, "UTC", 99)["block"]) == {-1}


def test_weeks_begin_on_the_organisations_monday():
    sunday_evening = datetime(2026, 6, 28, 22, 30, tzinfo=UTC)
    frame = pl.DataFrame({"arrived_at": [sunday_evening], "is_counted": [True]})
    frame = frame.with_columns(pl.col("arrived_at").cast(INSTANT))
    assert in_blocks(frame, AS_OF, "UTC", 99).height == 1
    assert in_blocks(frame, AS_OF, "Europe/Berlin", 99).height == 0


def test_the_calendars_are_those_of_desk_and_segments(configuration_of):
    configuration = configuration_of(calendar="office")
    assert desk_calendar(configuration) == "office"
    assert calendar_of_lanes(configuration) == {
        "unassigned": "office",
        "core": "office",
        "regulated": "office",
    }
    hours = hours_of(configuration, ["office"], AT, AT + timedelta(days=7))
    assert hours.height == 5
    assert hours["opens_at"][0] == AT


def test_arrivals_of_one_instant_have_one_order():
    frame = pl.DataFrame(
        {"arrived_at": [AT] * 3, "lane": ["b", "a", "a"], "work_seconds": [1.0, 3.0, 2.0],
         "wait_seconds": [1.0, 1.0, 1.0]}
    )  # fmt: skip
    assert in_order(frame)["work_seconds"].to_list() == [2.0, 3.0, 1.0]
