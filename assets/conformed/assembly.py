"""The asset of an entity: every source's rows, judged by one contract.

Holds how an entity becomes an asset with two outputs, its table and the records left out.
"""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.conformed.conform import Conformed, Given, conform
from assets.conformed.entity import Entity
from assets.home import Home
from assets.raw import systems
from assets.raw.newest import Records, late_versions
from assets.raw.people import people_of


def asset_of(entity: Entity) -> dg.AssetsDefinition:
    """The asset `conformed_<entity>`, with its second output, the records left out."""

    @dg.multi_asset(
        name=entity.table,
        outs={
            entity.table: dg.AssetOut(description=f"{entity.name} of all sources."),
            entity.left_out_table: dg.AssetOut(
                description=f"Records that are not in {entity.table}, and why."
            ),
        },
        deps=["raw_newest"],
    )
    def conformed(home: Home) -> Iterator[dg.Output[pl.DataFrame]]:
        result = conformed_of(entity, home)
        yield dg.Output(
            result.rows, entity.table, metadata={"dagster/row_count": result.rows.height}
        )
        yield dg.Output(
            result.left_out,
            entity.left_out_table,
            metadata={"dagster/row_count": result.left_out.height},
        )

    return conformed


def conformed_of(entity: Entity, home: Home) -> Conformed:
    """What all sources of the home say about an entity, judged by its contract."""
    configuration = home.configuration
    sources = [system for system in systems.systems(configuration) if entity.name in system.maps]
    given = [
        Given(system.name, system.maps[entity.name](Records(home.store, system), configuration))
        for system in sources
    ]
    return conform(
        entity,
        given,
        configuration,
        home.as_of_instant,
        late_versions(home.store, sources),
        people_of(home),
    )
