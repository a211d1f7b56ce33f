"""`fact_red_spells`: how long a CI workflow was red on its repo's default branch.

Holds which runs tell the branch's colour, and when a spell of red began and ended.
"""

from datetime import datetime, timedelta

import dagster as dg
import polars as pl

from assets.facts.clocks import clock
from assets.facts.offerings import offering_of_tool
from assets.facts.ownership import identified
from assets.facts.pipeline_runs import VERDICTS
from assets.facts.scope_sets import with_scope_set
from assets.home import Home

# A workflow that told no colour for so long was given up or deleted; a monthly one still tells.
GIVEN_UP_AFTER = timedelta(days=35)
WORKFLOW = ("source", "repo", "workflow")


def red_spells(located: pl.LazyFrame, offerings: pl.LazyFrame, as_of: datetime) -> pl.LazyFrame:
    """One row per spell of red of a workflow on the default branch of a repo.

    It begins when the first failing run after a successful one finishes, and ends when the next
    successful one does. A workflow that then told no colour for `GIVEN_UP_AFTER`, while its source
    still told of others, left by another exit. `is_begin_unknown`: the first run known of the
    workflow failed, so it may have been red before.
    """
    is_red, finished = pl.col("is_red"), pl.col("finished_at")
    given_up = finished + GIVEN_UP_AFTER
    next_at = pl.coalesce(finished.shift(-1).over(WORKFLOW), "heard_at")
    before = is_red.shift(1).over(WORKFLOW)
    return (
        colours(located)
        .with_columns(
            is_begin_unknown=before.is_null(),
            is_begin=is_red & ~before.fill_null(False),
            given_up_at=pl.when(is_red & (given_up <= next_at)).then(given_up),
        )
        .with_columns(spell=pl.col("is_begin").cum_sum().over(WORKFLOW))
        .filter(pl.col("spell") > 0)
        .group_by(*WORKFLOW, "spell", maintain_order=True)
        .agg(
            pl.first("url", "scope_set", "tool", "event_id", "is_begin_unknown"),
            entered_at=finished.first(),
            green_at=finished.filter(~is_red).first(),
            given_up_at=pl.col("given_up_at").min(),
            n_red_runs=is_red.sum(),
        )
        .join(offering_of_tool(offerings), on="tool", how="left")
        .with_columns(*clock("red", "entered_at", pl.col("green_at"), as_of, pl.col("given_up_at")))
        .rename({"offering_of_tool": "offering"})
        .drop("spell")
    )


def colours(located: pl.LazyFrame) -> pl.LazyFrame:
    """The runs that told the colour of the default branch, in the order in which they did.

    A run tells it when it finishes with a verdict, unless one that was asked for later has told it
    already: that one looked at newer code. A further attempt looks at the code of the first one,
    however late it is run. Adds `event_id`, `is_red`, and `heard_at`, the source's newest instant.
    """
    is_first = (pl.col("attempt") <= 1).fill_null(True) & pl.col("commit_sha").is_not_null()
    first_asked = pl.when(is_first).then("queued_at").forward_fill().over(*WORKFLOW, "commit_sha")
    order = ("finished_at", "asked_at", "event_id")
    is_overtaken = pl.col("asked_at") < pl.col("asked_at").cum_max().over(WORKFLOW)
    return (
        located.with_columns(
            heard_at=pl.max_horizontal("queued_at", "finished_at").max().over("source"),
            event_id=pl.concat_str("source", "run_id", separator="/"),
        )
        .filter(pl.col("branch_kind") == "default")
        .sort("queued_at", "event_id")
        .with_columns(
            asked_at=pl.when(pl.col("commit_sha").is_not_null())
            .then(pl.coalesce(first_asked, "queued_at"))
            .otherwise("queued_at")
        )
        .filter(pl.col("status").is_in(VERDICTS), pl.col("finished_at").is_not_null())
        .sort(order)
        .filter(~is_overtaken)
        .with_columns(is_red=pl.col("status") != "success")
    )


@dg.asset
def fact_red_spells(
    home: Home,
    conformed_pipeline_runs: pl.LazyFrame,
    conformed_offerings: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
) -> pl.LazyFrame:
    """Every spell in which a workflow was red on a default branch."""
    located = with_scope_set(
        identified(conformed_pipeline_runs, conformed_services, conformed_ownership),
        "queued_at",
        fact_scope_sets,
    )
    return red_spells(located, conformed_offerings, home.as_of_instant)
