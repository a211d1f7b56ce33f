"""Planted stories that are no single cell: what goes with what, what costs more than it serves."""

from datetime import datetime
from typing import Any

from pipelines.example import realised
from pipelines.example.changes import LEAD_PER_PACE, PUSHED_SHARE, PUSHES_IN, PUSHES_SINCE
from pipelines.example.realised import by_quarter
from pipelines.example.runs import (
    FLAKE_SHARE,
    OTHER_FLAKE_SHARE,
    QUEUE_DOUBLES_ON,
    QUEUE_SECONDS,
)
from pipelines.example.support import (
    GOOD_LOG_ODDS_AT_ONE_HOUR,
    GOOD_PER_LOG_HOUR,
    SOLVED_SOONER_ON,
)
from pipelines.example.world import CUSTOMERS, SEGMENTS, pace, planted

Truth = dict[str, Any]
# What the newest month has to say against its first 20: KPI, statistic, signal, since, how. All of
# it is about the start-up-like teams.
NEWS = (
    ("ci_feedback_time", "p50", "worse", QUEUE_DOUBLES_ON, "Runs wait twice as long."),
    ("resolution_time", "p50", "better", SOLVED_SOONER_ON, "Tickets are solved much sooner."),
    ("sla_attainment", "ratio", "better", SOLVED_SOONER_ON, "Solved sooner is solved in time."),
)
NEWS_OF = "startup"


def stories() -> list[Truth]:
    """All of them."""
    return [
        _satisfaction_falls(),
        *(_speed(s) for s in range(len(SEGMENTS))),
        _offering(),
        _flaky_tool(),
        *(_pushes(s) for s in range(len(SEGMENTS))),
        *(_queue(tool) for tool in ("github-actions", "browser-grid")),
        *(_news(*news) for news in NEWS),
    ]


def _satisfaction_falls() -> Truth:
    fit = realised.satisfaction()
    return {
        "id": "satisfaction_falls_with_first_response",
        "how": "Log odds of a good rating = intercept + slope · ln(business hours to the reply).",
        "theoretical": {"intercept": GOOD_LOG_ODDS_AT_ONE_HOUR, "slope": GOOD_PER_LOG_HOUR},
        "realised": {
            "intercept": fit.intercept,
            "slope": fit.slope,
            "slope_error": fit.slope_error,
        },
        "compare": "A logistic fit over tickets gives the realised slope, within two errors of it.",
    }


def _speed(segment: int) -> Truth:
    fit = realised.failures_by_pace(segment)
    name = SEGMENTS[segment].id
    teams = [n for n, c in enumerate(CUSTOMERS) if c.segment == name]
    return {
        "id": f"speed_costs_stability.{name}",
        "scope_kind": "segment", "scope": name,
        "how": "A team's pace of the quarter makes changes faster; only here, if the slope is not "
               "0, it raises the log odds that a release fails.",
        "theoretical": {"log_odds_per_pace": float(planted("speed_costs")[segment]),
                        "log_lead_hours_per_pace": LEAD_PER_PACE},
        "realised": {"log_odds_per_pace": fit.slope, "error": fit.slope_error},
        "pace": {CUSTOMERS[n].id: by_quarter(pace()[n, :-1]) for n in teams},
        "compare": "Only for core does a within-team comparison of quarters see speed and failures "
                   "go together.",
    }  # fmt: skip


def _offering() -> Truth:
    shares = realised.shares_of_jenkins()
    return {
        "id": "offering_that_costs_more_than_it_serves",
        "scope_kind": "offering", "scope": "legacy-jenkins",
        "how": "12 % of the tickets, each taking 1.8 times as long; 5 % of the CI runs.",
        "theoretical": {"share_of_support_hours": 0.2, "share_of_runs": 0.05},
        "realised": shares,
        "compare": "The sums over effort (kind support) and over pipeline runs give these shares.",
    }  # fmt: skip


def _flaky_tool() -> Truth:
    return {
        "id": "flaky_tool",
        "scope_kind": "tool", "scope": "browser-grid",
        "how": "Runs that would have passed fail for no reason, and pass on the same commit later.",
        "theoretical": {"browser-grid": FLAKE_SHARE, "github-actions": OTHER_FLAKE_SHARE},
        "realised": realised.flake_shares(),
        "compare": "Failed runs followed by a success of the same workflow and commit, of all "
                   "first runs that had no reason to fail.",
    }  # fmt: skip


def _pushes(segment: int) -> Truth:
    name = SEGMENTS[segment].id
    return {
        "id": f"pushed_past_review.{name}", "kpi": "independent_review_rate", "statistic": "ratio",
        "scope_kind": "segment", "scope": name, "period_kind": "quarter", "unit": "changes",
        "since": PUSHES_SINCE.isoformat(),
        "how": "Some of what people merge without a review has no pull request: it is pushed to "
               "the default branch.",
        "theoretical": {"share_of_unreviewed": PUSHED_SHARE if name == PUSHES_IN else 0.0},
        "realised": by_quarter(realised.pushes(segment)),
        "compare": "So many changes are in the slice origin, trunk_commit, none of them reviewed.",
    }  # fmt: skip


def _queue(tool: str) -> Truth:
    before, after = realised.queue_medians(tool)
    return {
        "id": f"queue_time_doubles.{tool}", "kpi": "ci_queue_time", "statistic": "p50",
        "scope_kind": "tool", "scope": tool, "period_kind": "quarter", "unit": "seconds",
        "changes_at": QUEUE_DOUBLES_ON.isoformat(),
        "how": "Lognormal wait for a runner; its median doubles on 2 March 2026.",
        "theoretical": {"before": QUEUE_SECONDS, "after": 2 * QUEUE_SECONDS},
        "realised": {"before": before, "after": after},
        "compare": "Quarters up to 2025-Q4 hold the first, 2026-Q2 holds the second.",
    }  # fmt: skip


def _news(kpi: str, statistic: str, signal: str, since: datetime, how: str) -> Truth:
    return {
        "id": f"news.{kpi}.{NEWS_OF}", "kpi": kpi, "statistic": statistic,
        "scope_kind": "segment", "scope": NEWS_OF, "period_kind": "month",
        "changes_at": since.isoformat(),
        "how": how,
        "theoretical": {"signal": signal},
        "compare": "The row of kpi_signals has this signal.",
    }  # fmt: skip
