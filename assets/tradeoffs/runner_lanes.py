"""What if CI had one runner more? (DESIGN §5.4)

Queue time by tool with one runner more or fewer: recent runs replayed, against a replay of today's
runners. Tools whose replay of today is not like what happened get no prediction.
"""

import dagster as dg
import polars as pl

from assets.kpis import phrases
from assets.methods.lane_tables import fitted
from assets.tradeoffs.lane_arrivals import RUNNERS
from assets.tradeoffs.lane_scenarios import ROW, compared, machine_scenarios, with_sentence
from assets.tradeoffs.support_lanes import predicted_lanes


def runner_lanes(
    desks: pl.DataFrame, calibration: pl.DataFrame, arrivals: pl.DataFrame, hours: pl.DataFrame
) -> pl.DataFrame:
    """One row per scenario, tool and statistic, values in seconds."""
    parts = [pl.DataFrame(schema=ROW)]
    for tool in desks.filter(pl.col("desk_kind") == RUNNERS)["desk"].unique(maintain_order=True):
        desk = fitted(desks, arrivals, hours, tool)
        if desk is not None:
            predicted = predicted_lanes(calibration, tool)
            parts.append(compared(tool, desk, machine_scenarios(desk), predicted))
    named = pl.concat(parts).with_columns(lane_name="lane")
    said = with_sentence(named, phrases.SECONDS, "queue time")
    return said.drop("lane_name", "lane", "order", "own_lane", "reserved", "is_helping").rename(
        {"desk": "tool"}
    )


@dg.asset
def tradeoff_runner_lanes(
    tradeoff_lane_desks: pl.LazyFrame,
    tradeoff_lane_calibration: pl.LazyFrame,
    tradeoff_lane_arrivals: pl.LazyFrame,
    tradeoff_lane_hours: pl.LazyFrame,
) -> pl.DataFrame:
    """Queue time by tool with one runner more and one fewer."""
    return runner_lanes(
        tradeoff_lane_desks.collect(),
        tradeoff_lane_calibration.collect(),
        tradeoff_lane_arrivals.collect(),
        tradeoff_lane_hours.collect(),
    )
