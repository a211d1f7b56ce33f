"""Deployments of one release, put together: replicas are one release, staging is none.

Holds what a release is and in which order releases followed each other. Whether one failed is
judged in `assets.facts.failures`.
"""

import dagster as dg
import polars as pl

from assets.facts.ownership import identified
from assets.facts.scope_sets import UNASSIGNED, with_scope_set

KEY = ["line", "release"]


def releases(deployments: pl.LazyFrame) -> pl.LazyFrame:
    """One row per production release: `event_id`, its deployments, when it came and how it ended.

    A release succeeded as soon as one of its deployments did; then it finished. Deployments of
    one `line` that share a `release_id` are replicas; without one each deployment is a release.
    """
    succeeded, running = (pl.col("status") == word for word in ("success", "running"))
    finished_well = pl.col("finished_at").filter(succeeded).min()
    return (
        deployments.filter(pl.col("environment_kind") == "production")
        .with_columns(line(), release=pl.coalesce("release_id", "deployment_id"))
        .sort("created_at", "deployment_id")
        .group_by(KEY, maintain_order=True)
        .agg(
            pl.first("source", "url", "service", "environment", "scope_set"),
            pl.col("repo", "fixes_deployment_id").drop_nulls().first(),
            deployment_ids=pl.col("deployment_id"),
            commit_sha=pl.coalesce(
                pl.col("commit_sha").filter(succeeded).drop_nulls().first(),
                pl.col("commit_sha").drop_nulls().first(),
            ),
            created_at=pl.coalesce("created_at", "started_at", "finished_at").min(),
            finished_at=pl.coalesce(finished_well, pl.col("finished_at").max()),
            is_success=succeeded.any(),
            is_running=running.any() & succeeded.any().not_(),
            is_cancelled=(pl.col("status") == "cancelled").all(),
            is_flagged_rollback=pl.col("is_rollback").any(),
            is_flagged_unplanned=pl.col("is_unplanned").any(),
        )
        .with_columns(
            event_id=pl.concat_str("line", "release", separator="/"),
            entered_at=pl.coalesce("finished_at", "created_at"),
        )
        .drop("release")
    )


def line() -> pl.Expr:
    """What releases follow each other in: the service; without one, the repo.

    Repos that belong to no service have nothing in common, so their releases must not be linked.
    """
    alone = pl.format("{}:{}", pl.lit(UNASSIGNED), pl.col("repo").fill_null(""))
    return pl.when(pl.col("service") != UNASSIGNED).then("service").otherwise(alone).alias("line")


def with_service(deployments: pl.LazyFrame, services: pl.LazyFrame) -> pl.LazyFrame:
    """Fills a missing `service` with the one that the repo belongs to.

    A repo of several services or of none makes the service `unassigned`: choosing one would
    invent a link between its releases and the incidents of that service.
    """
    owner = (
        services.select("id", repo="repos")
        .explode("repo")
        .unique()
        .group_by("repo")
        .agg(owner=pl.when(pl.col("id").n_unique() == 1).then(pl.col("id").first()))
    )
    return (
        deployments.join(owner, on="repo", how="left")
        .with_columns(service=pl.coalesce("service", "owner", pl.lit(UNASSIGNED)))
        .drop("owner")
    )


def in_sequence(releases: pl.LazyFrame) -> pl.LazyFrame:
    """Successful releases in the order in which they finished, numbered per line.

    Adds `position`, `restores_position` (the last earlier release of the same commit, if another
    commit was released between: an earlier commit redeployed) and `previous_position`.
    """
    same_commit = ["line", "commit_sha"]
    return (
        releases.filter(pl.col("is_success"))
        .sort("line", "entered_at", "event_id")
        .with_columns(position=pl.int_range(pl.len()).over("line"))
        .with_columns(
            earlier=pl.when(pl.col("commit_sha").is_not_null()).then(
                pl.col("position").shift(1).over(same_commit)
            )
        )
        .with_columns(
            restores_position=pl.when(pl.col("position") - pl.col("earlier") > 1).then("earlier")
        )
        .drop("earlier")
    )


def position_of(event: pl.LazyFrame, instant: str, sequence: pl.LazyFrame) -> pl.LazyFrame:
    """Adds to each row the last release of its `line` that finished before `instant`.

    Columns added: `release_event_id`, `release_entered_at`; null where there is none.
    """
    earlier = sequence.select(
        "line", release_event_id="event_id", release_entered_at="entered_at"
    ).sort("release_entered_at", "release_event_id")
    return event.sort(instant).join_asof(
        earlier,
        left_on=instant,
        right_on="release_entered_at",
        by="line",
        strategy="backward",
        allow_exact_matches=False,
        check_sortedness=False,
    )


@dg.asset
def fact_releases(
    conformed_deployments: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
) -> pl.LazyFrame:
    """Production deployments put together to releases."""
    located = with_scope_set(
        identified(conformed_deployments, conformed_services, conformed_ownership),
        "created_at",
        fact_scope_sets,
    )
    return releases(with_service(located, conformed_services))
