"""What happened on Zendesk tickets: by audits, else by metric events, else by ticket metrics.

Audits tell everything. Where a ticket has none, metric events tell its replies and solutions;
where it has none of these either, its metrics tell the first reply (to the minute) and the
last solution. Text of comments and names of agents stay in `raw`.
"""

from collections.abc import Mapping

import polars as pl

from assets.configuration import Configuration
from assets.raw.feed import Feed, instant, is_name_of_bot, word
from assets.raw.rows import CARRIED, exploded

SYSTEM_AUTHOR = "-1"  # the author of what Zendesk itself does
BOT_CHANNELS = ("rule", "system")
INTEGRATION_CHANNEL = "api"  # an agent's account that writes through the API is an integration
# "Ticket metric event types reference": both clocks stop for good when a ticket is solved.
SOLVED_METRICS = ("agent_work_time", "requester_wait_time", "resolution_time")

AUDITS = Feed(
    system="zendesk",
    entity="ticket_audits",
    fields={
        "id": ("id",),
        "ticket": ("ticket_id",),
        "at": ("created_at",),
        "author": ("author_id",),
        "channel": ("via.channel",),
        "events": ("events",),
    },
    key=("id",),
    updated_at=("at",),
)

METRIC_EVENTS = Feed(
    system="zendesk",
    entity="ticket_metric_events",
    fields={
        "id": ("id",),
        "ticket": ("ticket_id",),
        "metric": ("metric",),
        "type": ("type",),
        "at": ("time",),
        "is_deleted": ("deleted",),
        "target_seconds": ("sla.target_in_seconds",),
        "is_in_business_hours": ("sla.business_hours",),
    },
    key=("id",),
    updated_at=("at",),
    deleted="is_deleted",
)

METRICS = Feed(
    system="zendesk",
    entity="ticket_metrics",
    fields={
        "id": ("id",),
        "ticket": ("ticket_id",),
        "opened": ("created_at",),
        "changed": ("updated_at",),
        "reply_minutes": ("reply_time_in_minutes.calendar",),
        "solved": ("solved_at",),
    },
    key=("id",),
    updated_at=("changed", "opened"),
)

USERS = Feed(
    system="zendesk",
    entity="users",
    fields={
        "id": ("id",),
        "name": ("name",),
        "role": ("role",),
        "changed": ("updated_at", "created_at"),
    },
    key=("id",),
    updated_at=("changed",),
    people=("name", "email"),
    is_of_accounts=True,
)

_EVENT = {
    "event": ("id",),
    "type": ("type",),
    "field": ("field_name",),
    "value": ("value",),
    "public": ("public",),
    "event_author": ("author_id",),
    "event_channel": ("via.channel",),
}
_ROW = (*CARRIED, "source_id", "ticket_id", "at", "kind", "actor_kind", "value", "is_summary")


def ticket_events(frames: Mapping[str, pl.LazyFrame], configuration: Configuration) -> pl.LazyFrame:
    """Status changes, replies, notes and assignments, each told by one source only."""
    audits = frames["ticket_audits"]
    has_audits = audits.select(ticket_id="ticket").unique()
    measured = _of_metric_events(frames["ticket_metric_events"]).join(
        has_audits, on="ticket_id", how="anti"
    )
    summed_up = (
        _of_metrics(frames["ticket_metrics"])
        .join(has_audits, on="ticket_id", how="anti")
        .join(measured, on=("ticket_id", "kind"), how="anti")
    )
    return pl.concat([_of_audits(audits, frames, configuration), measured, summed_up])


def _of_audits(
    audits: pl.LazyFrame, frames: Mapping[str, pl.LazyFrame], configuration: Configuration
) -> pl.LazyFrame:
    keep = (*CARRIED, "id", "ticket", "at", "author", "channel")
    people = frames["users"].select(
        "role", author="id", is_bot_name=is_name_of_bot(pl.col("name"), configuration)
    )
    requests = frames["tickets"].select("requester", "assignee", ticket="id")
    groups = frames["groups"].select("name", value="id")
    return (
        exploded(audits, "events", _EVENT, keep=keep)
        .with_columns(
            kind=_kind(),
            author=pl.coalesce("event_author", "author"),
            channel=pl.coalesce("event_channel", "channel"),
        )
        .filter(pl.col("kind").is_not_null())
        .join(people, on="author", how="left")
        .join(requests, on="ticket", how="left")
        .join(groups, on="value", how="left")
        .select(
            *CARRIED,
            source_id=pl.col("id") + "/" + pl.coalesce("event", "type"),
            ticket_id="ticket",
            at=instant(pl.col("at")),
            kind="kind",
            actor_kind=_actor_kind(),
            value=_value(),
            is_summary=pl.lit(False),
        )
        .select(_ROW)
    )


def _kind() -> pl.Expr:
    """Kind of an audit's event; null for the many that are none of ours."""
    is_comment = pl.col("type").str.ends_with("Comment")
    is_change = pl.col("type").is_in(["Create", "Change"]) & pl.col("value").is_not_null()
    return (
        pl.when(is_comment & (pl.col("public") == "true"))
        .then(pl.lit("public_reply"))
        .when(is_comment & (pl.col("public") == "false"))
        .then(pl.lit("internal_note"))
        .when(is_change & (pl.col("field") == "status"))
        .then(pl.lit("status"))
        .when(is_change & pl.col("field").is_in(["group_id", "assignee_id"]))
        .then(pl.lit("assignment"))
    )


def _value() -> pl.Expr:
    """The new status, or the group that was assigned; never a person or a text."""
    return (
        pl.when(pl.col("kind") == "status")
        .then(word(pl.col("value"), {"on-hold": "hold"}))
        .when(pl.col("field") == "group_id")
        .then(pl.coalesce("name", "value"))
    )


def _actor_kind() -> pl.Expr:
    """Who did it, with regard to this ticket: its requester is the customer, whatever the role.

    Without the users' roles, only requester and assignee are known; others stay null.
    """
    author, role, channel = pl.col("author"), pl.col("role"), pl.col("channel")
    is_bot = (
        (author == SYSTEM_AUTHOR)
        | (role == "bot")
        | pl.col("is_bot_name")
        | channel.is_in(BOT_CHANNELS)
        | channel.str.starts_with("answer_bot")
    )
    return (
        pl.when(is_bot.fill_null(False))
        .then(pl.lit("bot"))
        .when((author == pl.col("requester")) | (role == "end-user"))
        .then(pl.lit("customer"))
        .when(channel == INTEGRATION_CHANNEL)
        .then(pl.lit("bot"))
        .when(role.is_not_null() | (author == pl.col("assignee")))
        .then(pl.lit("agent"))
    )


def _of_metric_events(events: pl.LazyFrame) -> pl.LazyFrame:
    """Agents' public replies and solutions; two clocks stop at one solution, which counts once."""
    is_solution = pl.col("metric").is_in(SOLVED_METRICS)
    return (
        events.filter(
            (pl.col("type") == "fulfill") & (is_solution | (pl.col("metric") == "reply_time"))
        )
        .select(
            *CARRIED,
            source_id="metric-event/" + pl.col("id"),
            ticket_id="ticket",
            at=instant(pl.col("at")),
            kind=pl.when(is_solution).then(pl.lit("status")).otherwise(pl.lit("public_reply")),
            actor_kind=pl.when(~is_solution).then(pl.lit("agent")),
            value=pl.when(is_solution).then(pl.lit("solved")),
            is_summary=pl.lit(True),  # nothing is told of pending, nor of notes and questions
        )
        .sort("source_id")
        .unique(("ticket_id", "at", "kind"), keep="first", maintain_order=True)
        .select(_ROW)
    )


def promised_seconds(events: pl.LazyFrame) -> pl.LazyFrame:
    """`ticket, promised_seconds` from creation to solution, by the SLA that was applied last.

    Only of targets for the total resolution time in calendar hours: their clock neither pauses nor
    sleeps, so the due time follows. Of others a breach tells when they were due, but nobody tells
    that of a ticket which was solved in time.
    """
    return (
        events.filter((pl.col("metric") == "resolution_time") & (pl.col("type") == "apply_sla"))
        .sort("at", "id")
        .unique("ticket", keep="last", maintain_order=True)
        .filter(pl.col("is_in_business_hours") == "false")
        .select("ticket", promised_seconds=pl.col("target_seconds").cast(pl.Int64, strict=False))
    )


def _of_metrics(metrics: pl.LazyFrame) -> pl.LazyFrame:
    """The first public reply of an agent, and the last solution."""
    minutes = pl.col("reply_minutes").cast(pl.Int64, strict=False)
    replied_at = instant(pl.col("opened")) + pl.duration(minutes=minutes)
    rows = [
        (replied_at, "reply", "public_reply", "agent", None),
        (instant(pl.col("solved")), "solution", "status", None, "solved"),
    ]
    return pl.concat(
        metrics.select(
            *CARRIED,
            source_id="metrics/" + pl.col("id") + "/" + name,
            ticket_id="ticket",
            at=at,
            kind=pl.lit(kind),
            actor_kind=pl.lit(actor, pl.String),
            value=pl.lit(value, pl.String),
            is_summary=pl.lit(True),
        )
        .filter(pl.col("at").is_not_null())
        .select(_ROW)
        for at, name, kind, actor, value in rows
    )
