"""Jobs within CI runs, one row per job.

A job belongs to a run of the same source; a job without times still counts as one.
"""

import polars as pl

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity, TakenBack

ENTITY = Entity(
    name="pipeline_jobs",
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
    },
    rules={
        # A skipped job never ran; GitHub stamps its start after its end.
        "finished_before_started": (pl.col("finished_at") < pl.col("started_at"))
        & (pl.col("status") != "skipped"),
        "finished_before_queued": pl.col("finished_at") < pl.col("queued_at"),
    },
    taken_back=(
        TakenBack("finished_at", "status", pl.lit("running")),
        TakenBack("started_at", "status", pl.lit("queued")),
    ),
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_pipeline_jobs = asset_of(ENTITY)
