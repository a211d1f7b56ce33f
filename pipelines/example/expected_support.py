"""What the planted numbers of support and cost make on average, by local quarter.

Takes as given which tickets came and when they were first answered, and draws the rest anew.
"""

from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.example import canonical
from pipelines.example.promised import FOLLOWED_SHARE, after
from pipelines.example.realised import QUARTER_STARTS, asked, per_quarter
from pipelines.example.realised_support import QUARTER_WEEKS, is_solved_when_due, team_weeks
from pipelines.example.support import (
    AGAIN_AFTER,
    NOBODYS_SHARE,
    REOPENED_AFTER,
    REOPENED_SHARE,
    RESOLUTION_SPREAD,
    SHORTEST_WORK,
    SPAM_SHARE,
    TICKETS,
    solved_sooner,
    ticket_days,
    tickets,
)
from pipelines.example.world import AS_OF_S, HOUR, OFFERINGS, Floats, planted, rng

DRAWS = 40


def sla_attainment(segment: int) -> Floats:
    """Share of tickets that are solved when they are due."""
    due = _solved_again(segment).filter(pl.col("due_s") < AS_OF_S)
    return per_quarter(due, "due_s", is_solved_when_due().mean())


@lru_cache(maxsize=3)
def _solved_again(segment: int) -> pl.DataFrame:
    """The segment's answered tickets, DRAWS times, solved and reopened at other instants."""
    frame = pl.concat([asked(segment).filter(pl.col("replied_s").is_not_null())] * DRAWS)
    generator, size = rng("solutions again"), frame.height
    created, replied = (frame[name].to_numpy() for name in ("created_s", "replied_s"))
    usual = planted("resolution_hours")[segment] * HOUR * solved_sooner(
        frame["segment"].to_numpy(), created
    )  # fmt: skip
    work = usual * np.exp(RESOLUTION_SPREAD * generator.normal(size=size))
    solved = after(frame, replied, np.maximum(SHORTEST_WORK, work))
    reopened = solved + generator.integers(*REOPENED_AFTER, size)
    again = after(frame, reopened, generator.exponential(AGAIN_AFTER, size) + 600)
    is_reopened = pl.Series(generator.random(size) < REOPENED_SHARE)
    return frame.with_columns(
        solved_s=pl.Series(solved),
        reopened_s=pl.when(is_reopened).then(pl.Series(reopened)),
        solved_again_s=pl.when(is_reopened).then(pl.Series(again)),
    )


def one_touch_ratio() -> float:
    """Neither a second reply before the solution, nor one after it was reopened."""
    return (1 - FOLLOWED_SHARE) * (1 - REOPENED_SHARE)


def contact_rate(segment: int) -> Floats:
    """Tickets per team and week, by the share of each quarter's days and of the segment."""
    days, weight = ticket_days()
    quarters = pl.DataFrame({"quarter": pl.Series(days).dt.truncate("1q"), "weight": weight})
    shares = quarters.group_by("quarter").agg(pl.col("weight").sum())
    joined = pl.DataFrame({"quarter": QUARTER_STARTS}).join(
        shares, on="quarter", how="left", maintain_order="left"
    )
    share: Floats = joined["weight"].to_numpy()
    of_teams = planted("tickets")[segment] * (1 - NOBODYS_SHARE) * (1 - SPAM_SHARE)
    expected: Floats = TICKETS * share * of_teams / team_weeks(segment)
    return expected


def support_hours(segment: int) -> Floats:
    """Hours of support per week, if every ticket took what its offering takes on average."""
    a_week: Floats = _worked(asked(segment)) / QUARTER_WEEKS
    return a_week


def toil_ratio() -> Floats:
    """Hours of toil through all hours, each as it is on average."""
    other: Floats = canonical.other_hours_a_week() * QUARTER_WEEKS
    support = _worked(tickets().filter(~pl.col("is_spam")))
    return other / (2 * other + support)


def _worked(frame: pl.DataFrame) -> Floats:
    """Expected hours of tickets by the quarter that they were solved in."""
    minutes = pl.col("offering").replace_strict(
        {n: offering.handle_minutes for n, offering in enumerate(OFFERINGS)},
        return_dtype=pl.Float64,
    )
    hours = minutes.sum() / 60 * canonical.HOURS_PER_HANDLED_HOUR
    return per_quarter(frame.filter(pl.col("solved_s").is_not_null()), "solved_s", hours)
