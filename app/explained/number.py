"""The number itself in words: value, interval, state, flags, definition, and whether it is news."""

from app import sentences
from app.cells import Cell, Row
from app.explained.explanation import Explanation
from app.explained.section import Section
from app.words import (
    FLAG_REASONS,
    FLAGS,
    STATE_REASONS,
    instant,
    interval,
    number,
    period,
    quantity,
    spaced,
)

WITHOUT_RECORDS = ("no_events", "not_covered")
WHOLE = "organisation"


def head(of: Explanation) -> Section:
    """Value, interval, n, state and flags; who is known to tell, where that is in question."""
    row = of.cell.row
    said = sentences.cell(row, of.cell.kpi, row["statistic"], of.cell.who)
    as_of = instant(of.edition.as_of, of.edition.time_zone)
    return Section(
        "head",
        f"{of.cell.kpi.name}{part(of.cell)} · {_whose(of.cell)} · {_when(row)}",
        (said, *_reservations(of), f"As of {as_of}, edition {of.edition.id}."),
    )


def part(cell: Cell) -> str:
    """`, link rule: hotfix` of a slice, else nothing."""
    return f", {sentences.part(cell.row)}" if cell.row["slice"] else ""


def _whose(cell: Cell) -> str:
    kind = cell.row["scope_kind"]
    return cell.who if kind == WHOLE else f"{cell.who} ({kind} {cell.row['scope']})"


def _when(row: Row) -> str:
    return period(row["period_kind"], row["period_start_on"], row["period_end_on"])


def definition(of: Explanation) -> Section:
    """What is counted, from when to when, and whose definition that is."""
    kpi = of.cell.kpi.row
    told = [kpi["definition"]]
    if kpi["clock_start"]:
        told.append(f"Clock starts: {kpi['clock_start']} Clock stops: {kpi['clock_stop']}")
    if kpi["look_ahead_hours"]:
        told.append(f"A record is counted when it is {kpi['look_ahead_hours']} hours old.")
    told.append(f"Source: {kpi['definition_source']}")
    told += [f"Benchmark: {kpi['benchmark']}"] if kpi["benchmark"] else []
    told += [f"Changes: {kpi['changelog']}"] if kpi["version"] > 1 else []
    return Section("definition", f"Definition: {kpi['id']}, version {kpi['version']}", tuple(told))


def news(of: Explanation) -> Section:
    """Signal or noise against the limits of its first months, where that is judged."""
    title, signal = "Is it news?", of.signal
    if "month" not in of.cell.kpi.row.get("periods", ["month"]):
        return Section("news", title, ("Not judged: single months are, and this has none.",))
    if signal is None:
        why = "only the headline KPIs of the organisation and its segments are, each as a whole"
        return Section("news", title, (f"Not judged: {why}.",))
    if not is_judged(of):
        month = signal["period_start_on"]
        newest = "the newest complete month" + (f", {month:%B %Y}," if month else "")
        return Section("news", title, (f"Not judged: only {newest} is. There:", signal["sentence"]))
    return Section("news", title, (signal["sentence"], *_limits(of, signal)))


def is_judged(of: Explanation) -> bool:
    """Whether the signal is about this very cell."""
    place = of.cell.row["period_kind"], of.cell.row["period_start_on"]
    return of.signal is not None and place == ("month", of.signal["period_start_on"])


def _limits(of: Explanation, signal: Row) -> list[str]:
    center, unit = signal["baseline_center"], of.cell.kpi.unit
    if center is None:
        return []
    limits = interval(signal["baseline_low"], signal["baseline_high"], center, unit)
    q = "" if signal["q_value"] is None else f", q = {signal['q_value']:.2g} over all headlines"
    p = "" if signal["p_value"] is None else f"; p = {signal['p_value']:.2g}{q}"
    months = f"from {signal['n_baseline']} months"
    return [f"XmR limits {limits} around {quantity(center, unit)}, {months}{p}."]


def _reservations(of: Explanation) -> list[str]:
    row, told = of.cell.row, []
    state, raised = row["value_state"], flags(row)
    if state in WITHOUT_RECORDS:
        told.append(f"For this KPI no value means: {of.cell.kpi.row['null_means']}")
    if state in ("withheld", "not_reached"):
        told.append(f"{spaced(STATE_REASONS[state])}.")
    told += [f"Flag: {FLAGS[flag]}; {FLAG_REASONS[flag]}." for flag in raised]
    if state == "ok" and not raised:
        hours = of.cell.kpi.row["look_ahead_hours"]
        old = f" every record has had its {hours} hours," if hours else ""
        told.append(f"No flags: enough records, the period is over,{old} no source is late.")
    if state == "not_covered" or {"is_incomplete", "is_stale"} & set(raised):
        told += _coverage(of)
    return told


def flags(row: Row) -> list[str]:
    """The flags that say something: of no record at all it goes without saying that it is few."""
    if row["value_state"] == "withheld":
        return []
    raised = [f for f in FLAGS if (not row["is_complete"] if f == "is_incomplete" else row[f])]
    return [flag for flag in raised if flag != "is_low_n" or row["n"]]


def _coverage(of: Explanation) -> list[str]:
    told = of.coverage.sort("entity", "source", "from_at").to_dicts()
    missing = set(of.cell.kpi.row["requires"] or []) - {row["entity"] for row in told}
    return [
        *map(_told, told),
        *(f"No source tells about {name.replace('_', ' ')}." for name in sorted(missing)),
    ]


def _told(span: Row) -> str:
    of = f" of {span['scope']}" if span["scope"] else ""
    days = f"from {span['from_at']:%Y-%m-%d} to {span['to_at']:%Y-%m-%d}"
    gaps = "" if span["is_complete"] else ", but not all of it"
    return f"{span['source']} tells about {span['entity'].replace('_', ' ')}{of} {days}{gaps}."


def counted(records: int) -> str:
    """`1 200` for a sum; nought is a nought."""
    return number(float(records))
