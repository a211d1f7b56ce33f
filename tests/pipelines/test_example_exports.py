"""What an analyst takes home of the example company: every row of every export."""

import polars as pl
import pytest

from assets.published import words
from assets.published.exports import export

# A curve may not bound its quantile; one day does not tell how far the mean of another would lie.
OPEN_ENDED = ("p50", "p90", "mean")
KNOWN_BY = {
    column: {word: name for name, word in table.items()}
    for column, table in (("Statistic", words.STATISTICS), ("State", words.STATES))
}


def rows_of_table(path, form):
    read = pl.read_parquet if form == "parquet" else pl.read_csv
    return read(path, **({} if form == "parquet" else {"infer_schema_length": None})).to_dicts()


def rows_of_workbook(path):
    """The rows of all sheets of cells, as a table has them; each unit has columns of its own."""
    for name in pl.read_excel(path, sheet_id=0, engine="calamine"):
        sheet = pl.read_excel(path, sheet_name=name, engine="calamine", infer_schema_length=None)
        for row in sheet.to_dicts() if "Scope id" in sheet.columns else []:
            numbers = {
                end: next(
                    (row[c] for c in row if c.startswith(f"{end}, ") and row[c] is not None), None
                )
                for end in ("Value", "Low", "High")
            }
            for end, said in (("Low", "no lower bound"), ("High", "no upper bound")):
                is_open = numbers["Value"] is not None and numbers[end] is None
                assert (said in (row["Remarks"] or "")) == is_open, row
            told = {c.lower(): table[row[c]] for c, table in KNOWN_BY.items()}
            yield {
                "statistic": told["statistic"],
                "value_state": told["state"],
                "n": row["n"],
                **{end.lower(): number for end, number in numbers.items()},
            }


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
@pytest.mark.parametrize("period", ["2026-06", "2026-Q2", "trailing"])
def test_every_exported_row_has_n_and_interval(example_edition, tmp_path, period, form):
    files = export(example_edition.parents[1], period, form, tmp_path)
    rows = list(rows_of_workbook(files[0]) if form == "xlsx" else rows_of_table(files[0], form))
    tables = ("kpi_values", "kpi_stage_shares") if form == "xlsx" else ("kpi_values",)
    published = pl.concat(pl.scan_parquet(example_edition / f"{one}.parquet") for one in tables)
    kind = {"2026-06": "month", "2026-Q2": "quarter"}.get(period)
    if kind:
        assert len(rows) == (
            published.filter(period_kind=kind)
            .filter(pl.col("period_end_on") == pl.date(2026, 6, 30))
            .select(pl.len())
            .collect()
            .item()
        )
    for row in rows:
        value, low, high = row["value"], row["low"], row["high"]
        assert row["n"] is not None, row
        if row["value_state"] != "ok":
            assert value is None, row
            assert high is None, row
            continue
        assert value is not None, row
        assert row["statistic"] in OPEN_ENDED or None not in (low, high), row
        assert low is None or low <= value * (1 + 1e-9), row
        assert high is None or high >= value * (1 - 1e-9), row
    assert {row["value_state"] for row in rows} > {"ok"}
