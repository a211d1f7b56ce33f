"""Incidents of services, one row per incident.

Which deployment caused one is here only if the source says so.
"""

import polars as pl

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity, TakenBack

_STATUS_SO_FAR = (
    pl.when(pl.col("resolved_at").is_not_null())
    .then(pl.lit("resolved"))
    .when(pl.col("mitigated_at").is_not_null())
    .then(pl.lit("mitigated"))
    .when(pl.col("acknowledged_at").is_not_null())
    .then(pl.lit("acknowledged"))
    .otherwise(pl.lit("open"))
)

ENTITY = Entity(
    name="incidents",
    words={
        "status": ("open", "acknowledged", "mitigated", "resolved"),
        "cause": ("change", "infrastructure", "third_party", "human", "unknown"),
    },
    rules={
        "resolved_before_opened": pl.col("resolved_at") < pl.col("opened_at"),
        "mitigated_before_opened": pl.col("mitigated_at") < pl.col("opened_at"),
        "acknowledged_before_opened": pl.col("acknowledged_at") < pl.col("opened_at"),
    },
    taken_back=(
        TakenBack("acknowledged_at", "status", _STATUS_SO_FAR),
        TakenBack("mitigated_at", "status", _STATUS_SO_FAR),
        TakenBack("resolved_at", "status", _STATUS_SO_FAR),
        TakenBack("resolved_at", "has_postmortem", pl.lit(None, pl.Boolean)),
    ),
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_incidents = asset_of(ENTITY)
