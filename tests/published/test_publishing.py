"""Publishing as a whole: complete, once, immutable."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.errors import EditionError
from assets.published import folder, manifest, publishing


def test_an_edition_holds_every_table_and_becomes_current(tmp_path, make):
    made = make()
    files = {path.name for path in (tmp_path / "editions" / made.id).iterdir()}
    assert files == {
        "manifest.json",
        *(f"{name}.parquet" for name in _TABLES),
        "evidence_fact_change_lead_time",
        "evidence_fact_ticket_ratings",
        "evidence_fact_tickets",
    }
    assert manifest.current_id(tmp_path / "editions") == made.id
    assert made.id.startswith("20260701T063000Z-")


_TABLES = (
    "kpi_values",
    "kpi_catalogue",
    "tradeoff_attribute_map",
    "exposure_fact_customer_activity",
    "scopes",
    "scope_sets",
    "checks",
    "coverage",
    "quarantine",
    "record_fates",
    "files",
    "links",
)


def test_the_cells_of_all_promises_stand_in_one_table(tmp_path, make, store):
    values = pl.read_parquet(tmp_path / "editions" / make().id / "kpi_values.parquet")
    expected = pl.concat(
        [store.read("kpi_flexibility").collect(), store.read("kpi_support").collect()]
    )
    assert_frame_equal(values, expected, check_row_order=False)
    assert values.schema["as_of"] == pl.Datetime("us", "UTC")


def test_the_same_contents_are_the_same_edition_and_not_a_second_copy(tmp_path, make, store):
    first = make()
    for table in ("tradeoff_attribute_map", "fact_change_lead_time", "conformed_quarantine"):
        store.replace(table, store.read(table).collect().reverse())
    later = store.read("raw_files").collect().with_columns(pl.col("read_at").dt.offset_by("1h"))
    store.replace("raw_files", later)
    second = make(made_at=datetime(2026, 7, 2, tzinfo=UTC), code_version="1.1")
    assert second == first
    assert manifest.editions(tmp_path) == [first.id]


@pytest.mark.parametrize("term", ["organisation", "time_zone"])
def test_what_readers_see_of_the_manifest_is_content_too(make, term):
    assert make().id != make(**{term: "UTC"}).id


def test_a_changed_value_makes_another_edition_and_leaves_the_first_as_it_was(
    tmp_path, make, store
):
    first = make()
    restated = store.read("kpi_support").collect().with_columns(pl.col("value") + 1)
    store.replace("kpi_support", restated)
    second = make()
    assert second.id != first.id
    assert manifest.current_id(tmp_path / "editions") == second.id
    assert manifest.verify(tmp_path / "editions" / first.id) == first


def test_an_edition_that_was_damaged_is_not_made_current_again(tmp_path, make):
    made = make()
    (tmp_path / "editions" / made.id / "scopes.parquet").write_bytes(b"")
    with pytest.raises(EditionError, match=r"scopes\.parquet is not what was published"):
        make()


def test_a_disk_that_is_full_is_said_and_leaves_no_trace(tmp_path, make, store, monkeypatch):
    first = make()
    store.replace("kpi_support", store.read("kpi_support").collect().head(1))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "_sync", full)
    with pytest.raises(EditionError, match=r"No space left on device.*Free some disk space"):
        make()
    assert manifest.current_id(tmp_path / "editions") == first.id
    assert _visible_and_hidden(tmp_path) == {first.id, "current"}


def test_rows_that_are_not_read_again_as_written_stop_the_edition(tmp_path, make, monkeypatch):
    written = publishing._write_table

    def lose_a_row(making: Path, name: str, frame: pl.DataFrame | pl.LazyFrame):
        table = written(making, name, frame)
        frame.lazy().head(0).collect().write_parquet(making / f"{name}.parquet")
        return table

    monkeypatch.setattr(publishing, "_write_table", lose_a_row)
    with pytest.raises(EditionError, match="kpi_values was written with 60 rows"):
        make()
    assert _visible_and_hidden(tmp_path) == set()


def _visible_and_hidden(home: Path) -> set[str]:
    return {path.name for path in (home / "editions").iterdir()}
