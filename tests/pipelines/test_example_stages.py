"""Where the time goes in the example: the times that were drawn come back, and no other claim."""

from itertools import pairwise

import polars as pl
import pytest

from app import stages
from app.edition import open_edition
from pipelines.example.changes import changes
from pipelines.example.realised import local_quarter, quarter_starts
from pipelines.example.releases import releases
from pipelines.example.world import NOBODY, SEGMENTS

HORIZON = 30 * 86_400


@pytest.fixture(scope="module")
def drawn():
    """Mean seconds in each stage as drawn, by segment and quarter, of what was deployed."""
    first = pl.col("train").min().over("repo")  # nobody knows what was there before it
    carried = changes().filter(
        pl.col("merged_s").is_not_null(),
        pl.col("customer") != NOBODY,
        pl.col("train") != first,
        pl.col("unit").is_in(releases()["unit"].unique().implode()),
    )
    # Half of the reviewers comment first; the others say nothing before they approve.
    reviewed = pl.when(pl.col("change") % 2 == 0).then("first_review_s").otherwise("approved_s")
    offered = pl.when(~pl.col("is_pushed")).then("opened_s")
    ends = [
        pl.col("first_commit_s"),
        pl.coalesce(offered, "merged_s"),
        pl.coalesce(reviewed, "merged_s"),
        pl.coalesce("approved_s", "merged_s"),
        pl.col("merged_s"),
        pl.col("deployed_s"),
    ]
    spans = carried.with_columns(
        (end - begin).clip(0, HORIZON).alias(stage)
        for stage, (begin, end) in zip(stages.STAGES, pairwise(ends), strict=True)
    )
    means = spans.group_by("segment", local_quarter("merged_s")).agg(pl.col(stages.STAGES).mean())
    return {(SEGMENTS[s].id, str(on)): list(rest) for s, on, *rest in means.rows()}


@pytest.fixture(scope="module")
def ways(example_edition):
    edition = open_edition(example_edition.parents[1], example_edition.name)
    return {
        (way.whole["scope"], quarter): way
        for quarter in quarter_starts()
        for way in stages.ways(edition, "segment", quarter)
    }


@pytest.mark.parametrize("segment", [segment.id for segment in SEGMENTS])
def test_the_means_of_stages_are_those_that_were_drawn(segment, ways, drawn):
    for quarter in quarter_starts():
        way, expected = ways[segment, quarter], drawn[segment, quarter]
        for (stage, row), mean in zip(way.means.items(), expected, strict=True):
            if stage == "deploy_wait" and row["n_open"]:
                assert row["low"] <= mean <= row["high"]
            elif not row["n_open"]:
                assert row["value"] == pytest.approx(mean, abs=1.0)


def test_a_stage_is_said_to_take_most_where_it_does_and_else_its_rivals_are_named(ways, drawn):
    keys = [(segment.id, quarter) for segment in SEGMENTS for quarter in quarter_starts()]
    alone = 0
    for key in keys:
        way = ways[key]
        most = max(zip(drawn[key], stages.STAGES, strict=True))[1]
        said = stages.sentence(way)
        is_sure = "more than any other stage" in said
        assert most in way.largest
        assert is_sure == (way.largest == [most])
        assert is_sure != ("cannot be told" in said)
        alone += is_sure
    assert 0 < alone < len(keys)
