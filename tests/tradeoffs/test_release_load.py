"""Load after releases: which days count as after, planted excess, and silence where nothing is."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from assets.tradeoffs.release_load import (
    COLUMNS,
    DAYS_AFTER,
    days_of_services,
    release_load,
)

FIRST, LAST = date(2025, 1, 1), date(2026, 6, 30)
DAYS = (LAST - FIRST).days + 1


def world(seed=1, excess=0.5, tickets=0.3):
    """Two services released every week; only the incidents of the first follow its releases."""
    random = np.random.default_rng(seed)
    released = [(s, FIRST + timedelta(days=int(d))) for s in ("shop", "till")
                for d in random.choice(DAYS, 78, replace=False)]  # fmt: skip
    releases = pl.DataFrame(released, schema={"service": pl.String, "day": pl.Date}, orient="row")
    after = {(s, d + timedelta(days=k)) for s, d in released for k in range(DAYS_AFTER + 1)}
    events = []
    for service in ("shop", "till"):
        for offset in range(DAYS):
            day = FIRST + timedelta(days=offset)
            more = excess if service == "shop" and (service, day) in after else 0
            events += [(service, day, "incident")] * random.poisson(0.1 + more)
            events += [(service, day, "ticket")] * random.poisson(tickets)
    schema = {"service": pl.String, "day": pl.Date, "event": pl.String}
    return releases, pl.DataFrame(events, schema=schema, orient="row"), after


def the(found, service, event="incident"):
    return found.filter(service=service, event=event).row(0, named=True)


def test_days_after_are_the_days_of_releases_and_two_more():
    releases, events, after = world()
    days = days_of_services(releases, events, FIRST, LAST)
    assert days.height == 2 * DAYS
    found = set(days.filter("is_after").select("service", "day").rows())
    assert found == {(s, d) for s, d in after if d <= LAST}
    counted = events.filter(service="shop", event="ticket").height
    assert days.filter(service="shop")["ticket"].sum() == counted


def test_a_planted_excess_goes_with_releases_and_nothing_else_does():
    releases, events, _ = world()
    found = release_load(days_of_services(releases, events, FIRST, LAST))
    assert found.schema == pl.Schema(COLUMNS)
    row = the(found, "shop")
    assert row["verdict"] == "goes_with"
    assert row["low"] < 0.5 < row["high"]
    assert "more incidents a day" in row["sentence"]
    assert "go with its releases" in row["sentence"]
    assert "caus" not in " ".join(found["sentence"])
    others = found.filter(pl.col("sentence") != row["sentence"])
    assert set(others["verdict"]) == {"no_evidence"}


def test_in_worlds_without_an_excess_hardly_any_claims_one():
    told = 0
    for seed in range(30):
        releases, events, _ = world(seed, excess=0.0)
        found = release_load(days_of_services(releases, events, FIRST, LAST))
        told += (found["verdict"] == "goes_with").any()
    assert told <= 5  # the 99 % bound of a true 5 % of 30


def test_a_quiet_service_says_how_little_happened():
    releases, events, _ = world()
    few = events.filter((pl.col("service") != "till") | (pl.col("event") != "incident"))
    row = the(release_load(days_of_services(releases, few, FIRST, LAST)), "till")
    assert (row["verdict"], row["excess"]) == ("too_little", None)
    assert row["sentence"].startswith("Too little to compare: 0 incidents, ")
