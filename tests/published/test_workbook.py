"""The Excel workbook, opened again."""

import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest

from assets.errors import UsageError
from assets.published.exports import export

SHEETS = ["Summary", "Flexibility", "Support", "Definitions", "Data quality"]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _open(path: Path, sheet: str) -> pl.DataFrame:
    return pl.read_excel(path, sheet_name=sheet, engine="calamine")


def _texts(path: Path, sheet: str = "Summary") -> str:
    """All cells of a sheet, row by row."""
    options = {"header_row": None}
    frame = pl.read_excel(path, sheet_name=sheet, read_options=options, drop_empty_rows=False)
    rows = frame.cast(pl.String).fill_null("").rows()
    return "\n".join(" | ".join(filter(None, row)) for row in rows)


def _xml(path: Path, folder: str) -> Iterator[ElementTree.Element]:
    with zipfile.ZipFile(path) as book:
        for name in sorted(book.namelist()):
            if name.startswith(folder) and name.endswith(".xml"):
                yield ElementTree.fromstring(book.read(name))


@pytest.fixture
def book(tmp_path, make):
    made = make()
    [path] = export(tmp_path, "2026-06", "xlsx", tmp_path / "out")
    assert path == tmp_path / "out" / f"plumbline-2026-06-{made.id}.xlsx"
    assert list((tmp_path / "out").iterdir()) == [path]
    return path


def test_there_is_a_summary_a_sheet_per_promise_definitions_and_data_quality(book):
    assert list(pl.read_excel(book, sheet_id=0, engine="calamine")) == SHEETS


def test_cells_are_typed_and_durations_are_in_the_unit_of_the_header(book):
    sheet = _open(book, "Flexibility")
    row = sheet.row(0, named=True)
    assert row["KPI"] == "Change lead time"
    assert row["Statistic"] == "median (P50)"
    assert row["Scope"] == "Example Ltd"
    assert row["From"] == date(2026, 6, 1)
    assert row["As of (UTC)"] == datetime(2026, 7, 1, 6, 30, tzinfo=UTC).replace(tzinfo=None)
    assert (row["Value, days"], row["Low, days"], row["High, days"]) == pytest.approx((2, 1.6, 2.2))
    assert row["Value, per week"] is None
    assert (row["n"], row["Still open"], row["Left out"], row["State"]) == (40, 2, 1, "known")
    assert (row["Complete"], row["Stale"]) == (True, False)


def test_business_time_and_shares_have_columns_of_their_own(book):
    sheet = _open(book, "Support").sort("KPI", "Scope")
    assert sheet["Value, business hours"].drop_nulls().to_list() == [2.0] * 3
    assert sheet["Value, share"].drop_nulls().to_list() == [0.9] * 3
    assert set(sheet.filter(pl.col("KPI") == "Csat")["Remarks"]) == {"few events; a source is late"}


def test_shares_of_stages_stand_with_their_promise_and_in_a_table_of_their_own(
    tmp_path, make, store
):
    quarter = store.read("kpi_flexibility").collect().filter(kpi="change_lead_time").head(3)
    shares = quarter.with_columns(
        period_kind=pl.lit("quarter"),
        period_start_on=date(2026, 4, 1),
        statistic=pl.lit("share"),
        unit=pl.lit("ratio"),
        value=pl.lit(0.25),
    )
    store.replace("kpi_stage_shares", shares)
    make()
    [book] = export(tmp_path, "2026-Q2", "xlsx", tmp_path / "out")
    sheet = _open(book, "Flexibility").filter(Statistic="share of the way to production")
    assert sheet["Value, share"].to_list() == [0.25] * 3
    [_, table, *_] = export(tmp_path, "2026-Q2", "csv", tmp_path / "out")
    assert (table.name, pl.read_csv(table).height) == ("kpi_stage_shares.csv", 3)


def test_headers_are_frozen_and_can_be_filtered(book):
    panes = [root.find(f".//{MAIN}pane") for root in _xml(book, "xl/worksheets/")]
    assert [pane is not None for pane in panes] == [False, True, True, True, False]
    tables = list(_xml(book, "xl/tables/"))
    assert len(tables) >= 3
    assert all(table.find(f"{MAIN}autoFilter") is not None for table in tables)


def test_the_summary_says_what_this_is(book):
    text = _texts(book)
    for part in (
        "Service quality of Example Ltd, 2026-06",
        "This is an example",
        "Edition | 20260701T063000Z-",
        "As of (UTC) | 2026-07-01 06:30:00",
        "Flexibility | Change lead time | median (P50) | Start-up-like | 2 | 1.6 | 2.2",
        "few events; a source is late",
        "Flexibility | serves | 5 | Start-up-like | 3.4",
        "2026-Q2 | Flexibility counts, and is served.",
    ):
        assert part in text


def test_definitions_and_data_quality_are_in_words(book):
    definitions = _open(book, "Definitions")
    assert definitions["Definition"][0] == "What change_lead_time means, in a sentence."
    assert definitions["Left out"][0] == "is_bot: made by a bot"
    quality = _texts(book, "Data quality")
    for part in ("ticket_id is unique.", "status 'waiting for [address]'", "line 3 ends in the"):
        assert part in quality
    assert "secret of Ann" not in quality


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "http://a.b"])
def test_no_text_is_a_formula_or_a_link(tmp_path, make, store, text):
    catalogue = store.read("kpi_catalogue").collect()
    store.replace(
        "kpi_catalogue", catalogue.with_columns(name=pl.lit(text), definition=pl.lit(text))
    )
    answers = store.read("tradeoff_attribute_map").collect()
    store.replace("tradeoff_attribute_map", answers.with_columns(sentence=pl.lit(text)))
    make(organisation=text)
    [path] = export(tmp_path, "2026-06", "xlsx", tmp_path / "out")
    for root in _xml(path, "xl/worksheets/"):
        assert root.find(f".//{MAIN}f") is None
        assert root.find(f".//{MAIN}hyperlink") is None
    assert set(_open(path, "Flexibility")["KPI"]) == {text}


def test_more_rows_than_a_sheet_holds_go_to_further_files_and_the_summary_says_so(tmp_path, make):
    made = make()
    paths = export(tmp_path, "2026-06", "xlsx", tmp_path / "out", rows_per_sheet=5)
    name = f"plumbline-2026-06-{made.id}"
    assert [p.name for p in paths] == [f"{name}.xlsx", f"{name}-part-2.xlsx"]
    sheets = [_open(path, "Flexibility") for path in paths]
    assert [sheet.height for sheet in sheets] == [4, 2]
    [whole] = export(tmp_path, "2026-06", "xlsx", tmp_path / "whole")
    columns = ["KPI id", "Scope id", "n"]
    together = pl.concat(sheet.select(columns) for sheet in sheets)
    assert together.equals(_open(whole, "Flexibility").select(columns))
    said = [_texts(path) for path in paths]
    assert "This is file 1 of 2" in said[0]
    assert f"rows 1 to 4 of 6 are here; the others in {name}-part-2.xlsx" in said[0]
    assert f"rows 5 to 6 of 6 are here; the others in {name}.xlsx" in said[1]


def test_a_sheet_without_room_for_a_row_is_refused(tmp_path, make):
    make()
    with pytest.raises(UsageError, match="1 rows do not make a sheet"):
        export(tmp_path, "2026-06", "xlsx", tmp_path / "out", rows_per_sheet=1)


def test_the_same_export_is_the_same_file(tmp_path, make):
    make()
    first, second = (
        export(tmp_path, "2026-06", "xlsx", tmp_path / name)[0].read_bytes() for name in "ab"
    )
    assert first == second


def test_values_that_are_not_known_are_empty_cells_and_say_why(tmp_path, make, store):
    cells = store.read("kpi_support").collect()
    unknown = cells.with_columns(
        value=pl.lit(None, pl.Float64), high=pl.lit(float("nan")), value_state=pl.lit("not_reached")
    )
    store.replace("kpi_support", unknown)
    make()
    [path] = export(tmp_path, "2026-06", "xlsx", tmp_path / "out")
    row = _open(path, "Support").row(0, named=True)
    assert row["State"] == "not reached yet"
    assert row["Low, business hours"] == pytest.approx(1.6)
    assert (row["Value, business hours"], row["High, business hours"]) == (None, None)
