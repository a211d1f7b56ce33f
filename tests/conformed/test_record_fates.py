"""The share of rejects, and records that give several rows."""

import polars as pl
import pytest

from assets.conformed.conform import LEFT_OUT
from assets.conformed.record_fates import fates
from assets.raw.versions import FATES


def so_far(newest: int) -> pl.LazyFrame:
    return pl.LazyFrame([("ci", "runs", "newest", "", newest)], schema=FATES, orient="row")


def left_out(*rows: tuple[str, str, str, bool]) -> pl.LazyFrame:
    filled = [("ci", "runs", key, fate, rule, "", is_breach) for key, fate, rule, is_breach in rows]
    return pl.LazyFrame(filled, schema=LEFT_OUT, orient="row")


def table(newest: int, *rows: tuple[str, str, str, bool]) -> list[tuple[object, ...]]:
    found = fates(so_far(newest), [left_out(*rows)]).collect()
    return found.select("fate", "rule", "records").rows()


def reject_ratio(newest: int, *rows: tuple[str, str, str, bool]) -> float | None:
    return fates(so_far(newest), [left_out(*rows)]).collect()["reject_ratio"][0]


def test_what_is_left_out_is_not_conformed():
    rows = [("1", "quarantined", "unknown_status", True), ("2", "masked", "begins_later", False)]
    assert table(5, *rows) == [
        ("conformed", "", 3),
        ("masked", "begins_later", 1),
        ("quarantined", "unknown_status", 1),
    ]


def test_a_record_with_several_rows_counts_once_and_as_quarantined_first():
    rows = [("1", "masked", "begins_later", False), ("1", "quarantined", "b", True)]
    again = ("1", "quarantined", "a", True)
    assert table(2, *rows, again) == [("conformed", "", 1), ("quarantined", "a", 1)]


def test_the_share_of_rejects_is_that_of_records_which_broke_a_rule():
    bad = [(str(number), "quarantined", "unknown_status", True) for number in range(10)]
    assert reject_ratio(200, *bad) == pytest.approx(0.05)


def test_what_a_map_set_aside_is_no_reject():
    known = [(str(number), "quarantined", "scheduled_maintenance", False) for number in range(100)]
    assert reject_ratio(200, *known) == 0


def test_of_few_records_no_share_is_taken():
    assert reject_ratio(50, ("1", "quarantined", "unknown_status", True)) is None
