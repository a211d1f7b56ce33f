"""Commits, one row per repo, hash and change: stacked and release changes share commits.

Authored before committed is no contract: a rebase or `--date` makes any order.
"""

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity

ENTITY = Entity(
    name="commits",
    words={"author_kind": ("human", "bot")},
    is_key_unique=False,
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_commits = asset_of(ENTITY)
