"""What the KPIs of the real records must be, computed again in plain Python.

Each function gives {first day of the period: Expected}, for the periods that something happened
in. Definitions are those of DESIGN §4 and of the catalogue; nothing of the project is used.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import records
from business import support_seconds
from cohorts import WEEK_DAYS, ZONE, by_period, days_of, first_day
from home import AS_OF
from reckoning import Interval, Life, clustered, garwood, quantile, quantile_interval, wilson

SHARES = {"p50": 0.5, "p90": 0.9}
# Organisation line -> customer; all others are nobody's.
CUSTOMERS = {"Org line C": "line-c", "Org line A2": "line-a2"}
AROUND_THE_CLOCK = "line-a2"
FORTNIGHT, ACTIVE_DAYS = timedelta(days=14), 28


@dataclass(frozen=True)
class Expected:
    """A cell; `interval` is null where the definition leaves its method open.

    So is its lower end where Greenwood's band does not cross: how to bound it then is not said.
    """

    value: float | None
    n: int
    n_open: int = 0
    interval: Interval | None = None


Cells = dict[str, Expected]


def duration(lives: Sequence[Life], statistic: str, has_interval: bool) -> Expected:
    """A quantile of a cohort's lives."""
    share = SHARES[statistic]
    interval = quantile_interval(lives, share) if has_interval else None
    n_open = sum(exit_ == 0 for _, exit_ in lives)
    return Expected(quantile(lives, share), len(lives), n_open, interval)


def life(start: datetime, stop: datetime | None, left: datetime | None = None) -> Life:
    """From start to what came first: the event, another exit, the as-of."""
    if stop and not (left and left < stop):
        return (stop - start).total_seconds(), 1
    return ((left or AS_OF) - start).total_seconds(), 2 if left else 0


def open_to_merge_time(recorded: Path, statistic: str, period_kind: str) -> Cells:
    """Of ants: opened → merged; closed without a merge is another exit."""
    cohorts = by_period(records.changes(recorded), lambda one: one["opened_at"], period_kind)
    return {
        first: duration(
            [life(one["opened_at"], one["merged_at"], one["closed_at"]) for one in cohort],
            statistic,
            has_interval=False,
        )
        for first, cohort in cohorts.items()
    }


def pickup_time(recorded: Path, statistic: str, period_kind: str) -> Cells:
    """Of ants: opened, as none was a draft, → first review by another person."""
    cohorts = by_period(records.changes(recorded), lambda one: one["opened_at"], period_kind)
    return {
        first: duration(
            [life(one["opened_at"], one["first_review_at"], one["closed_at"]) for one in cohort],
            statistic,
            has_interval=False,
        )
        for first, cohort in cohorts.items()
    }


def independent_review_rate(recorded: Path, period_kind: str) -> Cells:
    """Of ants: nobody ever pressed Approve."""
    merged = [one for one in records.changes(recorded) if one["merged_at"]]
    cohorts = by_period(merged, lambda one: one["merged_at"], period_kind)
    return {first: _ratio([False] * len(cohort)) for first, cohort in cohorts.items()}


def ci_feedback_time(recorded: Path, statistic: str, period_kind: str) -> Cells:
    """Of ants: runs of pull requests and pushes with a verdict, or still without an end."""
    asked = [run for run in records.runs(recorded) if run["is_of_change"]]
    asked = [run for run in asked if not run["is_without_verdict"]]
    cohorts = by_period(asked, lambda run: run["queued_at"], period_kind)
    return {
        first: duration(
            [life(run["queued_at"], run["finished_at"]) for run in cohort], statistic, True
        )
        for first, cohort in cohorts.items()
    }


def ci_success_rate(recorded: Path, scope: str, period_kind: str) -> Cells:
    """Of ants: finished runs on master; of PyTorch: all jobs."""
    if scope == "ants":
        runs = [run for run in records.runs(recorded) if run["is_on_default_branch"]]
        ended = [run for run in runs if run["is_success"] is not None]
        cohorts = by_period(ended, lambda run: run["queued_at"], period_kind)
        return {
            first: Expected(sum(run["is_success"] for run in cohort) / len(cohort), len(cohort))
            for first, cohort in cohorts.items()
        }
    cohorts = by_period(records.jobs(recorded), lambda job: job["queued_at"], period_kind)
    return {first: _clustered_ratio(cohort) for first, cohort in cohorts.items()}


def _clustered_ratio(jobs: Sequence[dict[str, Any]]) -> Expected:
    clusters = defaultdict(list)
    for job in jobs:
        day = job["queued_at"].astimezone(ZONE).date()
        clusters[job["workflow"], day].append(job["is_success"])
    successes = [sum(cluster) for cluster in clusters.values()]
    interval = clustered(successes, [len(cluster) for cluster in clusters.values()])
    return Expected(sum(successes) / len(jobs), len(jobs), interval=interval)


def time_to_restore(recorded: Path, scope: str, statistic: str, period_kind: str) -> Cells:
    """Opened → restored, of one service or of all."""
    cohorts = by_period(_of(scope, recorded), lambda one: one.opened_at, period_kind)
    return {
        first: duration(
            [life(one.opened_at, one.restored_at) for one in cohort], statistic, has_interval=True
        )
        for first, cohort in cohorts.items()
    }


def time_to_acknowledge(recorded: Path, scope: str, statistic: str) -> Cells:
    """Opened → first acknowledged, by month; restored before is another exit."""
    cohorts = by_period(_of(scope, recorded), lambda one: one.opened_at, "month")
    return {
        first: duration(
            [life(one.opened_at, one.acknowledged_at, one.restored_at) for one in cohort],
            statistic,
            has_interval=False,
        )
        for first, cohort in cohorts.items()
    }


def incident_frequency(recorded: Path, severity: str, period_kind: str) -> Cells:
    """GitHub's incidents a week, of one severity or ("") of all."""
    of_github = [one for one in _of("github-status", recorded) if severity in ("", one.severity)]
    cohorts = by_period(of_github, lambda one: one.opened_at, period_kind)
    return {
        first: rate(len(cohort), days_of(date.fromisoformat(first), period_kind))
        for first, cohort in cohorts.items()
    }


def incidents_within(recorded: Path, first: date, last: date) -> Expected:
    """GitHub's incidents a week from one local day to another, both included."""
    opened = [one.opened_at.astimezone(ZONE).date() for one in _of("github-status", recorded)]
    return rate(sum(first <= day <= last for day in opened), (last - first).days + 1)


def deployment_frequency(recorded: Path) -> Cells:
    """Of OpenBIC, by month; each of its deployments succeeded.

    Nothing is known before the first deployment and after the last word of GitHub, so the first
    and last months count only the days in between.
    """
    created = [one["created_at"] for one in records.deployments(recorded)]
    known_from, known_to = (at.astimezone(ZONE).date() for at in (min(created), max(created)))
    found = {}
    for first, cohort in by_period(created, lambda at: at, "month").items():
        begin = date.fromisoformat(first)
        end = begin + timedelta(days=days_of(begin, "month") - 1)
        known = min(end, known_to) - max(begin, known_from)
        found[first] = rate(len(cohort), known.days + 1)
    return found


def resolution_time(recorded: Path, scope: str, statistic: str) -> Cells:
    """Created → solved for the last time, in support hours, by month of creation."""
    everything = scope == "organisation"
    cases = records.cases(recorded) if everything else _cases(recorded, scope)
    cohorts = by_period(cases, lambda case: case.created_at, "month")
    return {
        first: duration([_supported(case) for case in cohort], statistic, has_interval=True)
        for first, cohort in cohorts.items()
    }


def reopen_rate(recorded: Path, scope: str) -> Cells:
    """Reopened within 14 days of the first solution, by month of that solution."""
    turned = [case.turns for case in _cases(recorded, scope) if case.turns]
    cohorts = by_period(turned, lambda turns: turns[0][0], "month")
    return {
        first: _ratio([len(t) > 1 and t[1][0] - t[0][0] <= FORTNIGHT for t in cohort])
        for first, cohort in cohorts.items()
    }


def backlog_age(recorded: Path, scope: str, statistic: str) -> Cells:
    """Ages of the cases that are unsolved when a month ends, until the log does."""
    cases, found = _cases(recorded, scope), {}
    last = max(at for case in records.cases(recorded) for at, _ in case.lines)
    begin = first_day(min(case.created_at for case in cases), "month")
    while True:
        after = begin + timedelta(days=days_of(begin, "month"))
        end = datetime.combine(after, time(), ZONE).astimezone(UTC)
        if end > last:
            return found
        lives = [
            ((end - case.created_at).total_seconds(), 1) for case in cases if case.is_open_at(end)
        ]
        if lives:
            found[begin.isoformat()] = duration(lives, statistic, has_interval=True)
        begin = after


def contact_rate(recorded: Path, customer: str) -> Cells:
    """Cases ÷ weeks that the customer was active, by month: it had a case within 28 days."""
    cases = _cases(recorded, customer)
    days = {case.created_at.astimezone(ZONE).date() for case in cases}
    log_ends = max(at for case in records.cases(recorded) for at, _ in case.lines)
    active = {
        day + timedelta(days=n)
        for day in days
        for n in range(ACTIVE_DAYS)
        if day + timedelta(days=n) <= log_ends.astimezone(ZONE).date()
    }
    cohorts = by_period(cases, lambda case: case.created_at, "month")
    return {
        first: rate(len(cohort), sum(day.replace(day=1).isoformat() == first for day in active))
        for first, cohort in cohorts.items()
    }


def _cases(recorded: Path, scope: str) -> list[records.Case]:
    cases = records.cases(recorded)
    return [case for case in cases if CUSTOMERS.get(case.group, "unassigned") == scope]


def _supported(case: records.Case) -> Life:
    seconds, exit_ = life(case.created_at, case.solved_at)
    if CUSTOMERS.get(case.group) == AROUND_THE_CLOCK:
        return seconds, exit_
    return support_seconds(case.created_at, case.solved_at or AS_OF), exit_


def csat_response_rate(recorded: Path) -> Cells:
    """Answered ÷ offered, by month."""
    offered = by_period(records.ratings(recorded), lambda one: one["offered_at"], "month")
    return {
        first: _ratio([one["score"] in ("good", "bad") for one in cohort])
        for first, cohort in offered.items()
    }


def rate(count: int, days: int) -> Expected:
    """Events a week over whole days, with the exact Poisson interval."""
    low, high = garwood(count)
    weeks = days / WEEK_DAYS
    return Expected(count / weeks, count, interval=(low / weeks, high / weeks))


def _ratio(outcomes: Sequence[bool]) -> Expected:
    interval = wilson(sum(outcomes), len(outcomes))
    return Expected(sum(outcomes) / len(outcomes), len(outcomes), interval=interval)


def _of(scope: str, recorded: Path) -> list[records.Incident]:
    found = records.incidents(recorded)
    return [one for one in found if scope in ("organisation", one.service)]
