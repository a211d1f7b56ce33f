"""Single records in words: when they came in, what became of them, and where they are."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import polars as pl

from app.cells import Kpi, Row
from app.explained.explanation import Explanation
from app.explained.members import IN_THE_NUMBER, NOT_TOLD, STILL_OPEN, TOO_YOUNG
from app.explained.section import SHOWN, Section
from app.words import number, quantity

BY_ANOTHER_EXIT = 2
WHY_NOT = {TOO_YOUNG: "too young", NOT_TOLD: "not told"}
NO_RECORDS = "This edition shows no single records of this KPI."
PRIVATE = "What single persons answered is never shown."


def records(of: Explanation, most: int | None) -> Section:
    """The records in the number first, of these the ones that count, the newest first."""
    title = "Records"
    if of.cell.kpi.is_private:
        return Section("records", title, (PRIVATE,))
    if of.records is None:
        return Section("records", title, (NO_RECORDS,))
    if not of.records.height:
        return Section("records", title, ("No record came in.",))
    is_in = pl.col("fate").is_in(IN_THE_NUMBER)
    counts = pl.col("is_hit").fill_null(False)
    rows = of.records.sort(is_in, counts, "entered_at", "event_id", descending=True)
    shown = [record(of, row, state(of, row)) for row in rows.head(most or rows.height).to_dicts()]
    has_hits = of.cell.numerator and not of.cell.kpi.denominator
    order = "those that count first, then the newest" if has_hits else "the newest first"
    return Section(
        "records",
        f"{title}, {order}; time in {of.edition.time_zone}",
        records=table(shown),
        n_records=rows.height,
    )


def table(shown: Iterable[dict[str, str]]) -> pl.DataFrame:
    """Records to show as a frame."""
    return pl.DataFrame(list(shown), schema=SHOWN)


def record(of: Explanation, row: Row, said: str, group: str = "") -> dict[str, str]:
    """When it came in, what became of it, where and which it is, and its link."""
    at = row["entered_at"].astimezone(ZoneInfo(of.edition.time_zone))
    texts = {name: row[name] or "" for name in ("place", "event_id", "url")}
    return {"group": group, "entered": f"{at:%Y-%m-%d %H:%M}", "said": said} | texts


def state(of: Explanation, row: Row) -> str:
    """What became of a record: its time, its amount, whether it counts, or why it does not."""
    kpi, fate = of.cell.kpi, row["fate"]
    if fate not in IN_THE_NUMBER:
        return WHY_NOT.get(fate) or f"left out ({_spaced(fate)})"
    if kpi.row["duration"]:
        time = quantity(row["measured"], kpi.unit)
        if fate == STILL_OPEN:
            return f"still open, {time} so far"
        return f"{time}, by another exit" if row["exit"] == BY_ANOTHER_EXIT else time
    if kpi.left_at:
        time = quantity(row["measured"], "seconds")
        return f"open, {time} old" if kpi.unit == "seconds" else f"in the number for {time}"
    if kpi.denominator:
        parts = (row["measured"], of.cell.numerator), (row["whole"], kpi.denominator)
        return " ÷ ".join(f"{number(value)} {_spaced(str(name))}" for value, name in parts)
    if kpi.amount:
        return quantity(row["measured"], amounts_in(kpi))
    if of.cell.numerator:
        counted = _spaced(of.cell.numerator)
        rule = f" ({_spaced(row['link_rule'])})" if of.links.height and row["link_rule"] else ""
        return f"{counted}{rule}" if row["is_hit"] else f"not {counted}"
    return "counted"


def amounts_in(kpi: Kpi) -> str:
    """The unit of single amounts: `hours` where the KPI is in hours per week."""
    return kpi.unit.partition("_per_")[0]


def _spaced(column: str) -> str:
    return column.removeprefix("is_").replace("_", " ")
