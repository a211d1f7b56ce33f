"""Support tickets, one row per ticket.

What happened to a ticket, and when, is in `assets.conformed.ticket_events`.
"""

import polars as pl

from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity, TakenBack

_STATUS_BEFORE_END = (
    pl.when(pl.col("status").is_in(["solved", "closed", "deleted"]))
    .then(pl.lit("open"))
    .otherwise("status")
)

ENTITY = Entity(
    name="tickets",
    words={"status": ("new", "open", "pending", "hold", "solved", "closed", "deleted")},
    rules={"negative_handle_minutes": pl.col("handle_minutes") < 0},
    taken_back=(TakenBack("updated_at", "status", _STATUS_BEFORE_END),),
    may_lie_ahead=("due_at",),
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_tickets = asset_of(ENTITY)
