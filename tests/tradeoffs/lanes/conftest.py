"""Desks whose truth is known: tickets that wait for each other, and tickets that do not.

Who is picked up when is drawn by the example company's own loop, which shares no code with the
replay that is tested.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from assets.configuration import Configuration
from assets.tradeoffs.lane_arrivals import ARRIVALS, MOST_TICKETS, hours_of, in_blocks
from pipelines.example.desk import taken_in_turn

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
WEEKS, HOUR, OPENS, CLOSES = 26, 3_600, 9, 17
AS_OF = MONDAY + timedelta(weeks=WEEKS)
SEGMENTS = ("core", "regulated")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


def _configuration(**staffing):
    return Configuration.model_validate(
        {
            "organisation": {"name": "Example Ltd", "default_calendar": "office"},
            "calendars": [
                {
                    "id": "office",
                    "time_zone": "UTC",
                    "weekly": {d: ["09:00-17:00"] for d in WEEKDAYS},
                }
            ],
            "segments": [
                {"id": "core", "name": "Core product", "importance": {"support": 3}},
                {"id": "regulated", "name": "Regulated", "importance": {"support": 5}},
            ],
            "staffing": staffing,
        }
    )


@dataclass
class World:
    """Tickets of 26 weeks; the first lane is served first."""

    came: np.ndarray  # open seconds since the first Monday
    at: list[datetime]
    minutes: np.ndarray
    lane: np.ndarray
    share: np.ndarray
    effort: float = 2.0

    def waits(self, agents):
        """Seconds until the reply if so many answer."""
        work = self.minutes * 60 * self.effort
        return taken_in_turn(self.came, work, self.lane, agents) + self.share * work - self.came

    def arrivals(self, waits):
        """`tradeoff_lane_arrivals` with these waits."""
        frame = pl.DataFrame(
            {
                "desk": "support",
                "desk_kind": "support",
                "lane": np.array(SEGMENTS)[self.lane],
                "arrived_at": self.at,
                "work_seconds": self.minutes * 60,
                "is_work_drawn": False,
                "wait_seconds": waits,
                "is_counted": True,
            }
        )
        frame = frame.with_columns(pl.col("arrived_at").cast(pl.Datetime("us", "UTC")))
        cut = in_blocks(frame, AS_OF, "UTC", MOST_TICKETS)
        return cut.select(pl.col(name).cast(dtype) for name, dtype in ARRIVALS.items())


def _world(seed=1, per_day=15.0):
    generator = np.random.default_rng(seed)
    days = [day for day in range(WEEKS * 7) if day % 7 < 5]
    came, at = [], []
    for nth, day in enumerate(days):
        for second in np.sort(generator.uniform(8 * HOUR, 18 * HOUR, generator.poisson(per_day))):
            whole = int(second)
            came.append(nth * 8 * HOUR + min(max(whole - OPENS * HOUR, 0), 8 * HOUR))
            at.append(MONDAY + timedelta(days=day, seconds=whole))
    size = len(came)
    return World(
        came=np.array(came, dtype=float),
        at=at,
        minutes=np.maximum(1, generator.lognormal(np.log(22), 0.7, size).round()),
        lane=(generator.random(size) < 0.4).astype(int),
        share=np.minimum(1, 0.3 * np.exp(0.4 * generator.normal(size=size))),
    )


@pytest.fixture
def configuration_of():
    return _configuration


@pytest.fixture
def world_of():
    return _world


@pytest.fixture(scope="session")
def office_hours():
    """`tradeoff_lane_hours` of the worlds' calendars."""
    named = ["office", "every hour"]
    return hours_of(
        _configuration(), named, MONDAY - timedelta(weeks=1), AS_OF + timedelta(weeks=52)
    )
