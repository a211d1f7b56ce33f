"""PagerDuty incidents and log entries."""

from datetime import UTC, datetime

import pytest

from assets.raw.pagerduty import SYSTEM


def incident(**changes):
    return {
        "id": "Q1",
        "status": "resolved",
        "urgency": "high",
        "priority": None,
        "service": {"id": "P1", "summary": "checkout"},
        "created_at": "2026-03-02T08:00:00Z",
        "last_status_change_at": "2026-03-02T09:00:00Z",
        "acknowledgements": [],
        "html_url": "https://acme.pagerduty.com/incidents/Q1",
    } | changes


def entry(id, kind, minute):
    return {
        "id": id,
        "type": kind,
        "created_at": f"2026-03-02T08:{minute:02}:00Z",
        "incident": {"id": "Q1"},
    }


def minute(number):
    return datetime(2026, 3, 2, 8, number, tzinfo=UTC)


def only(mapped, *incidents, **feeds):
    [row] = mapped(SYSTEM, "incidents", incidents=incidents, **feeds)
    return row


def test_a_resolved_incident_was_acknowledged_when_its_first_log_entry_says_so(mapped):
    entries = [
        entry("R3", "resolve_log_entry", 50),
        entry("R2", "acknowledge_log_entry", 9),
        entry("R1", "acknowledge_log_entry", 3),
    ]
    for row in (
        only(mapped, incident(log_entries=entries)),
        only(mapped, incident(), log_entries=entries),
    ):
        assert row["acknowledged_at"] == minute(3)
        assert (row["status"], row["service"]) == ("resolved", "checkout")
        assert row["resolved_at"] == "2026-03-02T09:00:00Z"


def test_resolved_at_wins_over_the_last_change_of_status(mapped):
    row = only(mapped, incident(resolved_at="2026-03-02T08:55:00Z"))
    assert row["resolved_at"] == "2026-03-02T08:55:00Z"


def test_an_incident_that_is_not_resolved_has_no_end(mapped):
    row = only(mapped, incident(status="triggered"))
    assert (row["status"], row["resolved_at"]) == ("open", None)


def test_without_log_entries_the_first_listed_acknowledgement_counts(mapped):
    acknowledgements = [{"at": "2026-03-02T08:07:00Z"}, {"at": "2026-03-02T08:05:00Z"}]
    row = only(mapped, incident(status="acknowledged", acknowledgements=acknowledgements))
    assert row["acknowledged_at"] == minute(5)


@pytest.mark.parametrize(
    ("priority", "expected"),
    [({"summary": "P1"}, "P1"), ({"summary": "SEV1"}, "SEV1"), (None, "high")],
)
def test_severity_is_the_priority_else_the_urgency(mapped, priority, expected):
    assert only(mapped, incident(priority=priority))["severity"] == expected


def test_a_service_without_a_name_keeps_its_id(mapped):
    assert only(mapped, incident(service={"id": "P1"}))["service"] == "P1"


@pytest.mark.parametrize(
    "told",
    [
        {"custom_fields": {"deployment_id": "42", "cause": "Change"}},
        {
            "custom_fields": [
                {"name": "deployment_id", "value": "42"},
                {"name": "cause", "value": "change"},
                {"name": "tags", "value": ["a", "b"]},
            ]
        },
        {"body": {"details": {"deployment_id": 42, "cause": "change"}}},
    ],
    ids=["by name", "as a list", "in the body"],
)
def test_custom_fields_tell_cause_and_deployment(mapped, told):
    row = only(mapped, incident(**told))
    assert (row["caused_by_deployment_id"], row["cause"]) == ("42", "change")


def test_a_custom_field_tells_of_a_post_mortem_and_silence_tells_nothing(mapped):
    listed = [{"name": "has_postmortem", "value": True}]
    assert only(mapped, incident(custom_fields=listed))["has_postmortem"] == "true"
    named = {"has_postmortem": False}
    assert only(mapped, incident(custom_fields=named))["has_postmortem"] == "false"
    assert only(mapped, incident())["has_postmortem"] is None


def test_a_merged_incident_is_a_duplicate(mapped):
    reason = {"type": "merge_resolve_reason", "incident": {"id": "Q0"}}
    assert only(mapped, incident(resolve_reason=reason))["duplicate_of"] == "Q0"


@pytest.mark.realdata
def test_recorded_incidents_keep_the_acknowledgement_that_resolving_empties(mapped, recorded):
    rows = mapped(
        SYSTEM,
        "incidents",
        incidents=[
            *recorded("pagerduty/incidents.jsonl"),
            *recorded("faros_pagerduty/incidents.json"),
        ],
        log_entries=recorded("faros_pagerduty/incidentLogEntries.json"),
    )
    assert {row["incident_id"]: (row["status"], row["acknowledged_at"]) for row in rows} == {
        "Q3YON8WNWTZMRQ": ("open", datetime(2022, 11, 3, 6, 23, 7, tzinfo=UTC)),
        "Q3CZAU7Q4008QD": ("acknowledged", datetime(2022, 11, 3, 6, 44, 37, tzinfo=UTC)),
        "Q1OHFWFP3GPXOG": ("resolved", datetime(2022, 11, 3, 6, 45, 46, tzinfo=UTC)),
        "Q27MXNAJQ834PC": ("open", None),
        "Q2KDNUM7R5JYEK": ("open", None),
        "Q1LAD3450AG7V9": ("open", None),
    }
    [resolved] = [row for row in rows if row["resolved_at"]]
    assert resolved["resolved_at"] == "2022-11-03T06:51:44.000000Z"
