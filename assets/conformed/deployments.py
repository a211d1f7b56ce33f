"""Deployments of a service to an environment, one row per attempt.

Replicas of one release share `release_id`; what a release contains is in
`assets.conformed.deployment_changes`.
"""

import polars as pl

from assets.configuration import Configuration
from assets.conformed.assembly import asset_of
from assets.conformed.entity import Entity, TakenBack
from assets.raw.feed import matches_glob


def with_environment_kind(rows: pl.LazyFrame, configuration: Configuration) -> pl.LazyFrame:
    """Fill `environment_kind` where the source does not give it, by the globs of `[rules]`."""
    rules = configuration.rules
    environment = pl.col("environment")
    by_name = (
        pl.when(matches_glob(environment, rules.production_environments))
        .then(pl.lit("production"))
        .when(matches_glob(environment, rules.staging_environments))
        .then(pl.lit("staging"))
        .when(matches_glob(environment, rules.test_environments))
        .then(pl.lit("test"))
        .when(environment.is_not_null())
        .then(pl.lit("other"))
    )
    return rows.with_columns(environment_kind=pl.coalesce("environment_kind", by_name))


ENTITY = Entity(
    name="deployments",
    words={
        "status": ("success", "failure", "cancelled", "running"),
        "environment_kind": ("production", "staging", "test", "other"),
    },
    rules={
        "finished_before_started": pl.col("finished_at") < pl.col("started_at"),
        "finished_before_created": pl.col("finished_at") < pl.col("created_at"),
    },
    taken_back=(TakenBack("finished_at", "status", pl.lit("running")),),
    derive=with_environment_kind,
)

EXPECTATIONS = {ENTITY.table: ENTITY.expectations}

conformed_deployments = asset_of(ENTITY)
