"""Zendesk as its API gives it: tickets, audits, ratings, organisations, groups and users.

Offering, tool and service are tags; `handle_minutes` is what a time-tracking extension adds. A
rating that was answered comes twice for some: first as offered.
"""

import polars as pl

from pipelines.example import names
from pipelines.example.payloads import KNOWN_AT, iso, numbered, with_ids
from pipelines.example.support import tickets
from pipelines.example.world import BEGIN_S, CUSTOMERS, NOBODY, OFFERINGS

ZENDESK = "https://example.zendesk.example.com"
TICKET_IDS_FROM, AUDIT_IDS_FROM, RATING_IDS_FROM = 100_000, 400_000_001, 7_000_001
ORGANIZATION_IDS_FROM, REQUESTER_IDS_FROM, AGENT_IDS_FROM, BOT_ID = 5_001, 61_000, 88_001, 88_999
GROUPS = {71_001: "First line", 71_002: "Platform engineers"}
REQUESTERS_PER_TEAM = 10
STATUSES = (
    ("closed", "closed_s"),
    ("solved", "solved_again_s"),
    ("open", "reopened_s"),
    ("solved", "solved_s"),
    ("pending", "replied_s"),
)


def _identified() -> pl.DataFrame:
    """Tickets with the ids of their people and groups, and when they changed last."""
    instants = ("created_s", "greeted_s", "noted_s", "replied_s", "followed_s", "solved_s",
                "reopened_s", "solved_again_s", "closed_s")  # fmt: skip
    member = REQUESTER_IDS_FROM + pl.col("customer") * REQUESTERS_PER_TEAM + pl.col("requester")
    organization = pl.col("customer").cast(pl.Int64) + ORGANIZATION_IDS_FROM
    return tickets().with_columns(
        number=pl.col("id").cast(pl.Int64) + TICKET_IDS_FROM,
        requester_id=member.cast(pl.Int64),
        agent_id=(pl.col("id").cast(pl.Int64) % names.AGENTS) + AGENT_IDS_FROM,
        group_id=pl.col("id").cast(pl.Int64) % 2 + min(GROUPS),
        organization_id=pl.when(pl.col("customer") != NOBODY).then(organization),
        changed_s=pl.max_horizontal(instants),
    )


def zendesk_tickets() -> pl.DataFrame:
    """`tickets`."""
    status = pl.coalesce(
        pl.when("is_spam").then(pl.lit("deleted")),
        *(pl.when(pl.col(at).is_not_null()).then(pl.lit(word)) for word, at in STATUSES),
        pl.lit("new"),
    )
    offering = pl.col("offering").replace_strict(
        {n: o.id for n, o in enumerate(OFFERINGS)}, return_dtype=pl.String
    )
    tool = pl.col("offering").replace_strict(
        {n: o.tools[0] for n, o in enumerate(OFFERINGS)}, return_dtype=pl.String
    )
    about = pl.concat_list(
        pl.lit("offering_") + offering,
        pl.lit("tool_") + tool,
        pl.when("is_spam").then(pl.lit("spam")),
    ).list.drop_nulls()
    return _identified().select(
        id="number",
        url=pl.format("{}/api/v2/tickets/{}.json", pl.lit(ZENDESK), "number"),
        via=pl.struct(channel="channel"),
        created_at=iso("created_s"),
        updated_at=iso("changed_s"),
        type="kind",
        subject=pl.format("Request {}", "number"),
        description=pl.lit(""),
        priority="priority",
        status=status,
        requester_id="requester_id",
        submitter_id="requester_id",
        assignee_id=pl.when(pl.col("replied_s").is_not_null()).then("agent_id"),
        organization_id="organization_id",
        group_id="group_id",
        due_at=iso("due_s"),
        tags=about,
        custom_fields=pl.lit([], dtype=pl.List(pl.Struct({"id": pl.Int64, "value": pl.String}))),
        satisfaction_rating=pl.struct(score=_score()),
        is_public=pl.lit(True),
        handle_minutes=pl.when(pl.col("solved_s").is_not_null()).then("minutes"),
        **{KNOWN_AT: "changed_s"},
    )


def _score() -> pl.Expr:
    return (
        pl.when("is_good").then(pl.lit("good"))
        .when(pl.col("is_good").not_()).then(pl.lit("bad"))
        .when(pl.col("offered_s").is_not_null()).then(pl.lit("offered"))
        .otherwise(pl.lit("unoffered"))
    )  # fmt: skip


def ticket_audits() -> pl.DataFrame:
    """`ticket_audits`: one per thing that happened, with its events."""
    frame = _identified()
    bot = pl.lit(BOT_ID, dtype=pl.Int64)
    requester, agent = pl.col("requester_id"), pl.col("agent_id")
    system = pl.lit(-1, dtype=pl.Int64)
    parts = [
        _audit(frame, "created_s", requester, "web", _says(True), _becomes("new", "Create")),
        _audit(frame, "greeted_s", bot, "api", _says(True)),
        _audit(frame, "noted_s", agent, "web", _says(False)),
        _audit(frame, "replied_s", agent, "web", _says(True), _becomes("pending"), _assigned()),
        _audit(frame, "followed_s", agent, "web", _says(True)),
        _audit(frame, "solved_s", agent, "web", _becomes("solved")),
        _audit(frame, "reopened_s", requester, "email", _says(True), _becomes("open")),
        _audit(frame, "solved_again_s", agent, "web", _says(True), _becomes("solved")),
        _audit(frame, "closed_s", system, "rule", _becomes("closed")),
    ]
    return with_ids(
        pl.concat(parts).sort(KNOWN_AT, "ticket_id", "author_id", maintain_order=True),
        AUDIT_IDS_FROM,
    )


def _audit(
    frame: pl.DataFrame, at: str, author: pl.Expr, channel: str, *events: pl.Expr
) -> pl.DataFrame:
    return frame.filter(pl.col(at).is_not_null()).select(
        ticket_id="number",
        created_at=iso(at),
        author_id=author,
        via=pl.struct(channel=pl.lit(channel)),
        events=pl.concat_list(events),
        **{KNOWN_AT: at},
    )


def _event(kind: str, field: str | None, value: pl.Expr, public: bool | None, nth: int) -> pl.Expr:
    return pl.struct(
        id=pl.col("number") * 10 + nth,
        type=pl.lit(kind),
        field_name=pl.lit(field, dtype=pl.String),
        value=value.cast(pl.String),
        public=pl.lit(public, dtype=pl.Boolean),
    )


def _says(public: bool) -> pl.Expr:
    return _event("Comment", None, pl.lit(None), public, 1)


def _becomes(status: str, kind: str = "Change") -> pl.Expr:
    return _event(kind, "status", pl.lit(status), None, 2)


def _assigned() -> pl.Expr:
    return _event("Change", "assignee_id", pl.col("agent_id"), None, 3)


def satisfaction_ratings() -> pl.DataFrame:
    """`satisfaction_ratings`: the newest version of each, and for some the offer before."""
    offered = with_ids(
        _identified().filter(pl.col("offered_s").is_not_null()).drop("id"), RATING_IDS_FROM
    )
    before = offered.filter(pl.col("answered_s").is_not_null() & (pl.col("id") % 3 == 0))
    unanswered = before.with_columns(
        answered_s=pl.lit(None, dtype=pl.Int64), is_good=pl.lit(None, dtype=pl.Boolean)
    )
    frame = pl.concat([unanswered, offered])
    return frame.select(
        id="id",
        url=pl.format("{}/api/v2/satisfaction_ratings/{}.json", pl.lit(ZENDESK), "id"),
        assignee_id="agent_id",
        group_id="group_id",
        requester_id="requester_id",
        ticket_id="number",
        score=_score(),
        created_at=iso("offered_s"),
        updated_at=pl.coalesce(iso("answered_s"), iso("offered_s")),
        comment=pl.lit(None, dtype=pl.String),
        **{KNOWN_AT: pl.coalesce("answered_s", "offered_s")},
    )


def organizations() -> pl.DataFrame:
    """`organizations`: the teams."""
    return _named(
        {ORGANIZATION_IDS_FROM + n: team.name for n, team in enumerate(CUSTOMERS)}
    ).with_columns(
        external_id=pl.Series([team.id for team in CUSTOMERS]),
        domain_names=pl.concat_list(pl.Series([f"{team.id}.example.com" for team in CUSTOMERS])),
    )


def groups() -> pl.DataFrame:
    """`groups` of agents."""
    return _named(GROUPS)


def users() -> pl.DataFrame:
    """`users`: requesters, agents and the bot that greets."""
    requesters = pl.int_range(
        REQUESTER_IDS_FROM, REQUESTER_IDS_FROM + (NOBODY + 1) * REQUESTERS_PER_TEAM, eager=True
    )
    agents = pl.int_range(AGENT_IDS_FROM, AGENT_IDS_FROM + names.AGENTS, eager=True)
    parts = [
        (requesters, numbered("requester", pl.col("id") - REQUESTER_IDS_FROM), "end-user"),
        (agents, numbered("agent", pl.col("id") - AGENT_IDS_FROM + 1), "agent"),
        (pl.Series([BOT_ID]), pl.lit("support-bot"), "agent"),
    ]
    begun = pl.lit(BEGIN_S, dtype=pl.Int64).alias("begun_s")
    return pl.concat(
        ids.alias("id").to_frame().with_columns(begun).select(
            "id", name=name, role=pl.lit(role), email=name + "@example.com", active=pl.lit(True),
            created_at=iso("begun_s"), updated_at=iso("begun_s"), **{KNOWN_AT: "begun_s"},
        )
        for ids, name, role in parts
    )  # fmt: skip


def _named(things: dict[int, str]) -> pl.DataFrame:
    begun = pl.DataFrame({"id": list(things), "name": list(things.values())}).with_columns(
        begun_s=pl.lit(BEGIN_S, dtype=pl.Int64)
    )
    return begun.select(
        "id", "name", created_at=iso("begun_s"), updated_at=iso("begun_s"), **{KNOWN_AT: "begun_s"}
    )
