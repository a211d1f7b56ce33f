"""Exports as CSV and Parquet, and what is refused."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.errors import EditionError, UsageError
from assets.published.exports import export

TABLES = ("kpi_values", "kpi_stage_shares", "kpi_catalogue", "scopes", "tradeoff_attribute_map")
ANSWER_COLUMNS = {
    "n",
    "n_open",
    "n_excluded",
    "value",
    "low",
    "high",
    "value_state",
    "is_complete",
    "is_low_n",
    "is_immature",
    "is_stale",
    "definition_version",
    "as_of",
}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_period_is_exported_as_a_file_per_table(tmp_path, make, form):
    made = make()
    files = export(tmp_path, "2026-06", form, tmp_path / "out")
    folder = tmp_path / "out" / f"plumbline-2026-06-{made.id}"
    assert files == [folder / f"{name}.{form}" for name in TABLES]
    assert {path.name for path in folder.iterdir()} == {path.name for path in files}
    read = pl.read_csv if form == "csv" else pl.read_parquet
    cells = read(files[0], **({"try_parse_dates": True} if form == "csv" else {}))
    assert set(cells["period_start_on"]) == {date(2026, 6, 1)}
    assert set(cells["period_kind"]) == {"month"}
    assert cells.height == 12
    assert set(cells.columns) >= ANSWER_COLUMNS


def test_parquet_has_the_editions_own_types(tmp_path, make):
    made = make()
    [cells, *_] = export(tmp_path, "2026-Q2", "parquet", tmp_path / "out")
    edition = pl.read_parquet(tmp_path / "editions" / made.id / "kpi_values.parquet")
    assert_frame_equal(pl.read_parquet(cells), edition.filter(pl.col("period_kind") == "quarter"))


def test_instants_in_csv_say_that_they_are_utc(tmp_path, make):
    make()
    [cells, *_] = export(tmp_path, "trailing", "csv", tmp_path / "out")
    assert pl.read_csv(cells)["as_of"].str.ends_with("Z").all()
    parsed = pl.read_csv(cells, try_parse_dates=True)["as_of"].unique().to_list()
    assert parsed == [datetime(2026, 7, 1, 6, 30, tzinfo=UTC)]


def test_a_name_that_is_a_formula_is_a_text_in_csv(tmp_path, make):
    make(organisation="=HYPERLINK(A1)")
    files = export(tmp_path, "2026-W23", "csv", tmp_path / "out")
    assert "'=HYPERLINK(A1)" in pl.read_csv(files[TABLES.index("scopes")])["name"].to_list()


def test_exporting_again_gives_the_same_files(tmp_path, make):
    make()
    first = {p: p.read_bytes() for p in export(tmp_path, "2026-06", "csv", tmp_path / "out")}
    second = {p: p.read_bytes() for p in export(tmp_path, "2026-06", "csv", tmp_path / "out")}
    assert first == second


def test_an_earlier_edition_can_be_exported(tmp_path, make, store):
    first = make()
    restated = store.read("kpi_support").collect().with_columns(value=pl.lit(0.5))
    store.replace("kpi_support", restated)
    make()
    [before, *_] = export(tmp_path, "2026-06", "csv", tmp_path / "out", edition=first.id)
    [now, *_] = export(tmp_path, "2026-06", "csv", tmp_path / "out")
    values = [
        pl.read_csv(path).filter(pl.col("kpi") == "csat")["value"][0] for path in (before, now)
    ]
    assert values == [0.9, 0.5]


def test_the_warehouse_is_not_needed(tmp_path, make, store):
    make()
    store.path.unlink()
    assert export(tmp_path, "2026-06", "csv", tmp_path / "out")


def test_a_period_without_cells_is_answered_with_those_there_are(tmp_path, make):
    make()
    with pytest.raises(
        UsageError, match=r"2025-Q1\. There are: 2026-Q2, months 2026-05 to 2026-06"
    ):
        export(tmp_path, "2025-Q1", "csv", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_format_is_answered_with_those_there_are(tmp_path, make):
    make()
    with pytest.raises(UsageError, match=r"--format ods is not known\. Choose csv, parquet, xlsx"):
        export(tmp_path, "2026-Q2", "ods", tmp_path / "out")


def test_a_damaged_edition_is_not_exported(tmp_path, make):
    made = make()
    with (tmp_path / "editions" / made.id / "kpi_values.parquet").open("ab") as file:
        file.write(b"!")
    with pytest.raises(EditionError, match=r"kpi_values\.parquet is not what was published"):
        export(tmp_path, "2026-Q2", "csv", tmp_path / "out")
