"""The records behind one cell, and what became of each: from the evidence of one edition.

Who belongs to a cell is what `assets.kpis.terms` says, told again from the catalogue entry that the
edition holds; `explanation.problems` says where cell, reconciliation and records differ.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from app.cells import Cell
from app.edition import Edition

MEASURED, STILL_OPEN, TOO_YOUNG = "measured", "still_open", "is_immature"
NOT_TOLD = "not_told"  # what is measured of a record is not known
BEFORE_COVERAGE = "is_before_coverage"  # it entered before its sources begin to tell
HAPPENED = 1
IN_THE_NUMBER = (MEASURED, STILL_OPEN)
# Scopes that a fact names itself; the others are in its scope sets.
OWN_SCOPES = ("tool", "offering")
RECORD: dict[str, pl.DataType | type[pl.DataType]] = {
    "event_id": pl.String,
    "url": pl.String,
    "place": pl.String,
    "entered_at": pl.Datetime("us", "UTC"),
    "measured": pl.Float64,
    "whole": pl.Float64,
    "exit": pl.Int8,
    "is_hit": pl.Boolean,
    "link_rule": pl.String,
    "fate": pl.String,
}


def evidence_of(cell: Cell) -> str:
    """The table of the edition that holds the cell's records."""
    return f"evidence_{cell.kpi.row['fact']}"


def records(edition: Edition, cell: Cell) -> pl.DataFrame | None:
    """Every record of the cell's cohort, in `RECORD`; None where the edition shows none.

    `measured` is what the statistic is made of, null where rows are counted: the seconds of the
    clock, the age of what is in a stock, an amount, or the numerator of a ratio of sums, whose
    denominator is `whole`. `exit` is that of the clock, `is_hit` whether it counts in the
    numerator, `fate` is as in `kpi_reconciliation`. Of ratings nothing is listed, as one of them is
    one person's answer.
    """
    table = evidence_of(cell)
    if cell.kpi.is_private or not edition.has(table):
        return None
    facts = edition.scan(table)
    columns = facts.collect_schema().names()
    if not set(_columns(cell)) <= set(columns):
        return None
    members = [pl.col(name).fill_null(False) for name in cell.kpi.row["members"] or []]
    return (
        facts.filter(*members, _in_period(edition, cell), _in_scope(edition, cell), _in_slice(cell))
        .with_columns(fate=_fate(edition, cell))
        .select(_shown(edition, cell, columns))
        .with_columns(fate=_told(cell))
        .collect()
    )


def last_full_day(edition: Edition) -> date:
    """The last local day that was over when the edition was made."""
    return edition.as_of.astimezone(ZoneInfo(edition.time_zone)).date() - timedelta(days=1)


def active_customers(edition: Edition, cell: Cell) -> pl.Series | None:
    """How many customers were active on each day of the cell that is over; None if not kept."""
    table = f"exposure_{cell.kpi.row.get('exposure')}"
    if not edition.has(table):
        return None
    days = pl.col("on").is_between(
        cell.row["period_start_on"], measured_until(edition, cell), closed="both"
    )
    here = [pl.col(name) == cell.row[name] for name in ("scope_kind", "scope")]
    return edition.table(table).filter(days, *here).get_column("customers")


def in_number(found: pl.DataFrame) -> pl.DataFrame:
    """The records that the number is made of: measured or still open."""
    return found.filter(pl.col("fate").is_in(IN_THE_NUMBER))


def measured_until(edition: Edition, cell: Cell) -> date:
    """The last local day that is in the cell: the period's last, or the last that is over."""
    end: date = cell.row["period_end_on"]
    return min(end, last_full_day(edition))


def _columns(cell: Cell) -> list[str]:
    """The columns of the fact that membership and fate are read from."""
    kpi = cell.kpi
    exclusions = [exclusion["column"] for exclusion in kpi.row["exclusions"] or []]
    named = [kpi.row[name] for name in ("entered_at", "duration")]
    named += [kpi.amount, kpi.denominator, kpi.left_at, kpi.row.get("aged_from")]
    named += [_exit(cell), cell.numerator, cell.slice_column]
    named += [cell.row["scope_kind"]] if cell.row["scope_kind"] in OWN_SCOPES else []
    return [name for name in [*(kpi.row["members"] or []), *exclusions, *named] if name]


def _exit(cell: Cell) -> str | None:
    duration: str | None = cell.kpi.row["duration"]
    return f"{duration.removesuffix('_seconds')}_exit" if duration else None


def _in_period(edition: Edition, cell: Cell) -> pl.Expr:
    """Local days of the period that are over; as instants, so that only their files are read.

    In a stock is what has entered and not left when the last of these days ends.
    """
    begin = _midnight(edition, cell.row["period_start_on"])
    end = _midnight(edition, measured_until(edition, cell) + timedelta(days=1))
    entered = pl.col(cell.kpi.row["entered_at"])
    if cell.kpi.left_at:
        left = pl.col(cell.kpi.left_at)
        return (entered < end) & (left.is_null() | (left >= end))
    return entered.is_between(begin, end, closed="left")


def _midnight(edition: Edition, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(edition.time_zone)).astimezone(UTC)


def _in_scope(edition: Edition, cell: Cell) -> pl.Expr:
    kind, scope = cell.row["scope_kind"], cell.row["scope"]
    if kind in OWN_SCOPES:
        return pl.col(kind).eq(scope)
    sets = edition.scan("scope_sets").filter(pl.col("scope_kind") == kind, pl.col("scope") == scope)
    return pl.col("scope_set").is_in(sets.collect().get_column("scope_set").unique().implode())


def _in_slice(cell: Cell) -> pl.Expr:
    """Records without a value make a slice of their own, as in the cells."""
    if cell.slice_column is None:
        return pl.lit(True)
    return pl.col(cell.slice_column).cast(pl.String).fill_null("None").eq(cell.row["slice"])


def _fate(edition: Edition, cell: Cell) -> pl.Expr:
    """The first exclusion that holds, else too early or young, else still open, else measured."""
    kpi = cell.kpi.row
    look_ahead = timedelta(hours=kpi["look_ahead_hours"] or 0)
    reasons = [
        pl.when(pl.col(exclusion["column"]).fill_null(False)).then(pl.lit(exclusion["column"]))
        for exclusion in kpi["exclusions"] or []
    ]
    is_early = pl.when(_is_before_coverage(edition, cell)).then(pl.lit(BEFORE_COVERAGE))
    reasons.append(is_early)
    is_young = pl.col(kpi["entered_at"]) > edition.as_of - look_ahead
    reasons.append(pl.when(is_young).then(pl.lit(TOO_YOUNG)))
    exit = _exit(cell)
    if exit:
        reasons.append(pl.when(pl.col(exit) == 0).then(pl.lit(STILL_OPEN)))
    return pl.coalesce(*reasons, pl.lit(MEASURED))


def _is_before_coverage(edition: Edition, cell: Cell) -> pl.Expr:
    """Before the first local day on which every required table has a source."""
    required = set(cell.kpi.row["requires"] or [])
    zone = edition.time_zone
    begins = (
        edition.table("coverage")
        .filter(pl.col("entity").is_in(required), pl.col("from_at") <= edition.as_of)
        .group_by("entity")
        .agg(pl.col("from_at").min().dt.convert_time_zone(zone).dt.date())
        .get_column("from_at")
    )
    first_day = begins.max()
    if len(begins) < len(required) or not isinstance(first_day, date):
        return pl.lit(False)
    if cell.kpi.left_at:
        return pl.lit(measured_until(edition, cell) < first_day)
    return pl.col(cell.kpi.row["entered_at"]) < _midnight(edition, first_day)


def _told(cell: Cell) -> pl.Expr:
    """`NOT_TOLD` where the number would need a value that the record does not have."""
    needed = ["measured"] if cell.kpi.row["duration"] or cell.kpi.amount else []
    needed += ["measured", "whole"] if cell.kpi.denominator else []
    lacks = pl.any_horizontal(pl.col(name).is_null() for name in needed) if needed else False
    is_in = pl.col("fate").is_in(IN_THE_NUMBER)
    return pl.when(is_in & lacks).then(pl.lit(NOT_TOLD)).otherwise("fate")


def _shown(edition: Edition, cell: Cell, columns: list[str]) -> list[pl.Expr]:
    kpi = cell.kpi
    there = {*columns, "fate"}
    sources = {
        **{name: name for name in ("event_id", "url", "link_rule", "fate")},
        "entered_at": kpi.row["entered_at"],
        "whole": kpi.denominator,
        "exit": _exit(cell),
        "is_hit": None if kpi.denominator else cell.numerator,
    }
    places = [pl.col(name) for name in ("service", "repo", "tool") if name in there]
    found = {n: pl.col(of) if of in there else pl.lit(None) for n, of in sources.items()}
    found["place"] = pl.coalesce(*places, pl.lit(None, dtype=pl.String))
    found["measured"] = _measured(edition, cell)
    return [found[name].cast(dtype).alias(name) for name, dtype in RECORD.items()]


def _measured(edition: Edition, cell: Cell) -> pl.Expr:
    kpi = cell.kpi
    if kpi.left_at:
        end = _midnight(edition, measured_until(edition, cell) + timedelta(days=1))
        begun = pl.col(kpi.row.get("aged_from") or kpi.row["entered_at"])
        age = pl.lit(end).cast(pl.Datetime("us", "UTC")) - begun
        return age.dt.total_microseconds() / 1e6
    column = kpi.row["duration"] or kpi.amount or (cell.numerator if kpi.denominator else None)
    return pl.col(column) if column else pl.lit(None)
