"""What flakes, red branches and open changes of ants must be, in plain Python from the records."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import records
from cohorts import ZONE, by_period, days_of, first_day
from home import AS_OF
from oracle import Cells, Expected
from reckoning import quantile

RUN_AGAIN_WITHIN = timedelta(hours=72)
SHARES = {"p50": 0.5, "p90": 0.9}


def ci_flake_rate(recorded: Path, period_kind: str) -> Cells:
    """A workflow's checks of a commit that failed and passed later ÷ those with a verdict."""
    checks = defaultdict(list)
    for run in records.runs(recorded):
        if run["is_success"] is not None:
            checks[run["workflow"], run["commit_sha"]].append(run)
    judged = [
        (min(run["finished_at"] for run in runs), _is_flaky(runs)) for runs in checks.values()
    ]
    cohorts = by_period(judged, lambda check: check[0], period_kind)
    return {
        first: Expected(sum(is_flaky for _, is_flaky in cohort) / len(cohort), len(cohort))
        for first, cohort in cohorts.items()
    }


def _is_flaky(runs: list[records.Json]) -> bool:
    first = min(run["finished_at"] for run in runs)
    return any(
        not bad["is_success"]
        and good["is_success"]
        and bad["finished_at"] < good["finished_at"] <= first + RUN_AGAIN_WITHIN
        for bad in runs
        for good in runs
    )


def open_change_age(recorded: Path, statistic: str, period_kind: str) -> Cells:
    """Ages of the pull requests that were open at the end of each period that is over."""
    changes = records.changes(recorded)
    found = {}
    for begin, end in _periods(min(one["opened_at"] for one in changes), period_kind):
        left = [min(filter(None, (c["merged_at"], c["closed_at"])), default=None) for c in changes]
        ages = [
            ((end - one["opened_at"]).total_seconds(), 1)
            for one, left_at in zip(changes, left, strict=True)
            if one["opened_at"] < end and not (left_at and left_at < end)
        ]
        if ages:
            found[begin.isoformat()] = Expected(quantile(ages, SHARES[statistic]), len(ages))
    return found


def _periods(since: datetime, period_kind: str) -> Iterator[tuple[date, datetime]]:
    """First days, and the local midnights at which those periods are over, until the as-of."""
    begin = first_day(since, period_kind)
    while True:
        after = begin + timedelta(days=days_of(begin, period_kind))
        end = datetime.combine(after, time(), ZONE)
        if end > AS_OF:
            return
        yield begin, end
        begin = after
