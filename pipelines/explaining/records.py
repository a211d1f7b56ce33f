"""Single records in lines: when they came in, what became of them, and where they are."""

from zoneinfo import ZoneInfo

import polars as pl

from assets.kpis.reconciliation import STILL_OPEN, TOO_YOUNG
from assets.kpis.spoken import quantity
from assets.published.asked import Row
from assets.published.explanation import IN_THE_NUMBER, Explanation
from pipelines.explaining.section import INDENT, Section, prose

SHOWN = 10
BY_ANOTHER_EXIT = 2


def records(of: Explanation, is_all: bool) -> Section:
    """The records in the number first, of these the ones that count, the newest first."""
    if of.records is None:
        return Section("Records", prose("This edition shows no single records of this KPI."))
    is_in = pl.col("fate").is_in(IN_THE_NUMBER)
    counts = pl.col("is_hit").fill_null(False)
    rows = of.records.sort(is_in, counts, "entered_at", "event_id", descending=True)
    shown = rows if is_all else rows.head(SHOWN)
    said = [state(of, row) for row in shown.to_dicts()]
    width = max(map(len, said), default=0)
    told = zip(shown.to_dicts(), said, strict=True)
    lines = [line for row, text in told for line in record(of, row, text.ljust(width))]
    if shown.height < rows.height:
        lines += prose(f"… and {rows.height - shown.height:,} more: --all lists them.")
    order = "those that count first, then the newest" if of.asked.numerator else "the newest first"
    title = f"Records   {rows.height:,}, {order}; time in {of.edition.zone}"
    return Section(title, lines or prose("None."))


def record(of: Explanation, row: Row, said: str, indent: str = INDENT) -> list[str]:
    """When, what became of it, where, which; and its link on a line of its own."""
    at = row["entered_at"].astimezone(ZoneInfo(of.edition.zone))
    parts = [f"{at:%Y-%m-%d %H:%M}", said, row["place"], row["event_id"]]
    line = indent + "  ".join(part for part in parts if part)
    return [line, f"{indent}{'':18}{row['url']}"] if row["url"] else [line]


def state(of: Explanation, row: Row) -> str:
    """What became of a record: its time, whether it counts, or why it is not in the number."""
    kpi, fate = of.asked.kpi, row["fate"]
    if fate not in IN_THE_NUMBER:
        return "too young" if fate == TOO_YOUNG else f"left out ({_spaced(fate)})"
    if kpi["duration"]:
        time = quantity(row["seconds"], kpi["unit"], kpi["duration"])
        if fate == STILL_OPEN:
            return f"still open, {time} so far"
        return f"{time}, by another exit" if row["exit"] == BY_ANOTHER_EXIT else time
    if of.asked.numerator:
        counted = _spaced(of.asked.numerator)
        rule = f" ({_spaced(row['link_rule'])})" if of.links.height and row["link_rule"] else ""
        return f"{counted}{rule}" if row["is_hit"] else f"not {counted}"
    return "counted"


def _spaced(column: str) -> str:
    return column.removeprefix("is_").replace("_", " ")
