"""The records behind one cell, and what became of each: from the evidence of one edition.

Who belongs to a cell is what `assets.kpis.terms` says, over the columns that an edition shows.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from assets.kpis.definition import SCOPE_COLUMNS
from assets.kpis.periods import last_full_day
from assets.kpis.reconciliation import MEASURED, STILL_OPEN, TOO_YOUNG
from assets.published.asked import Asked
from assets.published.evidence import RATINGS
from assets.published.reading import Edition

RECORD: dict[str, pl.DataType | type[pl.DataType]] = {
    "event_id": pl.String,
    "url": pl.String,
    "place": pl.String,
    "entered_at": pl.Datetime("us", "UTC"),
    "seconds": pl.Float64,
    "exit": pl.Int8,
    "is_hit": pl.Boolean,
    "link_rule": pl.String,
    "fate": pl.String,
}


def evidence_of(asked: Asked) -> str:
    """The table of the edition that holds the cell's records."""
    return f"evidence_{asked.kpi['fact']}"


def records(edition: Edition, asked: Asked) -> pl.DataFrame | None:
    """Every record of the cell's cohort, in `RECORD`; None where the edition shows none.

    `seconds` and `exit` are those of the KPI's clock, `is_hit` whether it counts in the numerator,
    `fate` is as in `kpi_reconciliation`. Of ratings nothing is listed, as one of them is one
    person's answer.
    """
    table = evidence_of(asked)
    if asked.kpi["fact"] == RATINGS or not edition.has(table):
        return None
    facts = edition.scan(table)
    columns = facts.collect_schema().names()
    if not set(_columns(asked)) <= set(columns):
        return None
    members = [pl.col(name).fill_null(False) for name in asked.kpi["members"] or []]
    return (
        facts.filter(
            *members, _in_period(edition, asked), _in_scope(edition, asked), _in_slice(asked)
        )
        .with_columns(fate=_fate(edition, asked))
        .select(_shown(asked, columns))
        .collect()
    )


def _columns(asked: Asked) -> list[str]:
    """The columns of the fact that membership and fate are read from."""
    kpi = asked.kpi
    exclusions = [exclusion["column"] for exclusion in kpi["exclusions"] or []]
    named = [kpi["entered_at"], kpi["duration"], _exit(asked), asked.numerator, asked.slice_column]
    return [name for name in [*(kpi["members"] or []), *exclusions, *named] if name]


def _exit(asked: Asked) -> str | None:
    duration: str | None = asked.kpi["duration"]
    return f"{duration.removesuffix('_seconds')}_exit" if duration else None


def _in_period(edition: Edition, asked: Asked) -> pl.Expr:
    """Local days of the period that are over; as instants, so that only their files are read."""
    last = min(asked.cell["period_end_on"], last_full_day(edition.as_of, edition.zone))
    begin, end = (
        datetime.combine(day, time(), ZoneInfo(edition.zone)).astimezone(UTC)
        for day in (asked.cell["period_start_on"], last + timedelta(days=1))
    )
    return pl.col(asked.kpi["entered_at"]).is_between(begin, end, closed="left")


def _in_scope(edition: Edition, asked: Asked) -> pl.Expr:
    kind, scope = asked.cell["scope_kind"], asked.cell["scope"]
    if kind in SCOPE_COLUMNS:
        return pl.col(kind).eq(scope)
    sets = edition.scan("scope_sets").filter(pl.col("scope_kind") == kind, pl.col("scope") == scope)
    return pl.col("scope_set").is_in(sets.collect().get_column("scope_set").unique().implode())


def _in_slice(asked: Asked) -> pl.Expr:
    """Records without a value make a slice of their own, as in the cells."""
    if asked.slice_column is None:
        return pl.lit(True)
    return pl.col(asked.slice_column).cast(pl.String).fill_null("None").eq(asked.cell["slice"])


def _fate(edition: Edition, asked: Asked) -> pl.Expr:
    """The first exclusion that holds, else too young, else still open, else measured."""
    look_ahead = timedelta(hours=asked.kpi["look_ahead_hours"] or 0)
    reasons = [
        pl.when(pl.col(exclusion["column"]).fill_null(False)).then(pl.lit(exclusion["column"]))
        for exclusion in asked.kpi["exclusions"] or []
    ]
    is_young = pl.col(asked.kpi["entered_at"]) > edition.as_of - look_ahead
    reasons.append(pl.when(is_young).then(pl.lit(TOO_YOUNG)))
    exit = _exit(asked)
    if exit:
        reasons.append(pl.when(pl.col(exit) == 0).then(pl.lit(STILL_OPEN)))
    return pl.coalesce(*reasons, pl.lit(MEASURED))


def _shown(asked: Asked, columns: list[str]) -> list[pl.Expr]:
    kpi = asked.kpi
    sources = {
        **{name: name for name in ("event_id", "url", "link_rule", "fate")},
        "entered_at": kpi["entered_at"],
        "seconds": kpi["duration"],
        "exit": _exit(asked),
        "is_hit": asked.numerator,
    }
    there = {*columns, "fate"}
    places = [pl.col(name) for name in ("service", "repo", "tool") if name in there]
    found = {n: pl.col(of) if of in there else pl.lit(None) for n, of in sources.items()}
    found["place"] = pl.coalesce(*places, pl.lit(None, dtype=pl.String))
    return [found[name].cast(dtype).alias(name) for name, dtype in RECORD.items()]
