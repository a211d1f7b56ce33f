"""Which offering a tool belongs to."""

from datetime import date

import polars as pl

from assets.facts.offerings import offering_of_tool


def test_the_latest_row_of_an_offering_counts_and_the_first_offering_of_a_tool():
    offerings = pl.LazyFrame(
        [
            ("old", ["a", "b"], date(2020, 1, 1)),
            ("old", ["b"], date(2025, 1, 1)),
            ("bee", ["b", "c"], date(2020, 1, 1)),
            ("none", [], date(2020, 1, 1)),
        ],
        schema={"id": pl.String, "tools": pl.List(pl.String), "valid_from": pl.Date},
        orient="row",
    )
    found = dict(
        offering_of_tool(offerings).select("tool", "offering_of_tool").collect().iter_rows()
    )
    assert found == {"b": "bee", "c": "bee"}
