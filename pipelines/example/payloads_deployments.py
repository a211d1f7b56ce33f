"""GitHub deployments and their statuses, as the REST API gives them.

What GitHub does not know (service, release, what is remedied) stands in the `payload` that the
deploying workflow sets. A deployment that was superseded has an `inactive` status days later.
"""

import polars as pl

from pipelines.example import names
from pipelines.example.deployments import FIX, ROLLBACK, STAGING, deployments
from pipelines.example.payloads import API, KNOWN_AT, bot, iso, with_ids
from pipelines.example.world import AS_OF_S, DAY

STATUS_IDS_FROM = 6_000_000_001


def github_deployments() -> pl.DataFrame:
    """`deployments`."""
    return deployments().select(
        id="id",
        url=_url(),
        sha="sha",
        ref=pl.lit("main"),
        task=pl.lit("deploy"),
        payload=pl.struct(
            service="service_name",
            release_id="release_id",
            rollback=pl.col("kind") == ROLLBACK,
            unplanned=pl.col("kind").is_in([ROLLBACK, FIX]),
            fixes_deployment_id="fixes",
        ),
        environment="environment",
        production_environment=pl.col("kind") != STAGING,
        creator=bot(names.RELEASE_BOT),
        created_at=iso("created_s"),
        updated_at=pl.coalesce(iso("finished_s"), iso("created_s")),
        statuses_url=_url() + "/statuses",
        repository_url=pl.format("{}/repos/{}", pl.lit(API), "repo_name"),
        **{KNOWN_AT: pl.coalesce("finished_s", "created_s")},
    )


def deployment_statuses() -> pl.DataFrame:
    """`deployment_statuses`: in progress, then success or failure, and for some inactive later."""
    done = pl.when("is_success").then(pl.lit("success")).otherwise(pl.lit("failure"))
    frame = deployments().with_columns(retired_s=pl.col("finished_s") + 5 * DAY)
    retired = frame.filter(
        pl.col("is_success") & (pl.col("id") % 3 == 0) & (pl.col("retired_s") < AS_OF_S)
    )
    parts = [
        _status(frame, "started_s", pl.lit("in_progress")),
        _status(frame, "finished_s", done),
        _status(retired, "retired_s", pl.lit("inactive")),
    ]
    return with_ids(
        pl.concat(parts).sort(KNOWN_AT, "deployment_url", "state", maintain_order=True),
        STATUS_IDS_FROM,
    )


def _status(frame: pl.DataFrame, at: str, state: pl.Expr) -> pl.DataFrame:
    return frame.filter(pl.col(at).is_not_null()).select(
        state=state,
        creator=bot(names.RELEASE_BOT),
        description=pl.lit(""),
        environment="environment",
        created_at=iso(at),
        updated_at=iso(at),
        deployment_url=_url(),
        repository_url=pl.format("{}/repos/{}", pl.lit(API), "repo_name"),
        **{KNOWN_AT: pl.col(at)},
    )


def _url() -> pl.Expr:
    return pl.format("{}/repos/{}/deployments/{}", pl.lit(API), "repo_name", "id")
