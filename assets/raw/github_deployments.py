"""GitHub deployments with their statuses, and which changes a comparison says they brought.

A deployment ends with its first terminal status. `updatedAt` of an `INACTIVE` one is when the
next deployment superseded it, days later, and is used for nothing.
"""

from collections.abc import Mapping

import polars as pl

from assets.configuration import Configuration
from assets.raw.feed import Feed, instant
from assets.raw.github_changes import identified
from assets.raw.github_common import repo_in
from assets.raw.rows import CARRIED, exploded

# Statuses of REST and GraphQL; `active` and `abandoned` are states of a deployment in GraphQL.
END_WORDS = {
    "success": "success",
    "active": "success",
    "failure": "failure",
    "error": "failure",
    "abandoned": "cancelled",
}
# GitHub adds `inactive` only to deployments that had a `success` (REST, "Create a deployment
# status", auto_inactive): without the history it was a success at a time that is not known.
SUPERSEDED = ("inactive", "destroyed")
UNDER_WAY = ("queued", "pending", "waiting", "in_progress")
ROLLBACK_TASKS = ("rollback", "deploy:rollback")

DEPLOYMENTS = Feed(
    system="github",
    entity="deployments",
    # The capitals are Apache DevLake's spelling of the GraphQL shape.
    fields={
        "id": ("databaseId", "DatabaseId", "id", "Id"),
        "repo_name": ("repository.nameWithOwner", "repository.full_name"),
        "repo_url": ("repository_url", "repository.url", "Repository.Url", "url"),
        "commit_sha": ("sha", "commitOid", "CommitOid", "commit.oid", "Commit.Oid"),
        "environment": ("environment", "Environment"),
        "is_production": ("production_environment",),
        "task": ("task", "Task"),
        "details": ("payload", "Payload"),
        "state": ("state", "State"),
        "latest_state": ("latestStatus.state", "LatestStatus.State", "LatestStatus.state"),
        "latest_at": (
            "latestStatus.createdAt",
            "latestStatus.updatedAt",
            "LatestStatus.createdAt",
            "LatestStatus.updatedAt",
        ),
        "statuses": ("statuses.nodes", "Statuses.nodes", "Statuses.Nodes", "statuses"),
        "created": ("created_at", "createdAt", "CreatedAt"),
        "changed": ("updated_at", "updatedAt", "UpdatedAt"),
    },
    key=("id",),
    updated_at=("changed", "created"),
)

STATUSES = Feed(
    system="github",
    entity="deployment_statuses",
    fields={
        "id": ("databaseId", "id"),
        "deployment": (
            "deployment.databaseId",
            "deployment.id",
            "deployment_id",
            "deployment_url",
        ),
        "state": ("state",),
        "at": ("created_at", "createdAt", "updatedAt"),
    },
    key=("id",),
    updated_at=("at",),
)

COMPARE = Feed(
    system="github",
    entity="compare",
    fields={
        "link": ("url", "html_url"),
        "commits": ("commits",),
        "compared": ("base_commit.commit.committer.date",),
    },
    key=("link",),
    updated_at=("compared",),
)

_STATUS = {
    "state": ("state", "State"),
    "at": ("createdAt", "CreatedAt", "created_at", "updatedAt", "UpdatedAt"),
}


def deployments(frames: Mapping[str, pl.LazyFrame], configuration: Configuration) -> pl.LazyFrame:
    """Deployments with the end that their statuses tell, and the statuses of none (rejected).

    `service`, `release_id`, `is_rollback`, `is_unplanned` and `fixes_deployment_id` are what the
    payload says under these names; without it they are null, and a service follows from the repo.
    """
    known = _identified(frames["deployments"])
    delivered = frames["deployment_statuses"].with_columns(
        deployment=pl.col("deployment").str.extract(r"(\d+)$")
    )
    ended = known.join(_ends(known, delivered), on="id", how="left").with_columns(
        status=_status(), finished_at=_finished_at()
    )
    orphans = delivered.join(known, left_on="deployment", right_on="id", how="anti").select(
        *CARRIED, source_id="record_key", reject=pl.lit("unknown_parent")
    )
    return pl.concat([_columns(ended), orphans], how="diagonal")


def deployment_changes(
    frames: Mapping[str, pl.LazyFrame], configuration: Configuration
) -> pl.LazyFrame:
    """Which changes a deployment brought, where base and head of a comparison are deployments.

    A change came along when its head or merge commit is among the compared commits. Rows belong
    to the deployment whose commit is the comparison's head.
    """
    compared = frames["compare"].select(
        *CARRIED,
        "commits",
        "link",
        repo=repo_in(pl.lit(None, pl.String), pl.col("link")),
        head=pl.col("link").str.extract(r"\.\.\.(?:[^:/]+:)?([0-9a-f]{7,40})$"),
    )
    brought = exploded(
        compared, "commits", {"sha": ("sha",)}, keep=(*CARRIED, "link", "repo", "head")
    )
    pulls = identified(frames["pull_requests"])
    ends = pl.concat(
        [pulls.select("repo", "change_id", sha=name) for name in ("head_sha", "merge_sha")]
    )
    deployed = _identified(frames["deployments"]).select(
        "repo", deployment_id="id", head="commit_sha"
    )
    return (
        brought.join(ends, on=("repo", "sha"))
        .join(deployed, on=("repo", "head"))
        .sort("record_key")
        .unique(("deployment_id", "change_id"), keep="first", maintain_order=True)
        .select(
            *CARRIED,
            "deployment_id",
            "change_id",
            link_rule=pl.lit("compare_commits"),
            source_id=pl.col("deployment_id") + "/" + pl.col("change_id"),
            url="link",
        )
    )


def _identified(deployments: pl.LazyFrame) -> pl.LazyFrame:
    return deployments.with_columns(repo=repo_in(pl.col("repo_name"), pl.col("repo_url")))


def _columns(ended: pl.LazyFrame) -> pl.LazyFrame:
    said = {
        name: pl.coalesce(*(pl.col("details").str.json_path_match(f"$.{key}") for key in keys))
        for name, keys in {
            "service": ("service",),
            "release_id": ("release_id",),
            "is_rollback": ("rollback",),
            "is_unplanned": ("unplanned", "hotfix"),
            "fixes_deployment_id": ("fixes_deployment_id",),
        }.items()
    }
    by_task = pl.when(pl.col("task").str.to_lowercase().is_in(ROLLBACK_TASKS)).then(pl.lit("true"))
    host = pl.col("repo_url").str.extract(r"^(https?://[^/]+)").str.replace("//api.", "//")
    return ended.select(
        *CARRIED,
        "repo",
        "environment",
        "commit_sha",
        "status",
        "started_at",
        "finished_at",
        **(said | {"is_rollback": pl.coalesce(said["is_rollback"], by_task)}),
        deployment_id="id",
        environment_kind=pl.when(pl.col("is_production") == "true").then(pl.lit("production")),
        created_at="created",
        source_id="id",
        url=host + "/" + pl.col("repo") + "/deployments",
    )


def _ends(known: pl.LazyFrame, delivered: pl.LazyFrame) -> pl.LazyFrame:
    """Per deployment id: its first terminal status and time, first start, whether superseded."""
    nested = exploded(known, "statuses", _STATUS, keep=("id",))
    told = delivered.select(pl.col("deployment").alias("id"), "state", "at")
    statuses = pl.concat([told, nested])
    state, end = pl.col("state"), pl.col("end")
    return (
        statuses.with_columns(pl.col("state").str.to_lowercase(), instant(pl.col("at")))
        .with_columns(end=pl.col("state").replace_strict(END_WORDS, default=None))
        .group_by("id")
        .agg(
            told_end=end.sort_by("at", nulls_last=True).drop_nulls().first(),
            told_end_at=pl.col("at").filter(end.is_not_null()).min(),
            started_at=pl.col("at").filter(state == "in_progress").min(),
            is_told_superseded=state.is_in(SUPERSEDED).any(),
        )
    )


def _status() -> pl.Expr:
    """What became of a deployment: by its statuses, else its latest one, else its own state.

    Null, and so quarantined, where its repository never delivered a status.
    """
    latest, state = pl.col("latest_state").str.to_lowercase(), pl.col("state").str.to_lowercase()
    is_superseded = (
        pl.col("is_told_superseded").fill_null(False)
        | latest.is_in(SUPERSEDED).fill_null(False)
        | state.is_in(SUPERSEDED).fill_null(False)
    )
    now = pl.coalesce(latest, state)
    repo_has_statuses = pl.col("is_told_superseded").is_not_null().any().over("repo")
    is_under_way = now.is_in(UNDER_WAY).fill_null(False) | (now.is_null() & repo_has_statuses)
    return (
        pl.when(pl.col("told_end").is_not_null())
        .then("told_end")
        .when(latest.is_in(list(END_WORDS)))
        .then(latest.replace_strict(END_WORDS, default=None))
        .when(state.is_in(list(END_WORDS)))
        .then(state.replace_strict(END_WORDS, default=None))
        .when(is_superseded)
        .then(pl.lit("success"))
        .when(is_under_way)
        .then(pl.lit("running"))
        .otherwise(now)
    )


def _finished_at() -> pl.Expr:
    """The first terminal status; the latest one stands in where no history was delivered."""
    latest = pl.col("latest_state").str.to_lowercase()
    return pl.coalesce(
        "told_end_at",
        pl.when(latest.is_in(list(END_WORDS)) & pl.col("told_end").is_null()).then(
            instant(pl.col("latest_at"))
        ),
    )
