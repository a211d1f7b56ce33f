"""By when tickets are promised to be solved, and what agents write besides their first reply.

Planted: DUE_HOURS business hours of the segment's own calendar after creation, by priority; of low
priority nothing is promised, nor to whom nobody knows. FOLLOWED_SHARE of the tickets get a second
reply before they are solved.
"""

import numpy as np
import polars as pl

from pipelines.example import clock
from pipelines.example.world import HOUR, NOBODY, SEGMENTS, Ints, rng

DUE_HOURS = {"urgent": 8.0, "high": 16.0, "normal": 40.0}
FOLLOWED_SHARE = 0.4


def due_s(frame: pl.DataFrame) -> pl.Series:
    """When each ticket of `created_s, segment, priority, customer, is_spam` is due; else null."""
    hours = frame["priority"].replace_strict(DUE_HOURS, default=0.0, return_dtype=pl.Float64)
    due = after(frame, frame["created_s"].to_numpy(), hours.to_numpy() * HOUR)
    is_promised = (hours > 0) & (frame["customer"] != NOBODY) & ~frame["is_spam"]
    return pl.select(due_s=pl.when(is_promised).then(pl.Series(due))).to_series()


def followed_s(replied: Ints, solved: Ints) -> pl.Series:
    """When the second reply is written, if there is one."""
    generator = rng("replies")
    is_followed = generator.random(replied.size) < FOLLOWED_SHARE
    at = replied + (generator.random(replied.size) * (solved - replied)).astype(np.int64)
    return pl.select(followed_s=pl.when(pl.Series(is_followed)).then(pl.Series(at))).to_series()


def after(frame: pl.DataFrame, start: Ints, business_seconds: np.ndarray) -> Ints:
    """Instants after so much business time of each ticket's segment."""
    calendar = np.array([segment.calendar for segment in SEGMENTS])[frame["segment"].to_numpy()]
    reached = [clock.business_hours(c).after(start, business_seconds) for c in clock.CALENDARS]
    return np.select([calendar == c for c in clock.CALENDARS], reached)
