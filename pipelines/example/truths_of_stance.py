"""Where each team is planted between flexibility and stability, on the scale common to all.

From what its releases were drawn by: lead time, chance to fail and time to recover. How often it
releases counts as drawn.
"""

from math import log

import numpy as np
import polars as pl

from pipelines.example import estimates, realised_failures
from pipelines.example.changes import LEAD_PER_PACE
from pipelines.example.realised import by_quarter, local_quarter, quarter_starts
from pipelines.example.releases import fail_ratio, releases
from pipelines.example.targets import TARGETS
from pipelines.example.truths_of_stories import Truth
from pipelines.example.world import AS_OF_S, CUSTOMERS, HOUR, MINUTE, SEGMENTS, UNITS, Customer

WEEKS = 13
DURATIONS = ("change_lead_time", "failed_deployment_recovery_time")


def stances() -> list[Truth]:
    """One truth per team."""
    known = releases().filter(pl.col("finish_s") < AS_OF_S)
    quarters = known.with_columns(local_quarter("finish_s"))
    return [_stance(customer, quarters) for customer in CUSTOMERS]


def _stance(customer: Customer, releases_of_all: pl.DataFrame) -> Truth:
    own = [n for n, u in enumerate(UNITS) if customer.id in (u.customer, u.also_for)]
    mine = releases_of_all.filter(pl.col("unit").is_in(own)).partition_by("quarter", as_dict=True)
    by_start = {str(start): rows for (start,), rows in mine.items()}
    segment = next(one for one in SEGMENTS if one.id == customer.segment)
    return {
        "id": f"stance.{customer.id}",
        "scope_kind": "customer", "scope": customer.id,
        "how": "Flexibility minus stability, each the mean of its two measures on the scale common "
               "to all segments; a lead of 1 or more is a leaning.",
        "declared": segment.stance,
        "theoretical": by_quarter([_lead(by_start[start]) for start in quarter_starts()]),
        "compare": "The mean of the last four known quarters lies in the interval of the lead.",
    }  # fmt: skip


def _lead(rows: pl.DataFrame) -> float:
    """Flexibility minus stability of one team's releases of a quarter."""
    segment = int(rows["segment"].mode()[0])
    pace = rows["pace"].to_numpy()
    medians = SEGMENTS[segment].lead_hours * HOUR * np.exp(LEAD_PER_PACE * pace)
    spread = SEGMENTS[segment].lead_spread
    fails = float(fail_ratio(np.full(pace.size, segment), pace).mean())
    fails += (1 - fails) * realised_failures.chance_link_ratio(segment)
    flexibility = (
        _score("change_lead_time", estimates.mixture_median(medians, spread, np.ones(pace.size)))
        + _score("deployment_frequency", rows.height / WEEKS)
    ) / 2
    stability = (
        _score("change_fail_rate", fails)
        + _score("failed_deployment_recovery_time", _recovery(segment))
    ) / 2
    return flexibility - stability


def _recovery(segment: int) -> float:
    """Median seconds from a failed release to what ended it, of the segment's whole time.

    An unrelated incident is linked to a sound release at any time of the service window.
    """
    of_segment = releases().filter(pl.col("segment") == segment)
    failed = of_segment.filter(pl.col("mode") >= 0)
    mitigated = pl.when("has_incident").then(pl.col("shows_s") + pl.col("restore_s"))
    ended = pl.min_horizontal(mitigated, "remedied_s")
    planted = failed.select(ended - pl.col("finish_s")).to_series().to_numpy()
    sound = of_segment.height - failed.height
    by_chance = round(realised_failures.chance_link_ratio(segment) * sound)
    opened = (np.arange(by_chance) + 0.5) / by_chance * realised_failures.SERVICE_WINDOW_S
    restored = opened + SEGMENTS[segment].restore_minutes * MINUTE
    return float(np.median(np.concatenate([planted, restored])))


def _score(kpi: str, value: float) -> float:
    """1 at poor, 3 on target, 5 at excellent, in straight lines; times by their logarithm."""
    ends = [log(end) if kpi in DURATIONS else end for end in TARGETS[kpi][1]]
    at = log(value) if kpi in DURATIONS else value
    places = np.array(sorted(zip(ends, (1.0, 3.0, 5.0), strict=True)))
    return float(np.interp(at, places[:, 0], places[:, 1]))
