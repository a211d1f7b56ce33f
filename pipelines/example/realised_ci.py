"""What was drawn of CI: checks that contradicted themselves, and spells of red default branches.

Per tool and local quarter, from the runs as they were drawn; the old Jenkins is not among them.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import polars as pl

from pipelines.example.realised import median_of, per_quarter
from pipelines.example.runs import (
    BROWSER,
    CANCELLED_ON_CHANGES,
    FAILED,
    PASSED,
    SKIPPED_SHARE,
    TIMED_OUT,
    flake_share,
    genuine_share,
    runs,
)
from pipelines.example.world import AS_OF_S, DAY, HOUR, Floats

TOOLS = ("github-actions", "browser-grid")
RUN_AGAIN_WITHIN_S = 72 * HOUR
GIVEN_UP_AFTER_S = 35 * DAY


def _of(tool: str) -> pl.DataFrame:
    return runs().filter((pl.col("workflow") == BROWSER) == (tool == "browser-grid"))


def flakes(tool: str) -> tuple[Floats, Floats]:
    """Share of the checks with a verdict that failed for no reason and passed: drawn, expected."""
    mine = _of(tool)
    again = mine.filter("is_again").select("repo", "workflow", "sha", again_s="finished_s")
    first = mine.filter(~pl.col("is_again"), pl.col("finished_s") <= AS_OF_S - RUN_AGAIN_WITHIN_S)
    passed_in_time = pl.col("again_s") - pl.col("finished_s") <= RUN_AGAIN_WITHIN_S
    judged = first.filter(pl.col("conclusion").is_in([PASSED, FAILED, TIMED_OUT])).join(
        again, on=["repo", "workflow", "sha"], how="left"
    )
    drawn = per_quarter(judged, "finished_s", passed_in_time.fill_null(False).mean())
    chances = first.with_columns(**_chances(first))
    return drawn, per_quarter(chances, "finished_s", pl.col("flaky").sum() / pl.col("judged").sum())


def _chances(first: pl.DataFrame) -> dict[str, pl.Series]:
    """Of each run, the chance that it was flaky, and that it gave a verdict."""
    workflow, on_change = (
        first["workflow"].to_numpy(),
        (first["event"] == "pull_request").to_numpy(),
    )
    flaky = (1 - genuine_share(workflow, on_change)) * flake_share(workflow)
    without = np.where(on_change, CANCELLED_ON_CHANGES, 0.0) + SKIPPED_SHARE
    return {"flaky": pl.Series(flaky), "judged": pl.Series(flaky + (1 - flaky) * (1 - without))}


def red_time(tool: str) -> Floats:
    """Median seconds that a workflow was red on a default branch, by when it turned red.

    What never came back within 35 days of its last run, or until AS_OF, lasts longest.
    """
    schema = {"begin_s": pl.Int64, "took": pl.Float64}
    spells = pl.DataFrame(list(_spells(tool)), schema=schema, orient="row")
    return per_quarter(spells, "begin_s", median_of("took"))


def _spells(tool: str) -> Iterator[tuple[int, float | None]]:
    """(begin, seconds until green or nothing) of each spell that began after a green run."""
    on_trunk = _of(tool).filter(
        pl.col("event") != "pull_request", pl.col("finished_s").is_not_null()
    )
    on_trunk = on_trunk.with_columns(asked_s=pl.col("queued_s").min().over("run"))
    finishing = defaultdict(list)
    columns = ("finished_s", "asked_s", "conclusion", "repo", "workflow")
    for at, asked, conclusion, *of in on_trunk.select(columns).iter_rows():
        if conclusion in (PASSED, FAILED, TIMED_OUT):
            finishing[tuple(of)].append((at, asked, conclusion == PASSED))
    for events in finishing.values():
        yield from _spells_of(sorted(events))


def _spells_of(events: list[tuple[int, int, bool]]) -> Iterator[tuple[int, float | None]]:
    """The spells of one workflow, from (finish, asked for, is green) in the order of the finish."""
    was_green, newest, last = False, 0, 0
    begin, is_given_up = 0, False
    for at, asked, is_green in events:
        if asked < newest:
            continue
        is_given_up |= at - last >= GIVEN_UP_AFTER_S
        if begin and is_green:
            yield begin, None if is_given_up else float(at - begin)
        if is_green:
            begin = 0
        elif was_green:
            begin, is_given_up = at, False
        was_green, newest, last = is_green, asked, at
    if begin:
        yield begin, None
