"""The number itself in words: value, interval, state, flags, definition, and whether it is news."""

from assets.kpis.spoken import interval, quantity
from assets.published import periods, words
from assets.published.asked import Asked, Row
from assets.published.explanation import Explanation
from pipelines.explaining.section import Section, days, prose

STATISTICS = {"p50": " in the median", "p90": " for nine of ten"}
WITHOUT_RECORDS = ("no_events", "not_covered")
REASONS = words.STATE_REASONS | {
    "not_reached": "too many are still open for a value",
    "withheld": (
        "it rests on too few answers to show it, or another one that does could be had from it "
        "by subtraction"
    ),
}


def number(of: Explanation) -> Section:
    """Value, interval, n, state and flags; who is known to tell, where that is in question."""
    cell, edition = of.asked.cell, of.edition
    lines = [*prose(said(of.asked)), *_reservations(of), *prose(f"As of {_as_of(of)}.")]
    place = f" ({cell['scope_kind']} {cell['scope']})"
    part = f", {cell['slice_kind']} {cell['slice']}".replace("_", " ") if cell["slice"] else ""
    who = edition.manifest.about.organisation if _is_whole(cell) else of.asked.scope_name + place
    return Section(f"{of.asked.kpi['name']}{part} · {who} · {_period(cell)}", lines)


def said(asked: Asked) -> str:
    """`10.1 % (95 % interval 7.2–14 %), n = 168`; for a cell without value what is known."""
    kpi, cell = asked.kpi, asked.cell
    open_ones = f", {cell['n_open']:,} of them still open" if cell["n_open"] else ""
    n = f"n = {cell['n']:,}{open_ones}"
    unit = (cell["unit"], kpi["duration"])
    if cell["value"] is not None:
        clock = " of business time" if "business" in (kpi["duration"] or "") else ""
        value = f"{quantity(cell['value'], *unit)}{clock}{STATISTICS.get(cell['statistic'], '')}"
        ends = interval(cell["low"], cell["high"], cell["value"], *unit)
        return f"{value}   (95 % interval {ends}), {n}"
    state = words.titled(words.STATES[cell["value_state"]])
    bound = "" if cell["low"] is None else f": at least {quantity(cell['low'], *unit)}"
    return f"{state}{bound}, {n}"


def definition(of: Explanation) -> Section:
    """What is counted, from when to when, and whose definition that is."""
    kpi = of.asked.kpi
    told = [kpi["definition"]]
    if kpi["clock_start"]:
        told.append(f"Clock starts: {kpi['clock_start']} Clock stops: {kpi['clock_stop']}")
    if kpi["look_ahead_hours"]:
        told.append(f"A record is counted when it is {kpi['look_ahead_hours']} hours old.")
    told.append(f"Source: {kpi['definition_source']}")
    told += [f"Changes: {kpi['changelog']}"] if kpi["version"] > 1 else []
    lines = [line for text in told for line in prose(text)]
    return Section(f"Definition   {kpi['id']}, version {kpi['version']}", lines)


def news(of: Explanation) -> Section:
    """Signal or noise against the limits of its first months, where that is judged."""
    title, row, cell = "Is it news?", of.signal, of.asked.cell
    if row is None:
        why = "only the headline KPIs of the organisation and its segments are, each as a whole"
        return Section(title, prose(f"Not judged: {why}."))
    if (cell["period_kind"], cell["period_start_on"]) != ("month", row["period_start_on"]):
        month = periods.named("month", row["period_start_on"])
        return Section(
            title,
            [
                *prose(f"Not judged: only the newest complete month, {month}, is. There:"),
                *prose(row["sentence"]),
            ],
        )
    return Section(title, [*prose(row["sentence"]), *_limits(of, row)])


def _limits(of: Explanation, row: Row) -> list[str]:
    center = row["baseline_center"]
    if center is None:
        return []
    unit = (of.asked.cell["unit"], of.asked.kpi["duration"])
    limits = interval(row["baseline_low"], row["baseline_high"], center, *unit)
    q = "" if row["q_value"] is None else f", q = {row['q_value']:.2g} over all headlines"
    p = "" if row["p_value"] is None else f"; p = {row['p_value']:.2g}{q}"
    months = f"from {row['n_baseline']} months"
    return prose(f"XmR limits {limits} around {quantity(center, *unit)}, {months}{p}.")


def _reservations(of: Explanation) -> list[str]:
    cell, told = of.asked.cell, []
    state, flags = cell["value_state"], _flags(cell)
    if state != "ok":
        told.append(f"{words.titled(REASONS[state])}.")
    if state in WITHOUT_RECORDS:
        told.append(f"For this KPI no value means: {of.asked.kpi['null_means']}")
    told += [f"Flag: {words.FLAGS[flag]}; {words.FLAG_REASONS[flag]}." for flag in flags]
    if state == "ok" and not flags:
        told.append("No flags: enough records, period over, outcomes in, sources up to date.")
    if state == "not_covered" or {"is_complete", "is_stale"} & set(flags):
        told += _coverage(of)
    return [line for text in told for line in prose(text)]


def _flags(cell: Row) -> list[str]:
    """The flags that say something: of no record at all it goes without saying that it is few."""
    raised = [f for f in words.FLAGS if (not cell[f] if f == "is_complete" else cell[f])]
    return [flag for flag in raised if flag != "is_low_n" or cell["n"]]


def _coverage(of: Explanation) -> list[str]:
    told = of.coverage.sort("entity", "source", "from_at").to_dicts()
    missing = set(of.asked.kpi["requires"] or []) - {row["entity"] for row in told}
    return [
        *map(_told, told),
        *(f"No source tells about {name.replace('_', ' ')}." for name in sorted(missing)),
    ]


def _told(span: Row) -> str:
    of = f" of {span['scope']}" if span["scope"] else ""
    days = f"from {span['from_at']:%Y-%m-%d} to {span['to_at']:%Y-%m-%d}"
    gaps = "" if span["is_complete"] else ", but not all of it"
    return f"{span['source']} tells about {span['entity'].replace('_', ' ')}{of} {days}{gaps}."


def _as_of(of: Explanation) -> str:
    return f"{of.edition.as_of:%Y-%m-%d %H:%M} UTC, edition {of.edition.manifest.id}"


def _is_whole(cell: Row) -> bool:
    return bool(cell["scope_kind"] == "organisation")


def _period(cell: Row) -> str:
    start, end = cell["period_start_on"], cell["period_end_on"]
    name = periods.named(cell["period_kind"], start)
    return f"{'28 days' if name == periods.TRAILING else name} ({days(start, end)})"
