"""Satisfaction ratings: offered with a ticket, answered or not.

An offer without an answer has neither a score nor `is_good`.
"""

import polars as pl

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity, TakenBack

ENTITY = Entity(
    name="ticket_ratings",
    rules={
        "answered_before_offered": pl.col("answered_at") < pl.col("offered_at"),
        "empty_scale": pl.col("scale_low") >= pl.col("scale_high"),
        "score_outside_scale": (pl.col("score") < pl.col("scale_low"))
        | (pl.col("score") > pl.col("scale_high")),
    },
    taken_back=(
        TakenBack("answered_at", "score", pl.lit(None, pl.Float64)),
        TakenBack("answered_at", "is_good", pl.lit(None, pl.Boolean)),
    ),
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_ticket_ratings = asset_of(ENTITY)
