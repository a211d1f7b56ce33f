"""Weeks, months, quarters and trailing 28 days, as local days of the organisation."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

TRAILING_DAYS = 28
CALENDAR_KINDS = {"week": "1w", "month": "1mo", "quarter": "1q"}


def last_full_day(as_of: datetime, zone: str) -> date:
    """The last local day that is over at `as_of`."""
    return as_of.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)


def periods(
    first_on: date, as_of: datetime, look_ahead: timedelta, zone: str, at_end: bool = False
) -> pl.DataFrame:
    """Every period since `first_on`: `period_id, period_kind, period_start_on, period_end_on`.

    Weeks begin on Monday. Trailing 28 days end with every full week, and once more at `as_of`
    less the look-ahead. The newest week, month and quarter may not be over yet. `from_on` and
    `to_on` are the local days whose rows belong to the period: all of its days, or with `at_end`
    its last day that is over.
    """
    last_on = last_full_day(as_of, zone)
    days = pl.DataFrame({"day": pl.date_range(first_on, last_on, eager=True)})
    calendar = [
        days.select(
            period_kind=pl.lit(kind),
            period_start_on=pl.col("day").dt.truncate(every),
            period_end_on=pl.col("day").dt.truncate(every).dt.offset_by(every)
            - pl.duration(days=1),
        )
        for kind, every in CALENDAR_KINDS.items()
    ]
    newest = pl.Series("day", [last_full_day(as_of - look_ahead, zone)], dtype=pl.Date)
    sundays = days.filter(pl.col("day").dt.weekday() == 7).get_column("day")
    ends = pl.concat([sundays.filter(sundays <= newest), newest]).unique()
    trailing = ends.to_frame().select(
        period_kind=pl.lit("trailing_28d"),
        period_start_on=pl.col("day") - pl.duration(days=TRAILING_DAYS - 1),
        period_end_on="day",
    )
    last_day = pl.min_horizontal("period_end_on", pl.lit(last_on))
    return (
        pl.concat([*calendar, trailing])
        .unique()
        .with_columns(
            from_on=last_day if at_end else pl.col("period_start_on"),
            to_on=last_day if at_end else pl.col("period_end_on"),
        )
        .sort("period_kind", "period_start_on")
        .with_row_index("period_id")
    )


def days_of(periods: pl.DataFrame) -> pl.DataFrame:
    """`day, period_id`: which periods each local day belongs to."""
    return periods.select(
        "period_id",
        "period_kind",
        day=pl.date_ranges("from_on", "to_on"),
    ).explode("day")


def local_day(instant: pl.Expr, zone: str) -> pl.Expr:
    """The organisation's local date of an instant."""
    return instant.dt.convert_time_zone(zone).dt.date().alias("day")


def end_of_day(day: pl.Expr, zone: str) -> pl.Expr:
    """The instant, in UTC, at which a local date is over."""
    midnight = day.dt.offset_by("1d").cast(pl.Datetime("us"))
    # Where clocks go forward at midnight, the day begins at one.
    begins = [midnight, midnight.dt.offset_by("1h")]
    local = [
        b.dt.replace_time_zone(zone, non_existent="null", ambiguous="earliest") for b in begins
    ]
    return pl.coalesce(local).dt.convert_time_zone("UTC")
