"""What if support were staffed differently? (DESIGN §5.4)

First response by segment under other staffings: recent tickets replayed, against a replay of
today's. Lanes whose replay of today is not like what happened get no prediction.
"""

import dagster as dg
import polars as pl

from assets.configuration import Configuration
from assets.home import Home
from assets.kpis import phrases
from assets.methods.lane_tables import fitted
from assets.tradeoffs.lane_arrivals import SUPPORT
from assets.tradeoffs.lane_scenarios import ROW, compared, people_scenarios, with_sentence


def support_lanes(
    desks: pl.DataFrame,
    calibration: pl.DataFrame,
    arrivals: pl.DataFrame,
    hours: pl.DataFrame,
    configuration: Configuration,
) -> pl.DataFrame:
    """One row per scenario, segment and statistic, values in business seconds of the segment."""
    desk = fitted(desks, arrivals, hours, SUPPORT)
    rows = pl.DataFrame(schema=ROW)
    if desk is not None:
        lane_for = desks.filter(pl.col("desk") == SUPPORT)["lane_for"][0]
        scenarios = people_scenarios(desk, lane_for, configuration)
        rows = compared(SUPPORT, desk, scenarios, predicted_lanes(calibration, SUPPORT))
    names = {segment.id: segment.name for segment in configuration.segments}
    named = rows.with_columns(lane_name=pl.col("lane").replace(names))
    said = with_sentence(named, phrases.BUSINESS_SECONDS, "first response")
    return said.drop("lane_name", "desk").rename({"lane": "segment"})


def predicted_lanes(calibration: pl.DataFrame, desk: str) -> frozenset[str]:
    """The lanes of a desk whose replay is like what happened."""
    mine = calibration.filter(pl.col("desk") == desk, pl.col("is_predicted"))
    return frozenset(mine["lane"])


@dg.asset
def tradeoff_support_lanes(
    home: Home,
    tradeoff_lane_desks: pl.LazyFrame,
    tradeoff_lane_calibration: pl.LazyFrame,
    tradeoff_lane_arrivals: pl.LazyFrame,
    tradeoff_lane_hours: pl.LazyFrame,
) -> pl.DataFrame:
    """First response by segment with one more engineer, with a lane of its own, and otherwise."""
    return support_lanes(
        tradeoff_lane_desks.collect(),
        tradeoff_lane_calibration.collect(),
        tradeoff_lane_arrivals.collect(),
        tradeoff_lane_hours.collect(),
        home.configuration,
    )
