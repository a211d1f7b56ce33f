"""Of whom each source told anything."""

import polars as pl

from assets.facts.told_scopes import ENTITIES, told_scopes


def test_each_source_is_named_once_per_table_and_scope_set():
    facts = {
        name: pl.LazyFrame(schema={"source": pl.String, "scope_set": pl.UInt32})
        for name in ENTITIES
    }
    facts["fact_tickets"] = pl.LazyFrame(
        {"source": ["z", "z", "y"], "scope_set": [1, 1, 2], "tool": ["a", "a", None]},
        schema_overrides={"scope_set": pl.UInt32},
    )
    found = told_scopes(facts).select("entity", "source", "scope_set", "tool").collect()
    assert sorted(found.rows(), key=str) == sorted(
        [
            (entity, *row)
            for entity in ("tickets", "ticket_events")
            for row in (("z", 1, "a"), ("y", 2, None))
        ],
        key=str,
    )
