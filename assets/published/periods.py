"""The period that an export or a question is about: `2026-Q3`, `2026-06`, `2026-W23`, `trailing`.

Holds the reading of such texts and the choice of cells; cells are cut into periods by the kpis.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from assets.errors import UsageError

TRAILING = "trailing"
TRAILING_DAYS = 28
FORMS = (
    "2026-Q3 (a quarter), 2026-06 (a month), 2026-W23 (a week, ISO), trailing (the newest 28 days) "
    "or trailing-2026-05-31 (those that end then)"
)
_TRAILING = re.compile(rf"{TRAILING}-(\d{{4}}-\d{{2}}-\d{{2}})")
_PERIOD = re.compile(r"(\d{4})-(?:Q([1-4])|W(\d{2})|(\d{2}))")
_NAME = {  # how a cell's period is named, so that it can be asked for
    "quarter": pl.format("{}-Q{}", pl.col("start").dt.year(), pl.col("start").dt.quarter()),
    "month": pl.col("start").dt.strftime("%Y-%m"),
    "week": pl.col("start").dt.strftime("%G-W%V"),
    "trailing_28d": pl.lit(TRAILING),
}


@dataclass(frozen=True)
class Period:
    """A period as it was asked for; `start_on` is None for the newest trailing one."""

    text: str
    kind: str
    start_on: date | None

    def cells(self, values: pl.LazyFrame) -> pl.LazyFrame:
        """The cells of this period; the newest trailing one is each KPI's own, as they mature."""
        of_kind = values.filter(pl.col("period_kind") == self.kind)
        if self.start_on is None:
            return of_kind.filter(
                pl.col("period_end_on") == pl.col("period_end_on").max().over("kpi")
            )
        return of_kind.filter(pl.col("period_start_on") == self.start_on)


def parse(text: str) -> Period:
    """Read a period; UsageError says which forms there are."""
    if text == TRAILING:
        return Period(text, "trailing_28d", None)
    found, ended = _PERIOD.fullmatch(text), _TRAILING.fullmatch(text)
    try:
        if ended:
            last_on = date.fromisoformat(ended.group(1))
            return Period(text, "trailing_28d", last_on - timedelta(days=TRAILING_DAYS - 1))
        if found:
            return _dated(text, *found.groups())
    except ValueError:
        pass  # month 13, week 54: said below
    raise UsageError(f"--period {text} is not a period. Write it like {FORMS}.")


def named(kind: str, start_on: date) -> str:
    """The text that asks for this period."""
    text: str = pl.DataFrame({"start": [start_on]}).select(_NAME[kind]).item()
    return text


def that_exist(values: pl.LazyFrame) -> str:
    """A sentence on the periods that cells exist for."""
    spans = (
        values.group_by(kind="period_kind")
        .agg(pl.col("period_start_on").min().alias("first"), last=pl.col("period_start_on").max())
        .collect()
    )
    names = [
        _span(kind, spans.filter(pl.col("kind") == kind))
        for kind in _NAME
        if kind in spans["kind"].to_list()
    ]
    return f"There are: {', '.join(names)}." if names else "The edition has no KPI values at all."


def _dated(text: str, year: str, quarter: str, week: str, month: str) -> Period:
    if quarter:
        return Period(text, "quarter", date(int(year), 3 * int(quarter) - 2, 1))
    if week:
        return Period(text, "week", date.fromisocalendar(int(year), int(week), 1))
    return Period(text, "month", date(int(year), int(month), 1))


def _span(kind: str, span: pl.DataFrame) -> str:
    first, last = (named(kind, span[name].item()) for name in ("first", "last"))
    return first if first == last else f"{kind}s {first} to {last}"
