"""A small home in which people stand wherever a source may put them, also in odd places.

Their names are no words of any language, so that they cannot stand anywhere by chance.
"""

import json
from pathlib import Path
from typing import Any

ALPHA = ("qzxalpha", "Qzx Alpha", "qzx.alpha@example.com")  # author, agent, on time sheets
BETA = ("qzxbeta", "Qzx Beta", "qzx.beta@example.com")  # reviewer
GAMMA = ("qzxgamma", "Qzx Gamma", "qzx.gamma@example.com")  # asks for help
DELTA_BOT = "qzxdelta-bot"
EVERYBODY = (*ALPHA, *BETA, *GAMMA)
REPO = "acme/shop"
SETTINGS = """
[organisation]
name = "Example Ltd"
as_of = 2026-07-01T00:00:00Z

[rules]
max_reject_ratio = 1.0

[[segments]]
id = "core"
name = "Core"

[[customers]]
id = "checkout"
name = "Checkout team"
segment = "core"

[[services]]
id = "shop"
name = "Shop"
repos = ["acme/shop"]

[[offerings]]
id = "hosted-ci"
name = "Hosted CI"
tools = ["github-actions"]

[[ownership]]
customer = "checkout"
kind = "repo"
match = "acme/*"

[[files]]
name = "timesheets"
entity = "effort"
path = "inbox/files/timesheets/*.csv"
key = ["Engineer", "Week"]
columns = { offering = "Offering", week_on = "Week", hours = "Hours" }

[[files]]
name = "legacy_desk"
entity = "tickets"
path = "inbox/files/desk/*.csv"
key = ["Number"]
columns.ticket_id = "Number"
columns.created_at = "Opened"
columns.status = "State"
columns.requester_group = "Assignee"
people = ["Assignee"]
"""

Json = dict[str, Any]


def account(login: str, number: int) -> Json:
    page = f"https://github.com/{login}"
    return {"login": login, "id": number, "type": "User", "html_url": page, "avatar_url": page}


ALPHA_ACCOUNT, BETA_ACCOUNT = account("qzxalpha", 9001), account("qzxbeta", 9002)
BOT_ACCOUNT = {"login": DELTA_BOT, "id": 9003}


def pull(number: int, author: Json, day: int, **more: Any) -> Json:
    return {
        "html_url": f"https://github.com/{REPO}/pull/{number}",
        "number": number,
        "state": "closed",
        "title": f"What {author['login']} changed",
        "body": "Paired with @qzxbeta and Qzx Alpha <qzx.alpha@example.com>.\nqzxalpha",
        "user": author,
        "requested_reviewers": [BETA_ACCOUNT],
        "labels": [{"name": f"owner:{author['login']}"}, {"name": "size/S"}],
        "files": [{"filename": f"home/{author['login']}/notes.md"}],
        "head": {"ref": f"{author['login']}/feature", "sha": f"{number:040x}"},
        "base": {"ref": "main", "repo": {"full_name": REPO}},
        "created_at": f"2026-06-{day:02}T08:00:00Z",
        "updated_at": f"2026-06-{day:02}T12:00:00Z",
        "merged_at": f"2026-06-{day:02}T12:00:00Z",
        "closed_at": f"2026-06-{day:02}T12:00:00Z",
        "merge_commit_sha": f"{number + 100:040x}",
        "additions": 5,
        "deletions": 5,
    } | more


def review(number: int, pull_number: int, reviewer: Json, day: int) -> Json:
    return {
        "id": number,
        "user": reviewer,
        "body": "Thanks, Qzx Alpha!",
        "state": "APPROVED",
        "pull_request_url": f"https://api.github.com/repos/{REPO}/pulls/{pull_number}",
        "submitted_at": f"2026-06-{day:02}T11:00:00Z",
    }


def commit(number: int, day: int) -> Json:
    who = {"name": "Qzx Alpha", "email": ALPHA[2], "date": f"2026-06-{day:02}T07:00:00Z"}
    merged_by = {"name": "Qzx Beta", "email": BETA[2], "date": f"2026-06-{day:02}T07:30:00Z"}
    return {
        "sha": f"{number:040x}",
        "html_url": f"https://github.com/{REPO}/commit/{number:040x}",
        "commit": {"author": who, "committer": merged_by, "message": "Qzx Alpha wrote this"},
        "author": ALPHA_ACCOUNT,
        "committer": BETA_ACCOUNT,
        "pull_number": number,
    }


def workflow_run(number: int, day: int) -> Json:
    return {
        "id": number,
        "name": "nightly of qzxalpha",
        "event": "push",
        "head_branch": "qzxalpha/feature",
        "head_sha": f"{number:040x}",
        "status": "completed",
        "conclusion": "success",
        "html_url": f"https://github.com/{REPO}/actions/runs/{number}?actor=qzxalpha",
        "repository": {"full_name": REPO},
        "actor": ALPHA_ACCOUNT,
        "created_at": f"2026-06-{day:02}T08:00:00Z",
        "updated_at": f"2026-06-{day:02}T08:10:00Z",
    }


def job(number: int, day: int) -> Json:
    return {
        "id": number,
        "run_id": number,
        "name": "qzxalpha's job",
        "status": "completed",
        "conclusion": "success",
        "labels": ["self-hosted", "qzxalpha-laptop"],
        "created_at": f"2026-06-{day:02}T08:00:00Z",
        "started_at": f"2026-06-{day:02}T08:01:00Z",
        "completed_at": f"2026-06-{day:02}T08:09:00Z",
    }


def deployment(number: int, environment: str, day: int) -> Json:
    return {
        "id": number,
        "sha": f"{number + 100:040x}",
        "repository_url": f"https://api.github.com/repos/{REPO}",
        "environment": environment,
        "creator": ALPHA_ACCOUNT,
        "description": "by Qzx Alpha",
        "state": "success",
        "statuses": [{"state": "success", "createdAt": f"2026-06-{day:02}T13:00:00Z"}],
        "created_at": f"2026-06-{day:02}T12:30:00Z",
        "updated_at": f"2026-06-{day:02}T13:00:00Z",
    }


def ticket(number: int, day: int, **more: Any) -> Json:
    sent_by = {"address": GAMMA[2], "name": GAMMA[1]}
    return {
        "id": number,
        "url": f"https://example.zendesk.com/api/v2/tickets/{number}.json",
        "status": "solved",
        "subject": "Qzx Gamma cannot log in",
        "via": {"channel": "email", "source": {"from": sent_by}},
        "requester_id": 501,
        "assignee_id": 502,
        "tags": ["tool_github-actions", "vip_qzxgamma"],
        "created_at": f"2026-06-{day:02}T08:00:00Z",
        "updated_at": f"2026-06-{day:02}T10:00:00Z",
    } | more


def audit(number: int, ticket_number: int, author: int, hour: int, day: int) -> Json:
    said = {
        "id": number * 10,
        "type": "Comment",
        "public": True,
        "author_id": author,
        "body": "Dear Qzx Gamma,\nqzxalpha here.",
    }
    assigned = {"id": number * 10 + 1, "type": "Change", "field_name": "assignee_id"}
    return {
        "id": number,
        "ticket_id": ticket_number,
        "author_id": author,
        "created_at": f"2026-06-{day:02}T{hour:02}:00:00Z",
        "via": {"channel": "web"},
        "events": [said, assigned | {"value": "502", "previous_value": "501"}],
    }


def user(number: int, login: str, name: str, mail: str, role: str) -> Json:
    stamps = {"created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z"}
    person = {"id": number, "name": name, "email": mail, "alias": login, "phone": "+49 30 1234567"}
    return person | stamps | {"role": role, "user_fields": {"manager": "Qzx Alpha"}}


def rating(number: int, ticket_number: int, score: str, day: int) -> Json:
    at = f"2026-06-{day:02}T11:00:00Z"
    stamps = {"created_at": at, "updated_at": at}
    return {
        "id": number,
        "ticket_id": ticket_number,
        "score": score,
        "comment": "Qzx Alpha was great",
        "requester_id": 501,
        "assignee_id": 502,
    } | stamps


def deliveries() -> dict[str, list[Json | str]]:
    """Lines by the path of their file below the inbox."""
    days = range(1, 13)
    return {
        "github/pull_requests/1.ndjson": [
            *(pull(n, ALPHA_ACCOUNT, n) for n in days),
            pull(20, BOT_ACCOUNT, 20),
            pull(98, ALPHA_ACCOUNT, 9, created_at="when Qzx Beta had time"),
            '{"broken": "by qzxalpha',
        ],
        "github/pull_request_reviews/1.ndjson": [
            *(review(n, n, BETA_ACCOUNT, n) for n in days if n % 3),
            *(review(100 + n, n, ALPHA_ACCOUNT, n) for n in days),
            review(200, 3, BOT_ACCOUNT, 3),
        ],
        "github/pull_request_commits/1.ndjson": [commit(n, n) for n in days],
        "github/workflow_runs/1.ndjson": [workflow_run(n, n) for n in days],
        "github/workflow_jobs/1.ndjson": [job(n, n) for n in days],
        "github/deployments/1.ndjson": [
            *(deployment(n, "production", n) for n in days),
            deployment(99, "preview-qzxalpha", 9),
        ],
        "zendesk/tickets/qzxalpha.ndjson": [
            *(ticket(n, n) for n in days),
            ticket(97, 9, status="qzxalpha knows"),
        ],
        "zendesk/ticket_audits/1.ndjson": [
            *(audit(n, n, 502, 9, n) for n in days),
            *(audit(100 + n, n, 501, 10, n) for n in days),
        ],
        "zendesk/users/1.ndjson": [
            user(501, *GAMMA, "end-user"),
            user(502, *ALPHA, "agent"),
        ],
        "zendesk/satisfaction_ratings/1.ndjson": [
            *(rating(n, n, "good", n) for n in days),
            rating(96, 9, "as bad as Qzx Alpha", 9),
        ],
        "files/timesheets/1.csv": [
            "Engineer,Week,Offering,Hours",
            f"{ALPHA[2]},2026-06-01,hosted-ci,8",
            f"{BETA[2]},2026-06-08,hosted-ci,8",
        ],
        "files/desk/1.csv": [
            "Number,Opened,State,Assignee",
            *(f"T{n},2026-06-{n:02}T08:00:00Z,solved,Qzx Alpha" for n in days),
        ],
    }


def put(home: Path, files: dict[str, list[Json | str]]) -> None:
    """Write files into a home's inbox."""
    for name, lines in files.items():
        place = home / "inbox" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        place.write_text("\n".join(texts) + "\n", encoding="utf-8")


def build(home: Path) -> None:
    """Write the home."""
    (home / "plumbline.toml").write_text(SETTINGS, encoding="utf-8")
    put(home, deliveries())
