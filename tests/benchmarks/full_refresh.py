"""How long a full refresh takes, and how much memory, as a ratio to reading the data once.

    python tests/benchmarks/full_refresh.py --scale 1 [--add-day] [--folder DIR] [--steps]

Draws the workload of DESIGN.md, section 9, once per folder. Measures the *floor* (DuckDB reads
and decodes every column of the conformed tables' Parquet), then, in a process of its own and on
the real warehouse through Dagster, the way from conformed tables to a written edition. Process
start and Great Expectations' checks have lines of their own. `--add-day` measures the next night's
run, too. Beside the clock stand the processors' seconds, which a busy machine changes less.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import company
import duckdb
import polars as pl
from measured import RUN_ID, WAY
from workload import workload

from assets.schema import SHAPES
from assets.warehouse import Warehouse

REFERENCES = (
    "segments", "customers", "services", "repos", "offerings", "ownership", "calendars", "targets",
)  # fmt: skip
GIB = 1024**3


def main() -> None:
    """Measure and print the table and the closing line."""
    asked = arguments()
    home = asked.folder / f"home-S{asked.scale:g}"
    tables = workload(asked.folder, asked.scale, company.AS_OF)
    shutil.rmtree(home, ignore_errors=True)
    rows = prepare(home, tables)
    read = floor(tables)
    way = measure("way", home, company.AS_OF)
    show(way, read, asked.steps)
    result: dict[str, Any] = {
        "scale": asked.scale,
        "rows": rows,
        **edition(home),
        "floor_s": read[0],
        "way_s": way["run"][0],
        "ratio": way["run"][0] / read[0],
        "cpu_ratio": way["run"][1] / read[1],
        "peak_gib": way["peak"] / GIB,
        **{f"{stage}_s": of_stage(way, stage)[0] for stage in WAY},
        "start_s": way["start"],
    }
    if asked.add_day:
        next_as_of = company.AS_OF + timedelta(days=1)
        prepare(home, workload(asked.folder, asked.scale, next_as_of))
        day = measure("way", home, next_as_of)
        result |= {"day_s": day["run"][0], "day_ratio": day["run"][0] / way["run"][0]}
    if not asked.no_checks:
        result["checks_s"] = measure("checks", home, company.AS_OF)["run"][0]
    print("full_refresh " + " ".join(f"{name}={_short(v)}" for name, v in result.items()))


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scale", type=float, default=1, help="1 or 10; below 1 for a trial")
    parser.add_argument("--add-day", action="store_true", help="measure one more day, too")
    parser.add_argument("--no-checks", action="store_true", help="leave Great Expectations out")
    parser.add_argument("--steps", action="store_true", help="show every step, not only stages")
    default = Path(tempfile.gettempdir()) / "plumbline-benchmark"
    parser.add_argument("--folder", type=Path, default=default, help=f"default: {default}")
    return parser.parse_args()


def prepare(home: Path, tables: Path) -> int:
    """Put the conformed tables into the home's warehouse; returns how many rows they have."""
    from assets.conformed import reference
    from assets.conformed.quarantine import SCHEMA as QUARANTINE
    from assets.conformed.record_fates import SCHEMA as FATES
    from assets.home import Home

    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(tables / "plumbline.toml", home)
    store, rows = Warehouse(home / "warehouse.duckdb"), 0
    for folder in sorted(path for path in tables.iterdir() if path.is_dir()):
        rows += store.replace(f"conformed_{folder.name}", pl.read_parquet(folder / "*.parquet"))
    for name, shape in SHAPES.items():  # what nobody drew is there, and empty
        if not (tables / name).is_dir():
            store.replace(f"conformed_{name}", pl.DataFrame(schema=shape.table))
    made = {f"conformed_{name}": getattr(reference, f"conformed_{name}") for name in REFERENCES}
    for name, asset in made.items():
        store.replace(name, asset(home=Home(path=str(home))))
    for name, schema in (("quarantine", QUARANTINE), ("record_fates", FATES)):
        store.replace(f"conformed_{name}", pl.DataFrame(schema=schema))
    store.append({"check_results": sound()})
    return rows


def floor(tables: Path) -> tuple[float, float]:
    """Seconds in which DuckDB reads and decodes every column of every table once, median of 3.

    By the clock and of the processors. Hashing makes it decode each value: a count is answered
    from the files' statistics.
    """

    def once() -> tuple[float, float]:
        began, busy = time.perf_counter(), time.process_time()
        with duckdb.connect() as connection:
            for folder in tables.iterdir():
                if folder.is_dir():
                    connection.execute(
                        f"SELECT bit_xor(hash(COLUMNS(*))) FROM read_parquet('{folder}/*.parquet')"
                    ).fetchall()
        return time.perf_counter() - began, time.process_time() - busy

    clock, processors = zip(*(once() for _ in range(3)), strict=True)
    return median(clock), median(processors)


def sound() -> pl.DataFrame:
    """What an edition asks for: some check of its run. Here that the workload was let through."""
    return pl.DataFrame(
        {
            "table": ["conformed_pipeline_runs"],
            "check": ["drawn_by_contract"],
            "is_ok": [True],
            "severity": ["error"],
            "observed": ["nothing refused"],
            "expected": ["nothing refused"],
            "sentence": ["All drawn rows keep their contract."],
            "run_id": [RUN_ID],
            "at": [datetime.now(UTC)],
        }
    )


def measure(what: str, home: Path, as_of: datetime) -> dict[str, Any]:
    """What `measured.py` says, run as a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("measured.py")), what, str(home)]
    done = subprocess.run(
        [*command, as_of.isoformat()],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def of_stage(measured: dict[str, Any], stage: str) -> tuple[float, float]:
    """Seconds in the steps of a stage, by the clock and of the processors."""
    steps = [took for step, took in measured["steps"].items() if measured["groups"][step] == stage]
    return sum(clock for clock, _ in steps), sum(processors for _, processors in steps)


def edition(home: Path) -> dict[str, int]:
    """How many KPIs and cells the current edition has."""
    name = (home / "editions" / "current").read_text(encoding="utf-8").strip()
    counts = {"kpis": "kpi_catalogue", "cells": "kpi_values"}
    return {
        what: pl.scan_parquet(home / "editions" / name / f"{table}.parquet")
        .select(pl.len())
        .collect()
        .item()
        for what, table in counts.items()
    }


def show(way: dict[str, Any], read: tuple[float, float], with_steps: bool) -> None:
    """The table: seconds by the clock and of the processors, and how many times the floor."""
    stages = {stage: of_stage(way, stage) for stage in WAY}
    lines = [("floor", read)]
    for stage, took in stages.items():
        lines.append((stage, took))
        if with_steps:
            steps = [(n, s) for n, s in way["steps"].items() if way["groups"][n] == stage]
            lines += [(f"  {n}", s) for n, s in sorted(steps, key=lambda step: -step[1][1])]
    between = [way["run"][i] - sum(took[i] for took in stages.values()) for i in range(2)]
    lines += [("between steps", (between[0], between[1])), ("the whole way", way["run"])]
    print(f"{'':36} {'clock':>10} {'processors':>11}")
    for name, (clock, processors) in lines:
        times = f"{clock / read[0]:7.1f} x {processors / read[1]:7.1f} x floor"
        print(f"{name:36} {clock:8.2f} s {processors:9.2f} s {times}")
    print(f"{'process start':36} {way['start']:8.2f} s")
    print(f"{'most memory':36} {way['peak'] / GIB:8.2f} GiB")


def _short(value: float) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
