"""What happened to support tickets: replies, status changes, assignments.

Two events of one kind may fall on one instant, so only `source_id` is unique. Texts of
replies are not here.
"""

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity

ENTITY = Entity(
    name="ticket_events",
    words={
        "kind": ("status", "public_reply", "internal_note", "assignment"),
        "actor_kind": ("customer", "agent", "bot"),
    },
    is_key_unique=False,
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_ticket_events = asset_of(ENTITY)
