"""Findings of security scanners, one row per finding."""

import polars as pl

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity, TakenBack

ENTITY = Entity(
    name="security_findings",
    words={"status": ("open", "fixed", "dismissed")},
    rules={
        "fixed_before_opened": pl.col("fixed_at") < pl.col("opened_at"),
        "dismissed_before_opened": pl.col("dismissed_at") < pl.col("opened_at"),
    },
    taken_back=(
        TakenBack("fixed_at", "status", pl.lit("open")),
        TakenBack("dismissed_at", "status", pl.lit("open")),
    ),
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_security_findings = asset_of(ENTITY)
