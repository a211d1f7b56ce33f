"""What was drawn of the promises to the business that monitoring, scanners and auditors see.

Counts by the rules of the KPIs' definitions, per segment (or for all) and local quarter.
"""

import numpy as np
import polars as pl

from pipelines.example.changes import CHANGES_PER_TRAIN, changes
from pipelines.example.findings import findings
from pipelines.example.incidents import incidents
from pipelines.example.realised import per_quarter
from pipelines.example.releases import releases
from pipelines.example.reliability import monitored
from pipelines.example.world import AS_OF_S, DAY, NOBODY, Floats, planted

TIME_TO_LEARN_S = 14 * DAY
PROBABLY_KNOWN = 0.8  # causes of incidents that have nothing to do with releases


def availability(segment: int) -> tuple[Floats, Floats]:
    """Good of all events, by the day on which a span ends: drawn and expected."""
    mine = monitored().filter(pl.col("segment") == segment).with_columns(last_s=pl.col("to_s") - 1)
    total = pl.col("total")
    drawn = per_quarter(mine, "last_s", pl.col("good").sum() / total.sum())
    expected = (pl.col("expected") * total).sum() / total.sum()
    return drawn, per_quarter(mine, "last_s", 1 - expected)


def fix_seconds(segment: int | None, severity: str | None = None) -> Floats:
    """Median seconds to the fix; what was dismissed or is open was never fixed."""
    mine = findings().with_columns(
        took=(pl.col("fixed_s") - pl.col("opened_s")).cast(pl.Float64).fill_null(float("inf"))
    )
    if segment is not None:
        mine = mine.filter(pl.col("segment") == segment)
    if severity is not None:
        mine = mine.filter(pl.col("severity") == severity)
    return per_quarter(mine, "opened_s", pl.col("took").median())


def _released() -> pl.DataFrame:
    """Successful releases that brought something: planned ones but the first, and fixes.

    `is_traceable`, `is_planned`; what deploys an earlier commit again is left out.
    """
    reviewed = (
        changes()
        .filter(pl.col("merged_s").is_not_null())
        .group_by("train")
        .agg(is_traceable=pl.col("is_reviewed").all())
    )
    known = releases().filter(pl.col("finish_s") < AS_OF_S)
    planned = (
        known.join(reviewed, on="train", how="left", maintain_order="left")
        .filter(pl.col("finish_s") > pl.col("finish_s").min().over("service", "repo"))
        .select("segment", "customer", "finish_s", "is_traceable", is_planned=True)
    )
    fixes = known.filter((pl.col("remedied_s") < AS_OF_S) & ~pl.col("is_rolled_back")).select(
        "segment", "customer", finish_s="remedied_s", is_traceable=False, is_planned=False
    )
    return pl.concat([planned, fixes], how="vertical_relaxed").filter(pl.col("customer") != NOBODY)


def traceable(segment: int) -> tuple[Floats, Floats]:
    """Share of releases with all changes reviewed: drawn and expected."""
    mine = _released().filter(pl.col("segment") == segment)
    drawn = per_quarter(mine, "finish_s", pl.col("is_traceable").mean())
    review = planted("review_ratio")[segment]
    # A train carries one change and a Poisson number more.
    all_reviewed = review * np.exp(-CHANGES_PER_TRAIN * (1 - review))
    return drawn, all_reviewed * per_quarter(mine, "finish_s", pl.col("is_planned").mean())


def rework(segment: int) -> Floats:
    """Share of successful releases that mend another."""
    known = releases().filter(pl.col("finish_s") < AS_OF_S, pl.col("customer") != NOBODY)
    planned = known.select("segment", "finish_s", mends=False)
    mending = known.filter(pl.col("remedied_s") < AS_OF_S).select(
        "segment", finish_s="remedied_s", mends=True
    )
    mine = pl.concat([planned, mending]).filter(pl.col("segment") == segment)
    return per_quarter(mine, "finish_s", pl.col("mends").mean())


def _closed() -> pl.DataFrame:
    return incidents().filter(
        pl.col("resolved_s").is_not_null(), pl.col("opened_s") <= AS_OF_S - TIME_TO_LEARN_S
    )


def cause_known(segment: int) -> tuple[Floats, Floats]:
    """Share of restored incidents with a cause: drawn and expected."""
    mine = _closed().filter(pl.col("segment") == segment, pl.col("service_name") != "legacy-batch")
    expected = (
        pl.when(pl.col("release").is_null())
        .then(PROBABLY_KNOWN)
        .otherwise((pl.col("cause") == "change").cast(pl.Float64))
    )
    drawn = per_quarter(mine, "opened_s", (pl.col("cause") != "unknown").mean())
    return drawn, per_quarter(mine, "opened_s", expected.mean())


def postmortems() -> tuple[Floats, Floats]:
    """Share of all severe incidents that have a post-mortem: drawn and expected."""
    severe = _closed().filter("is_major")
    ratio = pl.Series(planted("postmortem_ratio")[severe["segment"].to_numpy()])
    drawn = per_quarter(severe, "opened_s", pl.col("has_postmortem").mean())
    return drawn, per_quarter(severe.with_columns(ratio=ratio), "opened_s", pl.col("ratio").mean())
