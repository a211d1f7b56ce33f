"""Tables that readers download."""

import polars as pl
import pytest

from app.cell_table import without_formulas


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_text_that_a_spreadsheet_would_run_is_escaped(start):
    table = pl.DataFrame({"Scope": [f"{start}1", "a", None], "Value": [-1.0, 2.0, None]})
    safe = without_formulas(table)
    assert safe["Scope"].to_list() == [f"'{start}1", "a", None]
    assert safe["Value"].to_list() == [-1.0, 2.0, None]
