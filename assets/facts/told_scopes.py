"""`fact_told_scopes`: of whom each source told anything, so that a late one is late for them only.

Holds no events, only which scope sets, tools and offerings occur with which source.
"""

from collections.abc import Mapping
from datetime import timedelta

import dagster as dg
import polars as pl

# A nightly delivery over a weekend is on time; beyond that a source is late.
ON_TIME = timedelta(hours=72)
# A fact shows whom its own table's sources told about; commits and replies go with their parents.
ENTITIES = {
    "fact_change_lead_time": ("changes", "commits"),
    "fact_deployments": ("deployments",),
    "fact_effort": ("effort",),
    "fact_incidents": ("incidents",),
    "fact_pipeline_runs": ("pipeline_runs",),
    "fact_security_findings": ("security_findings",),
    "fact_service_levels": ("service_levels",),
    "fact_ticket_ratings": ("ticket_ratings",),
    "fact_tickets": ("tickets", "ticket_events"),
}
KEYS = ("source", "scope_set", "tool", "offering")
TOLD = {
    "entity": pl.String,
    "source": pl.String,
    "scope_set": pl.UInt32,
    "tool": pl.String,
    "offering": pl.String,
}


def told_scopes(facts: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """`entity, source, scope_set, tool, offering`, once each; of the facts in `ENTITIES`."""
    parts = []
    for name, entities in ENTITIES.items():
        present = [key for key in KEYS if key in facts[name].collect_schema()]
        seen = facts[name].select(present).unique()
        parts += [seen.with_columns(entity=pl.lit(entity)) for entity in entities]
    nothing = pl.LazyFrame(schema=TOLD)
    return pl.concat([nothing, *parts], how="diagonal")


@dg.asset(ins={name: dg.AssetIn() for name in ENTITIES})
def fact_told_scopes(**facts: pl.LazyFrame) -> pl.LazyFrame:
    """Which source tells of which scope sets, per conformed table."""
    return told_scopes(facts)
