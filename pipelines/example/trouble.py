"""Records as no system should send them: each breaks one rule, and quarantine has to say which.

Holds a few lines per feed, written out; duplicates and late corrections are made elsewhere.
"""

import json
from typing import Any

from pipelines.example.payloads import API
from pipelines.example.world import HOSTING

Payload = dict[str, Any]

_REPO = {"full_name": "example/basket", "name": "basket"}
_STAMP, _LATER, _EARLIER = "2026-05-04T09:00:00Z", "2026-05-04T09:30:00Z", "2026-05-04T08:00:00Z"
_CUT_OFF = '{"id": 99100000, "created_at": "2026-05-04T09:'


def _run(number: int, **other: object) -> Payload:
    whole = {
        "id": number, "name": "ci", "head_branch": "main", "event": "push", "status": "completed",
        "conclusion": "success", "created_at": _STAMP, "run_started_at": _STAMP, "run_attempt": 1,
        "updated_at": _LATER, "html_url": f"{HOSTING}/example/basket/actions/runs/{number}",
        "repository": _REPO,
    }  # fmt: skip
    return whole | other


def _pull(number: int, **other: object) -> Payload:
    whole = {
        "id": number, "number": number, "state": "closed", "created_at": _STAMP,
        "html_url": f"{HOSTING}/example/basket/pull/{number}", "base": {"repo": _REPO},
        "updated_at": _LATER, "closed_at": _LATER, "merged_at": _LATER,
        "user": {"login": "dev-046"},
    }  # fmt: skip
    return whole | other


def _page(key: str, **other: object) -> Payload:
    whole = {
        "id": key, "status": "resolved", "service": {"summary": "basket"}, "created_at": _STAMP,
        "updated_at": _LATER, "resolved_at": _LATER, "urgency": "high",
    }  # fmt: skip
    return whole | other


def _ticket(number: int, **other: object) -> Payload:
    whole = {
        "id": number, "status": "open", "created_at": _STAMP, "updated_at": _LATER,
        "url": f"https://example.zendesk.example.com/api/v2/tickets/{number}.json", "tags": [],
    }  # fmt: skip
    return whole | other


# (system, entity) -> records; a text is a line as it stands
ODD: dict[tuple[str, str], list[Payload | str]] = {
    ("github", "workflow_runs"): [
        _CUT_OFF,
        _run(99_000_001, updated_at=_EARLIER),
        _run(99_000_002, conclusion="exploded"),
        _run(99_000_003, id=None),
        _run(99_000_004, repository=None, html_url=None),
    ],
    ("github", "pull_requests"): [
        _pull(99_001, merged_at=_EARLIER, closed_at=_EARLIER),
        _pull(99_002, html_url=None),
        _pull(99_003, created_at="the day before"),
    ],
    ("github", "pull_request_reviews"): [
        {
            "id": 99_000_011, "state": "APPROVED", "submitted_at": _STAMP,
            "pull_request_url": f"{API}/repos/example/basket/pulls/99999",
            "user": {"login": "dev-047"},
        }
    ],
    ("github", "deployments"): [
        {"id": 99_000_021, "sha": "0" * 40, "created_at": _STAMP, "updated_at": _STAMP,
         "repository_url": f"{API}/repos/example/basket", "payload": {"service": "basket"}},
    ],
    ("github", "deployment_statuses"): [
        {"id": 99_000_031, "state": "success", "created_at": _STAMP,
         "deployment_url": f"{API}/repos/example/basket/deployments/99999"},
    ],
    ("pagerduty", "incidents"): [
        _page("QODD1", resolved_at=_EARLIER),
        _page("QODD2", status="snoozed", resolved_at=None),
        _page("QODD3", id=None),
    ],
    ("pagerduty", "log_entries"): [
        {"id": "RODD1", "type": "acknowledge_log_entry", "created_at": _STAMP,
         "incident": {"id": "QNOBODYKNOWS"}},
    ],
    ("zendesk", "tickets"): [
        '{"id": 99000041, "status": "open", "created_at": ',
        _ticket(99_000_042, status="parked"),
        _ticket(99_000_043, created_at="yesterday"),
    ],
    ("zendesk", "satisfaction_ratings"): [
        {"id": 99_000_051, "ticket_id": 100_001, "score": "excellent", "created_at": _STAMP,
         "updated_at": _LATER},
    ],
    ("canonical", "security_findings"): [
        {"finding_id": "finding-odd", "source": "scanner", "opened_at": _STAMP, "status": "open"},
    ],
    ("canonical", "effort"): [
        {"offering": "browser-grid", "source": "timesheets", "week_on": "2026-05-04",
         "kind": "support", "hours": -3},
    ],
}  # fmt: skip


def odd_lines(system: str, entity: str) -> list[bytes]:
    """The lines that spoil a feed; none for most."""
    records = ODD.get((system, entity), [])
    return [(r if isinstance(r, str) else json.dumps(r)).encode() for r in records]
