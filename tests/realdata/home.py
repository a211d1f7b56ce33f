"""Makes a home of the real records: each file where its system's export would lie.

Holds which recorded file is whose delivery. Nothing is copied into the repository: the inbox
consists of links to the records.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

AS_OF = datetime(2026, 9, 1, tzinfo=UTC)  # as in plumbline.toml
SAMPLES = "zendesk_and_freshdesk_samples"

# Recorded file -> system, entity: of an adapter, or of `[[files]]`, which look below inbox/files.
DELIVERIES = (
    ("github/runs.jsonl", "github", "workflow_runs"),
    ("github/jobs.jsonl", "github", "workflow_jobs"),
    ("github/pull_requests.jsonl", "github", "pull_requests"),
    ("github/pull_request_reviews.jsonl", "github", "pull_request_reviews"),
    ("github/pull_request_commits.jsonl", "github", "pull_request_commits"),
    ("github_graphql/deployment.jsonl", "github", "deployments"),
    ("pagerduty/incidents.jsonl", "pagerduty", "incidents"),
    ("faros_pagerduty/incidents.json", "pagerduty", "incidents"),
    ("faros_pagerduty/incidentLogEntries.json", "pagerduty", "log_entries"),
    ("faros_statuspage/incidents.json", "statuspage", "incidents"),
    (f"{SAMPLES}/zendesk_tickets.jsonl", "zendesk", "tickets"),
    (f"{SAMPLES}/zendesk_ticket_metric_events.jsonl", "zendesk", "ticket_metric_events"),
    (f"{SAMPLES}/zendesk_ticket_metrics.jsonl", "zendesk", "ticket_metrics"),
    (f"{SAMPLES}/zendesk_satisfaction_ratings.jsonl", "zendesk", "satisfaction_ratings"),
    ("volvo_service_desk/VINST-new.csv.gz", "files", "servicedesk"),
    ("pytorch_ci/jobs.csv.gz", "files", "pytorch_ci"),
    ("github_status/incidents.jsonl", "files", "github_status"),
)


def build(recorded: Path, home: Path) -> None:
    """Write plumbline.toml and fill the inbox of `home` from the folder of recorded payloads."""
    for name, system, entity in DELIVERIES:
        source = recorded / name
        target = home / "inbox" / system / entity / f"{source.parent.name}-{source.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source.resolve())
    settings = Path(__file__).with_name("plumbline.toml").read_text(encoding="utf-8")
    paged = "".join(_paged_service(name) for name in paged_services(recorded))
    (home / "plumbline.toml").write_text(settings + paged, encoding="utf-8")


def paged_services(recorded: Path) -> list[str]:
    """What PagerDuty calls the services of its incidents: known from the records only."""
    lines = (recorded / "pagerduty/incidents.jsonl").read_text(encoding="utf-8").splitlines()
    incidents = [json.loads(line) for line in lines]
    incidents += json.loads((recorded / "faros_pagerduty/incidents.json").read_bytes())
    return sorted({incident["service"]["summary"] for incident in incidents})


def _paged_service(name: str) -> str:
    quoted = json.dumps(name)
    return (
        f"\n[[services]]\nid = {quoted}\nname = {quoted}\n"
        f'\n[[ownership]]\ncustomer = "hosting"\nkind = "service"\nmatch = {quoted}\n'
    )
