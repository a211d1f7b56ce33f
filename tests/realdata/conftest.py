"""A home of real records, run once as a user would run it, and its edition."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

# The oracle's modules stand beside this file; tests are no packages.
sys.path.insert(0, str(Path(__file__).parent))

from home import AS_OF, build

CHECKOUT = Path(__file__).parents[2]
Cell = dict[str, Any]
Cells = Callable[..., dict[str, Cell]]


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The folder of recorded payloads; without it the test skips."""
    default = CHECKOUT.parent / "shared" / "data"
    folder = Path(os.environ.get("PLUMBLINE_REAL_DATA", default)) / "recorded"
    if not folder.is_dir():
        pytest.skip(f"The real records are not here ({folder}); set PLUMBLINE_REAL_DATA.")
    return folder


@pytest.fixture(scope="session")
def run(recorded: Path, tmp_path_factory: pytest.TempPathFactory):
    """`plumbline run` on the home of real records: what it returned, and the home."""
    home = tmp_path_factory.mktemp("real")
    build(recorded, home)
    script = "from pipelines.cli import app; app()"
    command = [sys.executable, "-c", script, "run", "--home", str(home)]
    ended = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    return ended, home


@pytest.fixture(scope="session")
def edition(run) -> Path:
    ended, home = run
    current = home / "editions" / "current"
    assert current.exists(), ended.stdout + ended.stderr
    return home / "editions" / current.read_text().strip()


@pytest.fixture(scope="session")
def cells(edition: Path) -> Cells:
    """cells(kpi, statistic, scope, period_kind) -> {first day: cell}; slices on demand."""
    values = pl.read_parquet(edition / "kpi_values.parquet")
    assert values.get_column("as_of").unique().to_list() == [AS_OF]

    def find(kpi: str, statistic: str, scope: str, period_kind: str, **more: str):
        wanted = {"kpi": kpi, "statistic": statistic, "scope": scope, "period_kind": period_kind}
        wanted |= {"slice_kind": "", "slice": ""} | more
        rows = values.filter(**wanted).sort("period_start_on").to_dicts()
        return {row["period_start_on"].isoformat(): row for row in rows}

    return find
