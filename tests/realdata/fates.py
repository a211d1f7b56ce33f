"""What must have become of every delivered line: counted by hand, file by file.

Holds what identifies a record of each feed, and which records its contract does not take.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import records
from home import DELIVERIES

Feed = tuple[str, str]  # source, entity delivered
Fates = Counter[tuple[str, str]]  # (fate, rule) -> lines

# Foreign deliveries -> what their lines become; the service desk's become two things.
FOREIGN = {
    "servicedesk": ("tickets", "ticket_events"),
    "pytorch_ci": ("pipeline_runs",),
    "github_status": ("incidents",),
}
KEYS: dict[Feed, Callable[[dict[str, Any]], Any]] = {
    ("github", "workflow_runs"): lambda run: (run["id"], run["run_attempt"]),
    ("github", "pull_request_commits"): lambda commit: commit["sha"],
    ("github", "deployments"): lambda deployment: deployment["DatabaseId"],
    ("servicedesk", "tickets"): lambda line: line["SR Number"],
    ("servicedesk", "ticket_events"): lambda line: (line["SR Number"], line["Change Date+Time"]),
    ("pytorch_ci", "pipeline_runs"): lambda job: job["job_id"],
}


def expected(recorded: Path) -> dict[Feed, Fates]:
    """Lines by fate and rule, per feed."""
    delivered: dict[Feed, list[dict[str, Any]]] = defaultdict(list)
    for name, system, entity in DELIVERIES:
        lines = _lines(recorded, name)
        if system == "files":
            delivered |= {(entity, ours): lines for ours in FOREIGN[entity]}
        else:
            delivered[system, entity] += lines
    return {feed: _fates(feed, lines) for feed, lines in delivered.items()}


def sizes(recorded: Path) -> dict[Feed, int]:
    """Lines per feed, as read from the files."""
    return {feed: sum(fates.values()) for feed, fates in expected(recorded).items()}


def _lines(recorded: Path, name: str) -> list[dict[str, Any]]:
    read = records.rows if name.endswith(".csv.gz") else records.payloads
    return read(recorded, name)


def _fates(feed: Feed, lines: list[dict[str, Any]]) -> Fates:
    key = KEYS.get(feed, lambda record: record["id"])
    newest = {json.dumps(key(line)): line for line in lines}
    versions = {json.dumps(line) for line in lines}
    fates: Fates = Counter(_fate(feed, record) for record in newest.values())
    fates["superseded", "repeated"] = len(lines) - len(versions)
    fates["superseded", "newer_version"] = len(versions) - len(newest)
    return +fates


def _fate(feed: Feed, record: dict[str, Any]) -> tuple[str, str]:
    """The only rule that these records break: one page was closed before it was opened."""
    if feed[0] == "statuspage" and record["resolved_at"]:
        over_at, opened_at = record["resolved_at"], record["started_at"]
        if records.instant(over_at) < records.instant(opened_at):
            return "quarantined", "resolved_before_opened"
    return "conformed", ""
