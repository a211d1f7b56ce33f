"""Changes to code as teams review them: pull requests, merge requests.

There is no status: merged_at and closed_at tell. Commits are in `assets.conformed.commits`.
"""

import polars as pl

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity, TakenBack

ENTITY = Entity(
    name="changes",
    words={"author_kind": ("human", "bot")},
    rules={
        "merged_before_opened": pl.col("merged_at") < pl.col("opened_at"),
        "closed_before_opened": pl.col("closed_at") < pl.col("opened_at"),
        "negative_lines_changed": pl.col("lines_changed") < 0,
        "negative_files_changed": pl.col("files_changed") < 0,
    },
    taken_back=(
        TakenBack("merged_at", "merge_sha", pl.lit(None, pl.String)),
        TakenBack("approved_at", "is_reviewed_independently", pl.lit(None, pl.Boolean)),
    ),
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_changes = asset_of(ENTITY)
