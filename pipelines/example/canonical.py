"""What comes in already in Plumbline's schema: effort and old Jenkins runs.

Planted: the old Jenkins serves a twentieth of all CI runs; its regression runs are queued
together every evening and wait for one of JENKINS_EXECUTORS. Its fifth of the support hours follows
from the tickets, of which effort is the sum by week.
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.example import clock
from pipelines.example.desk import taken_in_turn
from pipelines.example.payloads import KNOWN_AT, iso
from pipelines.example.runs import runs
from pipelines.example.support import tickets
from pipelines.example.world import (
    AS_OF,
    AS_OF_S,
    BEGIN_S,
    BEGINS_ON,
    CUSTOMERS,
    DAY,
    MINUTE,
    OFFERINGS,
    TIME_ZONE,
    Ints,
    rng,
)

JENKINS_SHARE = 0.05  # of all CI runs
JENKINS_EXECUTORS, JENKINS_BEGINS_AT = 2, 20.0  # o'clock
JENKINS_REPOS = ("example/loan-origination", "example/shipping-api", "example/ledger")
OTHER_HOURS, OTHER_SPREAD = 6.0, 0.5  # a week and offering, of toil and of projects each
HOURS_PER_HANDLED_HOUR = 2.0  # writing up, coming back to it
WEEK = 7 * DAY


def pipeline_runs() -> pl.DataFrame:
    """`pipeline_runs` of the old Jenkins: scheduled regression runs of three repositories."""
    generator = rng("jenkins")
    frame = jenkins_runs(generator)
    size = frame.height
    return frame.select(
        run_id=pl.format("regression#{}", pl.int_range(1, size + 1)),
        source=pl.lit("jenkins"),
        repo=pl.Series(generator.choice(JENKINS_REPOS, size)),
        workflow=pl.lit("regression"),
        status=pl.Series(generator.choice(["success", "failure"], size, p=[0.82, 0.18])),
        attempt=pl.lit(1),
        branch_kind=pl.lit("default"),
        trigger=pl.lit("schedule"),
        tool=pl.lit("jenkins"),
        actor_kind=pl.lit("bot"),
        queued_at=iso("queued_s"),
        started_at=iso("started_s"),
        finished_at=iso("finished_s"),
        updated_at=iso("finished_s"),
        **{KNOWN_AT: "finished_s"},
    )


def jenkins_runs(
    generator: np.random.Generator, executors: int = JENKINS_EXECUTORS
) -> pl.DataFrame:
    """`queued_s, started_s, finished_s` of its runs, as so many executors would do them."""
    size = round(JENKINS_SHARE / (1 - JENKINS_SHARE) * runs().height)
    wanted = np.sort(generator.integers(BEGIN_S, AS_OF_S - DAY, size))
    looked = generator.lognormal(np.log(10), 0.5, size).astype(np.int64)  # when Jenkins saw it
    taken = generator.lognormal(np.log(48 * MINUTE), 0.5, size).astype(np.int64)
    evenings = _evenings()
    next_one = np.minimum(np.searchsorted(evenings, wanted), evenings.size - 1)
    queued = np.sort(evenings[next_one] + wanted % MINUTE)
    busy = (looked + taken).astype(np.float64)
    begun = taken_in_turn(queued.astype(np.float64), busy, np.zeros_like(queued), executors)
    started = begun.astype(np.int64) + looked
    return pl.DataFrame({"queued_s": queued, "started_s": started, "finished_s": started + taken})


def _evenings() -> Ints:
    """When the runs of each day begin; the last ones are over by AS_OF."""
    days = np.arange(clock.day_index(BEGINS_ON), clock.day_index(AS_OF.date()) - 1)
    return clock.at(days, np.full(days.size, JENKINS_BEGINS_AT))


def effort() -> pl.DataFrame:
    """`effort`: support hours by offering, team and week, as tickets took; toil and projects."""
    offering = pl.col("offering").replace_strict(
        {n: o.id for n, o in enumerate(OFFERINGS)}, return_dtype=pl.String
    )
    customer = pl.col("customer").replace_strict(
        {n: c.id for n, c in enumerate(CUSTOMERS)}, default=None, return_dtype=pl.String
    )
    support = (
        tickets()
        .filter(pl.col("solved_s").is_not_null() & ~pl.col("is_spam"))
        .group_by(offering=offering, customer=customer, week_on=_monday("solved_s"))
        .agg(hours=pl.col("minutes").sum() / 60 * HOURS_PER_HANDLED_HOUR)
        .with_columns(kind=pl.lit("support"))
        .sort("week_on", "offering", "customer", maintain_order=True)
    )
    every = pl.concat(
        [support, *(_other_effort(kind) for kind in ("toil", "project"))], how="diagonal"
    )
    known = pl.col("week_on").cast(pl.Datetime("us")).dt.epoch("s") + WEEK
    return every.with_columns(known_s=known).filter(pl.col("known_s") < AS_OF_S).select(
        "offering", "customer", "kind", pl.col("hours").round(2), pl.col("week_on").cast(pl.String),
        source=pl.lit("timesheets"), updated_at=iso("known_s"), **{KNOWN_AT: "known_s"},
    )  # fmt: skip


def _monday(name: str) -> pl.Expr:
    local = pl.from_epoch(name, time_unit="s").dt.replace_time_zone("UTC")
    return local.dt.convert_time_zone(TIME_ZONE).dt.date().dt.truncate("1w")


def other_hours_a_week() -> float:
    """What toil, and as much projects, take all offerings together on average."""
    return float(len(OFFERINGS) * OTHER_HOURS * np.exp(OTHER_SPREAD**2 / 2))


def _other_effort(kind: str) -> pl.DataFrame:
    """Hours a week that no team asked for."""
    weeks = pl.date_range(BEGINS_ON, date(2026, 6, 22), "1w", eager=True).alias("week_on")
    grid = weeks.to_frame().join(pl.DataFrame({"offering": [o.id for o in OFFERINGS]}), how="cross")
    hours = rng(kind).lognormal(np.log(OTHER_HOURS), OTHER_SPREAD, grid.height)
    return grid.with_columns(hours=pl.Series(hours), kind=pl.lit(kind))
