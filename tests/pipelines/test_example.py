"""The example's home: its bytes, counts, payloads and configuration."""

import gzip
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from assets.configuration import load
from pipelines.example.home import FEEDS, write
from pipelines.example.payloads import KNOWN_AT
from pipelines.example.targets import TARGETS
from pipelines.example.trouble import ODD
from pipelines.example.world import AS_OF, CUSTOMERS, SERVICES

WRITE = """
import sys, pathlib
from pipelines.example.home import write
write(pathlib.Path(sys.argv[1]))
"""
PROMISED = {
    "runs": 60_000,
    "changes": 12_000,
    "deployments": 6_000,
    "incidents": 600,
    "tickets": 5_000,
    "answers": 1_800,
}


def digests(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


def test_another_process_writes_the_same_bytes(example_home, tmp_path):
    subprocess.run([sys.executable, "-c", WRITE, str(tmp_path)], check=True)
    assert digests(tmp_path) == digests(example_home)


def test_writing_again_replaces_the_inbox_and_keeps_the_rest(tmp_path):
    stray = tmp_path / "inbox" / "github" / "workflow_runs" / "old.jsonl"
    stray.parent.mkdir(parents=True)
    stray.write_text("{}\n")
    (tmp_path / "warehouse.duckdb").write_text("kept")
    write(tmp_path)
    assert not stray.exists()
    assert (tmp_path / "warehouse.duckdb").read_text() == "kept"


def test_there_is_as_much_of_everything_as_promised(delivered):
    runs = {(r.get("id"), r.get("run_attempt")) for r in delivered("github", "workflow_runs")}
    ratings = {r["id"]: r for r in delivered("zendesk", "satisfaction_ratings")}
    answered = {
        r["id"]
        for r in delivered("zendesk", "satisfaction_ratings")
        if r["score"] in ("good", "bad")
    }
    found = {
        "runs": len(runs) + len(delivered("canonical", "pipeline_runs")),
        "changes": len({r["html_url"] for r in delivered("github", "pull_requests")}),
        "deployments": len({r["id"] for r in delivered("github", "deployments")}),
        "incidents": len({r["id"] for r in delivered("pagerduty", "incidents")}),
        "tickets": len({r["id"] for r in delivered("zendesk", "tickets")}),
        "answers": len(answered),
    }
    assert found == {name: pytest.approx(count, rel=0.1) for name, count in PROMISED.items()}
    assert len(ratings) > 2 * len(answered)


SHAPES = {
    ("github", "workflow_runs"): "id name head_branch head_sha path run_number event status "
    "conclusion workflow_id url html_url pull_requests created_at updated_at actor run_attempt "
    "run_started_at triggering_actor jobs_url repository",
    (
        "github",
        "workflow_jobs",
    ): "id run_id run_url run_attempt head_sha html_url status conclusion "
    "created_at started_at completed_at name labels runner_group_name",
    ("github", "pull_requests"): "id number html_url state title user body created_at updated_at "
    "closed_at merged_at merge_commit_sha draft labels requested_reviewers head base",
    ("github", "pull_request_reviews"): "id user body state html_url pull_request_url submitted_at "
    "commit_id",
    ("github", "pull_request_commits"): "sha commit url html_url author committer parents "
    "pull_number",
    ("github", "commits"): "sha commit url html_url author committer parents",
    ("github", "deployments"): "id sha ref task payload environment creator created_at updated_at "
    "statuses_url repository_url",
    ("github", "deployment_statuses"): "id state creator description environment created_at "
    "updated_at deployment_url repository_url",
    ("pagerduty", "incidents"): "id incident_number title status urgency priority service "
    "created_at updated_at last_status_change_at resolved_at acknowledgements custom_fields",
    ("pagerduty", "log_entries"): "id type created_at agent incident service",
    ("statuspage", "incidents"): "id name status impact created_at updated_at started_at "
    "monitoring_at resolved_at shortlink page_id components incident_updates",
    ("zendesk", "tickets"): "id url via created_at updated_at type priority status requester_id "
    "assignee_id organization_id group_id due_at tags custom_fields satisfaction_rating",
    ("zendesk", "ticket_audits"): "id ticket_id created_at author_id via events",
    ("zendesk", "satisfaction_ratings"): "id url assignee_id group_id requester_id ticket_id score "
    "created_at updated_at comment",
    ("zendesk", "organizations"): "id name external_id created_at updated_at",
    ("zendesk", "users"): "id name role created_at updated_at",
}


@pytest.mark.parametrize(("system", "entity"), SHAPES)
def test_payloads_have_the_fields_of_the_vendors(system, entity, delivered):
    first = delivered(system, entity)[0]
    assert set(SHAPES[system, entity].split()) <= set(first)


@pytest.mark.parametrize("feed", FEEDS, ids="/".join)
def test_nothing_is_known_before_the_clock_of_the_home(feed):
    known = FEEDS[feed]()[KNOWN_AT]
    assert known.null_count() == 0
    assert known.max() <= AS_OF.timestamp()


def test_no_record_of_a_pull_request_is_later_than_the_clock(delivered):
    stamps = [
        record[name]
        for record in delivered("github", "pull_requests")
        for name in ("created_at", "closed_at", "merged_at", "updated_at")
        if record.get(name) and record[name][:2] == "20"
    ]
    assert max(stamps) < AS_OF.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_configuration_is_valid_and_names_what_the_world_has(example_home):
    configuration = load(example_home / "plumbline.toml")
    assert configuration.organisation.is_example
    assert {row.id for row in configuration.customers} == {team.id for team in CUSTOMERS}
    assert len(configuration.customers) == len(CUSTOMERS) + 1
    assert {row.id for row in configuration.services} == set(SERVICES) - {"legacy-batch"}
    assert {row.kpi for row in configuration.targets if row.segment == ""} == set(TARGETS)
    assert len(configuration.targets) == 4 * len(TARGETS)
    assert "#" in (example_home / "plumbline.toml").read_text()


def test_some_records_come_twice_and_some_are_odd(example_home, delivered):
    runs = [json.dumps(record) for record in delivered("github", "workflow_runs")]
    assert 100 < len(runs) - len(set(runs)) < 1_000
    assert 15 <= sum(len(records) for records in ODD.values()) <= 30
    last = example_home / "inbox" / "github" / "workflow_runs" / "2026-Q2.jsonl.gz"
    broken = [line for line in gzip.decompress(last.read_bytes()).splitlines() if line[-1:] != b"}"]
    assert len(broken) == 1


def test_corrections_and_later_states_come_with_a_newer_stamp(delivered):
    versions: dict[str, set[str]] = {}
    for record in delivered("pagerduty", "incidents"):
        versions.setdefault(record["id"], set()).add(record["updated_at"])
    assert sum(len(stamps) > 1 for stamps in versions.values()) >= 10


def test_people_are_numbers(delivered):
    logins = {record["user"]["login"] for record in delivered("github", "pull_requests")}
    names = {record["name"] for record in delivered("zendesk", "users")}
    neutral = ("dev-", "agent-", "requester-", "support-bot", "dependabot[bot]")
    assert all(name.startswith(neutral) for name in logins | names)
