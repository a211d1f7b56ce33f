"""The columns of the conformed tables: what maps return and what the next stages read.

Holds names, types, required columns and keys. Allowed words, contracts and what happens to a
row are in `assets/conformed/<entity>.py`. Every conformed table also has the columns COMMON.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

INSTANT = pl.Datetime("us", "UTC")
COMMON: dict[str, pl.DataType] = {
    "source": pl.String(),
    "source_id": pl.String(),
    "url": pl.String(),
    "updated_at": INSTANT,
    "ingested_at": INSTANT,  # when any version of the record was first seen
}


@dataclass(frozen=True)
class Shape:
    """Columns with their types, those never null, those that identify a row, and its beginning."""

    columns: Mapping[str, pl.DataType]
    required: tuple[str, ...]
    key: tuple[str, ...]
    entered_at: str | None = None  # when a row begins; a span of monitoring counts when it ends

    @property
    def table(self) -> dict[str, pl.DataType]:
        """All columns of the table, in order."""
        return {**self.columns, **COMMON}


def _columns(
    text: str = "",
    instants: str = "",
    integers: str = "",
    decimals: str = "",
    booleans: str = "",
    lists: str = "",
    dates: str = "",
) -> dict[str, pl.DataType]:
    kinds: list[tuple[str, pl.DataType]] = [
        (text, pl.String()),
        (instants, INSTANT),
        (dates, pl.Date()),
        (integers, pl.Int64()),
        (decimals, pl.Float64()),
        (booleans, pl.Boolean()),
        (lists, pl.List(pl.String())),
    ]
    return {name: dtype for names, dtype in kinds for name in names.split()}


SHAPES: dict[str, Shape] = {
    "pipeline_runs": Shape(
        _columns(
            text="run_id repo workflow status branch_kind commit_sha trigger tool actor_kind",
            instants="queued_at started_at finished_at",
            integers="attempt",
        ),
        required=("run_id", "repo", "workflow", "queued_at", "status"),
        key=("run_id",),
        entered_at="queued_at",
    ),
    "pipeline_jobs": Shape(
        _columns(
            text="job_id run_id name status tool runner",
            instants="queued_at started_at finished_at",
        ),
        required=("job_id", "run_id", "name", "status"),
        key=("job_id",),
        entered_at="queued_at",
    ),
    "changes": Shape(
        _columns(
            text="change_id repo author_kind merge_sha head_sha reverts_change_id",
            instants="opened_at ready_at first_review_at approved_at merged_at closed_at",
            integers="number lines_changed files_changed",
            booleans="is_reviewed_independently",
            lists="labels paths",
        ),
        required=("change_id", "repo", "opened_at"),
        key=("change_id",),
        entered_at="opened_at",
    ),
    "commits": Shape(
        _columns(
            text="sha repo change_id author_kind",
            instants="authored_at committed_at",
            integers="lines_changed",
            booleans="is_on_default_branch",
            lists="parent_shas",
        ),
        required=("sha", "repo", "authored_at"),
        key=("repo", "sha"),
        entered_at="authored_at",
    ),
    "deployments": Shape(
        _columns(
            text="deployment_id service environment environment_kind status repo release_id "
            "commit_sha fixes_deployment_id",
            instants="created_at started_at finished_at",
            booleans="is_rollback is_unplanned",
        ),
        # GitHub and many others name no service: it follows from the repo, else is unassigned.
        required=("deployment_id", "environment", "environment_kind", "status"),
        key=("deployment_id",),
        entered_at="created_at",
    ),
    "deployment_changes": Shape(
        _columns(text="deployment_id change_id link_rule"),
        required=("deployment_id", "change_id", "link_rule"),
        key=("deployment_id", "change_id", "link_rule"),
    ),
    "incidents": Shape(
        _columns(
            text="incident_id service status severity cause caused_by_deployment_id duplicate_of",
            instants="opened_at detected_at acknowledged_at mitigated_at resolved_at",
            booleans="has_postmortem",
        ),
        required=("incident_id", "opened_at", "status"),
        key=("incident_id",),
        entered_at="opened_at",
    ),
    "tickets": Shape(
        _columns(
            text="ticket_id status customer service requester_group channel kind priority "
            "offering tool",
            instants="created_at due_at",
            decimals="handle_minutes",
            booleans="is_spam is_merged",
        ),
        required=("ticket_id", "created_at", "status"),
        key=("ticket_id",),
        entered_at="created_at",
    ),
    "ticket_events": Shape(
        # A summary tells the first reply and the last solution, and nothing of what lay between.
        _columns(text="ticket_id kind actor_kind value", instants="at", booleans="is_summary"),
        required=("ticket_id", "at", "kind"),
        key=("ticket_id", "at", "kind"),
        entered_at="at",
    ),
    "ticket_ratings": Shape(
        _columns(
            text="ticket_id",
            instants="offered_at answered_at",
            decimals="score scale_low scale_high",
            booleans="is_good",
        ),
        required=("ticket_id", "offered_at"),
        key=("ticket_id", "offered_at"),
        entered_at="offered_at",
    ),
    "security_findings": Shape(
        _columns(
            text="finding_id severity status repo service",
            instants="opened_at fixed_at dismissed_at",
        ),
        required=("finding_id", "severity", "opened_at", "status"),
        key=("finding_id",),
        entered_at="opened_at",
    ),
    "service_levels": Shape(
        _columns(text="service indicator", instants="from_at to_at", decimals="good total"),
        required=("service", "indicator", "from_at", "to_at", "good", "total"),
        key=("service", "indicator", "from_at"),
        entered_at="to_at",
    ),
    "effort": Shape(
        _columns(text="offering customer kind", dates="week_on", decimals="hours"),
        required=("offering", "week_on", "hours"),
        key=("offering", "customer", "kind", "week_on"),
        entered_at="week_on",
    ),
    "source_coverage": Shape(
        _columns(
            text="source entity scope reason",
            instants="from_at to_at",
            integers="announced received",
            booleans="is_complete",
        ),
        required=("source", "entity", "from_at", "to_at", "is_complete"),
        key=("entity", "scope", "from_at"),
        entered_at="from_at",
    ),
}
