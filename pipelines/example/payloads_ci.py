"""GitHub Actions as its REST API gives it: workflow runs and workflow jobs.

`tool` is what an extractor adds to the payload: the browser tests run on a grid of their own.
"""

import polars as pl

from pipelines.example import names
from pipelines.example.payloads import (
    API,
    KNOWN_AT,
    bot,
    developer,
    full_name,
    iso,
    list_of,
    repository,
    with_ids,
)
from pipelines.example.runs import BROWSER, CONCLUSIONS, JOBS_OF, WORKFLOWS, has_jobs, runs
from pipelines.example.world import HOSTING

RUN_IDS_FROM, JOB_IDS_FROM, WORKFLOW_IDS_FROM = 9_000_000_001, 26_000_000_001, 55_001
BROWSER_TOOL = "browser-grid"


def workflow_runs() -> pl.DataFrame:
    """`workflow_runs`: one payload per attempt."""
    frame = _addressed(runs())
    who = (
        pl.when((pl.col("event") == "pull_request") | (pl.col("event") == "push"))
        .then(pl.when("is_bot").then(bot(names.UPDATE_BOT)).otherwise(developer("actor")))
        .otherwise(bot(names.RELEASE_BOT))
    )
    is_over = pl.col("finished_s").is_not_null()
    is_pushed = pl.col("is_pushed").fill_null(False)  # its branch has no pull request
    name = pl.col("workflow").replace_strict(dict(enumerate(WORKFLOWS)), return_dtype=pl.String)
    return frame.select(
        id="id",
        name=name,
        head_branch=pl.when(pl.col("event") == "pull_request")
        .then(pl.format("change-{}", "number"))
        .otherwise(pl.lit("main")),
        head_sha="sha",
        path=pl.format(".github/workflows/{}.yml", name),
        run_number=pl.col("run") + 1,
        event=pl.when(is_pushed).then(pl.lit("push")).otherwise("event"),
        status=pl.when(is_over).then(pl.lit("completed"))
        .when(pl.col("started_s").is_not_null()).then(pl.lit("in_progress"))
        .otherwise(pl.lit("queued")),
        conclusion=pl.when(is_over).then(_conclusion()),
        workflow_id=WORKFLOW_IDS_FROM + pl.col("repo") * len(WORKFLOWS) + pl.col("workflow"),
        url="url",
        html_url="html_url",
        pull_requests=list_of(
            pl.struct(number=pl.col("number"), url=pl.format("{}/pulls/{}", "repo_url", "number")),
            where=(pl.col("event") == "pull_request") & ~is_pushed,
        ),
        created_at=iso("created_s"),
        updated_at=pl.coalesce(iso("finished_s"), iso("started_s"), iso("queued_s")),
        actor=who,
        run_attempt="attempt",
        run_started_at=pl.when(pl.col("attempt") == 1)
        .then(pl.coalesce(iso("started_s"), iso("queued_s"))).otherwise(iso("queued_s")),
        triggering_actor=who,
        jobs_url=pl.col("url") + "/jobs",
        repository=repository(),
        tool=pl.when(pl.col("workflow") == BROWSER).then(pl.lit(BROWSER_TOOL)),
        **{KNOWN_AT: pl.coalesce("finished_s", "started_s", "queued_s")},
    )  # fmt: skip


def workflow_jobs() -> pl.DataFrame:
    """`workflow_jobs` of a sample of the runs; the first job starts when the run did.

    What made a run fail made its last job fail.
    """
    frame = _addressed(runs())
    frame = frame.filter(has_jobs(runs()))
    parts = [
        _jobs(frame.filter(pl.col("workflow") == workflow), jobs)
        for workflow, jobs in JOBS_OF.items()
    ]
    others = frame.filter(~pl.col("workflow").is_in(list(JOBS_OF)))
    every = pl.concat([*parts, _jobs(others, ("main",))]).sort(
        KNOWN_AT, "run_id", "name", maintain_order=True
    )
    return with_ids(every, JOB_IDS_FROM)


def _jobs(frame: pl.DataFrame, jobs: tuple[str, ...]) -> pl.DataFrame:
    """The jobs of one workflow, one after the other, of equal length."""
    whole = pl.col("finished_s") - pl.col("started_s")
    rows = frame.join(pl.DataFrame({"name": jobs, "nth": range(len(jobs))}), how="cross")
    rows = rows.with_columns(
        begin_s=pl.col("started_s") + whole * pl.col("nth") // len(jobs),
        end_s=pl.col("started_s") + whole * (pl.col("nth") + 1) // len(jobs),
    )
    is_last = pl.col("nth") == len(jobs) - 1
    is_browser = pl.col("name") == "browser-tests"
    return rows.select(
        "name",
        run_id="id",
        run_url="url",
        run_attempt="attempt",
        head_sha="sha",
        html_url=pl.format("{}/attempts/{}/job/{}", "html_url", "attempt", "nth"),
        status=pl.lit("completed"),
        conclusion=pl.when(is_last).then(_conclusion()).otherwise(pl.lit("success")),
        created_at=iso("queued_s"),
        started_at=iso("begin_s"),
        completed_at=iso("end_s"),
        labels=pl.concat_list(
            pl.when(is_browser).then(pl.lit("browser-grid")).otherwise(pl.lit("linux-4-cpu"))
        ),
        runner_group_name=pl.lit("example-runners"),
        workflow_name=pl.col("workflow").replace_strict(
            dict(enumerate(WORKFLOWS)), return_dtype=pl.String
        ),
        tool=pl.when(is_browser).then(pl.lit(BROWSER_TOOL)),
        **{KNOWN_AT: "end_s"},
    )


def _addressed(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds ids and addresses; a run was created when its first attempt was queued."""
    run_id = pl.col("run") + RUN_IDS_FROM
    return frame.with_columns(
        id=run_id,
        repo_url=pl.lit(f"{API}/repos/") + full_name(),
        url=pl.lit(f"{API}/repos/") + full_name() + pl.format("/actions/runs/{}", run_id),
        html_url=pl.lit(f"{HOSTING}/") + full_name() + pl.format("/actions/runs/{}", run_id),
        created_s=pl.col("queued_s").min().over("run"),
    )


def _conclusion() -> pl.Expr:
    return pl.col("conclusion").replace_strict(dict(enumerate(CONCLUSIONS)), return_dtype=pl.String)
