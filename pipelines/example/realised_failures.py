"""Which planned releases failed, as the rules of the change fail rate see the world.

Beside the planted failures there are sound releases that an unrelated incident follows within the
service window. Such an incident counts for the latest release of its service, a mending one too.
"""

from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.example.incidents import UNRELATED_PER_SERVICE, incidents
from pipelines.example.releases import MODES, releases
from pipelines.example.world import AS_OF_S, BEGIN_S, HOUR, NOBODY, QUARTERS, TIME_ZONE

LOOK_AHEAD_S = 72 * HOUR
SERVICE_WINDOW_S = 24 * HOUR
FIRST_THREE = MODES[:-1]


@lru_cache(maxsize=1)
def mature_releases() -> pl.DataFrame:
    """Planned releases old enough to judge, with `is_planted, is_by_chance, is_first_three`."""
    known = releases().filter(pl.col("finish_s") < AS_OF_S)
    mends = known.filter(pl.col("remedied_s") < AS_OF_S).select(
        "service_name", finish_s="remedied_s", release=pl.lit(None, dtype=pl.UInt32)
    )
    sequence = pl.concat([known.select("service_name", "finish_s", "release"), mends])
    unnamed = incidents().filter(pl.col("deployment").is_null()).select("service_name", "opened_s")
    blamed = unnamed.sort("opened_s", maintain_order=True).join_asof(
        sequence.sort("finish_s", maintain_order=True),
        left_on="opened_s",
        right_on="finish_s",
        by="service_name",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    blamed = blamed.filter(pl.col("opened_s") - pl.col("finish_s") <= SERVICE_WINDOW_S)
    is_blamed = pl.col("release").is_in(blamed["release"].drop_nulls().unique().implode())
    is_planted = (pl.col("mode") >= 0) & (pl.col("shows_s") < AS_OF_S)
    return known.filter(
        pl.col("finish_s") <= AS_OF_S - LOOK_AHEAD_S, pl.col("customer") != NOBODY
    ).with_columns(
        is_planted=is_planted.fill_null(False),
        is_by_chance=is_blamed & (pl.col("mode") < 0),
        is_first_three=pl.col("mode").is_between(0, len(FIRST_THREE) - 1),
    )


def fail_rate(segment: int) -> dict[str, list[float]]:
    """Per quarter: planned mature releases, those that failed, and how that shows."""
    local = pl.from_epoch("finish_s", time_unit="s").dt.replace_time_zone("UTC")
    quarter = local.dt.convert_time_zone(TIME_ZONE).dt.strftime("%Y").alias("year")
    number = local.dt.convert_time_zone(TIME_ZONE).dt.quarter().alias("number")
    mine = mature_releases().filter(pl.col("segment") == segment)
    cells = mine.group_by(pl.format("{}-Q{}", quarter, number).alias("quarter")).agg(
        planned=pl.len(),
        failed=(pl.col("is_planted") | pl.col("is_by_chance")).sum(),
        failed_by_chance=pl.col("is_by_chance").sum(),
        failed_first_three=pl.col("is_first_three").sum(),
    )
    wanted = pl.DataFrame({"quarter": QUARTERS[:-1]})
    rows = wanted.join(cells, on="quarter", how="left", maintain_order="left").drop("quarter")
    return {name: rows[name].cast(pl.Float64).to_list() for name in rows.columns}


def chance_link_ratio(segment: int) -> float:
    """Expected share of sound releases that an unrelated incident follows in the window."""
    mine = mature_releases().filter(pl.col("segment") == segment, pl.col("mode") < 0)
    exposed = np.minimum(SERVICE_WINDOW_S, mine["gap_s"].to_numpy())
    per_second = UNRELATED_PER_SERVICE / (AS_OF_S - BEGIN_S)
    return float(np.mean(1 - np.exp(-per_second * exposed)))
