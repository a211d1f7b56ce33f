"""Builders of conformed rows: what a test does not name is null, as a source leaves it."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from assets.facts.releases import releases, with_service
from assets.schema import SHAPES

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def _at(hours):
    return None if hours is None else MONDAY + timedelta(hours=hours)


def _conformed(entity, *rows):
    schema = SHAPES[entity].table
    common = {"source": "s", "scope_set": 1}
    full = [
        dict.fromkeys(schema) | common | {"source_id": str(number)} | row
        for number, row in enumerate(rows)
    ]
    return pl.LazyFrame(full, schema={**schema, "scope_set": pl.UInt32})


def _released(*deployments, services=()):
    usual = {
        "service": "shop",
        "environment": "prod",
        "environment_kind": "production",
        "status": "success",
        "repo": "acme/shop",
    }
    frame = _conformed("deployments", *(usual | row for row in deployments))
    owners = pl.LazyFrame(list(services), schema={"id": pl.String, "repos": pl.List(pl.String)})
    return releases(with_service(frame, owners))


@pytest.fixture(scope="session")
def at():
    """The instant so many hours after a Monday's midnight."""
    return _at


@pytest.fixture(scope="session")
def conformed():
    """`conformed("incidents", {...}, {...})`: a frame with all columns of the table."""
    return _conformed


@pytest.fixture(scope="session")
def released():
    """Releases of the deployments given, by default successful ones of one service."""
    return _released
