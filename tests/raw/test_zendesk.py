"""Zendesk tickets, what happened on them, and how they were rated."""

from datetime import UTC, datetime

import pytest

from assets.raw.zendesk import SYSTEM

CUSTOMER, AGENT, LIGHT_AGENT, INTEGRATION = 11, 21, 22, 23
USERS = [
    {"id": CUSTOMER, "name": "dev-1", "role": "end-user"},
    {"id": AGENT, "name": "support-1", "role": "agent"},
    {"id": LIGHT_AGENT, "name": "dev-2", "role": "agent"},
    {"id": INTEGRATION, "name": "triage-bot", "role": "agent"},
]


def ticket(**changes):
    return {
        "id": 1,
        "url": "https://acme.zendesk.com/api/v2/tickets/1.json",
        "status": "solved",
        "type": "question",
        "priority": "high",
        "via": {"channel": "web"},
        "created_at": "2026-03-02T08:00:00Z",
        "updated_at": "2026-03-02T12:00:00Z",
        "requester_id": CUSTOMER,
        "assignee_id": AGENT,
        "organization_id": 31,
        "group_id": 41,
        "tags": [],
    } | changes


def audit(id, hour, author, *events, channel="web"):
    return {
        "id": id,
        "ticket_id": 1,
        "created_at": f"2026-03-02T{hour:02}:00:00Z",
        "author_id": author,
        "via": {"channel": channel},
        "events": [{"id": id * 100 + place, **event} for place, event in enumerate(events)],
    }


def comment(public=True, **more):
    return {"type": "Comment", "body": "text", "public": public, **more}


def change(field, value):
    return {"type": "Change", "field_name": field, "value": value, "previous_value": None}


def hour(number, minutes=0):
    return datetime(2026, 3, 2, number, minutes, tzinfo=UTC)


def events(mapped, *audits, **feeds):
    given = {"tickets": [ticket()], "users": USERS} | feeds
    rows = mapped(SYSTEM, "ticket_events", ticket_audits=audits, **given)
    return [(row["at"], row["kind"], row["actor_kind"], row["value"]) for row in rows]


def test_a_ticket_names_its_organisation_and_group(mapped):
    [row] = mapped(
        SYSTEM,
        "tickets",
        tickets=[ticket()],
        organizations=[{"id": 31, "name": "Checkout"}],
        groups=[{"id": 41, "name": "Platform support"}],
    )
    assert (row["ticket_id"], row["status"], row["channel"]) == ("1", "solved", "web")
    assert (row["customer"], row["requester_group"]) == ("Checkout", "Platform support")
    assert row["url"] == "https://acme.zendesk.com/agent/tickets/1"


def test_an_organisation_or_group_without_a_record_keeps_its_number(mapped):
    [row] = mapped(SYSTEM, "tickets", tickets=[ticket()])
    assert (row["customer"], row["requester_group"]) == ("31", "41")


@pytest.mark.parametrize(
    "told",
    [
        {"offering": "ci", "tool": "jenkins"},
        {"tags": ["offering:ci", "tool:jenkins", "other"]},
        {"tags": ["tool_jenkins", "offering_ci"]},
    ],
)
def test_offering_and_tool_stand_in_fields_or_tags(mapped, told):
    [row] = mapped(SYSTEM, "tickets", tickets=[ticket(**told)])
    assert (row["offering"], row["tool"], row["service"]) == ("ci", "jenkins", None)


def test_deleted_and_spam_tickets_are_still_tickets(mapped):
    rows = mapped(
        SYSTEM, "tickets", tickets=[ticket(status="deleted"), ticket(id=2, tags=["spam"])]
    )
    assert [(row["status"], row["is_spam"]) for row in rows] == [
        ("deleted", None),
        ("solved", "true"),
    ]


def test_a_ticket_that_was_merged_into_another_says_so(mapped):
    rows = mapped(SYSTEM, "tickets", tickets=[ticket(), ticket(id=2, tags=["closed_by_merge"])])
    assert [row["is_merged"] for row in rows] == [None, "true"]


def applied_sla(id, metric, seconds, business_hours=False, at="2026-03-02T08:00:00Z"):
    sla = {"target": seconds // 60, "target_in_seconds": seconds, "business_hours": business_hours}
    return metric_event(id, metric, "apply_sla", at=at, sla=sla)


def due(mapped, *events, **changes):
    [row] = mapped(SYSTEM, "tickets", tickets=[ticket(**changes)], ticket_metric_events=events)
    return row["due_at"] and datetime.fromisoformat(row["due_at"])


def test_an_sla_on_the_total_resolution_time_makes_a_due_time_unless_an_agent_set_one(mapped):
    sla = applied_sla(1, "resolution_time", 3 * 3600)
    assert due(mapped, sla) == hour(11)
    assert due(mapped, sla, due_at="2026-03-02T17:00:00Z") == hour(17)


def test_the_sla_that_was_applied_last_counts(mapped):
    first = applied_sla(1, "resolution_time", 3600)
    later = applied_sla(2, "resolution_time", 7200, at="2026-03-02T08:30:00Z")
    assert due(mapped, later, first) == hour(10)
    asleep = applied_sla(3, "resolution_time", 60, business_hours=True, at="2026-03-02T09:00:00Z")
    assert due(mapped, later, first, asleep) is None


def test_targets_that_pause_or_are_about_replies_make_no_due_time(mapped):
    others = ("reply_time", "requester_wait_time", "agent_work_time")
    assert due(mapped, *(applied_sla(n, metric, 3600) for n, metric in enumerate(others))) is None


def test_comments_are_replies_or_notes_by_who_wrote_them(mapped):
    assert events(
        mapped,
        audit(1, 8, CUSTOMER, comment()),
        audit(2, 9, AGENT, comment(public=False)),
        audit(3, 10, AGENT, comment()),
    ) == [
        (hour(8), "public_reply", "customer", None),
        (hour(9), "internal_note", "agent", None),
        (hour(10), "public_reply", "agent", None),
    ]


def test_changes_of_status_and_assignment_are_events_and_name_no_person(mapped):
    told = events(
        mapped,
        audit(
            1,
            9,
            AGENT,
            change("status", "open"),
            change("assignee_id", "21"),
            change("group_id", "41"),
            change("priority", "low"),
            change("group_id", None),
        ),
        groups=[{"id": 41, "name": "Platform support"}],
    )
    assert told == [
        (hour(9), "status", "agent", "open"),
        (hour(9), "assignment", "agent", None),
        (hour(9), "assignment", "agent", "Platform support"),
    ]


@pytest.mark.parametrize(
    ("author", "channel", "expected"),
    [
        (-1, "rule", "bot"),
        (AGENT, "rule", "bot"),
        (AGENT, "api", "bot"),
        (AGENT, "email", "agent"),
        (INTEGRATION, "web", "bot"),
        (CUSTOMER, "api", "customer"),
        (99, "web", None),
    ],
)
def test_who_acts_follows_from_role_and_channel(mapped, author, channel, expected):
    [(_, _, actor, _)] = events(mapped, audit(1, 9, author, comment(), channel=channel))
    assert actor == expected


def test_the_requester_is_the_customer_even_with_an_agents_account(mapped):
    [(_, _, actor, _)] = events(
        mapped,
        audit(1, 9, LIGHT_AGENT, comment()),
        tickets=[ticket(requester_id=LIGHT_AGENT)],
    )
    assert actor == "customer"


def test_the_author_of_a_comment_counts_not_who_entered_it(mapped):
    [(_, _, actor, _)] = events(mapped, audit(1, 8, AGENT, comment(author_id=CUSTOMER)))
    assert actor == "customer"


def test_without_users_requester_and_assignee_are_known_and_others_are_not(mapped):
    told = events(
        mapped,
        audit(1, 8, CUSTOMER, comment()),
        audit(2, 9, AGENT, comment()),
        audit(3, 10, LIGHT_AGENT, comment()),
        users=[],
    )
    assert [actor for _, _, actor, _ in told] == ["customer", "agent", None]


def metric_event(id, metric, kind, at="2026-03-02T10:00:00Z", **more):
    return {"id": id, "ticket_id": 1, "metric": metric, "type": kind, "time": at, **more}


METRIC_EVENTS = [
    metric_event(1, "reply_time", "activate", at="2026-03-02T08:00:00Z"),
    metric_event(2, "reply_time", "fulfill", at="2026-03-02T09:00:00Z"),
    metric_event(3, "agent_work_time", "fulfill"),
    metric_event(4, "requester_wait_time", "fulfill"),
    metric_event(5, "requester_wait_time", "update_status"),
    metric_event(6, "reply_time", "breach", deleted=True),
]
METRICS = [
    {
        "id": 5,
        "ticket_id": 1,
        "created_at": "2026-03-02T08:00:00Z",
        "updated_at": "2026-03-02T12:00:00Z",
        "reply_time_in_minutes": {"calendar": 61, "business": 1},
        "solved_at": "2026-03-02T10:00:07Z",
    }
]


def test_without_audits_metric_events_tell_replies_and_each_solution_once(mapped):
    assert events(mapped, ticket_metric_events=METRIC_EVENTS, ticket_metrics=METRICS) == [
        (hour(9), "public_reply", "agent", None),
        (hour(10), "status", None, "solved"),
    ]


def test_without_both_the_metrics_tell_first_reply_and_solution(mapped):
    assert events(mapped, ticket_metrics=METRICS) == [
        (hour(9, 1), "public_reply", "agent", None),
        (datetime(2026, 3, 2, 10, 0, 7, tzinfo=UTC), "status", None, "solved"),
    ]


def test_metrics_are_a_summary_and_audits_are_none(mapped):
    given = {"tickets": [ticket()], "users": USERS}
    for feeds, is_summary in (
        ({"ticket_metrics": METRICS}, True),
        ({"ticket_metric_events": METRIC_EVENTS}, True),
        ({"ticket_audits": [audit(1, 11, AGENT, comment())]}, False),
    ):
        rows = mapped(SYSTEM, "ticket_events", **given, **feeds)
        assert {row["is_summary"] for row in rows} == {is_summary}


def test_a_ticket_with_audits_is_told_by_them_alone(mapped):
    told = events(
        mapped,
        audit(1, 11, AGENT, comment()),
        ticket_metric_events=METRIC_EVENTS,
        ticket_metrics=METRICS,
    )
    assert told == [(hour(11), "public_reply", "agent", None)]


def rating(id, score, **changes):
    return {
        "id": id,
        "ticket_id": 1,
        "score": score,
        "created_at": "2026-03-02T12:00:00Z",
        "updated_at": "2026-03-03T12:00:00Z",
    } | changes


@pytest.mark.parametrize(
    ("score", "answered", "value", "is_good", "reject"),
    [
        ("good", True, "1", "true", None),
        ("bad", True, "0", "false", None),
        ("good_with_comment", True, "1", "true", None),
        ("offered", False, None, None, None),
        ("unoffered", False, None, None, "rating_never_offered"),
        ("splendid", True, "splendid", "splendid", None),
    ],
)
def test_only_good_and_bad_are_answers(mapped, score, answered, value, is_good, reject):
    [row] = mapped(SYSTEM, "ticket_ratings", satisfaction_ratings=[rating(1, score)])
    assert (row["answered_at"] is not None) == answered
    assert (row["score"], row["is_good"], row["reject"]) == (value, is_good, reject)
    assert row["offered_at"] == "2026-03-02T12:00:00Z"


@pytest.mark.realdata
def test_recorded_ratings_were_offered_and_not_answered(mapped, recorded):
    folder = "zendesk_and_freshdesk_samples/zendesk_"
    rows = mapped(
        SYSTEM,
        "ticket_ratings",
        satisfaction_ratings=recorded(f"{folder}satisfaction_ratings.jsonl"),
    )
    assert [(row["ticket_id"], row["is_good"], row["reject"]) for row in rows] == [
        ("146", None, None),
        ("158", None, None),
        ("161", None, None),
    ]


@pytest.mark.realdata
def test_recorded_tickets_and_metrics_become_tickets_and_events(mapped, recorded):
    folder = "zendesk_and_freshdesk_samples/zendesk_"
    feeds = {
        name: recorded(f"{folder}{name}.jsonl")
        for name in ("tickets", "ticket_metric_events", "ticket_metrics")
    }
    rows = mapped(SYSTEM, "tickets", **feeds)
    assert {row["ticket_id"]: (row["status"], row["channel"]) for row in rows} == {
        "146": ("open", "web"),
        "125": ("open", "web"),
        "121": ("new", "voice"),
    }
    told = mapped(SYSTEM, "ticket_events", **feeds)
    assert {(row["ticket_id"], row["kind"], row["at"]) for row in told} == {
        ("1", "status", datetime(2023, 5, 6, 22, 4, 16, tzinfo=UTC)),
        ("159", "public_reply", datetime(2024, 4, 12, 13, 31, 49, tzinfo=UTC)),
        ("160", "public_reply", datetime(2024, 6, 19, 9, 26, 6, tzinfo=UTC)),
    }


@pytest.mark.realdata
def test_recorded_tables_of_a_warehouse_are_tickets_too(mapped, recorded):
    rows = mapped(
        SYSTEM,
        "tickets",
        tickets=recorded("fivetran_zendesk/ticket_data.csv"),
        organizations=recorded("fivetran_zendesk/organization_data.csv"),
        groups=recorded("fivetran_zendesk/group_data.csv"),
    )
    assert len(rows) == 10
    assert {row["status"] for row in rows} <= {"closed", "deleted", "open", "solved"}
    assert all(row["channel"] for row in rows)
