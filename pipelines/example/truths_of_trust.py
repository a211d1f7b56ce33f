"""Planted truths of reliability, security, rework and accountability, as rows of `truths.json`."""

import numpy as np

from pipelines.example import estimates, realised_trust
from pipelines.example.findings import (
    DISMISSED_SHARE,
    FIX_DAYS,
    FIX_SPREAD,
    SEVERITIES,
    SEVERITY_SHARES,
)
from pipelines.example.realised import by_quarter, quarter_starts
from pipelines.example.reliability import TROUBLES
from pipelines.example.truths_of_stories import Truth
from pipelines.example.world import DAY, SEGMENTS, Floats

EXACT = "The KPI's cell of a quarter has the realised value."
IN_INTERVAL = f"{EXACT} Its interval holds the theoretical value in about 19 of 20 quarters."


def trust() -> list[Truth]:
    """All of them."""
    return [
        *(_availability(s) for s in range(len(SEGMENTS))),
        *(_fix_time(s) for s in range(len(SEGMENTS))),
        *(_fix_time_by_severity(name) for name in SEVERITIES),
        *(_traceable(s) for s in range(len(SEGMENTS))),
        *(_rework(s) for s in range(len(SEGMENTS))),
        *(_cause(s) for s in range(len(SEGMENTS))),
        _postmortem(),
        *_budgets(),
    ]


def _of_segment(
    kpi: str, segment: int, how: str, drawn: Floats, expected: Floats | None = None
) -> Truth:
    name = SEGMENTS[segment].id
    is_time = kpi == "security_fix_time"
    row = {
        "id": f"{kpi}.{name}", "kpi": kpi, "statistic": "p50" if is_time else "ratio",
        "scope_kind": "segment", "scope": name, "period_kind": "quarter",
        "unit": "seconds" if is_time else "ratio", "how": how,
        "compare": EXACT if expected is None else IN_INTERVAL, "realised": _finite(drawn),
    }  # fmt: skip
    return row if expected is None else row | {"theoretical": by_quarter(expected)}


def _availability(segment: int) -> Truth:
    how = "A lognormal share of requests fails each day; more while an incident is open."
    return _of_segment("availability", segment, how, *realised_trust.availability(segment))


def _median_fix(weights: Floats, segments: Floats) -> float:
    """Seconds within which half of all are fixed, where some never are."""
    days = segments.ravel() * DAY
    return estimates.mixture_quantile(0.5 / (1 - DISMISSED_SHARE), days, FIX_SPREAD, weights)


def _fix_time(segment: int) -> Truth:
    how = "Lognormal from report to fix, by severity; 8 % are dismissed instead, as late."
    median = _median_fix(np.array(SEVERITY_SHARES), FIX_DAYS[segment])
    drawn = realised_trust.fix_seconds(segment)
    expected = np.full(len(quarter_starts()), median)
    return _of_segment("security_fix_time", segment, how, drawn, expected)


def _finite(values: Floats) -> dict[str, float]:
    """By quarter, without those in which fewer than half were ever fixed."""
    return {start: value for start, value in by_quarter(values).items() if np.isfinite(value)}


def _fix_time_by_severity(severity: str) -> Truth:
    services = np.array([1.0, 1.2, 1.1])  # about as many services in each segment
    median = _median_fix(services, FIX_DAYS[:, SEVERITIES.index(severity)])
    realised = _finite(realised_trust.fix_seconds(None, severity))
    return {
        "id": f"security_fix_time.{severity}", "kpi": "security_fix_time", "statistic": "p50",
        "slice_kind": "severity", "slice": severity, "unit": "seconds",
        "scope_kind": "organisation", "scope": "organisation", "period_kind": "quarter",
        "how": "Lognormal from report to fix; the median differs by segment.",
        "compare": EXACT, "realised": realised, "theoretical": dict.fromkeys(realised, median),
    }  # fmt: skip


def _traceable(segment: int) -> Truth:
    how = (
        "A planned release is traceable if each of its changes was reviewed; a fix deploys a "
        "commit that nobody's change has; a rollback and the first release are left out."
    )
    return _of_segment(
        "traceable_deployment_rate", segment, how, *realised_trust.traceable(segment)
    )


def _rework(segment: int) -> Truth:
    how = "Fixes and rollbacks of failed releases, of all successful releases."
    return _of_segment("deployment_rework_rate", segment, how, realised_trust.rework(segment))


def _cause(segment: int) -> Truth:
    how = (
        "Incidents of failed releases have a cause if they name the deployment; of the others four "
        "in five do."
    )
    return _of_segment(
        "incident_cause_known_rate", segment, how, *realised_trust.cause_known(segment)
    )


def _postmortem() -> Truth:
    drawn, expected = realised_trust.postmortems()
    return {
        "id": "postmortem_rate.organisation", "kpi": "postmortem_rate", "statistic": "ratio",
        "scope_kind": "organisation", "scope": "organisation", "period_kind": "quarter",
        "unit": "ratio", "how": "Drawn for each severe incident, by segment.",
        "compare": IN_INTERVAL, "realised": by_quarter(drawn), "theoretical": by_quarter(expected),
    }  # fmt: skip


def _budgets() -> list[Truth]:
    return [
        {
            "id": f"error_budget.{trouble.service}", "scope_kind": "service",
            "scope": trouble.service,
            "how": f"From {trouble.begins_on} until {trouble.ends_on} requests fail "
                   f"{trouble.times:g} times as often.",
            "theoretical": {"state": trouble.state},
            "compare": "The row of tradeoff_error_budgets has this state.",
        }
        for trouble in TROUBLES
    ]  # fmt: skip
