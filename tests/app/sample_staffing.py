"""Desks for the sample edition, made by the functions that make real ones.

Tickets and Jenkins runs wait for each other; runs of the grid wait for no reason. Who is picked up
when is drawn by the example company's loop, which shares no code with the replay.
"""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from assets.configuration import Configuration
from assets.tradeoffs.lane_arrivals import ARRIVALS, hours_of, in_blocks
from assets.tradeoffs.lane_calibration import calibration, desks
from assets.tradeoffs.runner_lanes import runner_lanes
from assets.tradeoffs.support_lanes import support_lanes
from pipelines.example.desk import taken_in_turn

MONDAY, WEEKS, HOUR = datetime(2025, 12, 29, tzinfo=UTC), 26, 3_600
AS_OF = MONDAY + timedelta(weeks=WEEKS, days=2)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
TICKETS_A_DAY, MINUTES, EFFORT, REPLY_SHARE = 15, 22, 2.0, 0.3
JOBS_AN_EVENING, RUNNERS = 7, 2


def staffing(
    segments: list[str], agents: int = 2, stated: int | None = 2, is_queue: bool = True
) -> dict[str, pl.DataFrame]:
    """`tradeoff_lane_*`, `tradeoff_support_lanes` and `tradeoff_runner_lanes`.

    `agents` is how many there are, `stated` what the configuration says; without `is_queue`
    tickets wait as long as chance wants.
    """
    segments = sorted(segments, key=lambda segment: segment == "regulated")  # it is served last
    configuration = _configuration(segments, stated)
    arrivals = pl.concat([_tickets(segments, agents, is_queue), *_runs()])
    hours = hours_of(
        configuration, ["office", "every hour"], MONDAY - timedelta(weeks=3),
        AS_OF + timedelta(weeks=52),
    )  # fmt: skip
    rows = desks(arrivals, hours, configuration)
    alike = calibration(rows, arrivals, hours)
    return {
        "tradeoff_lane_arrivals": arrivals,
        "tradeoff_lane_hours": hours,
        "tradeoff_lane_desks": rows,
        "tradeoff_lane_calibration": alike,
        "tradeoff_support_lanes": support_lanes(rows, alike, arrivals, hours, configuration),
        "tradeoff_runner_lanes": runner_lanes(rows, alike, arrivals, hours),
    }


def _configuration(segments: list[str], stated: int | None) -> Configuration:
    week = {day: ["09:00-17:00"] for day in WEEKDAYS}
    return Configuration.model_validate(
        {
            "organisation": {"name": "Example Ltd", "default_calendar": "office"},
            "calendars": [{"id": "office", "time_zone": "UTC", "weekly": week}],
            "segments": [
                {"id": s, "name": s, "importance": {"support": 5 if s == "regulated" else 3}}
                for s in segments
            ],
            "staffing": {"agents": stated, "order": segments},
        }
    )


def _tickets(segments: list[str], agents: int, is_queue: bool) -> pl.DataFrame:
    generator = np.random.default_rng(1)
    days = np.array([day for day in range(WEEKS * 7) if day % 7 < len(WEEKDAYS)])
    nth = np.repeat(np.arange(days.size), generator.poisson(TICKETS_A_DAY, days.size))
    second = generator.uniform(8 * HOUR, 18 * HOUR, nth.size).astype(int)
    order = np.lexsort([second, nth])
    nth, second = nth[order], second[order]
    came = (nth * 8 * HOUR + np.clip(second - 9 * HOUR, 0, 8 * HOUR)).astype(float)
    minutes = np.maximum(1, generator.lognormal(np.log(MINUTES), 0.7, nth.size).round())
    lane = generator.integers(0, len(segments), nth.size)
    work = minutes * 60 * EFFORT
    waits = taken_in_turn(came, work, lane, agents) + REPLY_SHARE * work - came
    if not is_queue:
        waits = generator.lognormal(np.log(4_000), 1.0, nth.size)
    return _arrivals(
        "support", "support", np.array(segments)[lane], days[nth] * 86_400 + second, minutes * 60,
        waits,
    )  # fmt: skip


def _runs() -> list[pl.DataFrame]:
    generator = np.random.default_rng(2)
    evening = np.repeat(np.arange(WEEKS * 7), JOBS_AN_EVENING)
    came = evening * 86_400 + 20 * HOUR + np.arange(evening.size) % JOBS_AN_EVENING
    work = generator.lognormal(np.log(3_000), 0.5, came.size).round()
    queued = taken_in_turn(came.astype(float), work, np.zeros(came.size, dtype=int), RUNNERS)
    drawn = generator.lognormal(np.log(120), 0.8, came.size).round()
    return [
        _arrivals("jenkins", "runners", "jenkins", came, work, queued - came + 10),
        _arrivals("grid", "runners", "grid", came + 3 * HOUR * (came % 3), work / 10, drawn),
    ]


def _arrivals(
    desk: str, kind: str, lane: object, second: np.ndarray, work: np.ndarray, waits: np.ndarray
) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "arrived_at": [MONDAY + timedelta(seconds=int(one)) for one in second],
            "work_seconds": work,
            "wait_seconds": waits,
            "lane": lane,
        }
    ).with_columns(
        pl.col("arrived_at").cast(ARRIVALS["arrived_at"]),
        desk=pl.lit(desk), desk_kind=pl.lit(kind), is_counted=pl.lit(True),
        is_work_drawn=pl.lit(False),
    )  # fmt: skip
    cut = in_blocks(frame, AS_OF, "UTC", most=5_000)
    return cut.select(pl.col(name).cast(dtype) for name, dtype in ARRIVALS.items())
