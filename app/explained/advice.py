"""What to do with a number: how to quote it, when it is final, where to look next.

Every sentence follows from the cell's state, flags, signal and history; nothing is a judgement.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from app import sentences
from app.explained import restated
from app.explained.explanation import Explanation
from app.explained.number import flags, is_judged
from app.explained.section import Section
from app.words import day, quantity

RESTATING = (restated.LATE, restated.MOVED_HERE, restated.CORRECTED, restated.GONE)
OF_STATE = {
    "no_events": "Say that nothing happened that could be measured. Do not say 0.",
    "not_covered": (
        "Leave it out, and do not say 0. Connect a source that tells about this time; "
        "`plumbline check` says which are there and how far they reach."
    ),
    "withheld": "Use a larger scope: its segment, or the organisation.",
}
WIDER = "a longer period or a larger scope has more"
OF_SIGNAL = {
    "noise": "Do not explain its ups and downs: they are within what it varies by anyway.",
    "better": "Find out what changed, so that it stays: begin with the records below.",
    "worse": "Find out what changed: begin with the records below, those that count first.",
}


def advice(of: Explanation) -> Section:
    """What to do with the number, the most pressing first."""
    row = of.cell.row
    state = row["value_state"]
    told = [f"Do not use it: {'; '.join(of.problems)}. Report this."] if of.problems else []
    told += [OF_STATE[state]] if state in OF_STATE else []
    if state == "not_reached" and row["low"] is not None:
        bound = quantity(row["low"], of.cell.kpi.unit)
        told.append(f"Say “at least {bound}”. A value comes when enough of what is open has ended.")
    if state == "ok":
        told += [*_waiting(of), *_quote(of), *_signal(of)]
    told += _restated(of)
    return Section("advice", "What to do with it", tuple(told))


def _quote(of: Explanation) -> list[str]:
    said = sentences.short(of.cell.row, of.cell.kpi)
    return [
        f"Quote it with its interval and its edition: {said}, edition {of.edition.id}.",
        "To say that it differs from another number, compare the two: the interval of their "
        "difference decides, not whether their own intervals overlap.",
    ]


def _waiting(of: Explanation) -> list[str]:
    """What to wait for, or to ask for, before it is quoted as final."""
    row, raised, told = of.cell.row, flags(of.cell.row), []
    hours = of.cell.kpi.row["look_ahead_hours"] or 0
    final = row["period_end_on"] + timedelta(days=1 + -(-hours // 24))
    today = of.edition.as_of.astimezone(ZoneInfo(of.edition.time_zone)).date()
    if final > today:
        told.append(f"Say “so far”: it is final with an edition of {day(final)} or later.")
    elif "is_incomplete" in raised:
        told.append("Say that part of the period is not told: the sources above leave days out.")
    if row["n_open"]:
        told.append("Say how many are still open: it can still change until they have ended.")
    if "is_stale" in raised:
        told.append("Ask for the late delivery: `plumbline check` names the source.")
    if "is_low_n" in raised:
        wider = "a larger scope has more" if of.cell.kpi.left_at else WIDER
        told.append(f"Read the interval and not the value: {wider}.")
    return told


def _signal(of: Explanation) -> list[str]:
    if of.signal is None or not is_judged(of):
        return []
    return [OF_SIGNAL[of.signal["signal"]]] if of.signal["signal"] in OF_SIGNAL else []


def _restated(of: Explanation) -> list[str]:
    change = of.restated
    if change is None or change.cell is None or change.records is None:
        return []
    ways = set(change.records["how"]) & set(RESTATING)
    if not ways or change.cell.row["value"] == of.cell.row["value"]:
        return []
    return ["It was restated since the last edition: who quoted it then should hear of it."]
