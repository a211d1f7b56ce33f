"""Public benchmarks: what a KPI says of one is what the reference file holds, and only context."""

import tomllib
from pathlib import Path

import pytest

from assets.kpis.catalogue import CATALOGUE

REFERENCE = Path(__file__).parents[2] / "data" / "reference" / "dora_2025.toml"
ASKED = {
    kpi: entry
    for kpi, entry in tomllib.loads(REFERENCE.read_text(encoding="utf-8")).items()
    if isinstance(entry, dict)
}


@pytest.mark.parametrize("kpi", ASKED)
def test_a_benchmark_quotes_the_best_and_the_worst_answer_and_says_who_gave_them(kpi):
    [benchmark] = [one.benchmark for one in CATALOGUE if one.id == kpi]
    answers = ASKED[kpi]["answers"]
    for answer in (answers[0], answers[-1]):
        assert f"“{answer[0].lower()}{answer[1:]}”" in benchmark
    assert "DORA's 2025 survey" in benchmark
    assert "Self-reported: context, and no target." in benchmark


def test_no_other_kpi_claims_an_answer_of_the_survey():
    assert {kpi.id for kpi in CATALOGUE if "DORA" in kpi.benchmark} == set(ASKED)


def test_benchmarks_are_nowhere_read_by_the_app_or_the_exports():
    """A self-reported category is never drawn on an axis of measured values."""
    root = Path(__file__).parents[2]
    code = [*(root / "app").rglob("*.py"), *(root / "assets").rglob("*.py")]
    assert [path.name for path in code if "dora_2025" in path.read_text(encoding="utf-8")] == []
    charts = (root / "app" / "charts.py").read_text(encoding="utf-8")
    assert "benchmark" not in charts
