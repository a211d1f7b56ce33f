"""Commits, one row per repo, hash and change: stacked and release changes share commits.

Authored before committed is no contract: a rebase or `--date` makes any order.
"""

import polars as pl

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity, TakenBack

ENTITY = Entity(
    name="commits",
    words={"author_kind": ("human", "bot")},
    rules={"negative_lines_changed": pl.col("lines_changed") < 0},
    taken_back=(TakenBack("committed_at", "is_on_default_branch", pl.lit(None, pl.Boolean)),),
    is_key_unique=False,
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_commits = asset_of(ENTITY)
