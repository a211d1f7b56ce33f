"""Reference tables: whom is served, what they own, by which hours and targets.

All rows come from `plumbline.toml`, all are dated; which row holds on which day is decided
where events are matched. What is nested in the file (hours, holidays) is JSON text here.
"""

import json
from collections.abc import Iterable
from typing import Any

import dagster as dg
import polars as pl
from pydantic import BaseModel

from assets.home import Home

_NAMED: dict[str, pl.DataType] = {
    "id": pl.String(),
    "name": pl.String(),
    "valid_from": pl.Date(),
}


@dg.asset
def conformed_segments(home: Home) -> pl.DataFrame:
    """Kinds of customers: what they were promised, and how much each promise matters (1–5)."""
    return _table(
        home.configuration.segments,
        {**_NAMED, "calendar": pl.String(), "stance": pl.String(), "importance": pl.String()},
    )


@dg.asset
def conformed_customers(home: Home) -> pl.DataFrame:
    """Teams and business units that use the service, each in a segment."""
    return _table(
        home.configuration.customers, {**_NAMED, "segment": pl.String(), "stance": pl.String()}
    )


@dg.asset
def conformed_services(home: Home) -> pl.DataFrame:
    """What is deployed and can have an incident, with its repos."""
    return _table(home.configuration.services, {**_NAMED, "repos": pl.List(pl.String())})


@dg.asset
def conformed_repos(home: Home) -> pl.DataFrame:
    """Repositories that differ from the defaults of `[rules]`."""
    return _table(
        home.configuration.repos,
        {
            "id": pl.String(),
            "default_branch": pl.String(),
            "is_deployable": pl.Boolean(),
            "valid_from": pl.Date(),
        },
    )


@dg.asset
def conformed_offerings(home: Home) -> pl.DataFrame:
    """What the team supports, with the tools whose runs and tickets belong to it."""
    return _table(
        home.configuration.offerings,
        {**_NAMED, "tools": pl.List(pl.String()), "is_mandated": pl.Boolean()},
    )


@dg.asset
def conformed_ownership(home: Home) -> pl.DataFrame:
    """What belongs to which customer, from when until when (inclusive)."""
    return _table(
        home.configuration.ownership,
        {
            "customer": pl.String(),
            "kind": pl.String(),
            "match": pl.String(),
            "valid_from": pl.Date(),
            "valid_to": pl.Date(),
        },
    )


@dg.asset
def conformed_calendars(home: Home) -> pl.DataFrame:
    """Opening hours, with `weekly`, `holidays` and `exceptions` as JSON."""
    return _table(
        home.configuration.calendars,
        {
            "id": pl.String(),
            "time_zone": pl.String(),
            "weekly": pl.String(),
            "holidays": pl.String(),
            "exceptions": pl.String(),
            "valid_from": pl.Date(),
        },
    )


@dg.asset
def conformed_targets(home: Home) -> pl.DataFrame:
    """What of a KPI is poor, on target, excellent; segment "" is the scale common to all."""
    return _table(
        home.configuration.targets,
        {
            "segment": pl.String(),
            "kpi": pl.String(),
            "statistic": pl.String(),
            "poor": pl.Float64(),
            "target": pl.Float64(),
            "excellent": pl.Float64(),
            "weight": pl.Float64(),
            "valid_from": pl.Date(),
        },
    )


def _table(rows: Iterable[BaseModel], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Rows of the configuration in these columns; what is nested becomes JSON text."""
    values = [
        {name: _flat(getattr(row, name), dtype) for name, dtype in schema.items()} for row in rows
    ]
    return pl.DataFrame(values, schema=schema)


def _flat(value: Any, dtype: pl.DataType) -> Any:  # noqa: ANN401
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    if isinstance(dtype, pl.List):
        return list(value)
    is_nested = isinstance(value, dict | tuple)
    return json.dumps(value, default=_plain) if is_nested else value


def _plain(value: Any) -> Any:  # noqa: ANN401
    return value.model_dump(mode="json")
