"""The recorded payloads read with the standard library, as lists of what happened.

Instants are aware datetimes in UTC. Holds what a reader of the vendors' documentation makes of
the payloads, and nothing of what the project makes of them.
"""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from home import DELIVERIES, SAMPLES

Json = dict[str, Any]

SHORT = 4  # letters of names that are found in other words, too

SOLVED = ("Resolved", "In Call")  # sub status of the service desk
DONE = (*SOLVED, "Closed", "Cancelled")
VERDICTS = {"success": True, "neutral": True, "failure": False, "startup_failure": False}
VERDICTS |= {"timed_out": False}
NO_VERDICT = ("cancelled", "skipped", "stale")


@dataclass(frozen=True)
class Incident:
    source: str
    service: str | None
    severity: str
    opened_at: datetime
    acknowledged_at: datetime | None
    restored_at: datetime | None


@dataclass
class Case:
    """A case of the service desk; `solved_at` is null while it is open."""

    group: str = ""
    priority: str = ""
    lines: list[tuple[datetime, str]] = field(default_factory=list)

    @property
    def created_at(self) -> datetime:
        return min(at for at, _ in self.lines)

    @property
    def turns(self) -> list[tuple[datetime, bool]]:
        """When it became solved (True) or unsolved again (False), in turn."""
        found, is_done = [], False
        for at, status in sorted(self.lines):
            if (status in DONE) != is_done:
                is_done = not is_done
                found.append((at, is_done))
        return found

    def is_open_at(self, instant: datetime) -> bool:
        """Whether it had begun and was not solved, an instant after whatever happened at it."""
        before = [is_done for at, is_done in self.turns if at <= instant]
        return self.created_at <= instant and not any(before[-1:])

    @property
    def solved_at(self) -> datetime | None:
        """When it was last solved; closing one that is solved already is no solution."""
        last, before = None, ""
        for at, status in sorted(self.lines):
            if status in SOLVED or (status in DONE and before not in DONE):
                last = at
            before = status
        return last if before in DONE else None


def instant(text: str | None) -> datetime | None:
    """ISO 8601 with any zone; naive stamps are UTC; fractions to the microsecond."""
    if not text:
        return None
    whole, dot, rest = text.replace(" ", "T").partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    zone = rest[len(digits) :]
    stamp = datetime.fromisoformat(whole + (f".{digits[:6]:0<6}" if dot else "") + zone)
    return stamp.astimezone(UTC) if stamp.tzinfo else stamp.replace(tzinfo=UTC)


def payloads(recorded: Path, name: str) -> list[Json]:
    text = (recorded / name).read_text(encoding="utf-8")
    if name.endswith(".json"):
        return json.loads(text)
    return [json.loads(line) for line in text.splitlines()]


def rows(recorded: Path, name: str) -> list[dict[str, str]]:
    with gzip.open(recorded / name, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def incidents(recorded: Path) -> list[Incident]:
    """Those that the contract takes: none that is over before it began."""
    found = [*_paged(recorded), *_posted(recorded), *_of_github(recorded)]
    return [one for one in found if not one.restored_at or one.restored_at >= one.opened_at]


def _paged(recorded: Path) -> Iterator[Incident]:
    told = payloads(recorded, "pagerduty/incidents.jsonl")
    told += payloads(recorded, "faros_pagerduty/incidents.json")
    entries = payloads(recorded, "faros_pagerduty/incidentLogEntries.json")
    for incident in told:
        entries += incident.get("log_entries", [])
    acknowledged = defaultdict(list)
    for entry in entries:
        if entry["type"] == "acknowledge_log_entry":
            acknowledged[entry["incident"]["id"]].append(instant(entry["created_at"]))
    for incident in told:
        is_over = incident["status"] == "resolved"
        over_at = incident.get("resolved_at") or incident["last_status_change_at"]
        yield Incident(
            "pagerduty",
            incident["service"]["summary"],
            incident["urgency"],
            instant(incident["created_at"]),
            min(acknowledged[incident["id"]], default=None),
            instant(over_at) if is_over else None,
        )


def _posted(recorded: Path) -> Iterator[Incident]:
    for incident in payloads(recorded, "faros_statuspage/incidents.json"):
        restored_at = instant(incident["monitoring_at"] or incident["resolved_at"])
        opened_at, severity = instant(incident["started_at"]), incident["impact"]
        yield Incident("statuspage", None, severity, opened_at, None, restored_at)


def _of_github(recorded: Path) -> Iterator[Incident]:
    newest: dict[str, Json] = {}
    for incident in payloads(recorded, "github_status/incidents.jsonl"):
        known = newest.get(incident["id"])
        if known is None or known["updated_at"] <= incident["updated_at"]:
            newest[incident["id"]] = incident
    for one in newest.values():
        opened_at, restored_at = instant(one["started_at"]), instant(one["resolved_at"])
        yield Incident(
            "github_status", "github-status", one["impact"], opened_at, None, restored_at
        )


def changes(recorded: Path) -> list[Json]:
    """Pull requests, the newest version of each, with `first_review_at` by another person."""
    newest: dict[str, Json] = {}
    for pull in payloads(recorded, "github/pull_requests.jsonl"):
        newest[pull["url"]] = pull
    for review in payloads(recorded, "github/pull_request_reviews.jsonl"):
        pull = newest[review["pull_request_url"]]
        if review["user"]["id"] != pull["user"]["id"] and review["user"]["type"] != "Bot":
            times = [pull.get("first_review_at"), instant(review["submitted_at"])]
            pull["first_review_at"] = min(filter(None, times))
    return [
        {
            "opened_at": instant(pull["created_at"]),
            "merged_at": instant(pull["merged_at"]),
            "closed_at": instant(pull["closed_at"]),
            "first_review_at": pull.get("first_review_at"),
        }
        for pull in newest.values()
    ]


def runs(recorded: Path) -> list[Json]:
    """Workflow runs of ants; a second attempt is queued when it was asked for."""
    found = []
    for run in payloads(recorded, "github/runs.jsonl"):
        state = run["status"].lower()
        word = (run["conclusion"] or "").lower() or (state if state in VERDICTS else "")
        attempt = run.get("run_attempt", 1)
        found.append(
            {
                "workflow": run["name"],
                "commit_sha": run["head_sha"],
                "queued_at": instant(run["run_started_at"] if attempt > 1 else run["created_at"]),
                "finished_at": instant(run["updated_at"]) if word in VERDICTS else None,
                "is_success": VERDICTS.get(word),
                "is_without_verdict": word in NO_VERDICT,
                "is_of_change": run["event"] in ("pull_request", "push"),
                "is_on_default_branch": run["event"] != "pull_request"
                and run["head_branch"] == "master",
            }
        )
    return found


def jobs(recorded: Path) -> list[Json]:
    """PyTorch's jobs, each once."""
    known = {row["job_id"]: row for row in rows(recorded, "pytorch_ci/jobs.csv.gz")}
    return [
        {
            "queued_at": instant(row["start_time"]),
            "workflow": row["job_name"],
            "is_success": row["conclusion"] == "success",
        }
        for row in known.values()
    ]


def cases(recorded: Path) -> list[Case]:
    """The service desk's cases; the newest line tells group and priority."""
    found: dict[str, Case] = defaultdict(Case)
    for row in rows(recorded, "volvo_service_desk/VINST-new.csv.gz"):
        case = found[row["SR Number"]]
        at = instant(row["Change Date+Time"])
        if all(at >= other for other, _ in case.lines):
            case.group, case.priority = row["Involved Org line 3"], row["SR Latest Impact"].lower()
        case.lines.append((at, row["Sub Status"]))
    return list(found.values())


def deployments(recorded: Path) -> list[Json]:
    """OpenBIC's deployments; what was superseded had succeeded, maybe at an unknown time."""
    found = []
    for one in payloads(recorded, "github_graphql/deployment.jsonl"):
        posts = ((one.get("Statuses") or {}).get("nodes") or []) + [one["LatestStatus"]]
        done = [
            instant(post["updatedAt"])
            for post in posts
            if post.get("state", post.get("State")) == "SUCCESS"
        ]
        found.append(
            {"created_at": instant(one["CreatedAt"]), "finished_at": min(done, default=None)}
        )
    return found


def ratings(recorded: Path) -> list[Json]:
    """Surveys that were offered, answered or not."""
    return [
        {"offered_at": instant(one["created_at"]), "score": one["score"]}
        for one in payloads(recorded, f"{SAMPLES}/zendesk_satisfaction_ratings.jsonl")
        if one["score"] != "unoffered"
    ]


def people(recorded: Path) -> set[str]:
    """Logins, names and addresses of those who stand in the payloads."""
    found: set[str] = set()
    for name, _, _ in DELIVERIES:
        if not name.endswith(".csv.gz"):
            _find_people(payloads(recorded, name), found)
    desk = rows(recorded, "volvo_service_desk/VINST-new.csv.gz")
    found |= {row["Resource"] for row in desk}
    # The platform signs merges, and a repository's owner stands in its name.
    return {name for name in found if name and len(name) > SHORT} - {"GitHub", "panjf2000"}


def _find_people(value: Any, found: set[str]) -> None:
    if isinstance(value, dict):
        if value.get("type") in ("User", "user", "user_reference"):
            found |= {value.get("login", ""), value.get("summary", "")}
        if isinstance(value.get("email"), str):
            found |= {value["email"], value.get("name", "")}
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _find_people(part, found)
