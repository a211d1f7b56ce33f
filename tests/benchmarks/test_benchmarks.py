"""The benchmarks run, and end with the line that docs/performance.md shows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
NUMBER = r"[\d.]+(e[+-]?\d+)?"


def last_line(script, *arguments):
    done = subprocess.run(
        [sys.executable, str(FOLDER / script), *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1]


def values(line, name):
    assert re.fullmatch(rf"{name}( \w+={NUMBER})+", line)
    return {key: float(value) for key, value in (part.split("=") for part in line.split()[1:])}


@pytest.mark.slow
def test_a_small_full_refresh_ends_with_one_line_that_holds_the_result(tmp_path):
    found = values(
        last_line(
            "full_refresh.py",
            *("--scale", "0.002", "--add-day", "--folder", str(tmp_path)),
        ),
        "full_refresh",
    )
    stages = sum(found[f"{stage}_s"] for stage in ("facts", "kpis", "tradeoffs", "published"))
    assert 0 < stages <= found["way_s"]
    assert abs(found["ratio"] - found["way_s"] / found["floor_s"]) <= 0.02 * found["ratio"]
    assert found["rows"] > 2_000
    assert found["cells"] > 10_000
    assert 0.1 < found["peak_gib"] < 16
    assert found["day_s"] > 0
    assert found["checks_s"] > 0


def test_linking_incidents_ends_with_one_line_that_holds_the_result():
    line = last_line("incident_link.py", "--deployments", "2000", "--incidents", "300")
    found = values(line, "incident_link")
    assert found["deployments"] == 2_000
    assert 0 < found["links"] <= found["incidents"] == 300
    assert found["seconds"] > 0
