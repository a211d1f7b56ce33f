"""How Apache DevLake makes deployments of pipelines, and which one it takes for the previous one.

Both follow the plug-in `dora` and reproduce its own test tables row by row
(tests/realdata/test_devlake_oracles.py). Names of columns are DevLake's.
"""

import polars as pl

from assets.tradeoffs.rivals.records import Records

# A pipeline that was skipped or is running is no deployment; one that failed is.
RESULTS = ("FAILURE", "SUCCESS")
# A pipeline with tasks for several environments is one for the first of these.
ENVIRONMENTS = ("PRODUCTION", "STAGING", "TESTING")
SERIES = ("cicd_scope_id", "repo_url", "environment")


def generated(
    pipelines: pl.LazyFrame, pipeline_commits: pl.LazyFrame, tasks: pl.LazyFrame
) -> pl.LazyFrame:
    """One deployment commit per commit of every pipeline that deploys.

    A pipeline deploys if it is of type DEPLOYMENT or one of its ended tasks is. It lasted
    `duration_sec` whole seconds until it finished. Source: apache/incubator-devlake
    backend/plugins/dora/tasks/deployment_commits_generator.go (0aa133a).
    """
    ended = tasks.filter(pl.col("result").is_in(RESULTS))
    of_tasks = ended.group_by(id="pipeline_id").agg(
        has_deployment=(pl.col("type") == "DEPLOYMENT").any(),
        environments=pl.col("environment").unique(),
    )
    by_task = pl.coalesce(
        pl.when(pl.col("environments").list.contains(name)).then(pl.lit(name))
        for name in ENVIRONMENTS
    )
    is_deployment = (pl.col("type") == "DEPLOYMENT") | pl.col("has_deployment")
    return (
        pipelines.join(of_tasks, on="id", how="left")
        .filter(pl.col("result").is_in(RESULTS) & is_deployment.fill_null(False))
        .join(pipeline_commits, left_on="id", right_on="pipeline_id")
        .select(
            "commit_sha",
            "cicd_scope_id",
            "result",
            "repo_url",
            "finished_date",
            id=pl.format("{}:{}", "id", "repo_url"),
            cicd_deployment_id="id",
            environment=pl.coalesce(pl.col("environment").replace("", None), by_task),
            started_date=pl.col("finished_date") - pl.duration(seconds=pl.col("duration_sec")),
        )
    )


def with_previous(deployment_commits: pl.LazyFrame) -> pl.LazyFrame:
    """Adds `prev_success_deployment_commit_id`: the success before, of the same series.

    A series is one scope, repo and environment, ordered by finish. Failures, and what names no
    environment, repo or finish, neither have nor are a previous one. Source:
    backend/plugins/dora/tasks/prev_deployment_commit_enricher.go (06ca5a9).
    """
    is_named = pl.all_horizontal(pl.col(name).fill_null("") != "" for name in SERIES[1:])
    is_linked = (pl.col("result") == "SUCCESS") & is_named & pl.col("finished_date").is_not_null()
    previous = (
        deployment_commits.filter(is_linked)
        .sort(*SERIES, "finished_date")
        .select("id", prev_success_deployment_commit_id=pl.col("id").shift(1).over(SERIES))
    )
    return deployment_commits.join(previous, on="id", how="left")


def deployment_commits(records: Records) -> pl.LazyFrame:
    """The production deployments of a run, as DevLake would hold them."""
    production = records.deployments.filter("is_production")
    pipelines = production.select(
        id="deployment_id",
        type=pl.lit("DEPLOYMENT"),
        result=pl.col("status").str.to_uppercase(),
        environment=pl.lit("PRODUCTION"),
        cicd_scope_id="repo",
        finished_date="finished_at",
        duration_sec=(pl.col("finished_at") - pl.col("began_at")).dt.total_seconds().fill_null(0),
    )
    commits = production.select("commit_sha", pipeline_id="deployment_id", repo_url="repo")
    no_tasks = pl.LazyFrame(
        schema=dict.fromkeys(("pipeline_id", "type", "result", "environment"), pl.String)
    )
    return with_previous(generated(pipelines, commits.drop_nulls("commit_sha"), no_tasks))
