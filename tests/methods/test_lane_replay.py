"""Waits at a desk: calendars, replies, loads and intervals, on cases that can be done by hand."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from assets.methods.business_time import WEEKDAYS, BusinessClock, Calendar
from assets.methods.lane_replay import DRAWS, Desk, Habits, load, outcome, waits
from assets.methods.queue_replay import Staffing

HOUR = 3_600
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
END = MONDAY + timedelta(weeks=40)
EARLY = {day: ["09:00-17:00"] for day in WEEKDAYS[:5]}
LONG = {day: ["07:00-20:00"] for day in WEEKDAYS[:5]}


def clock(weekly):
    return BusinessClock(Calendar("UTC", weekly), MONDAY, END)


def micros(hours):
    start = int(MONDAY.timestamp() * 1e6)
    return start + (np.asarray(hours) * HOUR * 1e6).astype(np.int64)


def desk(hours, work_hours, lane, weeks=1):
    """Arrivals at hours after Monday midnight; lane 1 is promised the long hours."""
    return Desk(
        at=micros(hours),
        work_seconds=np.asarray(work_hours, dtype=float) * HOUR,
        lane=np.asarray(lane),
        block=np.zeros(len(hours), dtype=int),
        lanes=("short", "long"),
        hours=clock(EARLY),
        promised=[clock(EARLY), clock(LONG)],
    )


def test_a_ticket_of_the_evening_waits_by_its_own_hours_until_the_desk_opens():
    """Came Monday at 18:00: two open hours until 20:00 and two from 7:00 to 9:00."""
    found = waits(desk([18, 18], [1, 1], [0, 1]), Staffing(2), Habits())
    assert found.tolist() == [0, 4 * HOUR]


def test_a_reply_is_sent_when_its_part_of_the_work_is_done():
    habits = Habits(effort=2.0, reply_share=0.25, start_seconds=7)
    found = waits(desk([10, 10.5], [2, 1], [0, 0]), Staffing(1), habits)
    # The first keeps the only one busy for four hours; the second is replied to after half an hour.
    assert found.tolist() == [1 * HOUR + 7, (3.5 + 0.5) * HOUR + 7]


def test_work_goes_on_the_next_morning_and_a_weekend_does_not_count():
    friday = 4 * 24
    found = waits(desk([friday + 16, friday + 16.5], [3, 1], [0, 1]), Staffing(1), Habits())
    # Begun on Monday at 11:00: from Friday 16:30 to 20:00, and Monday from 7:00.
    assert found.tolist() == [0, (3.5 + 4) * HOUR]


def test_what_is_not_answered_within_the_clocks_waits_without_end():
    found = waits(desk([9, 9], [2_000, 1], [0, 0]), Staffing(1), Habits())
    assert found.tolist() == [0, np.inf]


def test_load_is_what_comes_in_before_or_with_a_lane_over_what_can_be_done():
    hours = [*range(9, 17), 24 + 9]  # one each hour of Monday, and the last on Tuesday at 9
    lane = [0, 1] * 4 + [0]
    one = desk(hours, [0.5] * 9, lane)  # eight open hours, 2.5 h of work short, 2 h long
    assert load(one, Staffing(1), Habits()) == pytest.approx([4.5 / 8, 4.5 / 8])
    assert load(one, Staffing(1, order=(1, 0)), Habits()) == pytest.approx([4.5 / 8, 2 / 8])
    alone = Staffing(2, own_lane=1, reserved=1)
    assert load(one, alone, Habits()) == pytest.approx([2.5 / 8, 2 / 8])
    helping = Staffing(2, own_lane=1, reserved=1, is_helping=True)
    assert load(one, helping, Habits()) == pytest.approx([4.5 / 16, 4.5 / 16])


@pytest.fixture
def busy():
    """Twelve weeks with a ticket an hour and one in three of the long lane."""
    generator = np.random.default_rng(4)
    week = np.arange(12).repeat(40)
    hours = week * 7 * 24 + np.tile(np.arange(5).repeat(8) * 24 + np.tile(np.arange(9, 17), 5), 12)
    one = desk(hours, generator.exponential(0.8, hours.size), np.arange(hours.size) % 3 // 2)
    return Desk(**{**vars(one), "block": week})


def test_draws_of_two_staffings_are_of_the_same_weeks(busy):
    today = outcome(busy, Staffing(1), [Habits()])
    value, drawn = today.quantile(0, 0.5)
    assert drawn.shape == (DRAWS,)
    assert drawn.min() < value < drawn.max()
    assert (outcome(busy, Staffing(1), [Habits()]).quantile(0, 0.5)[1] == drawn).all()
    more = outcome(busy, Staffing(2), [Habits()]).quantile(0, 0.5)[1]
    assert (more <= drawn).all()


def test_habits_share_the_draws_by_their_weight(busy):
    slow, fast = Habits(effort=1.0, weight=0.75), Habits(effort=0.1, weight=0.25)
    drawn = outcome(busy, Staffing(1), [slow, fast]).quantile(0, 0.9)[1]
    alone = outcome(busy, Staffing(1), [slow]).quantile(0, 0.9)[1]
    assert (drawn[:300] == alone[:300]).all()
    assert (drawn[300:] < alone[300:]).all()


def test_shares_answered_rise_with_time_and_lie_in_their_interval(busy):
    times = np.array([0.0, HOUR, 4 * HOUR, 400 * HOUR])
    share, low, high = outcome(busy, Staffing(1), [Habits()]).within(1, times)
    assert (np.diff(share) >= 0).all()
    assert ((low <= share) & (share <= high)).all()
    assert share[-1] == 1.0
