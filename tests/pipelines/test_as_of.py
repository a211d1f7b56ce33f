"""Looking back: a run as of an earlier instant, after more was delivered."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

EARLY, LATE = "2026-Q1.jsonl.gz", "2026-Q2.jsonl.gz"
ONCE = ("groups", "organizations", "users")  # delivered in the first quarter, and never again
# What they tell is what was delivered by now, what was masked included.
ABOUT_THE_DELIVERY = {"files", "record_fates", "checks"}


def run(home: Path, *options: str) -> Path:
    """The edition that is current after `plumbline run`."""
    command = [str(Path(sys.executable).with_name("plumbline")), "run", "--home", str(home)]
    ran = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 3), ran.stdout + ran.stderr
    return home / "editions" / (home / "editions" / "current").read_text().strip()


@pytest.fixture(scope="module")
def editions(example_home: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The edition made when one quarter was there, and that of the same instant made later.

    The home's clock is the real one: what the second quarter holds arrives after the first run.
    """
    home = tmp_path_factory.mktemp("home")
    terms = (example_home / "plumbline.toml").read_text(encoding="utf-8")
    (home / "plumbline.toml").write_text(re.sub("(?m)^as_of .*", "", terms), encoding="utf-8")

    def deliver(quarter: str) -> None:
        for path in example_home.glob("inbox/*/*/*"):
            if path.name == quarter or (path.parent.name in ONCE and quarter == EARLY):
                target = home / path.relative_to(example_home)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)

    deliver(EARLY)
    then = run(home)
    deliver(LATE)
    as_of = json.loads((then / "manifest.json").read_text())["as_of"]
    return [then, run(home, "--as-of", as_of)]


def test_a_run_with_as_of_in_the_past_equals_the_run_made_then(editions: list[Path]):
    then, looked_back = editions
    assert then != looked_back
    tables = {path.relative_to(then) for path in then.rglob("*.parquet")}
    assert tables == {path.relative_to(looked_back) for path in looked_back.rglob("*.parquet")}
    numbers = sorted(table for table in tables if table.stem not in ABOUT_THE_DELIVERY)
    assert {"kpi_values.parquet", "coverage.parquet"} < {str(table) for table in numbers}
    for table in numbers:
        made_then, made_now = (pl.read_parquet(edition / table) for edition in editions)
        assert_frame_equal(made_then, made_now, check_row_order=False, check_exact=True)


def test_what_is_masked_in_a_look_back_is_told(editions: list[Path]):
    fates = [pl.read_parquet(edition / "record_fates.parquet") for edition in editions]
    masked = [fate.filter(fate="masked") for fate in fates]
    assert masked[0].is_empty()
    assert set(masked[1]["rule"]) == {"known_later"}
    assert masked[1].select(pl.col("records").sum()).item() > 10_000
