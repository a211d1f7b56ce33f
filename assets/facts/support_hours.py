"""Business time as the configuration promises it: each segment by its own calendar."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from assets.configuration import Calendar as CalendarRow
from assets.configuration import Configuration
from assets.methods.business_time import EPOCH, BusinessClock, Calendar

EVERY_HOUR = "every hour"  # the calendar of a segment for which none is declared
ALL_WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("00:00-24:00",))


def calendar_of_segment(configuration: Configuration) -> pl.DataFrame:
    """`segment, calendar`: of dated rows the latest counts, for all of history."""
    default = configuration.organisation.default_calendar or EVERY_HOUR
    rows = sorted(configuration.segments, key=lambda row: row.valid_from)
    chosen = {row.id: row.calendar or default for row in rows}
    return pl.DataFrame(
        {"segment": list(chosen), "calendar": list(chosen.values())},
        schema={"segment": pl.String, "calendar": pl.String},
    )


def calendars(scope_sets: pl.LazyFrame, configuration: Configuration) -> pl.LazyFrame:
    """`scope_set, calendar`: the calendar of its segment; of several the alphabetically first."""
    of_segment = calendar_of_segment(configuration).lazy()
    default = configuration.organisation.default_calendar or EVERY_HOUR
    return (
        scope_sets.filter(pl.col("scope_kind") == "segment")
        .select("scope_set", segment="scope")
        .join(of_segment, on="segment", how="left")
        .group_by("scope_set")
        .agg(calendar=pl.col("calendar").fill_null(default).min())
    )


def business_seconds(
    events: pl.DataFrame, spans: dict[str, tuple[str, str]], configuration: Configuration
) -> pl.DataFrame:
    """Adds a column per span: open seconds from one instant column to another, Float64.

    The row's column `calendar` names the calendar. Null where either instant is unknown. One
    vectorised pass per calendar.
    """
    instants = sorted({name for span in spans.values() for name in span})
    nothing = events.clear().with_columns(
        pl.lit(None, dtype=pl.Float64).alias(name) for name in spans
    )
    return pl.concat(
        [
            nothing,
            *(
                part.with_columns(
                    pl.Series(column, elapsed(clock, part, start, end), nan_to_null=True)
                    for column, (start, end) in spans.items()
                )
                for clock, part in _by_calendar(events, instants, configuration)
            ),
        ]
    )


def outside_hours(events: pl.DataFrame, at: str, configuration: Configuration) -> pl.DataFrame:
    """Adds `is_off_hours`: at the instant `at` nobody is there, by the row's `calendar`."""
    nothing = events.clear().with_columns(pl.lit(None, dtype=pl.Boolean).alias("is_off_hours"))
    return pl.concat(
        [
            nothing,
            *(
                part.with_columns(
                    pl.Series("is_off_hours", ~clock.is_open(part.get_column(at).to_numpy()))
                )
                for clock, part in _by_calendar(events, [at], configuration)
            ),
        ]
    )


def _by_calendar(
    events: pl.DataFrame, instants: Sequence[str], configuration: Configuration
) -> Iterator[tuple[BusinessClock, pl.DataFrame]]:
    """The events of each `calendar`, with a clock that reaches over all instants."""
    first, last = events.select(
        first=pl.min_horizontal(instants).min(), last=pl.max_horizontal(instants).max()
    ).row(0)
    first, last = first or EPOCH, last or EPOCH
    for (name,), part in events.group_by("calendar", maintain_order=True):
        versions = versions_of(str(name), configuration, range(first.year - 1, last.year + 2))
        yield (
            BusinessClock.of_versions(
                versions, first - timedelta(days=1), last + timedelta(days=1)
            ),
            part,
        )


def elapsed(clock: BusinessClock, part: pl.DataFrame, start: str, end: str) -> np.ndarray:
    """Open seconds per row, NaN where an instant is missing."""
    begun, ended = (part.get_column(name).to_numpy() for name in (start, end))
    return clock.elapsed_seconds(begun, ended)


def versions_of(
    name: str, configuration: Configuration, years: Sequence[int]
) -> dict[date, Calendar]:
    """The dated versions of a calendar, with the holidays of the years given."""
    if name == EVERY_HOUR:
        return {date(1970, 1, 1): Calendar("UTC", ALL_WEEK)}
    rows = [row for row in configuration.calendars if row.id == name]
    return {
        row.valid_from: Calendar(
            row.time_zone,
            {str(day): hours for day, hours in row.weekly.items()},
            {exception.on: exception.hours for exception in row.exceptions},
            holidays_of(row, years),
        )
        for row in rows
    }


def holidays_of(row: CalendarRow, years: Sequence[int]) -> set[date]:
    """Public holidays of the calendar's country, from the `holidays` package."""
    if row.holidays is None:
        return set()
    import holidays

    return set(
        holidays.country_holidays(
            row.holidays.country, subdiv=row.holidays.subdivision, years=list(years)
        )
    )
