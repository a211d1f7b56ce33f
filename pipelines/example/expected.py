"""What the desk makes of the tickets on average: first responses and ratings, by local quarter."""

from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.example import desk
from pipelines.example.realised import asked, median_of, per_quarter
from pipelines.example.support import good_chance, hours_between
from pipelines.example.world import AS_OF_S, HOUR, Floats, rng

DRAWS = 40


@lru_cache(maxsize=3)
def _drawn_again(segment: int) -> pl.DataFrame:
    """The segment's tickets, DRAWS times, with `took` (null: open at AS_OF) and `chance`."""
    mine = pl.concat([asked(segment)] * DRAWS)
    share = desk.reply_share(rng("replies again").normal(size=mine.height))
    replied = desk.replied_s(mine, mine["taken"].to_numpy(), share)
    hours = hours_between(mine, replied)
    took = pl.when(pl.Series(replied < AS_OF_S)).then(pl.Series(hours * HOUR))
    return mine.with_columns(took=took, chance=pl.Series(good_chance(np.maximum(1 / 60, hours))))


def first_response(segment: int) -> Floats:
    """Median business seconds to the first human reply, by creation."""
    return per_quarter(_drawn_again(segment), "created_s", median_of("took"))


def csat(segment: int) -> Floats:
    """Mean chance of a good rating, by when it was asked for."""
    offered = _drawn_again(segment).filter(pl.col("offered_s").is_not_null())
    return per_quarter(offered, "offered_s", pl.col("chance").mean())
