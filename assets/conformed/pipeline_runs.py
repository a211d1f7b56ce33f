"""Runs of CI workflows, one row per run with its newest attempt.

Jobs within a run are in `assets.conformed.pipeline_jobs`.
"""

import polars as pl

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity, TakenBack

ENTITY = Entity(
    name="pipeline_runs",
    words={
        "status": (
            "queued",
            "running",
            "success",
            "failure",
            "cancelled",
            "timed_out",
            "skipped",
        ),
        "branch_kind": ("default", "release", "change", "other"),
        "actor_kind": ("human", "bot"),
    },
    rules={
        "finished_before_started": pl.col("finished_at") < pl.col("started_at"),
        "finished_before_queued": pl.col("finished_at") < pl.col("queued_at"),
    },
    taken_back=(
        TakenBack("finished_at", "status", pl.lit("running")),
        TakenBack("started_at", "status", pl.lit("queued")),
    ),
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_pipeline_runs = asset_of(ENTITY)
