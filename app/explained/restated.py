"""What became of one cell between two editions: which records came, went or read differently.

Compares the records of the cell in both, by `event_id`. Holds no words.
"""

from dataclasses import dataclass

import polars as pl

from app.cells import Cell, same_cell
from app.edition import Edition
from app.explained.members import STILL_OPEN, TOO_YOUNG, evidence_of, last_full_day, records

# How a record differs, in the order in which it is told.
LATE = "late"  # entered on a day that was over in the earlier edition, which did not know it
MOVED_HERE = "moved_here"  # known then, but not part of this cell
CORRECTED = "corrected"  # reads differently: another fate, time, amount or numerator
GONE = "gone"  # no longer known
MOVED_AWAY = "moved_away"  # still known, but not part of this cell
ENDED = "ended"  # was open then
GROWN = "grown"  # was too young then
NEW = "new"  # entered since
HOW = (LATE, MOVED_HERE, CORRECTED, GONE, MOVED_AWAY, ENDED, GROWN, NEW)


@dataclass(frozen=True)
class Restated:
    """The difference to `earlier`. `cell` is None if that edition does not have the cell.

    `records` has one row per record that differs: `how`, the columns of `members.RECORD`, and
    those of then with `_then`; None where no records are shown. `n_older` are those still open in
    both, whose clocks ran on.
    """

    earlier: Edition
    cell: Cell | None
    records: pl.DataFrame | None = None
    n_older: int = 0


def restated(
    edition: Edition, cell: Cell, now: pl.DataFrame | None, earlier: Edition | None
) -> Restated | None:
    """The difference to the edition before; None for the first edition of a home.

    `now` are the cell's `members.records` in `edition`.
    """
    if earlier is None:
        return None
    then = same_cell(earlier, cell)
    if then is None:
        return Restated(earlier, None)
    before = records(earlier, then)
    if now is None or before is None:
        return Restated(earlier, then)
    joined = now.join(before, on="event_id", how="full", coalesce=True, suffix="_then")
    came = joined.filter(pl.col("fate_then").is_null()).get_column("event_id")
    went = joined.filter(pl.col("fate").is_null()).get_column("event_id")
    joined = joined.with_columns(
        is_known_then=_is_known(earlier, then, came), is_known_now=_is_known(edition, cell, went)
    )
    # The age of what is in a stock follows from when it entered.
    read = ("entered_at",) if cell.kpi.left_at else ("measured", "whole")
    judged = joined.with_columns(how=_how(earlier, read))
    is_open = (pl.col("exit") == 0) & (pl.col("exit_then") == 0)
    rank = pl.col("how").replace_strict(list(HOW), range(len(HOW)), return_dtype=pl.Int8)
    return Restated(
        earlier,
        then,
        judged.drop_nulls("how").sort(
            rank, pl.coalesce("entered_at", "entered_at_then"), "event_id"
        ),
        judged.filter(is_open, pl.col("how").is_null()).height,
    )


def _is_known(edition: Edition, cell: Cell, wanted: pl.Series) -> pl.Expr:
    """Whether the edition's evidence has the record at all, in whichever cell."""
    if wanted.is_empty():
        return pl.lit(False)
    ids = edition.scan(evidence_of(cell)).select("event_id")
    known = ids.filter(pl.col("event_id").is_in(wanted.implode())).collect()
    return pl.col("event_id").is_in(known.get_column("event_id").implode())


def _how(earlier: Edition, read: tuple[str, ...]) -> pl.Expr:
    """One of `HOW`; null for a record that says the same, or whose clock only ran on."""
    came, went = pl.col("fate_then").is_null(), pl.col("fate").is_null()
    entered_on = pl.col("entered_at").dt.convert_time_zone(earlier.time_zone).dt.date()
    was_over = entered_on <= last_full_day(earlier)
    differs = _differs(("fate", "exit", "is_hit"))
    has_stopped = pl.col("exit").ne_missing(0)
    return (
        pl.when(came & ~was_over)
        .then(pl.lit(NEW))
        .when(came & pl.col("is_known_then"))
        .then(pl.lit(MOVED_HERE))
        .when(came)
        .then(pl.lit(LATE))
        .when(went & pl.col("is_known_now"))
        .then(pl.lit(MOVED_AWAY))
        .when(went)
        .then(pl.lit(GONE))
        .when((pl.col("fate_then") == TOO_YOUNG) & (pl.col("fate") != TOO_YOUNG))
        .then(pl.lit(GROWN))
        .when((pl.col("fate_then") == STILL_OPEN) & has_stopped)
        .then(pl.lit(ENDED))
        .when(differs | (has_stopped & _differs(read)))
        .then(pl.lit(CORRECTED))
    )


def _differs(columns: tuple[str, ...]) -> pl.Expr:
    return pl.any_horizontal(pl.col(one).ne_missing(pl.col(f"{one}_then")) for one in columns)
