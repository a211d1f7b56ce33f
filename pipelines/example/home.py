"""Writes the example company's home: its inbox, its configuration and what was planted in it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl

from pipelines.example import (
    canonical,
    findings,
    payloads_changes,
    payloads_ci,
    payloads_deployments,
    payloads_incidents,
    payloads_support,
    reliability,
)
from pipelines.example.configuration import as_toml
from pipelines.example.delivery import deliver
from pipelines.example.truths import truths

FEEDS: dict[tuple[str, str], Callable[[], pl.DataFrame]] = {
    ("github", "workflow_runs"): payloads_ci.workflow_runs,
    ("github", "workflow_jobs"): payloads_ci.workflow_jobs,
    ("github", "pull_requests"): payloads_changes.pull_requests,
    ("github", "pull_request_reviews"): payloads_changes.pull_request_reviews,
    ("github", "pull_request_commits"): payloads_changes.pull_request_commits,
    ("github", "commits"): payloads_changes.commits_of_trunk,
    ("github", "deployments"): payloads_deployments.github_deployments,
    ("github", "deployment_statuses"): payloads_deployments.deployment_statuses,
    ("pagerduty", "incidents"): payloads_incidents.pagerduty_incidents,
    ("pagerduty", "log_entries"): payloads_incidents.pagerduty_log_entries,
    ("statuspage", "incidents"): payloads_incidents.status_page_incidents,
    ("zendesk", "tickets"): payloads_support.zendesk_tickets,
    ("zendesk", "ticket_audits"): payloads_support.ticket_audits,
    ("zendesk", "satisfaction_ratings"): payloads_support.satisfaction_ratings,
    ("zendesk", "organizations"): payloads_support.organizations,
    ("zendesk", "groups"): payloads_support.groups,
    ("zendesk", "users"): payloads_support.users,
    ("canonical", "pipeline_runs"): canonical.pipeline_runs,
    ("canonical", "security_findings"): findings.security_findings,
    ("canonical", "service_levels"): reliability.service_levels,
    ("canonical", "effort"): canonical.effort,
}

README = """\
The example company: a home made by `plumbline demo` from a fixed seed. It does not exist.

`inbox/` holds what its systems delivered, `plumbline.toml` whom it serves and what it promised,
`truths.json` what was planted in the records: for each truth the expected value, how it was
planted, and which KPI, scope and period should recover it.
"""


def write(home: Path) -> None:
    """Write the example's inbox, `plumbline.toml`, `truths.json` and README into a folder.

    An inbox that is there is replaced; warehouse and editions are left alone. The same code writes
    the same bytes every time.
    """
    home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(home / "inbox", ignore_errors=True)
    for (system, entity), payloads in FEEDS.items():
        deliver(home / "inbox", system, entity, payloads())
    (home / "plumbline.toml").write_text(as_toml(), encoding="utf-8")
    (home / "truths.json").write_text(json.dumps(truths(), indent=2) + "\n", encoding="utf-8")
    (home / "README.md").write_text(README, encoding="utf-8")
