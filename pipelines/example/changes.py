"""Pull requests: what each train carries, what was never released, and who reviewed it.

Change lead time is planted as a whole: a train's finish minus a lognormal draw is when the first
commit was authored. The merge and the stages before it are placed in between, so their sum is the
draw. Merges keep to the time after the last release (and its remedy), so that "merged before the
commit that was deployed" and "shipped by this train" are the same for every change.
"""

from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.example import names
from pipelines.example.releases import releases, trains
from pipelines.example.world import (
    AS_OF_S,
    BEGIN_S,
    DAY,
    HOUR,
    MINUTE,
    REPOS,
    SEGMENTS,
    UNITS,
    Floats,
    Ints,
    planted,
    rng,
)

CHANGES_PER_TRAIN = 1.75  # beside the first
BOT_SHARE = 0.09
ABANDONED_SHARE = 0.075  # of the merged
SHORTEST_LEAD = 2.0 * HOUR
MERGED_AT_LEAST_BEFORE = 60.0 * MINUTE  # the deployment's start, its staging and failed attempts
LEAD_PER_PACE = -0.8  # log hours
PUSHED_SHARE = 0.25  # of what people of PUSHES_IN merge without a review, since PUSHES_SINCE
PUSHES_IN, PUSHES_SINCE = "startup", datetime(2024, 12, 31, 23, tzinfo=UTC)
STAGES = np.array([4.0, 1.8, 2.2, 0.9])  # shares to: opened, first review, approval, merge


@lru_cache(maxsize=1)
def changes() -> pl.DataFrame:
    """All pull requests that exist at AS_OF, by repository and opening: one row each.

    Instants that come later than AS_OF are null, as nobody knows them: `merged_s, closed_s,
    first_review_s, approved_s`. `train` and `deployed_s` (also null) are the planted truth.
    What `is_pushed` has no pull request: its commit was pushed to the default branch at the merge.
    """
    shipped = _shipped()
    frame = pl.concat([shipped, _abandoned(shipped)], how="diagonal")
    frame = frame.filter(pl.col("opened_s") < AS_OF_S).with_columns(
        pl.when(pl.col(name) < AS_OF_S).then(name)
        for name in ("first_review_s", "approved_s", "merged_s", "closed_s", "deployed_s")
    )
    frame = frame.sort("repo", "opened_s", maintain_order=True).with_columns(
        number=pl.int_range(1, pl.len() + 1).over("repo"),
        repo_name=pl.col("repo").replace_strict(dict(enumerate(REPOS))),
    )
    return _with_pushes(_with_people(frame.with_row_index("change")))


def lead_seconds(generator: np.random.Generator, segment: Ints, pace: Floats) -> Floats:
    """Draws of the planted change lead time."""
    median = planted("lead_hours")[segment] * HOUR * np.exp(LEAD_PER_PACE * pace)
    drawn = median * np.exp(planted("lead_spread")[segment] * generator.normal(size=segment.size))
    return np.maximum(SHORTEST_LEAD, drawn)


def _shipped() -> pl.DataFrame:
    """The changes of all trains, whether they left before AS_OF or not."""
    generator = rng("changes")
    loaded = trains().with_columns(free_s=pl.Series(_free_seconds()))
    count = 1 + generator.poisson(CHANGES_PER_TRAIN, loaded.height)
    frame = loaded[np.repeat(np.arange(loaded.height), count)]
    size = frame.height
    finish = frame["finish_s"].to_numpy()
    lead = lead_seconds(generator, frame["segment"].to_numpy(), frame["pace"].to_numpy())
    room = np.minimum(0.5 * lead, frame["free_s"].to_numpy())
    wait = MERGED_AT_LEAST_BEFORE + generator.random(size) ** 1.5 * np.maximum(
        0.0, room - MERGED_AT_LEAST_BEFORE
    )
    first_s, merged_s = np.rint(finish - lead), np.rint(finish - wait)
    is_bot = generator.random(size) < BOT_SHARE
    parts = generator.gamma(STAGES, size=(size, STAGES.size))
    parts[is_bot, 0] = 0.0
    stages = np.cumsum(parts / parts.sum(axis=1, keepdims=True), axis=1)
    inside = (first_s[:, None] + np.rint((merged_s - first_s)[:, None] * stages)).astype(np.int64)
    is_released = np.array([unit.is_deployable for unit in UNITS])[frame["unit"].to_numpy()]
    return frame.select(
        "train", "unit", "repo", "customer", "segment",
        first_commit_s=pl.Series(first_s.astype(np.int64)),
        opened_s=pl.Series(inside[:, 0] + np.where(is_bot, 20, 0)),
        first_review_s=pl.Series(inside[:, 1]),
        approved_s=pl.Series(np.minimum(inside[:, 2], merged_s.astype(np.int64) - 60)),
        merged_s=pl.Series(merged_s.astype(np.int64)),
        closed_s=pl.Series(merged_s.astype(np.int64)),
        deployed_s=pl.when(pl.Series(is_released)).then("finish_s"),
        is_bot=pl.Series(is_bot),
    )  # fmt: skip


def _free_seconds() -> Floats:
    """Per train: from when the unit's last release was settled until this one finished."""
    settled = (
        releases()
        .group_by("train")
        .agg(settled_s=pl.max_horizontal(pl.col("finish_s"), pl.col("remedied_s")).max())
    )
    return (
        trains()
        .join(settled, on="train", how="left", maintain_order="left")
        .select(
            free=pl.col("finish_s")
            - pl.coalesce("settled_s", "finish_s").shift(1).over("unit")
            - 5 * MINUTE
        )
        .to_series()
        .fill_null(3 * DAY)
        .to_numpy()
        .astype(np.float64)
    )


def _abandoned(shipped: pl.DataFrame) -> pl.DataFrame:
    """Changes that were closed without a merge, and old ones that nobody closes."""
    generator = rng("abandoned")
    size = round(ABANDONED_SHARE * shipped.height)
    frame = shipped[generator.integers(0, shipped.height, size)]
    open_days = generator.lognormal(np.log(6), 1.2, size) + 0.1
    opened = frame["opened_s"].to_numpy()
    stays_open = (generator.random(size) < 0.5) & (opened > AS_OF_S - 90 * DAY)
    closed = pl.Series((opened + open_days * DAY).astype(np.int64))
    review = opened + (generator.random(size) * open_days * DAY).astype(np.int64)
    return frame.with_columns(
        train=pl.lit(None, dtype=pl.Int64),
        merged_s=pl.lit(None, dtype=pl.Int64),
        deployed_s=pl.lit(None, dtype=pl.Int64),
        approved_s=pl.lit(None, dtype=pl.Int64),
        first_review_s=pl.when(pl.Series(~stays_open & (generator.random(size) < 0.5))).then(
            pl.Series(review)
        ),
        closed_s=pl.when(pl.Series(~stays_open)).then(closed),
    ).filter(pl.col("opened_s") > BEGIN_S)


def _with_people(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds authors, reviewers, sizes and commits' hashes; takes reviews away where there is none.

    `is_reviewed` is planted per segment: somebody else, no bot, approved it before the merge.
    """
    generator = rng("people")
    size, customer = frame.height, frame["customer"].to_numpy()
    author = generator.integers(0, names.TEAM_SIZE, size)
    reviewer = (author + generator.integers(1, names.TEAM_SIZE, size)) % names.TEAM_SIZE
    is_reviewed = generator.random(size) < planted("review_ratio")[frame["segment"].to_numpy()]
    is_merged = frame["merged_s"].is_not_null().to_numpy()
    lines = np.maximum(1, generator.lognormal(np.log(60), 1.4, size).astype(np.int64))
    kept = pl.Series(is_reviewed | ~is_merged)
    return frame.with_columns(
        author=pl.Series(names.developer(customer, author)),
        reviewer=pl.Series(names.developer(customer, reviewer)),
        is_reviewed=pl.Series(is_reviewed),
        first_review_s=pl.when(kept).then("first_review_s"),
        approved_s=pl.when(kept).then("approved_s"),
        is_draft=pl.col("closed_s").is_null() & pl.Series(generator.random(size) < 0.3),
        additions=pl.Series(lines),
        deletions=pl.Series((lines * generator.random(size)).astype(np.int64)),
        changed_files=pl.Series(1 + (lines // 40)),
        head_sha=pl.Series(names.hashes(generator, size)),
        merge_sha=pl.when(pl.Series(is_merged)).then(pl.Series(names.hashes(generator, size))),
    )


def _with_pushes(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `is_pushed`: which changes went past review by going past the pull request."""
    segment = [segment.id for segment in SEGMENTS].index(PUSHES_IN)
    could_be = (
        (pl.col("segment") == segment)
        & (pl.col("merged_s") >= int(PUSHES_SINCE.timestamp()))
        & ~(pl.col("is_reviewed") | pl.col("is_bot"))
    )
    is_drawn = pl.Series(rng("pushes").random(frame.height) < PUSHED_SHARE)
    return frame.with_columns(is_pushed=could_be.fill_null(False) & is_drawn)
