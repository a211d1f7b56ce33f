"""What would have happened with another staffing: the same tickets and runs, other queues.

Truths that no record tells. They are for the recent weeks that a replay takes: whole local weeks.
"""

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl

from pipelines.example import desk
from pipelines.example.canonical import JENKINS_EXECUTORS, jenkins_runs
from pipelines.example.support import hours_between, tickets
from pipelines.example.world import AS_OF, HOUR, NOBODY, SEGMENTS, TIME_ZONE, Floats, rng

Truth = dict[str, Any]
WEEKS = 26
LANE_OF = "regulated"
OTHERWISE = {
    "today": "as it was",
    "one_more": "one more",
    "own_lane": "one for regulated alone",
    "first": "as it was, regulated first",
}


def staffing_truths() -> list[Truth]:
    """Quantiles of first response and queue time under each staffing."""
    support = [_support(scenario, taken) for scenario, taken in _taken_otherwise().items()]
    return [
        *(truth for truths in support for truth in truths),
        *(_runners(name, JENKINS_EXECUTORS + n) for name, n in (("today", 0), ("one_more", 1))),
    ]


def _taken_otherwise() -> dict[str, Floats]:
    frame = tickets()
    is_ham = ~frame["is_spam"].to_numpy()
    is_own = (frame["segment"] == [s.id for s in SEGMENTS].index(LANE_OF)).to_numpy()
    own = desk.picked_up(frame, is_ham & is_own, 1)
    others = desk.picked_up(frame, is_ham & ~is_own, desk.AGENTS - 1)
    return {
        "today": frame["taken"].to_numpy(),
        "one_more": desk.picked_up(frame, is_ham, desk.AGENTS + 1),
        "own_lane": np.where(is_own, own, others),
        "first": desk.picked_up(
            frame, is_ham, order=(LANE_OF, *(one for one in desk.ORDER if one != LANE_OF))
        ),
    }


def _support(scenario: str, taken: Floats) -> list[Truth]:
    replied = desk.replied_s(tickets(), taken, tickets()["reply_share"].to_numpy())
    seconds = pl.Series("seconds", hours_between(tickets(), replied) * HOUR)
    counted = tickets().with_columns(seconds).filter(
        _is_recent("created_s"), pl.col("customer") != NOBODY, ~pl.col("is_spam")
    )  # fmt: skip
    return [
        {
            "id": f"staffing.{scenario}.{segment.id}", "scenario": scenario, "scope": segment.id,
            "how": f"Tickets of the last {WEEKS} weeks at a desk staffed {OTHERWISE[scenario]}.",
            "realised": _quantiles(counted.filter(pl.col("segment") == number)["seconds"]),
            "compare": "tradeoff_support_lanes has these values within their intervals.",
        }
        for number, segment in enumerate(SEGMENTS)
    ]  # fmt: skip


def _runners(scenario: str, executors: int) -> Truth:
    queue = jenkins_runs(rng("jenkins"), executors).filter(_is_recent("queued_s"))
    waited = (queue["started_s"] - queue["queued_s"]).cast(pl.Float64)
    return {
        "id": f"staffing.{scenario}.jenkins", "scenario": scenario, "scope": "jenkins",
        "how": f"The runs of the last {WEEKS} weeks with {executors} executors.",
        "realised": _quantiles(waited),
        "compare": "tradeoff_runner_lanes has these values within their intervals.",
    }  # fmt: skip


def _quantiles(seconds: pl.Series) -> dict[str, float | None]:
    return {"p50": seconds.quantile(0.5), "p90": seconds.quantile(0.9)}


def _is_recent(name: str) -> pl.Expr:
    """Within the last WEEKS whole local weeks before AS_OF."""
    local = pl.from_epoch(name, time_unit="s").dt.replace_time_zone("UTC")
    monday = local.dt.convert_time_zone(TIME_ZONE).dt.date().dt.truncate("1w")
    this_week = AS_OF.date() - timedelta(days=AS_OF.weekday())
    return (monday < this_week) & (monday >= this_week - timedelta(weeks=WEEKS))
