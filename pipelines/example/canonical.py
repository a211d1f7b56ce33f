"""What comes in already in Plumbline's schema: findings, effort, service levels, old Jenkins runs.

Planted: the old Jenkins serves a twentieth of all CI runs; its regression runs are queued
together every evening and wait for one of JENKINS_EXECUTORS. Its fifth of the support hours follows
from the tickets, of which effort is the sum by week.
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.example import clock
from pipelines.example.desk import taken_in_turn
from pipelines.example.incidents import incidents
from pipelines.example.payloads import KNOWN_AT, iso
from pipelines.example.releases import unit_customers
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
    SERVICES,
    TIME_ZONE,
    UNITS,
    Ints,
    rng,
    segment_of,
)

JENKINS_SHARE = 0.05  # of all CI runs
JENKINS_EXECUTORS, JENKINS_BEGINS_AT = 2, 20.0  # o'clock
JENKINS_REPOS = ("example/loan-origination", "example/shipping-api", "example/ledger")
HOURS_PER_HANDLED_HOUR = 2.0  # writing up, coming back to it
FINDINGS = 900
SEVERITIES, SEVERITY_SHARES = ("critical", "high", "medium", "low"), (0.06, 0.24, 0.45, 0.25)
FIX_DAYS = np.array([[9.0, 30.0, 80.0, 150.0], [6.0, 21.0, 60.0, 120.0], [2.5, 10.0, 40.0, 90.0]])
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


def security_findings() -> pl.DataFrame:
    """`security_findings` of a scanner, most of them fixed, sooner in the regulated segment."""
    generator = rng("findings")
    service = generator.integers(0, len(SERVICES) - 1, FINDINGS)
    severity = generator.choice(len(SEVERITIES), FINDINGS, p=SEVERITY_SHARES)
    opened = np.sort(generator.integers(BEGIN_S, AS_OF_S - DAY, FINDINGS))
    segment = segment_of(_customer_of_service()[service], opened)
    days = FIX_DAYS[segment, severity] * np.exp(0.9 * generator.normal(size=FINDINGS))
    ended = pl.Series(opened + (days * DAY).astype(np.int64))
    is_dismissed = pl.Series(generator.random(FINDINGS) < 0.08)
    frame = pl.DataFrame(
        {
            "opened_s": opened,
            "service": np.array(SERVICES)[service],
            "severity": np.array(SEVERITIES)[severity],
        }
    ).with_columns(
        fixed_s=pl.when((ended < AS_OF_S) & ~is_dismissed).then(ended),
        dismissed_s=pl.when((ended < AS_OF_S) & is_dismissed).then(ended),
    )
    changed = pl.coalesce("fixed_s", "dismissed_s", "opened_s")
    return frame.select(
        finding_id=pl.format("finding-{}", pl.int_range(1, FINDINGS + 1)),
        source=pl.lit("scanner"),
        severity="severity",
        service="service",
        opened_at=iso("opened_s"),
        status=pl.when(pl.col("fixed_s").is_not_null()).then(pl.lit("fixed"))
        .when(pl.col("dismissed_s").is_not_null()).then(pl.lit("dismissed"))
        .otherwise(pl.lit("open")),
        fixed_at=iso("fixed_s"),
        dismissed_at=iso("dismissed_s"),
        updated_at=pl.coalesce(iso("fixed_s"), iso("dismissed_s"), iso("opened_s")),
        **{KNOWN_AT: changed},
    )  # fmt: skip


def _customer_of_service() -> Ints:
    return np.repeat(unit_customers(), [len(unit.services) for unit in UNITS])


def service_levels() -> pl.DataFrame:
    """`service_levels`: good and all requests of each service and week; incidents cost requests."""
    generator = rng("service levels")
    weeks = np.arange(BEGIN_S, AS_OF_S - WEEK, WEEK)
    grid = pl.DataFrame({"service": SERVICES[:-1]}).join(
        pl.DataFrame({"from_s": weeks}), how="cross"
    )
    down = incidents().select(
        service="service_name",
        from_s=(pl.col("opened_s") - BEGIN_S) // WEEK * WEEK + BEGIN_S,
        down_s=(pl.col("resolved_s") - pl.col("opened_s")).fill_null(0),
    ).group_by("service", "from_s").agg(pl.col("down_s").sum())  # fmt: skip
    frame = grid.join(down, on=["service", "from_s"], how="left", maintain_order="left")
    total = np.rint(generator.lognormal(np.log(400_000), 0.6, frame.height))
    share_down = frame["down_s"].fill_null(0).to_numpy() / WEEK
    errors = generator.lognormal(np.log(4e-4), 0.5, frame.height) + 0.3 * np.minimum(1, share_down)
    bad = np.minimum(total, np.rint(total * errors))
    return frame.with_columns(to_s=pl.col("from_s") + WEEK).select(
        "service",
        source=pl.lit("monitoring"),
        indicator=pl.lit("availability"),
        from_at=iso("from_s"),
        to_at=iso("to_s"),
        good=pl.Series(total - bad),
        total=pl.Series(total),
        updated_at=iso("to_s"),
        **{KNOWN_AT: "to_s"},
    )


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


def _other_effort(kind: str) -> pl.DataFrame:
    """Hours a week that no team asked for."""
    weeks = pl.date_range(BEGINS_ON, date(2026, 6, 22), "1w", eager=True).alias("week_on")
    grid = weeks.to_frame().join(pl.DataFrame({"offering": [o.id for o in OFFERINGS]}), how="cross")
    hours = rng(kind).lognormal(np.log(6.0), 0.5, grid.height)
    return grid.with_columns(hours=pl.Series(hours), kind=pl.lit(kind))
