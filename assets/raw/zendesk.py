"""Zendesk: tickets and their ratings; what happened on a ticket is in `zendesk_events`."""

from collections.abc import Mapping

import polars as pl

from assets.configuration import Configuration
from assets.raw.feed import Feed, System, assets_of, instant, word
from assets.raw.rows import CARRIED
from assets.raw.zendesk_events import (
    AUDITS,
    METRIC_EVENTS,
    METRICS,
    USERS,
    promised_seconds,
    ticket_events,
)

TICKETS = Feed(
    system="zendesk",
    entity="tickets",
    fields={
        "id": ("id",),
        "link": ("url",),
        "status": ("status",),
        "kind": ("type",),
        "priority": ("priority",),
        "channel": ("via.channel", "via_channel"),
        "opened": ("created_at",),
        "changed": ("updated_at",),
        "due": ("due_at",),
        "group": ("group_id",),
        "organization": ("organization_id",),
        "requester": ("requester_id",),
        "assignee": ("assignee_id",),
        "tags": ("tags",),
        "service": ("service",),
        "offering": ("offering",),
        "tool": ("tool",),
        "handle_minutes": ("handle_minutes",),
        "is_spam": ("is_spam",),
    },
    key=("id",),
    updated_at=("changed", "opened"),
    state="status",
    # Closing and deleting leave `updated_at` as it was.
    state_ranks={
        "new": 0,
        "open": 1,
        "pending": 1,
        "hold": 1,
        "solved": 2,
        "closed": 3,
        "deleted": 4,
    },
)

RATINGS = Feed(
    system="zendesk",
    entity="satisfaction_ratings",
    fields={
        "id": ("id",),
        "link": ("url",),
        "ticket": ("ticket_id",),
        "score": ("score",),
        "offered": ("created_at",),
        "changed": ("updated_at",),
    },
    key=("id",),
    updated_at=("changed", "offered"),
    state="score",
    state_ranks={"unoffered": 0, "offered": 1, "good": 2, "bad": 2},
)

_NAMED = {"id": ("id",), "name": ("name",), "changed": ("updated_at", "created_at")}
ORGANIZATIONS, GROUPS = (
    Feed(system="zendesk", entity=entity, fields=_NAMED, key=("id",), updated_at=("changed",))
    for entity in ("organizations", "groups")
)

OFFERED = "offered"
NEVER_OFFERED = "unoffered"
GOOD = ("good", "good_with_comment")


def tickets(frames: Mapping[str, pl.LazyFrame], configuration: Configuration) -> pl.LazyFrame:
    """Tickets; `customer` is the name of the organisation, for ownership rules to translate.

    Offering, tool and service stand in fields of these names or in tags such as
    `offering:<id>`, `tool_<name>`. `due_at` is what an agent set, else what an SLA on the total
    resolution time in calendar hours makes it; of the many other targets none is a due time.
    """
    promised = instant(pl.col("opened")) + pl.duration(seconds="promised_seconds")
    return (
        frames["tickets"]
        .join(
            promised_seconds(frames["ticket_metric_events"]),
            left_on="id",
            right_on="ticket",
            how="left",
        )
        .join(_names(frames["organizations"], "organization"), on="organization", how="left")
        .join(_names(frames["groups"], "group"), on="group", how="left")
        .select(
            *CARRIED,
            "channel",
            "kind",
            "priority",
            "handle_minutes",
            ticket_id="id",
            created_at="opened",
            status=word(pl.col("status"), {"on-hold": "hold"}),
            customer=pl.coalesce("organization_name", "organization"),
            requester_group=pl.coalesce("group_name", "group"),
            service=_field_or_tag("service"),
            offering=_field_or_tag("offering"),
            tool=_field_or_tag("tool"),
            due_at=pl.coalesce("due", promised.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")),
            is_spam=pl.coalesce(
                "is_spam", pl.when(pl.col("tags").str.contains('"spam"')).then(pl.lit("true"))
            ),
            # Zendesk closes a ticket that is merged into another, and tags it so.
            is_merged=pl.when(pl.col("tags").str.contains('"closed_by_merge"')).then(
                pl.lit("true")
            ),
            source_id="id",
            url=pl.coalesce(
                pl.col("link").str.extract(r"^(https?://[^/]+)/")
                + "/agent/tickets/"
                + pl.col("id"),
                "link",
            ),
        )
    )


def ticket_ratings(
    frames: Mapping[str, pl.LazyFrame], configuration: Configuration
) -> pl.LazyFrame:
    """Ratings that were asked for: good is 1, bad is 0; only these two are answers.

    `answered_at` is null for one that was offered and not answered. What was never offered
    (`unoffered`) is rejected by the rule `rating_never_offered`.
    """
    score = pl.col("score").str.to_lowercase()
    answer = pl.when(~score.is_in([OFFERED, NEVER_OFFERED])).then(score)
    by_answer = dict.fromkeys(GOOD, ("1", "true"))
    by_answer |= dict.fromkeys(("bad", "bad_with_comment"), ("0", "false"))
    return frames["satisfaction_ratings"].select(
        *CARRIED,
        ticket_id="ticket",
        offered_at="offered",
        answered_at=pl.when(answer.is_not_null()).then("changed"),
        score=answer.replace({word: score for word, (score, _) in by_answer.items()}),
        is_good=answer.replace({word: good for word, (_, good) in by_answer.items()}),
        scale_low=pl.lit(0.0),
        scale_high=pl.lit(1.0),
        reject=pl.when(score == NEVER_OFFERED).then(pl.lit("rating_never_offered")),
        source_id="id",
        url="link",
    )


def _names(named: pl.LazyFrame, of: str) -> pl.LazyFrame:
    return named.select(pl.col("id").alias(of), pl.col("name").alias(f"{of}_name"))


def _field_or_tag(name: str) -> pl.Expr:
    return pl.coalesce(name, pl.col("tags").str.extract(rf'"{name}[:_]([^"]+)"'))


SYSTEM = System(
    name="zendesk",
    feeds=(
        TICKETS,
        AUDITS,
        METRIC_EVENTS,
        METRICS,
        RATINGS,
        ORGANIZATIONS,
        GROUPS,
        USERS,
    ),
    maps={
        "tickets": tickets,
        "ticket_events": ticket_events,
        "ticket_ratings": ticket_ratings,
    },
)
raw_assets = assets_of(SYSTEM)
