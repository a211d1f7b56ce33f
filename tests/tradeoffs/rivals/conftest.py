"""Records of one service in one quarter, written by the hour of its first day."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from assets.tradeoffs.rivals.records import Grid, Records

START = datetime(2026, 4, 1, tzinfo=UTC)
INSTANT = pl.Datetime("us", "UTC")
QUARTER = {"period_start_on": date(2026, 4, 1), "period_end_on": date(2026, 6, 30)}
WHOLE = {"scope_kind": "organisation", "scope": "organisation"}
DEPLOYMENT = {
    "deployment_id": pl.String,
    "scope_set": pl.UInt32,
    "repo": pl.String,
    "status": pl.String,
    "commit_sha": pl.String,
    "finished_at": INSTANT,
    "line": pl.String,
    "is_production": pl.Boolean,
    "is_success": pl.Boolean,
    "began_at": INSTANT,
}
RELEASE = {
    "event_id": pl.String,
    "scope_set": pl.UInt32,
    "line": pl.String,
    "repo": pl.String,
    "position": pl.Int64,
    "restores_position": pl.Int64,
    "entered_at": INSTANT,
    "finished_at": INSTANT,
    "is_flagged_unplanned": pl.Boolean,
}
INCIDENT = {
    "incident_id": pl.String,
    "scope_set": pl.UInt32,
    "service": pl.String,
    "opened_at": INSTANT,
    "resolved_at": INSTANT,
    "caused_by_deployment_id": pl.String,
}
CHANGE = {
    "change_id": pl.String,
    "scope_set": pl.UInt32,
    "repo": pl.String,
    "first_commit_at": INSTANT,
    "opened_at": INSTANT,
    "first_review_at": INSTANT,
    "approved_at": INSTANT,
    "merged_at": INSTANT,
    "deployed_at": INSTANT,
    "reverts_change_id": pl.String,
}
COMMIT = {
    "change": pl.UInt32,
    "scope_set": pl.UInt32,
    "repo": pl.String,
    "authored_at": INSTANT,
    "committed_at": INSTANT,
    "deployed_at": INSTANT,
    "is_merge": pl.Boolean,
}
SHOP = {"scope_set": 1, "repo": "acme/shop", "line": "shop", "service": "shop"}


def _frame(schema, rows, usual):
    """Rows with what is usual filled in; `…_at` may be given in hours since the start."""
    filled = []
    for number, row in enumerate(rows):
        known = {**SHOP, **usual(number), **row}
        filled.append({name: _instant(name, known.get(name)) for name in schema})
    return pl.LazyFrame(filled, schema=schema)


def _instant(name, value):
    is_hours = name.endswith("_at") and isinstance(value, int | float)
    return START + timedelta(hours=value) if is_hours else value


def _deployment(number):
    return {
        "deployment_id": f"d{number}",
        "status": "success",
        "commit_sha": f"sha{number}",
        "is_production": True,
        "is_success": True,
    }


def _records(deployments=(), releases=(), incidents=(), changes=(), commits=()):
    began = [{"began_at": row.get("finished_at"), **row} for row in deployments]
    finished = [{"finished_at": row.get("entered_at"), **row} for row in releases]
    return Records(
        grid=Grid(
            cells=pl.DataFrame([{"cell": 0, **WHOLE, **QUARTER}]),
            members=pl.DataFrame(
                [{"scope_set": 1, **WHOLE}], schema_overrides={"scope_set": pl.UInt32}
            ),
            zone="UTC",
        ),
        deployments=_frame(DEPLOYMENT, began, _deployment),
        sequence=_frame(
            RELEASE,
            finished,
            lambda n: {"event_id": f"r{n}", "position": n, "is_flagged_unplanned": False},
        ),
        incidents=_frame(INCIDENT, incidents, lambda n: {"incident_id": f"i{n}"}),
        changes=_frame(CHANGE, changes, lambda n: {"change_id": f"c{n}"}),
        commits=_frame(COMMIT, commits, lambda n: {"change": n, "is_merge": False}),
    )


@pytest.fixture(scope="session")
def records():
    """`records(incidents=[{"opened_at": 3}])`: what is not given is usual, or never happened."""
    return _records


@pytest.fixture(scope="session")
def number():
    """The value of the only cell that a rule gives for these records; None without a cell."""

    def value(rule, known):
        found = rule(known).collect()
        assert found.height <= 1
        return found.get_column("value").item() if found.height else None

    return value


@pytest.fixture(scope="session")
def hour():
    return 3_600.0


@pytest.fixture(scope="session")
def start():
    return START
