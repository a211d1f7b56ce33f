"""Text becomes the type of its column, or nothing."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from assets.conformed.casting import cast
from assets.schema import INSTANT


@pytest.mark.parametrize(
    ("dtype", "text", "value"),
    [
        (pl.Int64(), "12", 12),
        (pl.Int64(), "12.0", 12),
        (pl.Int64(), "1e3", 1000),
        (pl.Int64(), "12.5", None),
        (pl.Int64(), "9007199254740993", 9007199254740993),
        (pl.Float64(), "-0.5", -0.5),
        (pl.Float64(), "NaN", None),
        (pl.Float64(), "inf", None),
        (pl.Float64(), "1,5", None),
        (pl.Boolean(), "True", True),
        (pl.Boolean(), "0", False),
        (pl.Boolean(), "maybe", None),
        (pl.Date(), "2026-03-02", date(2026, 3, 2)),
        (pl.Date(), "2026-03-02T23:30:00Z", date(2026, 3, 2)),
        (pl.Date(), "2.3.2026", None),
        (INSTANT, "2026-03-02T10:00:00+0200", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        (INSTANT, "1772000000", None),
        (pl.List(pl.String()), '["a", "b,c"]', ["a", "b,c"]),
        (pl.List(pl.String()), "a, b", ["a", "b"]),
        (pl.List(pl.String()), '["a"', None),
        (pl.List(pl.String()), "[]", []),
    ],
)
def test_text_is_read_as_its_column_says_or_not_at_all(dtype, text, value):
    frame = pl.DataFrame({"column": [text, None]})
    read = frame.select(cast("column", pl.String(), dtype)).to_series()
    assert read.dtype == dtype
    assert read.to_list() == [value, None]
