"""Load after releases: tickets and incidents above the usual in the days after, by service.

It goes with releases, which is not to say that releases cause it: a busy week has both. Each
service is compared with itself, days after a release with the other days of the same month and
what weekdays have in common taken off.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import numpy as np
import polars as pl

from assets.facts.scope_sets import UNASSIGNED
from assets.home import Home
from assets.kpis.periods import local_day
from assets.methods.panel import Fit, fit, step_down, webb_weights
from assets.tradeoffs.speed_tests import ALPHA

DAYS_AFTER = 2  # a release's own day and so many more
FEWEST_EVENTS, FEWEST_DAYS = 20, 20
DRAWS, SEED = 999, 20_260_704
GOES_WITH, NO_EVIDENCE, TOO_LITTLE = "goes_with", "no_evidence", "too_little"
COLUMNS: dict[str, Any] = {
    **dict.fromkeys(("service", "event", "verdict"), pl.String),
    **dict.fromkeys(("baseline", "excess", "low", "high", "p_value", "q_value"), pl.Float64),
    **dict.fromkeys(("n_events", "n_releases", "n_days_after", "n_days"), pl.Int64),
    "sentence": pl.String,
}
EVENTS = {"incident": "incidents", "ticket": "tickets"}


def days_of_services(
    releases: pl.DataFrame, events: pl.DataFrame, first_on: date, last_on: date
) -> pl.DataFrame:
    """One row per service and day: `service, day, n_releases, is_after` and a count per event.

    `releases` has `service, day`, `events` also `event`. Services without a release have no row.
    """
    services = releases.select("service").unique().sort("service")
    days = pl.DataFrame({"day": pl.date_range(first_on, last_on, eager=True)})
    released = releases.group_by("service", "day").agg(n_releases=pl.len())
    after = (
        released.select(
            "service", day=pl.date_ranges("day", pl.col("day") + timedelta(days=DAYS_AFTER))
        )
        .explode("day")
        .unique()
        .with_columns(is_after=True)
    )
    key = ["service", "day"]
    grid = services.join(days, how="cross").join(released, on=key, how="left")
    grid = grid.join(after, on=key, how="left")
    for event in EVENTS:
        counted = events.filter(event=event).group_by(key).agg(pl.len().alias(event))
        grid = grid.join(counted, on=key, how="left")
    return grid.with_columns(
        pl.col("n_releases", *EVENTS).fill_null(0), pl.col("is_after").fill_null(False)
    ).sort(key)


def fits(days: pl.DataFrame) -> Iterator[tuple[dict[str, Any], Fit | None]]:
    """Each service and kind of event with its fit; None where too little happened."""
    for (service,), rows in days.group_by("service", maintain_order=True):
        month = rows.get_column("day").dt.truncate("1mo").rank("dense").to_numpy() - 1
        weekday = rows.get_column("day").dt.weekday().to_numpy() - 1
        is_after = rows.get_column("is_after").to_numpy().astype(np.float64)
        n_after = int(is_after.sum())
        for event in EVENTS:
            count = rows.get_column(event).to_numpy().astype(np.float64)
            about = {
                "service": service,
                "event": event,
                "n_events": int(count.sum()),
                "n_releases": int(rows.get_column("n_releases").sum()),
                "n_days_after": n_after,
                "n_days": rows.height,
            }
            known = min(n_after, rows.height - n_after) >= FEWEST_DAYS
            found = None
            if known and about["n_events"] >= FEWEST_EVENTS:
                about["baseline"] = float(count[is_after == 0].mean())
                found = fit(count, is_after, month, weekday, np.ones(len(count)))
            yield about, found


def release_load(days: pl.DataFrame) -> pl.DataFrame:
    """One row per service and kind of event, in `COLUMNS`.

    `baseline` is what happens on other days, `excess` by how much more on the days after a release
    (events a day). `q_value` allows for all services and events together.
    """
    tried = list(fits(days))
    known = [found for _, found in tried if found]
    months = max((int(found.clusters.max()) + 1 for found in known), default=1)
    weights = webb_weights(DRAWS, months, SEED)
    drawn = [found.drawn(weights) for found in known]
    judged = zip(drawn, step_down(known, drawn), strict=True)
    rows = []
    for about, found in tried:
        row = dict(about) | {"verdict": TOO_LITTLE}
        if found:
            worlds, together = next(judged)
            low, high = (end if np.isfinite(end) else None for end in found.interval(worlds))
            row |= {
                "excess": found.slope,
                "low": low,
                "high": high,
                "p_value": found.p_value(worlds),
                "q_value": float(together),
                "verdict": GOES_WITH if together <= ALPHA else NO_EVIDENCE,
            }
        rows.append(row | {"sentence": sentence(row)})
    return pl.DataFrame([{name: row.get(name) for name in COLUMNS} for row in rows], schema=COLUMNS)


def sentence(row: Mapping[str, Any]) -> str:
    """`0.12 more incidents a day (0.05 to 0.2, n 60 releases) go with its releases; …`"""
    events = EVENTS[row["event"]]
    if row["verdict"] == TOO_LITTLE:
        return (
            f"Too little to compare: {row['n_events']} {events}, {row['n_days_after']} of "
            f"{row['n_days']} days are soon after a release."
        )
    both = (row["low"], row["high"])
    ends = " to ".join("no limit" if end is None else f"{end:.2g}" for end in both)
    ends += f", n {row['n_releases']} releases"
    size = f"{abs(row['excess']):.2g} {'more' if row['excess'] >= 0 else 'fewer'} {events} a day"
    usual = f"{row['baseline']:.2g} a day on other days"
    if row["verdict"] == GOES_WITH:
        return f"{size} ({ends}) go with its releases; {usual}."
    return f"No evidence: {size} ({ends}) soon after its releases; {usual}."


@dg.asset
def tradeoff_release_load(
    home: Home,
    fact_releases: pl.LazyFrame,
    fact_incidents: pl.LazyFrame,
    fact_tickets: pl.LazyFrame,
) -> pl.DataFrame:
    """By service: how many more incidents and tickets there are in the days after its releases."""
    zone = home.configuration.organisation.time_zone
    day = local_day(pl.col("entered_at"), zone)
    named = pl.col("service").is_not_null() & (pl.col("service") != UNASSIGNED)
    releases = fact_releases.filter(named, pl.col("is_success")).select("service", day).collect()
    incidents = fact_incidents.filter(named, ~pl.col("is_duplicate"))
    tickets = fact_tickets.filter(named, ~pl.col("is_spam") & ~pl.col("is_deleted"))
    events = pl.concat(
        [
            incidents.select("service", day, event=pl.lit("incident")),
            tickets.select("service", day, event=pl.lit("ticket")),
        ]
    ).collect()
    today = home.as_of_instant.astimezone(ZoneInfo(zone)).date()
    known = releases.filter(pl.col("day") < today)
    first_on: date | None = known.select(pl.col("day").min()).item()
    if first_on is None:
        return pl.DataFrame(schema=COLUMNS)
    return release_load(days_of_services(known, events, first_on, today - timedelta(days=1)))
