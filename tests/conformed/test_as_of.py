"""What an as-of takes back of each entity: instants, and the states that followed from them."""

from datetime import UTC, datetime

import pytest

from assets.conformed import (
    changes,
    deployments,
    incidents,
    pipeline_jobs,
    security_findings,
    service_levels,
    ticket_events,
    ticket_ratings,
    tickets,
)

CASES = [
    (
        changes,
        {
            "change_id": "1",
            "repo": "a/b",
            "opened_at": "2026-03-01",
            "approved_at": "2026-03-03",
            "is_reviewed_independently": True,
            "merged_at": "2026-03-04",
            "merge_sha": "abc",
        },
        {3: {"merged_at": None, "merge_sha": None, "is_reviewed_independently": True}}
        | {2: {"approved_at": None, "is_reviewed_independently": None}},
    ),
    (
        deployments,
        {
            "deployment_id": "1",
            "service": "api",
            "environment": "production",
            "status": "failure",
            "created_at": "2026-03-01",
            "finished_at": "2026-03-03",
        },
        {3: {"status": "failure"}, 2: {"status": "running", "finished_at": None}},
    ),
    (
        incidents,
        {
            "incident_id": "1",
            "opened_at": "2026-03-01",
            "acknowledged_at": "2026-03-02",
            "mitigated_at": "2026-03-03",
            "resolved_at": "2026-03-04",
            "status": "resolved",
            "has_postmortem": True,
        },
        {
            4: {"status": "resolved", "has_postmortem": True},
            3: {"status": "mitigated", "has_postmortem": None},
            2: {"status": "acknowledged"},
            1: {"status": "open"},
        },
    ),
    (
        pipeline_jobs,
        {
            "job_id": "1",
            "run_id": "1",
            "name": "test",
            "status": "success",
            "queued_at": "2026-03-01",
            "started_at": "2026-03-02",
            "finished_at": "2026-03-03",
        },
        {3: {"status": "success"}, 2: {"status": "running"}, 1: {"status": "queued"}},
    ),
    (
        security_findings,
        {
            "finding_id": "1",
            "severity": "high",
            "opened_at": "2026-03-01",
            "fixed_at": "2026-03-03",
            "status": "fixed",
        },
        {3: {"status": "fixed"}, 2: {"status": "open", "fixed_at": None}},
    ),
    (
        tickets,
        {
            "ticket_id": "1",
            "created_at": "2026-03-01",
            "status": "closed",
            "due_at": "2026-03-09",
            "updated_at": "2026-03-03",
        },
        {3: {"status": "closed"}, 2: {"status": "open", "updated_at": None}},
    ),
    (
        ticket_ratings,
        {
            "ticket_id": "1",
            "offered_at": "2026-03-01",
            "answered_at": "2026-03-03",
            "score": 5,
            "is_good": True,
        },
        {3: {"score": 5, "is_good": True}, 2: {"score": None, "is_good": None}},
    ),
]


@pytest.mark.parametrize(
    ("module", "record", "expected"), CASES, ids=[module.ENTITY.name for module, *_ in CASES]
)
def test_what_happened_after_the_as_of_is_taken_back(site, module, record, expected):
    site.put(f"canonical/{module.ENTITY.name}/a.ndjson", [record])
    site.run()
    for day, values in expected.items():
        [result] = site.judge(module.ENTITY, as_of=datetime(2026, 3, day, tzinfo=UTC))
        [row] = result.rows.to_dicts()
        assert {name: row[name] for name in values} == values, f"as of day {day}"


@pytest.mark.parametrize(
    ("module", "record"),
    [
        (ticket_events, {"ticket_id": "1", "at": "2026-03-03", "kind": "public_reply"}),
        (
            service_levels,
            {
                "service": "api",
                "indicator": "requests",
                "from_at": "2026-03-01",
                "to_at": "2026-03-03",
                "good": 1,
                "total": 1,
            },
        ),
    ],
    ids=["ticket_events", "service_levels"],
)
def test_what_is_over_only_after_the_as_of_is_masked(site, module, record):
    site.put(f"canonical/{module.ENTITY.name}/a.ndjson", [record])
    site.run()
    [before] = site.judge(module.ENTITY, as_of=datetime(2026, 3, 2, tzinfo=UTC))
    [after] = site.judge(module.ENTITY, as_of=datetime(2026, 3, 3, tzinfo=UTC))
    assert before.left_out.select("fate", "rule").rows() == [("masked", "begins_later")]
    assert after.rows.height == 1


def test_an_as_of_gives_the_tables_of_the_run_made_then(site):
    row = {"incident_id": "1", "opened_at": "2026-03-01", "status": "open"}
    first = datetime(2026, 3, 2, tzinfo=UTC)
    site.put("canonical/incidents/a.ndjson", [row | {"updated_at": "2026-03-01"}])
    [then] = site.run(incidents.ENTITY, now=first)
    late = {"resolved_at": "2026-03-02T08:00:00Z", "updated_at": "2026-03-02T08:00:00Z"}
    site.put("canonical/incidents/b.ndjson", [row | {"status": "resolved"} | late])
    site.run(now=datetime(2026, 3, 9, tzinfo=UTC))
    [again] = site.judge(incidents.ENTITY, as_of=first)
    assert again.rows.equals(then.rows)
