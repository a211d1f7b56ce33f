"""Hours that an offering took in a week, for whom and for what."""

import polars as pl

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity

ENTITY = Entity(
    name="effort",
    words={"kind": ("support", "toil", "project")},
    rules={"negative_hours": pl.col("hours") < 0},
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_effort = asset_of(ENTITY)
