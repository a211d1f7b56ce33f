"""One row per contract of an entity: the smallest good record, and what makes it bad."""

from datetime import UTC, datetime

import polars as pl
import pytest

from assets.configuration import Configuration, Organisation
from assets.conformed import (
    changes,
    commits,
    deployment_changes,
    deployments,
    effort,
    incidents,
    pipeline_jobs,
    pipeline_runs,
    security_findings,
    service_levels,
    source_coverage,
    ticket_events,
    ticket_ratings,
    tickets,
)
from assets.conformed.conform import Given, conform
from assets.schema import INSTANT

LATE_VERSIONS = {
    "source": pl.String,
    "feed": pl.String,
    "record_key": pl.String,
    "version_ingested_at": INSTANT,
}
EARLY, LATE = "2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z"
GOOD = {
    pipeline_runs: {
        "run_id": "1",
        "repo": "a/b",
        "workflow": "ci",
        "queued_at": EARLY,
        "status": "success",
    },
    pipeline_jobs: {"job_id": "1", "run_id": "1", "name": "test", "status": "success"},
    changes: {"change_id": "1", "repo": "a/b", "opened_at": LATE},
    commits: {"sha": "abc", "repo": "a/b", "authored_at": LATE, "committed_at": EARLY},
    deployments: {
        "deployment_id": "1",
        "service": "api",
        "environment": "prod-eu",
        "status": "success",
        "created_at": LATE,
    },
    deployment_changes: {"deployment_id": "1", "change_id": "1", "link_rule": "explicit"},
    incidents: {"incident_id": "1", "opened_at": LATE, "status": "resolved"},
    tickets: {"ticket_id": "1", "created_at": LATE, "status": "open"},
    ticket_events: {"ticket_id": "1", "at": LATE, "kind": "public_reply"},
    ticket_ratings: {"ticket_id": "1", "offered_at": LATE},
    security_findings: {
        "finding_id": "1",
        "severity": "high",
        "opened_at": LATE,
        "status": "open",
    },
    service_levels: {
        "service": "api",
        "indicator": "requests",
        "from_at": EARLY,
        "to_at": LATE,
        "good": 9,
        "total": 10,
    },
    effort: {"offering": "ci", "week_on": "2026-03-02", "hours": 3},
    source_coverage: {
        "source": "ci",
        "entity": "incidents",
        "scope": "",
        "from_at": EARLY,
        "to_at": LATE,
        "is_complete": True,
    },
}
BAD = [
    (pipeline_runs, {"started_at": LATE, "finished_at": EARLY}, "finished_before_started"),
    (pipeline_runs, {"queued_at": LATE, "finished_at": EARLY}, "finished_before_queued"),
    (pipeline_runs, {"branch_kind": "trunk"}, "unknown_branch_kind"),
    (pipeline_runs, {"actor_kind": "cat"}, "unknown_actor_kind"),
    (pipeline_jobs, {"started_at": LATE, "finished_at": EARLY}, "finished_before_started"),
    (pipeline_jobs, {"queued_at": LATE, "finished_at": EARLY}, "finished_before_queued"),
    (pipeline_jobs, {"status": "SUCCESS"}, "unknown_status"),
    (changes, {"merged_at": EARLY}, "merged_before_opened"),
    (changes, {"closed_at": EARLY}, "closed_before_opened"),
    (changes, {"lines_changed": -1}, "negative_lines_changed"),
    (changes, {"files_changed": -1}, "negative_files_changed"),
    (changes, {"repo": ""}, "missing_repo"),
    (commits, {"author_kind": "cat"}, "unknown_author_kind"),
    (commits, {"lines_changed": -1}, "negative_lines_changed"),
    (deployments, {"started_at": LATE, "finished_at": EARLY}, "finished_before_started"),
    (deployments, {"finished_at": EARLY}, "finished_before_created"),
    (deployments, {"environment_kind": "live"}, "unknown_environment_kind"),
    (deployments, {"environment": None}, "missing_environment"),
    (deployment_changes, {"link_rule": "guess"}, "unknown_link_rule"),
    (incidents, {"resolved_at": EARLY}, "resolved_before_opened"),
    (incidents, {"mitigated_at": EARLY}, "mitigated_before_opened"),
    (incidents, {"acknowledged_at": EARLY}, "acknowledged_before_opened"),
    (incidents, {"cause": "gremlins"}, "unknown_cause"),
    (tickets, {"handle_minutes": -5}, "negative_handle_minutes"),
    (tickets, {"status": "reopened"}, "unknown_status"),
    (ticket_events, {"kind": "sigh"}, "unknown_kind"),
    (ticket_ratings, {"answered_at": EARLY}, "answered_before_offered"),
    (
        ticket_ratings,
        {"answered_at": LATE, "score": 6, "scale_low": 1, "scale_high": 5},
        "score_outside_scale",
    ),
    (ticket_ratings, {"scale_low": 5, "scale_high": 1}, "empty_scale"),
    (security_findings, {"fixed_at": EARLY}, "fixed_before_opened"),
    (security_findings, {"dismissed_at": EARLY}, "dismissed_before_opened"),
    (service_levels, {"good": 11}, "more_good_than_total"),
    (service_levels, {"good": -1}, "negative_count"),
    (service_levels, {"to_at": "2026-03-01T10:00:00Z"}, "ends_before_it_begins"),
    (effort, {"hours": -1}, "negative_hours"),
    (source_coverage, {"to_at": "2026-02-01"}, "ends_before_it_begins"),
    (source_coverage, {"received": -1}, "negative_count"),
]


def judged(module, *records):
    """The records as text, as they are decoded from payloads, judged by the contract."""
    seen = datetime(2026, 7, 1, tzinfo=UTC)
    rows = [
        {name: None if value in (None, "") else str(value) for name, value in record.items()}
        | {"source_id": str(number), "record_key": str(number), "feed": module.ENTITY.name}
        for number, record in enumerate(records)
    ]
    frame = pl.LazyFrame(rows, infer_schema_length=None).with_columns(
        ingested_at=pl.lit(seen, INSTANT)
    )
    texts = frame.cast({pl.Null: pl.String})
    configuration = Configuration(organisation=Organisation(name="Example"))
    none_later = pl.LazyFrame(schema=LATE_VERSIONS)
    return conform(module.ENTITY, [Given("canonical", texts)], configuration, seen, none_later)


@pytest.mark.parametrize("module", GOOD, ids=lambda module: module.ENTITY.name)
def test_the_smallest_good_record_is_conformed(module):
    result = judged(module, GOOD[module])
    assert result.left_out.is_empty()
    assert result.rows.height == 1
    assert result.rows.schema == module.ENTITY.schema


@pytest.mark.parametrize(("module", "values", "rule"), BAD, ids=lambda value: str(value)[:40])
def test_a_record_that_breaks_the_contract_is_quarantined(module, values, rule):
    result = judged(module, {**GOOD[module], **values})
    assert result.left_out["rule"].to_list() == [rule]
    assert result.rows.is_empty()


def test_every_rule_of_every_entity_has_a_bad_example_here():
    tried = {(module, rule) for module, _, rule in BAD}
    declared = {(module, rule) for module in GOOD for rule in module.ENTITY.rules}
    assert declared <= tried


def test_a_skipped_job_may_carry_a_start_after_its_end():
    job = {**GOOD[pipeline_jobs], "status": "skipped", "started_at": LATE, "finished_at": EARLY}
    assert judged(pipeline_jobs, job).rows.height == 1


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ("Production", "production"),
        ("prod-eu", "production"),
        ("preprod-1", "staging"),
        ("qa", "test"),
        ("review/123", "other"),
    ],
)
def test_the_kind_of_an_environment_follows_from_its_name(environment, kind):
    deployment = {**GOOD[deployments], "environment": environment}
    rows = judged(deployments, deployment).rows
    assert rows["environment_kind"].to_list() == [kind]


def test_the_kind_that_a_source_gives_beats_the_name():
    deployment = {**GOOD[deployments], "environment_kind": "test"}
    assert judged(deployments, deployment).rows["environment_kind"].item() == "test"


def test_two_events_of_one_kind_may_fall_on_one_instant():
    event = GOOD[ticket_events]
    assert judged(ticket_events, event, event).rows.height == 2
