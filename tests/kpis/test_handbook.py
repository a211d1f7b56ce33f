"""docs/kpis.md: what stands in it, and that it is what the catalogue says."""

import os
from pathlib import Path

import pytest

from assets.kpis.catalogue import CATALOGUE
from assets.kpis.definition import Example, Exclusion, Slice
from assets.kpis.handbook import entry, handbook

DOCUMENT = Path(__file__).parents[2] / "docs" / "kpis.md"


def test_the_document_is_what_the_catalogue_says():
    made = handbook(CATALOGUE)
    if os.environ.get("UPDATE_SNAPSHOT"):
        DOCUMENT.write_text(made, encoding="utf-8")

    assert DOCUMENT.read_text(encoding="utf-8") == made, (
        "docs/kpis.md is out of date. After a change of the catalogue that is meant: "
        "UPDATE_SNAPSHOT=1 .venv/bin/pytest tests/kpis/test_handbook.py"
    )


def test_kpis_stand_under_their_promises(kpi):
    text = handbook(
        [
            kpi(("ratio",), id="a", name="Alpha", promise="support"),
            kpi(("rate",), id="b", name="Beta", promise="security"),
            kpi(("ratio",), id="c", name="Gamma ray", promise="support"),
        ]
    )
    headings = [line for line in text.splitlines() if line.startswith("##")]
    assert headings == ["## Support", "### Alpha", "### Gamma ray", "## Security", "### Beta"]
    assert "[Gamma ray](#gamma-ray)" in text


@pytest.mark.parametrize("kpi", CATALOGUE, ids=lambda kpi: kpi.id)
def test_an_entry_says_everything_that_the_catalogue_must_say(kpi):
    rows = entry(kpi)
    always = {"ID", "Name", "Promise", "Definition", "Worked example", "Unit", "Better"}
    always |= {"Statistics", "Cohort", "Look-ahead", "Minimum n", "No value means", "Source"}
    always |= {"Version", "Changes", "Benchmark"}
    of_clocks = {"Clock starts", "Clock stops", "Other exits"} if kpi.clock else set()
    assert always | of_clocks <= set(rows)
    for exclusion in kpi.exclusions:
        assert exclusion.sentence in rows["Left out"]


def test_a_table_cell_stays_in_its_row(kpi):
    entries = kpi(
        ("ratio",),
        numerator="is_hit",
        exclusions=(Exclusion("is_a", "It is a | b."), Exclusion("is_b", "It is b.")),
        slices=(Slice("link_rule", numerators={"explicit": "is_x"}),),
        example=Example(records="things", n=2, hits=1, hit="hit", value=0.5),
    )
    text = handbook([entries])
    assert "| Left out | It is a \\| b. (is_a)<br>It is b. (is_b) |" in text
    assert "| Also shown by | link rule: explicit (by month and quarter) |" in text
    assert "*Worked example.* June 2026: 2 things come in. All are measured" in text
