"""Service-level indicators from monitoring: good and all events of a span.

A span counts once it is over.
"""

import polars as pl

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity

ENTITY = Entity(
    name="service_levels",
    rules={
        "ends_before_it_begins": pl.col("to_at") <= pl.col("from_at"),
        "negative_count": (pl.col("good") < 0) | (pl.col("total") < 0),
        "more_good_than_total": pl.col("good") > pl.col("total"),
    },
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_service_levels = asset_of(ENTITY)
