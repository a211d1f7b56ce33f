"""CI runs and jobs: on pull requests, on the default branch, on a schedule, to deploy.

Planted: queue time doubles on QUEUE_DOUBLES_ON; browser tests fail for no reason in FLAKE_SHARE of
their runs and pass on the same commit when they are run again.
"""

from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.example import clock, names
from pipelines.example.changes import changes
from pipelines.example.releases import releases, unit_customers
from pipelines.example.world import (
    AS_OF_S,
    BEGIN_S,
    BEGINS_ON,
    MINUTE,
    REPOS,
    UNITS,
    Bools,
    Floats,
    Ints,
    planted,
    rng,
    segment_of,
)

QUEUE_DOUBLES_ON = datetime(2026, 3, 1, 23, tzinfo=UTC)  # local midnight of Monday 2 March
QUEUE_SECONDS, QUEUE_SPREAD = 75.0, 0.8
DURATION_SPREAD = 0.45
FLAKE_SHARE, OTHER_FLAKE_SHARE = 0.12, 0.01
BROWSER_TESTS_TAKE = 1.8  # times as long as the others
WORKFLOWS = ("ci", "browser-tests", "security-scan", "release")
CI, BROWSER, SCAN, RELEASE = range(4)
# genuine failures of each workflow on changes and elsewhere
FAILURES_ON_CHANGES, FAILURES_ELSEWHERE = (0.13, 0.08, 0.03, 0.03), (0.045, 0.03, 0.06, 0.03)
CANCELLED_ON_CHANGES, SKIPPED_SHARE = 0.03, 0.001  # of those that did not flake
PASSED, FAILED, CANCELLED, TIMED_OUT, SKIPPED = range(5)
CONCLUSIONS = ("success", "failure", "cancelled", "timed_out", "skipped")
PUSHES_AFTER_FIRST = 0.93
JOBS_OF = {CI: ("lint", "unit-tests", "build"), BROWSER: ("setup", "browser-tests")}


@lru_cache(maxsize=1)
def runs() -> pl.DataFrame:
    """One row per attempt, by time: what was run, when, how it ended; `finished_s` may be null.

    `run` numbers runs; a second attempt has the same `run` and `attempt` 2. `is_flaky` attempts
    failed for no reason, `is_again` ones were run because of that.
    """
    frame = pl.concat(
        [_on_changes(), _on_merges(), _on_schedule(), _for_releases()], how="diagonal"
    )
    frame = frame.filter(pl.col("queued_s").is_between(BEGIN_S, AS_OF_S, closed="left"))
    frame = frame.sort("queued_s", "repo", "workflow", "sha", maintain_order=True)
    first = _ended(frame, rng("runs")).with_columns(
        run=pl.int_range(pl.len()), attempt=pl.lit(1, dtype=pl.Int64), is_again=pl.lit(False)
    )
    again = _again(first, rng("runs again"))
    both = pl.concat([first, again], how="diagonal").filter(pl.col("queued_s") < AS_OF_S)
    return both.sort("queued_s", "run", "attempt", maintain_order=True).with_columns(
        pl.when(pl.col(name) < AS_OF_S).then(name) for name in ("started_s", "finished_s")
    )


def _on_changes() -> pl.DataFrame:
    """Runs of pushes to pull requests: the first at its opening, browser tests on every third."""
    generator = rng("runs on changes")
    all_changes = changes().filter(pl.col("opened_s") >= BEGIN_S)
    pushed = all_changes[_repeated(generator, all_changes.height)]
    until = pushed.select(pl.col("approved_s", "closed_s").fill_null(AS_OF_S)).min_horizontal()
    nth = pushed.select(pl.int_range(pl.len()).over("change")).to_series().to_numpy()
    opened = pushed["opened_s"].to_numpy()
    later = generator.random(pushed.height) * np.maximum(until.to_numpy() - opened - 600, 60)
    shas = pl.Series(names.hashes(generator, pushed.height))
    pushed = pushed.select(
        "repo", "customer", "is_bot", "is_pushed",
        number="number", actor="author",
        sha=pl.when(pl.Series(nth == 0)).then("head_sha").otherwise(shas),
        queued_s=pl.Series(opened + np.where(nth == 0, 10, later.astype(np.int64))),
        event=pl.lit("pull_request"), workflow=pl.lit(CI, dtype=pl.Int64),
    )  # fmt: skip
    browser = pushed.filter(generator.random(pushed.height) < 0.36)
    return pl.concat([pushed, browser.with_columns(workflow=pl.lit(BROWSER, dtype=pl.Int64))])


def _repeated(generator: np.random.Generator, size: int) -> Ints:
    return np.repeat(np.arange(size), 1 + generator.poisson(PUSHES_AFTER_FIRST, size))


def _on_merges() -> pl.DataFrame:
    """Runs of merges into the default branch."""
    generator = rng("runs on merges")
    merged = changes().filter(pl.col("merged_s").is_not_null()).select(
        "repo", "customer", "is_bot", sha="merge_sha", actor="author",
        queued_s=pl.col("merged_s") + 5,
        event=pl.lit("push"), workflow=pl.lit(CI, dtype=pl.Int64),
    )  # fmt: skip
    browser = merged.filter(generator.random(merged.height) < 0.55)
    return pl.concat([merged, browser.with_columns(workflow=pl.lit(BROWSER, dtype=pl.Int64))])


def _on_schedule() -> pl.DataFrame:
    """A security scan of every repository each Monday and Thursday night."""
    generator = rng("runs on schedule")
    day = np.array([
        number for number, date in enumerate(clock.days())
        if date >= BEGINS_ON and date.weekday() in (0, 3)
    ])  # fmt: skip
    repo, on = (grid.ravel() for grid in np.meshgrid(np.arange(len(REPOS)), day))
    return pl.DataFrame(
        {
            "repo": repo,
            "customer": _customer_of_repo()[repo],
            "is_bot": np.full(repo.size, True),
            "sha": names.hashes(generator, repo.size),
            "queued_s": clock.at(on, np.full(repo.size, 4.0)) + repo * MINUTE,
            "event": ["schedule"] * repo.size,
            "workflow": np.full(repo.size, SCAN),
        }
    )


def _customer_of_repo() -> Ints:
    return np.repeat(unit_customers(), [len(unit.repos) for unit in UNITS])


def _for_releases() -> pl.DataFrame:
    """The workflow that deploys, for every second release."""
    return releases().filter(pl.col("release") % 2 == 0).select(
        "repo", "customer", is_bot=pl.lit(True),
        sha=pl.Series(names.hashes(rng("runs for releases"), (releases().height + 1) // 2)),
        queued_s=pl.col("finish_s") - 25 * MINUTE,
        event=pl.lit("workflow_dispatch"), workflow=pl.lit(RELEASE, dtype=pl.Int64),
    )  # fmt: skip


def _ended(frame: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    """Adds `started_s, finished_s, conclusion, is_flaky` to queued runs."""
    size, workflow = frame.height, frame["workflow"].to_numpy()
    on_change = (frame["event"] == "pull_request").to_numpy()
    genuine = genuine_share(workflow, on_change)
    draw = generator.random(size)
    odd = generator.random(size)
    fails = draw < genuine
    flaky = ~fails & (generator.random(size) < flake_share(workflow))
    conclusion = np.where(fails | flaky, FAILED, PASSED)
    conclusion = np.where(~flaky & on_change & (odd < CANCELLED_ON_CHANGES), CANCELLED, conclusion)
    conclusion = np.where(~flaky & (odd > 0.996), TIMED_OUT, conclusion)
    conclusion = np.where(~flaky & (odd > 1 - SKIPPED_SHARE), SKIPPED, conclusion)
    return _timed(frame, generator).with_columns(
        conclusion=pl.Series(conclusion), is_flaky=pl.Series(flaky)
    )


def genuine_share(workflow: Ints, on_change: Bools) -> Floats:
    """The chance that a run has a reason to fail."""
    return np.where(
        on_change, np.array(FAILURES_ON_CHANGES)[workflow], np.array(FAILURES_ELSEWHERE)[workflow]
    )


def flake_share(workflow: Ints) -> Floats:
    """The chance that a run without a reason fails nevertheless."""
    return np.where(workflow == BROWSER, FLAKE_SHARE, OTHER_FLAKE_SHARE)


def _timed(frame: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    """Adds when runs that were queued got a runner, and when they were done."""
    queued, workflow = frame["queued_s"].to_numpy(), frame["workflow"].to_numpy()
    doubled = np.where(queued >= QUEUE_DOUBLES_ON.timestamp(), 2.0, 1.0)
    waits = np.exp(
        np.log(QUEUE_SECONDS * doubled) + QUEUE_SPREAD * generator.normal(size=queued.size)
    )
    minutes = planted("ci_minutes")[segment_of(frame["customer"].to_numpy(), queued)]
    minutes = minutes * np.where(workflow == BROWSER, BROWSER_TESTS_TAKE, 1.0)
    takes = minutes * MINUTE * np.exp(DURATION_SPREAD * generator.normal(size=queued.size))
    started = queued + np.maximum(1, np.rint(waits)).astype(np.int64)
    return frame.with_columns(
        started_s=pl.Series(started), finished_s=pl.Series(started + takes.astype(np.int64))
    )


def _again(first: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    """Flaky failures run again: two of three as a second attempt, the others as new runs."""
    flaky = first.filter("is_flaky").drop("started_s", "finished_s")
    is_attempt = pl.Series(generator.random(flaky.height) < 0.67)
    pause = generator.lognormal(np.log(20 * MINUTE), 0.8, flaky.height).astype(np.int64)
    ended = first.filter("is_flaky")["finished_s"]
    again = flaky.with_columns(
        run=pl.when(is_attempt).then("run").otherwise(first.height + pl.int_range(pl.len())),
        attempt=pl.when(is_attempt).then(2).otherwise(1).cast(pl.Int64),
        queued_s=ended + pl.Series(pause),
        conclusion=pl.lit(PASSED, dtype=pl.Int64),
        is_flaky=pl.lit(False),
        is_again=pl.lit(True),
    )
    return _timed(again, generator)


def has_jobs(frame: pl.DataFrame) -> Bools:
    """Of which attempts the jobs were fetched: every second attempt, and a sample of the others."""
    sampled = (frame["run"] % 9 == 0) & frame["workflow"].is_in(list(JOBS_OF))
    is_over = frame["finished_s"].is_not_null() & (frame["conclusion"] != SKIPPED)
    return ((sampled | (frame["attempt"] == 2)) & is_over).to_numpy()
