"""`fact_security_findings`: one row per finding, with its clock and the day it is overdue from."""

from collections.abc import Mapping
from datetime import datetime

import dagster as dg
import polars as pl

from assets.facts.clocks import clock
from assets.facts.ownership import identified
from assets.facts.scope_sets import with_scope_set
from assets.home import Home

# GitHub's GraphQL and NIST's older scale say moderate where the others say medium.
SAME_SEVERITY = {"moderate": "medium"}


def security_findings(
    located: pl.LazyFrame, fix_days: Mapping[str, int], as_of: datetime
) -> pl.LazyFrame:
    """From opened to fixed; a dismissed finding was not fixed, it left by another exit.

    `due_at` is when the days that `fix_days` allows for the severity are over. A finding of another
    severity has no deadline (`is_without_deadline`) and stands where it was opened, so that it is
    counted as left out. `is_end_unknown`: it did end, but the source does not say when.
    """
    severity = pl.col("severity").str.strip_chars().str.to_lowercase().replace(SAME_SEVERITY)
    status = pl.col("status")
    fixed_at = pl.when(status == "fixed").then("fixed_at")
    dismissed_at = pl.when(status == "dismissed").then("dismissed_at")
    days = pl.col("severity").replace_strict(dict(fix_days), default=None, return_dtype=pl.Int64)
    return (
        located.with_columns(severity=severity, fixed_at=fixed_at, dismissed_at=dismissed_at)
        .with_columns(ended_at=pl.coalesce("fixed_at", "dismissed_at"), days=days)
        .select(
            "source",
            "url",
            "scope_set",
            "service",
            "repo",
            "severity",
            "status",
            "fixed_at",
            "dismissed_at",
            "ended_at",
            *clock("fix", "opened_at", pl.col("fixed_at"), as_of, pl.col("dismissed_at")),
            event_id=pl.concat_str("source", "source_id", separator="/"),
            entered_at="opened_at",
            due_at=pl.col("opened_at") + pl.duration(days=pl.col("days").fill_null(0)),
            is_without_deadline=pl.col("days").is_null(),
            is_end_unknown=(status != "open") & pl.col("ended_at").is_null(),
        )
    )


@dg.asset
def fact_security_findings(
    home: Home,
    conformed_security_findings: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
) -> pl.LazyFrame:
    """Every finding of a scanner: how long until it was fixed, and when it is overdue."""
    located = with_scope_set(
        identified(conformed_security_findings, conformed_services, conformed_ownership),
        "opened_at",
        fact_scope_sets,
    )
    days = home.configuration.rules.security_fix_days
    return security_findings(
        located, {str(name): n for name, n in days.items()}, home.as_of_instant
    )
