"""What is read of an edition's cells, and which edition is the one before."""

import shutil

import pytest
from sample_edition import EDITION_ID

from app.cells import KEPT_COLUMNS, Cell, Series, catalogue, same_cell, series
from app.edition import edition_before, open_edition

EARLIER = "20260620T000000Z-0a1b2c3d"


@pytest.fixture(scope="module")
def edition(sample_home):
    return open_edition(sample_home, EDITION_ID)


def test_a_series_holds_one_row_per_scope_and_period_in_order(edition):
    found = series(edition, Series("csat", "ratio", "segment", ("core", "startup"), "month"))
    assert found.select("scope", "period_start_on").is_duplicated().sum() == 0
    assert found["scope"].unique(maintain_order=True).to_list() == ["core", "startup"]
    assert found.filter(scope="core")["period_start_on"].is_sorted()


def test_a_part_with_a_numerator_of_its_own_counts_by_it(edition):
    wanted = Series(
        "change_fail_rate", "ratio", "segment", ("core",), "month", "link_rule", "hotfix"
    )
    row = series(edition, wanted).select(KEPT_COLUMNS).row(0, named=True)
    cell = Cell(catalogue(edition)["change_fail_rate"], row, "Core")
    assert (cell.numerator, cell.slice_column) == ("is_success_hotfix", None)
    assert same_cell(edition, cell) == cell


def test_the_edition_before_is_the_newest_older_one_of_its_home(sample_home, tmp_path):
    editions = tmp_path / "editions"
    for name in (EDITION_ID, EARLIER, "20260401T000000Z-0a1b2c3d"):
        shutil.copytree(sample_home / "editions" / EDITION_ID, editions / name)
        manifest = editions / name / "manifest.json"
        day = f"{name[:4]}-{name[4:6]}-{name[6:8]}"
        manifest.write_text(
            manifest.read_text().replace('"as_of": "2026-07-01', f'"as_of": "{day}')
        )
    assert edition_before(open_edition(tmp_path, EDITION_ID)).id == EARLIER
    assert edition_before(open_edition(tmp_path, "20260401T000000Z-0a1b2c3d")) is None
