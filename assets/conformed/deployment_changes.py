"""Which changes a deployment contained, as far as a source says so.

Links that follow from the order of merges are made in the facts, not here.
"""

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity

ENTITY = Entity(
    name="deployment_changes",
    words={"link_rule": ("explicit", "compare_commits", "merge_order")},
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_deployment_changes = asset_of(ENTITY)
