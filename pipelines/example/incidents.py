"""Incidents: those that planted failures cause, those that have nothing to do with releases.

Every incident of a service takes as long to restore as is planted for its segment, whatever its
cause. Outages at third parties are kept apart: they are on the status page, under names that no
service of the company has.
"""

from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.example.deployments import deployment_of_release
from pipelines.example.releases import MODES, releases, unit_customers
from pipelines.example.world import (
    AS_OF_S,
    BEGIN_S,
    DAY,
    HOUR,
    MINUTE,
    SERVICES,
    UNITS,
    Ints,
    planted,
    rng,
    segment_of,
)

UNRELATED_PER_SERVICE = 9.3
STILL_OPEN_SINCE_S = AS_OF_S - 2 * DAY
CAUSES = ("infrastructure", "third_party", "human", "unknown")
CAUSE_SHARES = (0.45, 0.15, 0.2, 0.2)
THIRD_PARTIES = ("Code hosting (third party)", "Card network (third party)", "CDN (third party)")
THIRD_PARTY_OUTAGES = 26


@lru_cache(maxsize=1)
def incidents() -> pl.DataFrame:
    """All incidents opened before AS_OF, by opening.

    `number, service_name, segment, opened_s, acknowledged_s, resolved_s` (null if later), `cause,
    urgency, deployment` (named by the incident), `release` (that really caused it, else null),
    `has_postmortem` (only told of major ones that are over).
    """
    frame = pl.concat([_of_failures(), _unrelated()], how="diagonal")
    frame = frame.filter(pl.col("opened_s") < AS_OF_S).sort(
        "opened_s", "service_name", maintain_order=True
    )
    generator = rng("incidents")
    restore = frame["restore_s"].to_numpy()
    noticed = np.minimum(generator.lognormal(np.log(4 * MINUTE), 0.9, frame.height), 0.6 * restore)
    return (
        frame.with_columns(
            acknowledged_s=pl.when(pl.Series(generator.random(frame.height) < 0.94)).then(
                pl.col("opened_s") + pl.Series(noticed.astype(np.int64))
            ),
            resolved_s=pl.col("opened_s") + pl.col("restore_s"),
            is_major=pl.Series(generator.random(frame.height) < 0.18),
            is_corrected=pl.Series(generator.random(frame.height) < 0.04),
        )
        .with_columns(
            acknowledged_s=pl.when(pl.col("acknowledged_s") < AS_OF_S).then("acknowledged_s"),
            resolved_s=pl.when(
                (pl.col("resolved_s") < AS_OF_S) & (pl.col("opened_s") < STILL_OPEN_SINCE_S)
            ).then("resolved_s"),
        )
        .with_columns(has_postmortem=_has_postmortem(frame["segment"].to_numpy()))
        .with_row_index("number", offset=1)
    )


def _has_postmortem(segment: Ints) -> pl.Expr:
    written = rng("postmortems").random(segment.size) < planted("postmortem_ratio")[segment]
    is_told = pl.col("is_major") & pl.col("resolved_s").is_not_null()
    return pl.when(is_told).then(pl.Series(written))


def _of_failures() -> pl.DataFrame:
    failed = releases().filter("has_incident")
    named = pl.col("mode") == MODES.index("incident_names_it")
    return failed.join(deployment_of_release(), on="release", how="left").select(
        "release",
        "service_name",
        "segment",
        "restore_s",
        opened_s="shows_s",
        cause=pl.when(named).then(pl.lit("change")).otherwise(pl.lit("unknown")),
        deployment=pl.when(named).then("deployment"),
    )


def _unrelated() -> pl.DataFrame:
    """Incidents at any hour of any day."""
    generator = rng("unrelated incidents")
    owned = np.repeat(unit_customers(), [len(unit.services) for unit in UNITS])
    count = generator.poisson(UNRELATED_PER_SERVICE, len(SERVICES))
    service = np.repeat(np.arange(len(SERVICES)), count)
    opened = generator.integers(BEGIN_S, AS_OF_S, service.size)
    segment = segment_of(owned[service], opened)
    restore = (
        planted("restore_minutes")[segment]
        * MINUTE
        * np.exp(planted("restore_spread")[segment] * generator.normal(size=service.size))
    )
    return pl.DataFrame(
        {
            "service_name": np.array(SERVICES)[service],
            "segment": segment,
            "restore_s": np.maximum(60, restore).astype(np.int64),
            "opened_s": opened,
            "cause": generator.choice(CAUSES, service.size, p=CAUSE_SHARES),
        }
    )


@lru_cache(maxsize=1)
def outages() -> pl.DataFrame:
    """Third parties' outages: `component, began_s, posted_s, monitoring_s, resolved_s, impact`."""
    generator = rng("outages")
    began = np.sort(generator.integers(BEGIN_S, AS_OF_S - 2 * DAY, THIRD_PARTY_OUTAGES))
    posted = began + generator.integers(5 * MINUTE, 40 * MINUTE, began.size)
    monitoring = posted + generator.lognormal(np.log(1.5 * HOUR), 0.8, began.size).astype(np.int64)
    return pl.DataFrame(
        {
            "component": generator.choice(THIRD_PARTIES, began.size),
            "began_s": began,
            "posted_s": posted,
            "monitoring_s": monitoring,
            "resolved_s": monitoring + generator.integers(10 * MINUTE, 2 * HOUR, began.size),
            "impact": generator.choice(
                ["minor", "major", "critical"], began.size, p=[0.6, 0.3, 0.1]
            ),
        }
    )
