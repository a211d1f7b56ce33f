"""Commits, one row per repo and hash.

Authored before committed is no contract: a rebase or `--date` makes any order.
"""

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity

ENTITY = Entity(
    name="commits",
    words={"author_kind": ("human", "bot")},
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_commits = asset_of(ENTITY)
