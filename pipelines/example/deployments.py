"""Deployments: planned releases with their replicas, staging and failed attempts, and remedies.

Each deployment has an `id` as GitHub gives it; `deployment_of_release` finds the first production
deployment of a release, which incidents and fixes name.
"""

from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.example import names
from pipelines.example.changes import changes
from pipelines.example.releases import MODES, releases
from pipelines.example.world import AS_OF_S, MINUTE, rng

FIRST_ID = 2_000_000_001
# services that run in three regions, one deployment each
REPLICATED = ("search-api", "checkout-api", "identity-provider")
STAGED_SHARE, FAILED_SHARE = 0.2, 0.045
PLANNED, REPLICA, ATTEMPT, STAGING, ROLLBACK, FIX = range(6)


@lru_cache(maxsize=1)
def deployments() -> pl.DataFrame:
    """All deployments created before AS_OF, by creation.

    `id, release, kind, service_name, repo_name, sha, created_s, started_s, finished_s, is_success,
    environment, release_id, fixes` (an id).
    """
    planned = _planned()
    parts = [planned, _replicas(planned), _attempts(planned), _staged(planned), _remedies(planned)]
    frame = (
        pl.concat(parts, how="diagonal")
        .filter(pl.col("created_s") < AS_OF_S)
        .sort("created_s", "release", "kind", "environment", maintain_order=True)
        .with_row_index("id", offset=FIRST_ID)
        .with_columns(
            pl.col("id").cast(pl.Int64),
            pl.when(pl.col("started_s") < AS_OF_S).then("started_s"),
            pl.when(pl.col("finished_s") < AS_OF_S).then("finished_s"),
        )
    )
    first = frame.filter(pl.col("kind") == PLANNED).select("release", mended="id")
    names_it = (pl.col("kind") == FIX) & (pl.col("mode") == MODES.index("fix_names_it"))
    return frame.join(first, on="release", how="left", maintain_order="left").with_columns(
        fixes=pl.when(names_it).then("mended")
    )


def deployment_of_release() -> pl.DataFrame:
    """`release, deployment`: the id that incidents name."""
    planned = deployments().filter(pl.col("kind") == PLANNED)
    return planned.select("release", deployment="id")


def _planned() -> pl.DataFrame:
    """The deployments that made the releases, each of the train's last merge."""
    generator = rng("deployments")
    last = (
        changes()
        .filter(pl.col("merged_s").is_not_null())
        .sort("merged_s", maintain_order=True)
        .group_by("train", maintain_order=True)
        .agg(sha=pl.col("merge_sha").last())
    )
    frame = releases().join(last, on="train", maintain_order="left")
    takes = generator.uniform(3, 20, frame.height) * MINUTE
    created = frame["finish_s"] - pl.Series(takes.astype(np.int64))
    return frame.select(
        "release", "service", "mode", "service_name", "repo_name", "sha", "remedied_s", "shows_s",
        "is_rolled_back", "gap_s",
        finished_s="finish_s", created_s=created, started_s=created + 40,
        is_success=pl.lit(True),
        kind=pl.lit(PLANNED),
        environment=pl.when(pl.col("service_name").is_in(REPLICATED))
        .then(pl.lit("prod-eu-1")).otherwise(pl.lit("production")),
        release_id=pl.format("{}-{}", "service_name", "release"),
        before_sha=pl.col("sha").shift(1).over("service"),
        draw=pl.Series(generator.random(frame.height)),
    ).with_columns(is_staged=pl.Series(generator.random(frame.height) < STAGED_SHARE))  # fmt: skip


def _replicas(planned: pl.DataFrame) -> pl.DataFrame:
    """The same release in the other two regions, a little later."""
    replicated = planned.filter(pl.col("service_name").is_in(REPLICATED))
    return pl.concat(
        _moved(replicated, minutes * MINUTE).with_columns(
            kind=pl.lit(REPLICA), environment=pl.lit(region)
        )
        for region, minutes in (("prod-eu-2", 6), ("prod-us-1", 11))
    )


def _attempts(planned: pl.DataFrame) -> pl.DataFrame:
    """Pipelines that failed to deploy, shortly before the one that did."""
    return _moved(planned.filter(pl.col("draw") < FAILED_SHARE), -15 * MINUTE).with_columns(
        kind=pl.lit(ATTEMPT),
        is_success=pl.lit(False),
        finished_s=pl.col("created_s") + 6 * MINUTE,
        release_id=pl.col("release_id") + "-first-try",
    )


def _staged(planned: pl.DataFrame) -> pl.DataFrame:
    """What was tried in staging first."""
    return _moved(planned.filter("is_staged"), -30 * MINUTE).with_columns(
        kind=pl.lit(STAGING), environment=pl.lit("staging")
    )


def _remedies(planned: pl.DataFrame) -> pl.DataFrame:
    """Rollbacks (the commit before, again) and fixes (a commit of their own)."""
    frame = planned.filter(pl.col("remedied_s").is_not_null())
    own = pl.Series(names.hashes(rng("fixes"), frame.height))
    created = pl.max_horizontal(pl.col("remedied_s") - 6 * MINUTE, pl.col("shows_s") + 60)
    return frame.with_columns(
        kind=pl.when("is_rolled_back").then(ROLLBACK).otherwise(FIX),
        sha=pl.when("is_rolled_back").then("before_sha").otherwise(own),
        release_id=pl.col("release_id") + "-fix",
        created_s=created,
        started_s=created + 30,
        finished_s=pl.col("remedied_s"),
    )


def _moved(frame: pl.DataFrame, seconds: int) -> pl.DataFrame:
    return frame.with_columns(pl.col("created_s", "started_s", "finished_s") + seconds)
