"""Which offering the use of a tool belongs to."""

import polars as pl


def offering_of_tool(offerings: pl.LazyFrame) -> pl.LazyFrame:
    """`tool, offering_of_tool`, each tool once.

    Of an offering's dated rows the latest counts, for all of history; of several offerings that
    name a tool the alphabetically first.
    """
    return (
        offerings.sort("id", "valid_from")
        .unique("id", keep="last", maintain_order=True)
        .select(offering_of_tool="id", tool="tools")
        .explode("tool")
        .drop_nulls("tool")
        .unique("tool", keep="first", maintain_order=True)
    )
