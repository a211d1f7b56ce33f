"""The records that the rules of all tools read, and the cells that their numbers belong to.

Made once per run from conformed tables and facts, so that every tool sees the same data. What a
tool's own connectors would have dropped or never collected is not imitated.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from assets.facts.ownership import identified
from assets.facts.releases import in_sequence, line, with_service
from assets.facts.scope_sets import with_scope_set
from assets.kpis.periods import local_day

# What a cell is called by, and the number that stands for it while there are many rows.
KEY = ("scope_kind", "scope", "period_start_on")
CELL = "cell"
MINUTE, HOUR = 60.0, 3_600.0
TABLES = (
    "conformed_deployments",
    "conformed_incidents",
    "conformed_changes",
    "conformed_commits",
    "conformed_services",
    "conformed_ownership",
    "fact_scope_sets",
    "fact_releases",
    "fact_change_lead_time",
)


@dataclass(frozen=True)
class Grid:
    """The cells to fill.

    `cells` has `cell`, `KEY` and `period_end_on`; `members` has `scope_set, scope_kind, scope`.
    """

    cells: pl.DataFrame
    members: pl.DataFrame
    zone: str

    @property
    def days(self) -> pl.DataFrame:
        """`period_start_on, day`: every day of every quarter."""
        quarters = self.cells.select("period_start_on", "period_end_on").unique()
        return quarters.select(
            "period_start_on", day=pl.date_ranges("period_start_on", "period_end_on")
        ).explode("day")

    @property
    def lengths(self) -> pl.LazyFrame:
        """`cell, days`: how many days its quarter has."""
        days = (pl.col("period_end_on") - pl.col("period_start_on")).dt.total_days() + 1
        return self.cells.lazy().select(CELL, days=days)

    def placed(self, events: pl.LazyFrame, at: str) -> pl.LazyFrame:
        """Events with their cells: `cell`, `period_start_on` and the local `day` of instant `at`.

        An event stands once in every scope it counts for; one without instant stands nowhere.
        """
        places = self.cells.select(CELL, *KEY).join(self.members, on=["scope_kind", "scope"])
        return (
            events.filter(pl.col(at).is_not_null())
            .with_columns(local_day(pl.col(at), self.zone))
            .join(self.days.lazy(), on="day")
            .join(
                places.lazy().select("scope_set", "period_start_on", CELL),
                on=["scope_set", "period_start_on"],
            )
        )

    def per_week(self, counts: pl.LazyFrame, first_weekday: int = 1) -> pl.LazyFrame:
        """One row per cell and week, weeks without events too: `cell, week, count`.

        `counts` has `cell, day, count`. Weeks that a quarter cuts count in both, as in a dashboard
        of a quarter. `first_weekday` is 1 for Monday, 7 for Sunday.
        """
        week = week_of("day", first_weekday)
        weeks = self.days.lazy().select("period_start_on", week=week).unique()
        counted = counts.group_by(CELL, week=week).agg(pl.col("count").sum())
        return (
            self.cells.lazy()
            .select(CELL, "period_start_on")
            .join(weeks, on="period_start_on")
            .join(counted, on=[CELL, "week"], how="left")
            .with_columns(pl.col("count").fill_null(0))
        )


def week_of(day: str, first_weekday: int) -> pl.Expr:
    """The first day of the week that a date is in."""
    late = pl.duration(days=(8 - first_weekday) % 7)
    return (pl.col(day) + late).dt.truncate("1w") - late


@dataclass(frozen=True)
class Records:
    """What happened, as every tool would have been told.

    `deployments`: one row per record, of any environment and status, with `line` (its service),
    `is_production`, `is_success` and `began_at`. `sequence`: successful production releases in
    order (`in_sequence`). `incidents`: every one, duplicates too. `changes`: merged ones, with
    `change_id`. `commits`: those of deployed changes, with number (`change`), `deployed_at` and
    scope of their change.
    """

    grid: Grid
    deployments: pl.LazyFrame
    sequence: pl.LazyFrame
    incidents: pl.LazyFrame
    changes: pl.LazyFrame
    commits: pl.LazyFrame

    @property
    def deployed(self) -> pl.LazyFrame:
        """Successful production deployments."""
        return self.deployments.filter("is_production", "is_success")

    @property
    def resolved(self) -> pl.LazyFrame:
        """Incidents that were resolved, with `open_seconds` from opened to resolved."""
        return self.incidents.drop_nulls("resolved_at").with_columns(
            open_seconds=seconds("opened_at", "resolved_at")
        )


def seconds(start: str, end: str) -> pl.Expr:
    """Elapsed seconds between two columns."""
    return (pl.col(end) - pl.col(start)).dt.total_microseconds() / 1e6


def records_of(tables: Mapping[str, pl.LazyFrame], grid: Grid) -> Records:
    """The records of a run, from `TABLES`; made here once, as every rule reads them."""
    changes = _made(_changes(tables))
    shipped = (
        changes.drop_nulls("deployed_at")
        .select("change_id", "repo", "scope_set", "deployed_at")
        .with_row_index("change")
    )
    commits = tables["conformed_commits"].select(
        "change_id",
        "authored_at",
        "committed_at",
        is_merge=(pl.col("parent_shas").list.len() > 1).fill_null(False),
    )
    return Records(
        grid=grid,
        deployments=_made(_deployments(tables)),
        sequence=_made(_sequence(tables)),
        incidents=_made(_incidents(tables)),
        changes=changes,
        commits=_made(commits.join(shipped, on="change_id").drop("change_id")),
    )


def _made(frame: pl.LazyFrame) -> pl.LazyFrame:
    return frame.collect().lazy()


def _located(tables: Mapping[str, pl.LazyFrame], table: str, at: str) -> pl.LazyFrame:
    named = identified(tables[table], tables["conformed_services"], tables["conformed_ownership"])
    return with_scope_set(named, at, tables["fact_scope_sets"])


def _deployments(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    located = _located(tables, "conformed_deployments", "created_at")
    return with_service(located, tables["conformed_services"]).select(
        "deployment_id",
        "scope_set",
        "repo",
        "status",
        "commit_sha",
        "finished_at",
        line(),
        is_production=pl.col("environment_kind") == "production",
        is_success=pl.col("status") == "success",
        began_at=pl.coalesce("started_at", "created_at"),
    )


def _sequence(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    return in_sequence(tables["fact_releases"]).select(
        "event_id",
        "scope_set",
        "line",
        "repo",
        "position",
        "restores_position",
        "entered_at",
        "finished_at",
        "is_flagged_unplanned",
    )


def _incidents(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    return _located(tables, "conformed_incidents", "opened_at").select(
        "incident_id",
        "scope_set",
        "service",
        "opened_at",
        "resolved_at",
        "caused_by_deployment_id",
    )


def _changes(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    reverts = tables["conformed_changes"].select("change_id", "reverts_change_id")
    source = pl.concat_str("source", pl.lit("/"))
    return (
        tables["fact_change_lead_time"]
        .filter("is_merged")
        .select(
            "scope_set",
            "repo",
            "first_commit_at",
            "opened_at",
            "first_review_at",
            "approved_at",
            "merged_at",
            "deployed_at",
            change_id=pl.col("event_id").str.strip_prefix(source),
        )
        .join(reverts, on="change_id", how="left")
    )
