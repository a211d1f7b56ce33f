"""Frames become tables and come back, and a stopped process never loses a table."""

import subprocess
import sys
from itertools import count
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.errors import ContractError
from assets.warehouse import Warehouse
from pipelines.io_managers import WarehouseIOManager

OLD = pl.DataFrame({"x": [1, 2, 3]})
NEW = pl.DataFrame({"x": [4, 5]})


def _materialise(path: Path, *assets: dg.AssetsDefinition) -> dg.ExecuteInProcessResult:
    manager = WarehouseIOManager(path=str(path))
    return dg.materialize(list(assets), resources={"io_manager": manager})


def test_an_asset_reads_its_parameters_tables_and_writes_its_own(tmp_path: Path):
    @dg.asset
    def conformed_things() -> pl.DataFrame:
        return OLD

    @dg.asset
    def fact_things(conformed_things: pl.LazyFrame) -> pl.LazyFrame:
        return conformed_things.select(pl.col("x") * 2)

    path = tmp_path / "warehouse.duckdb"
    result = _materialise(path, conformed_things, fact_things)

    assert_frame_equal(Warehouse(path).read("fact_things").collect(), OLD * 2)
    [materialised] = result.asset_materializations_for_node("fact_things")
    assert materialised.metadata["dagster/row_count"].value == 3


def test_an_asset_that_returns_something_else_is_told_what_to_return(tmp_path: Path):
    @dg.asset
    def fact_things() -> list[int]:
        return [1]

    with pytest.raises(ContractError, match=r"fact_things returned list\. Return a polars frame"):
        _materialise(tmp_path / "warehouse.duckdb", fact_things)


STOPPED_AT = """
import os, sys
import dagster as dg, polars as pl
from assets.warehouse import Warehouse
from pipelines.io_managers import WarehouseIOManager

left, put = int(sys.argv[2]), Warehouse.put

def stop_if_due():
    global left
    if left == 0:
        os._exit(9)
    left -= 1

def stopping(self, waiting, path):
    stop_if_due()
    put(self, waiting, path)
    stop_if_due()

Warehouse.put = stopping

@dg.asset
def fact_things():
    return pl.DataFrame({"x": [4, 5]})

dg.materialize([fact_things], resources={"io_manager": WarehouseIOManager(path=sys.argv[1])})
"""


def test_a_run_stopped_at_any_boundary_leaves_the_table_old_or_new(tmp_path: Path):
    path = tmp_path / "warehouse.duckdb"
    seen = []
    for boundary in count():
        Warehouse(path).replace("fact_things", OLD)
        child = [sys.executable, "-c", STOPPED_AT, str(path), str(boundary)]
        if subprocess.run(child, check=False, capture_output=True).returncode != 9:
            break
        seen.append(Warehouse(path).read("fact_things").collect())

    assert [frame.equals(OLD) for frame in seen] == [True, False]
    assert_frame_equal(seen[-1], NEW)
