"""What monitoring counts: good and all requests of each service and day, and what is slow.

Planted: how many of a hundred thousand requests fail on an ordinary day, that incidents cost
requests, and the stories of three services whose error budgets have something to say.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from pipelines.example.incidents import incidents
from pipelines.example.payloads import KNOWN_AT, iso
from pipelines.example.releases import unit_customers
from pipelines.example.world import (
    AS_OF,
    BEGINS_ON,
    DAY,
    SERVICES,
    TIME_ZONE,
    UNITS,
    Floats,
    Ints,
    rng,
    segment_of,
)

ERROR_SHARE, ERROR_SPREAD = 2e-4, 0.5  # median and sigma of an ordinary day
DOWN_SHARE = 0.06  # of the requests while an incident is open
SLOW_SHARE, SLOW_SPREAD = 4e-3, 0.3
REQUESTS, REQUESTS_SPREAD = 60_000, 0.4
TIMED = ("checkout-api", "identity-provider", "payments-api")  # whose latency is watched, too
OBJECTIVES = {"startup": 0.995, "core": 0.998, "regulated": 0.999}
LATENCY_OBJECTIVE = 0.99
WITHOUT_OBJECTIVE = "statements"


@dataclass(frozen=True)
class Trouble:
    """From one day to another (not included) a service fails that many times more often."""

    service: str
    begins_on: date
    ends_on: date
    times: float
    state: str  # of its error budget at AS_OF


TROUBLES = (
    Trouble("payments-api", date(2026, 6, 12), date(2026, 7, 1), 9.0, "hold"),
    Trouble("search-api", date(2026, 4, 10), date(2026, 4, 24), 60.0, "spend"),
    Trouble("basket", date(2026, 6, 28), date(2026, 7, 1), 16.0, "watch"),
)


@lru_cache(maxsize=1)
def monitored() -> pl.DataFrame:
    """`service, segment, indicator, from_s, to_s, good, total`, one row per local day.

    `expected` is the planted share of what is not good, given the incidents.
    """
    generator = rng("service levels")
    days = [BEGINS_ON + timedelta(days=n) for n in range((AS_OF.date() - BEGINS_ON).days + 1)]
    midnights = _midnights(*days)
    begins, ends = midnights[:-1], midnights[1:]
    grid = pl.DataFrame({"service": SERVICES[:-1]}).join(
        pl.DataFrame({"from_s": begins, "to_s": ends}), how="cross"
    )
    frame = grid.join(_down(begins), on=["service", "from_s"], how="left", maintain_order="left")
    size = frame.height
    total = np.rint(generator.lognormal(np.log(REQUESTS), REQUESTS_SPREAD, size))
    drawn = ERROR_SHARE * np.exp(ERROR_SPREAD * generator.normal(size=size))
    lost = DOWN_SHARE * frame["down"].fill_null(0).to_numpy()
    share = drawn * _times(frame) + lost
    slow = SLOW_SHARE * np.exp(SLOW_SPREAD * generator.normal(size=size))
    counted = frame.select(
        "service", "from_s", "to_s", total=pl.Series(total),
        segment=pl.Series(segment_of(_customer_of(frame), frame["from_s"].to_numpy())),
    )  # fmt: skip
    failed, late = (np.minimum(total, np.rint(total * each)) for each in (share, slow))
    available = counted.with_columns(
        indicator=pl.lit("availability"),
        good=pl.Series(total - failed),
        expected=pl.Series(_mean(ERROR_SHARE, ERROR_SPREAD) * _times(frame) + lost),
    )
    fast = counted.with_columns(
        indicator=pl.lit("latency"),
        good=pl.Series(total - late),
        expected=pl.lit(_mean(SLOW_SHARE, SLOW_SPREAD)),
    )
    return pl.concat([available, fast.filter(pl.col("service").is_in(TIMED))])


def _midnights(*days: date) -> Ints:
    """UTC seconds at which local days begin."""
    zone = ZoneInfo(TIME_ZONE)
    begun = [datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() for day in days]
    return np.array(begun, dtype=np.int64)


def _mean(median: float, spread: float) -> float:
    """Of a lognormal distribution."""
    return float(median * np.exp(spread**2 / 2))


def _customer_of(frame: pl.DataFrame) -> Ints:
    owners = np.repeat(unit_customers(), [len(unit.services) for unit in UNITS])
    index = {name: number for number, name in enumerate(SERVICES)}
    return np.asarray(owners[frame["service"].replace_strict(index).to_numpy()])


def _down(begins: Ints) -> pl.DataFrame:
    """`service, from_s, down`: share of the day on which an incident begins that it lasts."""
    known = incidents().filter(pl.col("resolved_s").is_not_null())
    place = np.searchsorted(begins, known["opened_s"].to_numpy(), side="right") - 1
    lasted = (pl.col("resolved_s") - pl.col("opened_s")) / DAY
    return (
        known.with_columns(from_s=pl.Series(begins[place]), down=lasted)
        .group_by("from_s", service="service_name")
        .agg(pl.col("down").sum().clip(upper_bound=1.0))
    )


def _times(frame: pl.DataFrame) -> Floats:
    """How many times more often than usual requests fail."""
    times = np.ones(frame.height)
    service, from_s = frame["service"].to_numpy(), frame["from_s"].to_numpy()
    for trouble in TROUBLES:
        begins, ends = _midnights(trouble.begins_on, trouble.ends_on)
        times[(service == trouble.service) & (from_s >= begins) & (from_s < ends)] = trouble.times
    return times


def service_levels() -> pl.DataFrame:
    """`service_levels` as monitoring delivers them, the day after."""
    return monitored().select(
        "service",
        source=pl.lit("monitoring"),
        indicator="indicator",
        from_at=iso("from_s"),
        to_at=iso("to_s"),
        good="good",
        total="total",
        updated_at=iso("to_s"),
        **{KNOWN_AT: "to_s"},
    )
