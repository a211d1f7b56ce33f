"""What was planted, as rows of `truths.json`: expected value, how, and who should recover it.

`theoretical` is what the world is drawn from, `realised` what was drawn: the records, complete and
without error, give exactly the latter. Values by period are keyed by the period's first day.
"""

import numpy as np

from pipelines.example import estimates, expected, realised, realised_failures
from pipelines.example.changes import LEAD_PER_PACE
from pipelines.example.realised import by_quarter, quarter_starts
from pipelines.example.releases import fail_ratio, unit_customers
from pipelines.example.staffing import staffing_truths
from pipelines.example.truths_of_ci import ci
from pipelines.example.truths_of_stance import stances
from pipelines.example.truths_of_stories import Truth, stories
from pipelines.example.truths_of_support import support_truths
from pipelines.example.truths_of_trust import trust
from pipelines.example.world import (
    DAY,
    HOUR,
    MINUTE,
    NOBODY,
    SEED,
    SEGMENTS,
    UNITS,
    Floats,
    pace,
    segment_of,
)

IN_INTERVAL = (
    "The KPI's cell of a quarter has the realised value (to the second, but for open ones in the "
    "last quarter); its interval holds the theoretical value in about 19 of 20 quarters."
)


def truths() -> Truth:
    """The content of `truths.json`."""
    return {
        "seed": SEED,
        "read_me": "Made up: planted by `plumbline demo`, to be recovered by the KPIs.",
        "truths": [
            *(_lead_time(s) for s in range(len(SEGMENTS))),
            *(_fail_rate(s) for s in range(len(SEGMENTS))),
            *(_restore(s) for s in range(len(SEGMENTS))),
            *(_review(s) for s in range(len(SEGMENTS))),
            *(_first_response(s) for s in range(len(SEGMENTS))),
            *(_csat(s) for s in range(len(SEGMENTS))),
            *trust(),
            *ci(),
            *stories(),
            *stances(),
            *staffing_truths(),
            *support_truths(),
        ],
    }


def _truth(kpi: str, statistic: str, segment: int, unit: str, how: str) -> Truth:
    name = SEGMENTS[segment].id
    return {
        "id": f"{kpi}.{name}", "kpi": kpi, "statistic": statistic, "scope_kind": "segment",
        "scope": name, "period_kind": "quarter", "unit": unit, "how": how, "compare": IN_INTERVAL,
    }  # fmt: skip


def _units_in(segment: int, quarter: int, *, by_service: bool) -> tuple[Floats, Floats]:
    """Pace and share of the releases of the units that belonged to a segment in a quarter."""
    customer = unit_customers()
    middle = np.datetime64(quarter_starts()[quarter], "s").astype(np.int64) + 45 * DAY
    services = np.array([len(unit.services) for unit in UNITS])
    inside = (segment_of(customer, np.array(middle)) == segment) & (customer != NOBODY)
    inside &= services > 0
    paces = pace()[customer[inside], quarter]
    return paces, np.exp(0.5 * paces) * (services[inside] if by_service else 1)


def _lead_time(segment: int) -> Truth:
    theory = []
    for quarter in range(len(quarter_starts())):
        paces, weights = _units_in(segment, quarter, by_service=False)
        medians = SEGMENTS[segment].lead_hours * HOUR * np.exp(LEAD_PER_PACE * paces)
        theory.append(estimates.mixture_median(medians, SEGMENTS[segment].lead_spread, weights))
    how = (
        "Lognormal from the first commit to the finish of the release that carries the change; "
        "the median of each team moves with its pace of the quarter."
    )
    return _truth("change_lead_time", "p50", segment, "seconds", how) | {
        "at_even_pace": SEGMENTS[segment].lead_hours * HOUR,
        "theoretical": by_quarter(theory),
        "realised": by_quarter(realised.lead_time(segment)),
    }


def _fail_rate(segment: int) -> Truth:
    theory = []
    for quarter in range(len(quarter_starts())):
        paces, weights = _units_in(segment, quarter, by_service=True)
        chances = fail_ratio(np.full(paces.size, segment), paces)
        theory.append(float(chances @ weights / weights.sum()))
    shown = realised_failures.fail_rate(segment)
    ratio = np.array(shown["failed"]) / np.array(shown["planned"])
    by_chance = realised_failures.chance_link_ratio(segment)
    how = (
        "Each planned release fails with a planted probability and shows it in one of five ways: "
        "an incident names it, a fix names it, a rollback, a hotfix, or only an incident soon "
        "after. Unrelated incidents that open within 24 h after a sound release are linked to it "
        "by chance: `theoretical` adds them to `planted`."
    )
    return _truth("change_fail_rate", "ratio", segment, "ratio", how) | {
        "planted": by_quarter(theory),
        "linked_by_chance": round(by_chance, 6),
        "theoretical": by_quarter([p + (1 - p) * by_chance for p in theory]),
        "realised": by_quarter(ratio),
        **{name: by_quarter(counts) for name, counts in shown.items()},
    }


def _restore(segment: int) -> Truth:
    median = SEGMENTS[segment].restore_minutes * MINUTE
    how = "Lognormal from opening to resolution, whatever the cause."
    return _truth("time_to_restore", "p50", segment, "seconds", how) | {
        "theoretical": by_quarter([median] * len(quarter_starts())),
        "realised": by_quarter(realised.restore(segment)),
    }


def _review(segment: int) -> Truth:
    how = "Approved by another human before the merge with this probability; else not at all."
    return _truth("independent_review_rate", "ratio", segment, "ratio", how) | {
        "theoretical": by_quarter([SEGMENTS[segment].review_ratio] * len(quarter_starts())),
        "realised": by_quarter(realised.review(segment)),
    }


def _first_response(segment: int) -> Truth:
    how = (
        "Tickets wait for each other: see desk. In business time of the segment's own calendar; "
        "notes and bots do not count. `theoretical` takes what came and how long it kept somebody "
        "busy as given, and draws anew only when the reply was written meanwhile."
    )
    return _truth("first_response_time", "p50", segment, "seconds", how) | {
        "theoretical": by_quarter(expected.first_response(segment)),
        "realised": by_quarter(realised.first_response(segment)),
    }


def _csat(segment: int) -> Truth:
    how = "Follows from the first response: see satisfaction_falls_with_first_response."
    return _truth("csat", "ratio", segment, "ratio", how) | {
        "theoretical": by_quarter(expected.csat(segment)),
        "realised": by_quarter(realised.csat(segment)),
    }
