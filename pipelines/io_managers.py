"""How frames get from assets into the warehouse's tables, and back.

An asset's key is its table's name. The statements themselves are in `assets.warehouse`.
"""

from pathlib import Path

import dagster as dg
import polars as pl

from assets.errors import ContractError
from assets.warehouse import Warehouse


class WarehouseIOManager(dg.ConfigurableIOManager):
    """Writes a frame as a table, in one transaction; loads a table as a LazyFrame."""

    path: str

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame | pl.LazyFrame) -> None:
        """Replace the asset's table by what the asset returned."""
        table = context.asset_key.to_python_identifier()
        frame = obj.collect() if isinstance(obj, pl.LazyFrame) else obj
        if not isinstance(frame, pl.DataFrame):
            raise ContractError(
                f"{table} returned {type(obj).__name__}. Return a polars frame, or "
                "dg.MaterializeResult if the asset stores its rows itself."
            )
        rows = Warehouse(Path(self.path)).replace(table, frame)
        context.add_output_metadata({"dagster/row_count": rows})

    def load_input(self, context: dg.InputContext) -> pl.LazyFrame:
        """Give the upstream asset's table to a parameter of that name."""
        return Warehouse(Path(self.path)).read(context.asset_key.to_python_identifier())
