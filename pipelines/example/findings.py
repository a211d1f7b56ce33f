"""Findings of a security scanner: fixed, dismissed or still open.

Planted: the median days from report to fix per segment and severity, and the share that is
dismissed instead, as long after the report.
"""

from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.example.payloads import KNOWN_AT, iso
from pipelines.example.releases import unit_customers
from pipelines.example.world import AS_OF_S, BEGIN_S, DAY, SERVICES, UNITS, rng, segment_of

FINDINGS = 4_000
SEVERITIES, SEVERITY_SHARES = ("critical", "high", "medium", "low"), (0.06, 0.24, 0.45, 0.25)
FIX_DAYS = np.array([[9.0, 30.0, 80.0, 150.0], [6.0, 21.0, 60.0, 120.0], [2.5, 10.0, 30.0, 60.0]])
FIX_SPREAD = 0.9
DISMISSED_SHARE = 0.08


@lru_cache(maxsize=1)
def findings() -> pl.DataFrame:
    """`service, segment, severity, opened_s, fixed_s, dismissed_s` (null if later than AS_OF)."""
    generator = rng("findings")
    owners = np.repeat(unit_customers(), [len(unit.services) for unit in UNITS])
    service = generator.integers(0, len(SERVICES) - 1, FINDINGS)
    severity = generator.choice(len(SEVERITIES), FINDINGS, p=SEVERITY_SHARES)
    opened = np.sort(generator.integers(BEGIN_S, AS_OF_S - DAY, FINDINGS))
    segment = segment_of(owners[service], opened)
    days = FIX_DAYS[segment, severity] * np.exp(FIX_SPREAD * generator.normal(size=FINDINGS))
    ended = pl.Series(opened + (days * DAY).astype(np.int64))
    is_dismissed = pl.Series(generator.random(FINDINGS) < DISMISSED_SHARE)
    return pl.DataFrame(
        {
            "service": np.array(SERVICES)[service],
            "segment": segment,
            "severity": np.array(SEVERITIES)[severity],
            "opened_s": opened,
        }
    ).with_columns(
        fixed_s=pl.when((ended < AS_OF_S) & ~is_dismissed).then(ended),
        dismissed_s=pl.when((ended < AS_OF_S) & is_dismissed).then(ended),
    )


def security_findings() -> pl.DataFrame:
    """`security_findings` as the scanner delivers them."""
    return findings().select(
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
        **{KNOWN_AT: pl.coalesce("fixed_s", "dismissed_s", "opened_s")},
    )  # fmt: skip
