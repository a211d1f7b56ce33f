"""What arrived at the support desk and at CI runners lately: the input of every replay.

Holds which tickets and runs count, what is known of the work they are, and the hours of all
calendars involved. Says nothing of persons: an arrival is an instant, its work and its lane.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import numpy as np
import polars as pl

from assets.configuration import Configuration
from assets.facts.clocks import COMPETING_EXIT, HAPPENED
from assets.facts.scope_sets import UNASSIGNED
from assets.facts.support_hours import EVERY_HOUR, calendar_of_segment, versions_of
from assets.home import Home
from assets.methods.business_time import BusinessClock

WEEKS, WARM_WEEKS = 26, 1
MOST_TICKETS, MOST_RUNS = 5_000, 2_000  # per desk: the newest whole weeks with no more
FEWEST_WEEKS = 10  # with fewer, single days are the blocks that are drawn again
SEED = 20_260_701
SUPPORT, RUNNERS = "support", "runners"
ARRIVALS: dict[str, pl.DataType] = {
    "desk": pl.String(),
    "desk_kind": pl.String(),
    "lane": pl.String(),
    "arrived_at": pl.Datetime("us", "UTC"),
    "work_seconds": pl.Float64(),
    "is_work_drawn": pl.Boolean(),
    "wait_seconds": pl.Float64(),
    "block": pl.Int32(),
}


def ticket_arrivals(
    facts: pl.LazyFrame, tickets: pl.LazyFrame, lanes: pl.LazyFrame, since: datetime
) -> pl.DataFrame:
    """One row per ticket that keeps the desk busy; `wait_seconds` is null while it is open.

    `lanes` gives the `lane` of each `scope_set` and `calendar`. `is_counted`: its wait is measured;
    what was solved without a reply, or comes from a source that tells of no replies, is work only.
    """
    recent = facts.filter(pl.col("entered_at") >= since, ~pl.col("is_spam"), ~pl.col("is_deleted"))
    handled = tickets.filter(pl.col("created_at") >= since).select(
        event_id=pl.concat_str("source", "ticket_id", separator="/"),
        work_seconds=pl.col("handle_minutes") * 60,
    )
    how = pl.col("first_response_business_exit")
    return (
        recent.join(handled, on="event_id", how="left")
        .join(lanes, on=["scope_set", "calendar"], how="left")
        .select(
            "event_id",
            "work_seconds",
            "priority",
            desk=pl.lit(SUPPORT),
            desk_kind=pl.lit(SUPPORT),
            lane=pl.col("lane").fill_null(UNASSIGNED),
            about=pl.col("offering").fill_null(""),
            arrived_at="entered_at",
            wait_seconds=pl.when(how == HAPPENED).then("first_response_business_seconds"),
            is_counted=(how != COMPETING_EXIT) & ~pl.col("is_without_events"),
        )
        .sort("arrived_at", "event_id")
        .collect()
    )


def run_arrivals(facts: pl.LazyFrame, since: datetime) -> pl.DataFrame:
    """One row per CI run that a runner took and finished; the desk and its only lane are the tool.

    A run is one piece of work, however many jobs it has.
    """
    started = pl.col("entered_at") + pl.duration(seconds=pl.col("queue_seconds"))
    return (
        facts.filter(
            pl.col("entered_at") >= since,
            pl.col("queue_exit") == HAPPENED,
            pl.col("finished_at") >= started,
            pl.col("tool").is_not_null(),
            pl.col("status") != "skipped",
        )
        .select(
            "event_id",
            desk="tool",
            desk_kind=pl.lit(RUNNERS),
            lane="tool",
            arrived_at="entered_at",
            work_seconds=(pl.col("finished_at") - started).dt.total_microseconds() / 1e6,
            wait_seconds="queue_seconds",
            is_counted=pl.lit(True),
            is_work_drawn=pl.lit(False),
        )
        .sort("desk", "arrived_at", "event_id")
        .collect()
    )


def with_work(tickets: pl.DataFrame) -> pl.DataFrame:
    """Fills unknown `work_seconds` with a seeded draw from tickets of the same kind.

    The same kind is the same offering and priority, else any. Adds `is_work_drawn`. Without any
    ticket whose work is known there are no rows.
    """
    known = tickets.filter(pl.col("work_seconds").is_not_null())
    if known.is_empty():
        return tickets.clear().with_columns(is_work_drawn=pl.lit(False))
    kind = ["about", "priority"]
    pool = known.sort(kind, maintain_order=True).with_row_index("place")
    by_kind = pool.group_by(kind).agg(first=pl.col("place").min(), alike=pl.len())
    is_missing = tickets["work_seconds"].is_null()
    missing = tickets.filter(is_missing).join(by_kind, on=kind, how="left", maintain_order="left")
    first, alike = (
        missing[name].fill_null(other).to_numpy().astype(np.int64)
        for name, other in (("first", 0), ("alike", pool.height))
    )
    draws = np.random.default_rng(SEED).random(missing.height)
    filled = tickets["work_seconds"].to_numpy().copy()
    filled[is_missing.to_numpy()] = pool["work_seconds"].to_numpy()[
        first + (draws * alike).astype(np.int64)
    ]
    return tickets.with_columns(work_seconds=pl.Series(filled), is_work_drawn=is_missing)


def in_blocks(arrivals: pl.DataFrame, as_of: datetime, zone: str, most: int) -> pl.DataFrame:
    """One desk's arrivals in the newest whole local weeks, at most `WEEKS`, with `block`.

    Blocks are weeks from 0 on, or days where `most` leaves fewer than `FEWEST_WEEKS`. What came in
    the weeks before, and what is not counted, has block -1.
    """
    local = pl.col("arrived_at").dt.convert_time_zone(zone).dt.date()
    this_monday = as_of.astimezone(ZoneInfo(zone)).date()
    this_monday -= timedelta(days=this_monday.weekday())
    aged = arrivals.with_columns(
        age=(pl.lit(this_monday) - local.dt.truncate("1w")).dt.total_days() // 7, day=local
    ).filter(pl.col("age") > 0)
    per_week = aged.group_by("age").len().sort("age")
    within = per_week.filter(pl.col("len").cum_sum() <= most, pl.col("age") <= WEEKS)
    weeks = max([1, *within["age"]])
    if weeks >= FEWEST_WEEKS:
        block = weeks - pl.col("age")
    else:
        block = (pl.col("day") - (this_monday - timedelta(weeks=weeks))).dt.total_days()
    is_measured = (pl.col("age") <= weeks) & pl.col("is_counted")
    return aged.filter(pl.col("age") <= weeks + WARM_WEEKS).with_columns(
        block=pl.when(is_measured).then(block).otherwise(-1).cast(pl.Int32)
    )


def hours_of(
    configuration: Configuration, calendars: list[str], first: datetime, last: datetime
) -> pl.DataFrame:
    """`calendar, opens_at, closes_at` between two instants."""
    years = range(first.year - 1, last.year + 2)
    parts = []
    for calendar in sorted(set(calendars)):
        versions = versions_of(calendar, configuration, years)
        spans = BusinessClock.of_versions(versions, first, last).spans
        columns = {"opens_at": spans[:, 0], "closes_at": spans[:, 1]}
        parts.append(pl.DataFrame(columns).select(pl.lit(calendar).alias("calendar"), pl.all()))
    instant = pl.col("opens_at", "closes_at").cast(pl.Datetime("us", "UTC"))
    return pl.concat(parts).with_columns(instant)


def desk_calendar(configuration: Configuration) -> str:
    """By which calendar those who answer tickets work."""
    chosen = configuration.staffing.calendar or configuration.organisation.default_calendar
    return chosen or EVERY_HOUR


def calendar_of_lanes(configuration: Configuration) -> dict[str, str]:
    """The calendar by which the waits of each segment, and of nobody's tickets, are counted."""
    default = configuration.organisation.default_calendar or EVERY_HOUR
    return {UNASSIGNED: default} | dict(calendar_of_segment(configuration).rows())


def since_of(home: Home) -> datetime:
    """Before it, nothing is replayed: midnight of an early enough day."""
    zone = ZoneInfo(home.configuration.organisation.time_zone)
    on = home.as_of_instant.astimezone(zone).date() - timedelta(weeks=WEEKS + WARM_WEEKS + 1)
    return datetime.combine(on, time(), zone).astimezone(UTC)


@dg.asset
def tradeoff_lane_arrivals(
    home: Home,
    fact_tickets: pl.LazyFrame,
    fact_pipeline_runs: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
    conformed_tickets: pl.LazyFrame,
) -> pl.DataFrame:
    """Recent tickets and CI runs as a replay takes them: instant, work and lane."""
    since, configuration = since_of(home), home.configuration
    calendars = calendar_of_lanes(configuration)
    by_calendar = pl.LazyFrame({"lane": list(calendars), "calendar": list(calendars.values())})
    lanes = (
        fact_scope_sets.filter(pl.col("scope_kind") == "segment")
        .select("scope_set", lane="scope")
        .join(by_calendar, on="lane")
        .group_by("scope_set", "calendar")
        .agg(pl.col("lane").min())
    )
    zone = configuration.organisation.time_zone
    tickets = with_work(ticket_arrivals(fact_tickets, conformed_tickets, lanes, since))
    runs = run_arrivals(fact_pipeline_runs, since).partition_by("desk", maintain_order=True)
    parts = [in_blocks(tickets, home.as_of_instant, zone, MOST_TICKETS)]
    parts += [in_blocks(one, home.as_of_instant, zone, MOST_RUNS) for one in runs]
    return pl.concat(
        [part.select(pl.col(c).cast(d) for c, d in ARRIVALS.items()) for part in parts]
    )


@dg.asset
def tradeoff_lane_hours(home: Home) -> pl.DataFrame:
    """When the calendars of desks and lanes are open, from before the arrivals to long after."""
    configuration, first = home.configuration, since_of(home)
    named = [desk_calendar(configuration), *calendar_of_lanes(configuration).values(), EVERY_HOUR]
    return hours_of(configuration, named, first, home.as_of_instant + 2 * timedelta(weeks=WEEKS))
