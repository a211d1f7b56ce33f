"""The sample edition's tables about its own data, and the records behind its cells."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
from sample_cells import AS_OF, CUSTOMERS, SERVICES

LINKS = {
    "link": ["failure_to_deployment"] * 2,
    "link_rule": ["explicit", "service_window"],
    "records": [80, 40],
    "share": [0.67, 0.33],
}
CHECKS = ["table", "check", "is_ok", "severity", "observed", "expected", "sentence"]
COVERAGE = ["source", "entity", "scope", "from_at", "to_at"]
COVERAGE += ["is_complete", "announced", "received", "reason"]
QUARANTINE = ["source", "entity", "rule", "records", "first_seen_at", "sample_key", "detail"]


def quality() -> dict[str, pl.DataFrame]:
    """Checks, coverage, quarantine, fates, files, links."""
    checks = [
        ("conformed_changes", "unique_key", True, "error", "0 duplicates", "0", "Keys are unique."),
        ("conformed_tickets", "fresh", False, "warn", "9 days", "≤ 2 days", "Tickets are late."),
    ]
    coverage = [
        ("github", "changes", "", 2024, None, True, None, None, None),
        ("github", "pipeline_runs", "", 2024, None, False, 900, 850, "50 runs are missing"),
        ("zendesk", "tickets", "", 2025, date(2026, 6, 22), True, None, None, None),
    ]
    when = datetime(2026, 6, 30, 22, tzinfo=UTC)
    return {
        "checks": pl.DataFrame(
            checks,
            schema=CHECKS,
            orient="row",
        ),
        "coverage": pl.DataFrame(
            [
                (s, e, c, datetime(y, 10, 1, tzinfo=UTC), _at(to) or AS_OF, *rest)
                for s, e, c, y, to, *rest in coverage
            ],
            schema=COVERAGE,
            orient="row",
        ),
        "quarantine": pl.DataFrame(
            [("github", "pull_requests", "finished_before_started", 12, when, "acme/x/17", "…")],
            schema=QUARANTINE,
            orient="row",
        ),
        "record_fates": pl.DataFrame(
            [
                ("github", "pull_requests", "conformed", None, 11_800),
                ("github", "pull_requests", "superseded", None, 420),
                ("github", "pull_requests", "quarantined", "finished_before_started", 12),
            ],
            schema=["source", "feed", "fate", "rule", "records"],
            orient="row",
        ),
        "files": pl.DataFrame(
            [
                ("github/pull_requests/a.ndjson.gz", 81_234, "read", None, 12_232, when),
                ("github/pull_requests/b.ndjson.gz", 9, "unreadable", "truncated gzip", 0, when),
            ],
            schema=["path", "size_bytes", "status", "problem", "lines", "read_at"],
            orient="row",
        ),
        "links": pl.DataFrame(LINKS),
    }


def _at(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


def evidence(segments: list[str]) -> dict[str, pl.DataFrame]:
    """Two hundred changes and their scope sets; the other facts have no evidence."""
    sets = [("organisation", "organisation"), ("segment", segments[0])]
    first = next(c for c, (_n, s) in CUSTOMERS.items() if s == segments[0])
    sets += [("customer", first), ("service", next(iter(SERVICES)))]
    merged = [AS_OF - timedelta(hours=37 * i + 5) for i in range(200)]
    seconds = np.random.default_rng(1).lognormal(12, 0.8, 200)
    frame = pl.DataFrame(
        {
            "event_id": [f"acme/checkout-api#{i}" for i in range(200)],
            "source": "github",
            "url": [f"https://github.example/acme/checkout-api/pull/{i}" for i in range(200)],
            "scope_set": pl.Series([1] * 200, dtype=pl.UInt32),
            "service": "checkout-api",
            "merged_at": pl.Series(merged, dtype=pl.Datetime("us", "UTC")),
            "change_lead_time_seconds": seconds,
            "change_lead_time_exit": pl.Series([int(i > 3) for i in range(200)], dtype=pl.Int8),
            "is_eligible": True,
            "is_success": [i % 9 > 0 for i in range(200)],
            "is_bot": [i % 23 == 0 for i in range(200)],
            "opened_on": [m.date() for m in merged],
        }
    )
    scope_sets = pl.DataFrame(
        [(1, kind, scope) for kind, scope in sets],
        schema={"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String},
        orient="row",
    )
    return {"scope_sets": scope_sets, "evidence_fact_change_lead_time": frame}
