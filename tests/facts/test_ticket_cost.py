"""Hours of support and tickets in one cohort."""

from datetime import UTC, datetime

import polars as pl

from assets.facts.ticket_cost import ticket_cost

AT = datetime(2026, 3, 2, tzinfo=UTC)
PLACE = {"source": "s", "url": None, "scope_set": 1, "offering": "ci", "entered_at": AT}


def test_hours_and_tickets_stand_in_rows_of_their_own_and_toil_in_none():
    effort = pl.LazyFrame(
        [
            PLACE | {"event_id": kind, "hours": 3.0, "may_be_support": kind != "toil"}
            | {"is_kind_unknown": kind == "unknown"}
            for kind in ("support", "toil", "unknown")
        ]
    )  # fmt: skip
    flags = {"is_spam": False, "is_merged": False, "is_deleted": False}
    tickets = pl.LazyFrame(
        [PLACE | {"event_id": "t1"} | flags, PLACE | {"event_id": "t2"} | flags | {"is_spam": True}]
    )
    found = ticket_cost(effort, tickets).collect()
    left_out = pl.any_horizontal("is_kind_unknown", "is_spam", "is_merged", "is_deleted")
    rows = found.select("event_id", "hours", "tickets", left_out=left_out).rows()
    assert rows == [
        ("support", 3.0, 0.0, False),
        ("unknown", 3.0, 0.0, True),
        ("t1", 0.0, 1.0, False),
        ("t2", 0.0, 1.0, True),
    ]
