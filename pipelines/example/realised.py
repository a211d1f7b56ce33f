"""What was drawn: the KPIs of the world as it is, before anything is written as a payload.

Counts by the rules of the KPIs' definitions, per segment and local quarter before AS_OF.
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.example import canonical, estimates
from pipelines.example.changes import changes
from pipelines.example.incidents import incidents
from pipelines.example.releases import releases
from pipelines.example.runs import (
    BROWSER,
    CANCELLED,
    PASSED,
    QUEUE_DOUBLES_ON,
    SKIPPED,
    WORKFLOWS,
    runs,
)
from pipelines.example.support import tickets
from pipelines.example.world import AS_OF_S, NOBODY, QUARTERS, TIME_ZONE, Floats

QUARTER_STARTS = [date(int(q[:4]), 3 * int(q[-1]) - 2, 1) for q in QUARTERS[:-1]]


def quarter_starts() -> list[str]:
    """First days of the quarters before AS_OF."""
    return [start.isoformat() for start in QUARTER_STARTS]


def by_quarter(values: Floats | list[float]) -> dict[str, float]:
    """Values keyed by the quarter's first day."""
    return {start: round(float(v), 6) for start, v in zip(quarter_starts(), values, strict=True)}


def local_quarter(name: str) -> pl.Expr:
    """First day of the local quarter of a column of UTC seconds."""
    local = pl.from_epoch(name, time_unit="s").dt.replace_time_zone("UTC")
    return local.dt.convert_time_zone(TIME_ZONE).dt.date().dt.truncate("1q").alias("quarter")


def per_quarter(frame: pl.DataFrame, entered: str, value: pl.Expr) -> Floats:
    """An aggregate of the rows that entered in each quarter."""
    cells = frame.group_by(local_quarter(entered)).agg(value=value.cast(pl.Float64))
    quarters = pl.DataFrame({"quarter": QUARTER_STARTS})
    return quarters.join(cells, on="quarter", how="left", maintain_order="left")["value"].to_numpy()


def median_of(name: str) -> pl.Expr:
    """Median where those that are open (null) last longer than any other."""
    return pl.col(name).fill_null(float("inf")).median()


def lead_time(segment: int) -> Floats:
    """Median seconds from first commit to deployment, by merge.

    What came with the first release of a repository is left out: nobody knows what was deployed
    before it.
    """
    known = changes().filter(pl.col("merged_s").is_not_null() & (pl.col("customer") != NOBODY))
    first = pl.col("train").min().over("repo")
    carried = known.filter(pl.col("train") != first, pl.col("segment") == segment)
    carried = carried.filter(pl.col("unit").is_in(releases()["unit"].unique().implode()))
    spans = carried.with_columns(
        lead=(pl.col("deployed_s") - pl.col("first_commit_s")).cast(pl.Float64)
    )
    return per_quarter(spans, "merged_s", median_of("lead"))


def restore(segment: int) -> Floats:
    """Median seconds from opening to resolution of the segment's incidents."""
    mine = incidents().filter(
        pl.col("segment") == segment, pl.col("service_name") != "legacy-batch"
    )
    spans = mine.with_columns(took=(pl.col("resolved_s") - pl.col("opened_s")).cast(pl.Float64))
    return per_quarter(spans, "opened_s", median_of("took"))


def review(segment: int) -> Floats:
    """Share of merged changes that somebody else approved before."""
    merged = changes().filter(
        pl.col("merged_s").is_not_null(),
        pl.col("customer") != NOBODY,
        pl.col("segment") == segment,
    )
    return per_quarter(merged, "merged_s", pl.col("is_reviewed").mean())


def pushes(segment: int) -> Floats:
    """How many changes were merged past review by a push to the default branch."""
    mine = changes().filter(pl.col("segment") == segment, pl.col("customer") != NOBODY)
    merged = mine.filter(pl.col("merged_s").is_not_null())
    return per_quarter(merged, "merged_s", pl.col("is_pushed").sum())


def asked(segment: int) -> pl.DataFrame:
    """The tickets of a segment's teams, without spam."""
    return tickets().filter(
        pl.col("customer") != NOBODY, pl.col("segment") == segment, ~pl.col("is_spam")
    )


def first_response(segment: int) -> Floats:
    """Median business seconds to the first human reply, by creation."""
    took = pl.when(pl.col("replied_s").is_not_null()).then(pl.col("first_response_hours") * 3600)
    return per_quarter(asked(segment).with_columns(took=took), "created_s", median_of("took"))


def csat(segment: int) -> Floats:
    """Good answers of all answers, by when they were asked for."""
    answered = asked(segment).filter(pl.col("is_good").is_not_null())
    return per_quarter(answered, "offered_s", pl.col("is_good").mean())


def satisfaction() -> estimates.Logistic:
    """Fit of good ratings to the logarithm of business hours to the first reply."""
    answered = tickets().filter(pl.col("is_good").is_not_null(), ~pl.col("is_spam"))
    hours = np.maximum(1 / 60, answered["first_response_hours"].to_numpy())
    return estimates.logistic(np.log(hours), answered["is_good"].cast(pl.Float64).to_numpy())


def failures_by_pace(segment: int) -> estimates.Logistic:
    """Fit of planted failures to the pace of the team."""
    mine = releases().filter(
        pl.col("segment") == segment, pl.col("customer") != NOBODY, pl.col("finish_s") < AS_OF_S
    )
    fails = (mine["mode"] >= 0).cast(pl.Float64).to_numpy()
    return estimates.logistic(mine["pace"].to_numpy(), fails)


def shares_of_jenkins() -> dict[str, float]:
    """What the old Jenkins takes of the support hours and serves of the runs."""
    support = canonical.effort().filter(pl.col("kind") == "support")
    old = support.filter(pl.col("offering") == "legacy-jenkins")
    its_runs = canonical.pipeline_runs().height
    return {
        "share_of_support_hours": _total(old) / _total(support),
        "share_of_runs": its_runs / (its_runs + runs().height),
    }


def _total(effort: pl.DataFrame) -> float:
    return float(effort["hours"].to_numpy().sum())


def flake_shares() -> dict[str, float]:
    """Flaky failures of the first runs that had no reason to fail, per tool."""
    first = runs().filter(
        pl.col("is_flaky") | (pl.col("conclusion") == PASSED), ~pl.col("is_again")
    )
    first = first.with_columns(is_browser=pl.col("workflow") == BROWSER)
    shares = dict(first.group_by("is_browser").agg(pl.col("is_flaky").mean()).iter_rows())
    return {"browser-grid": shares[True], "github-actions": shares[False]}


def queue_medians(tool: str) -> tuple[float, float]:
    """Median seconds that runs of a tool waited, before and after the change."""
    names = (pl.col("workflow") == WORKFLOWS.index("browser-tests")) == (tool == "browser-grid")
    waited = runs().filter(
        names, pl.col("started_s").is_not_null(), ~pl.col("conclusion").is_in([CANCELLED, SKIPPED])
    )
    is_after = pl.col("queued_s") >= int(QUEUE_DOUBLES_ON.timestamp())
    medians = waited.group_by(is_after=is_after).agg(
        (pl.col("started_s") - pl.col("queued_s")).median().alias("wait")
    )
    found = dict(medians.iter_rows())
    return float(found[False]), float(found[True])
