"""The commits of pull requests: when each was authored, by whom."""

from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.example import names
from pipelines.example.changes import changes
from pipelines.example.world import AS_OF_S, rng

MORE_COMMITS = 0.9  # beside the first, on average


@lru_cache(maxsize=1)
def commits() -> pl.DataFrame:
    """One row per commit and change: `sha, authored_s, committed_s` and the change's columns.

    The first is authored at `first_commit_s`; the last one is the change's head. A third of the
    changes are rebased, so their commits are committed later than authored.
    """
    generator = rng("commits")
    made = changes()
    count = 1 + np.where(made["is_bot"].to_numpy(), 0, generator.poisson(MORE_COMMITS, made.height))
    frame = made[np.repeat(np.arange(made.height), count)]
    size = frame.height
    nth = pl.int_range(pl.len()).over("change")
    until = frame.select(
        pl.min_horizontal(pl.col("approved_s", "merged_s", "closed_s").fill_null(AS_OF_S - 1))
    ).to_series()
    share = pl.Series(generator.random(size))
    later = (until - frame["first_commit_s"]) * share
    shas = pl.Series(names.hashes(generator, size))
    return (
        frame.with_columns(
            authored_s=pl.when(nth == 0)
            .then("first_commit_s")
            .otherwise(pl.col("first_commit_s") + later.cast(pl.Int64)),
            other_sha=shas,
        )
        .sort("change", "authored_s", maintain_order=True)
        .with_columns(
            sha=pl.when(nth == pl.len().over("change") - 1).then("head_sha").otherwise("other_sha"),
            committed_s=pl.when(pl.col("change") % 3 == 0)
            .then(pl.col("authored_s").max().over("change"))
            .otherwise("authored_s"),
        )
    )
