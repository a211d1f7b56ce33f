"""Planted truths of support and cost, beside the first response and satisfaction of `truths`."""

from typing import Any

from pipelines.example import expected_support as expected
from pipelines.example import realised_support as realised
from pipelines.example.promised import DUE_HOURS, FOLLOWED_SHARE
from pipelines.example.realised import by_quarter, quarter_starts
from pipelines.example.support import REOPENED_SHARE
from pipelines.example.world import SEGMENTS

Truth = dict[str, Any]
COMPARE = (
    "The KPI's cell of a quarter has the realised value; its interval holds the theoretical value "
    "in about 19 of 20 quarters."
)


def support_truths() -> list[Truth]:
    """All of them: per segment, and toil for the organisation."""
    of_segments = (_sla_attainment, _reopen_rate, _one_touch_rate, _contact_rate, _support_hours)
    segments = range(len(SEGMENTS))
    return [*(truth(s) for truth in of_segments for s in segments), _toil_ratio()]


def _truth(kpi: str, statistic: str, unit: str, scope: tuple[str, str], how: str) -> Truth:
    kind, name = scope
    return {
        "id": f"{kpi}.{name}", "kpi": kpi, "statistic": statistic, "scope_kind": kind,
        "scope": name, "period_kind": "quarter", "unit": unit, "how": how, "compare": COMPARE,
    }  # fmt: skip


def _of(segment: int) -> tuple[str, str]:
    return "segment", SEGMENTS[segment].id


def _sla_attainment(segment: int) -> Truth:
    hours = ", ".join(f"{word} {hours:g}" for word, hours in DUE_HOURS.items())
    how = (
        f"Due so many business hours after creation: {hours}. Solved a lognormal time after the "
        "first reply. `theoretical` takes the replies as given and draws the solutions anew."
    )
    return _truth("sla_attainment", "ratio", "ratio", _of(segment), how) | {
        "theoretical": by_quarter(expected.sla_attainment(segment)),
        "realised": by_quarter(realised.sla_attainment(segment)),
    }


def _reopen_rate(segment: int) -> Truth:
    how = "Reopened with this probability, from two hours to three days after the solution."
    return _truth("reopen_rate", "ratio", "ratio", _of(segment), how) | {
        "theoretical": by_quarter([REOPENED_SHARE] * len(quarter_starts())),
        "realised": by_quarter(realised.reopen_rate(segment)),
    }


def _one_touch_rate(segment: int) -> Truth:
    how = (
        f"{FOLLOWED_SHARE:.0%} get a second reply before they are solved; those that are reopened "
        "get one when they are solved again."
    )
    return _truth("one_touch_rate", "ratio", "ratio", _of(segment), how) | {
        "theoretical": by_quarter([expected.one_touch_ratio()] * len(quarter_starts())),
        "realised": by_quarter(realised.one_touch_rate(segment)),
    }


def _contact_rate(segment: int) -> Truth:
    how = "A fixed number of tickets, by the days' and segments' shares; every team is active."
    return _truth("contact_rate", "rate", "tickets_per_customer_week", _of(segment), how) | {
        "theoretical": by_quarter(expected.contact_rate(segment)),
        "realised": by_quarter(realised.contact_rate(segment)),
    }


def _support_hours(segment: int) -> Truth:
    how = (
        "Twice the minutes written on the tickets solved in a week, lognormal around what their "
        "offering takes. `theoretical` takes the tickets as given."
    )
    return _truth("support_hours", "rate", "hours_per_week", _of(segment), how) | {
        "theoretical": by_quarter(expected.support_hours(segment)),
        "realised": by_quarter(realised.support_hours(segment)),
    }


def _toil_ratio() -> Truth:
    how = "Toil and projects take each offering a lognormal number of hours a week; support: see "
    how += "support_hours."
    scope = ("organisation", "organisation")
    return _truth("toil_ratio", "ratio", "ratio", scope, how) | {
        "theoretical": by_quarter(expected.toil_ratio()),
        "realised": by_quarter(realised.toil_ratio()),
    }
