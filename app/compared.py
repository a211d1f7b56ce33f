"""Two cells of one KPI against each other: the interval of their difference decides.

Holds the difference and its sentences. Nothing is said of a withheld cell.
"""

from collections.abc import Sequence
from math import isnan

from app import sentences
from app.cells import Cell, Row
from app.words import number, period, unit_for
from assets.methods.intervals import difference

LOWER, HIGHER, CANNOT_TELL = "surely lower", "surely higher", "cannot tell"


def other_to_compare(rows: Sequence[Row], row: Row) -> Row | None:
    """What to compare with at first: the same scope one period earlier, else another scope."""
    earlier = [one for one in rows if one["period_end_on"] < row["period_start_on"]]
    own = [one for one in earlier if one["scope"] == row["scope"]]
    if own:
        return max(own, key=lambda one: one["period_start_on"])
    return next((one for one in rows if one is not row), None)


def compared(one: Cell, other: Cell) -> list[str]:
    """Sentences on how `one` differs from `other`: both numbers, the difference, a warning."""
    if one.key == other.key:
        return ["It is the same number. Choose another one to compare with."]
    hidden = [_named(cell) for cell in (one, other) if cell.row["value_state"] == "withheld"]
    if hidden:
        return [f"{' and '.join(hidden)}: withheld, so not compared with anything."]
    told = [f"{_named(cell)}: {sentences.short(cell.row, cell.kpi)}" for cell in (one, other)]
    if one.row["value"] is None or other.row["value"] is None:
        return [*told, "There is no difference to tell where one of the two has no value."]
    return [*told, _difference(one, other), *_warnings(one, other)]


def _difference(one: Cell, other: Cell) -> str:
    """Source of the interval: MOVER; with Wilson's ends it is Newcombe's hybrid score interval."""
    low, high = difference_of(one, other)
    change = one.row["value"] - other.row["value"]
    # In the unit of the larger value, so that three numbers of one sentence have the same.
    spoken = unit_for(max(abs(cell.row["value"]) for cell in (one, other)), one.kpi.unit)
    suffix = " percentage points" if one.kpi.unit == "ratio" else spoken.suffix
    amount, least, most = (
        None if end is None else _signed(end / spoken.divisor) for end in (change, low, high)
    )
    told = f"{amount}{suffix}, 95 % interval of the difference {_span(least, most)}"
    verdict = verdict_of(low, high)
    if verdict == CANNOT_TELL:
        return f"**Cannot tell** whether they differ: {told}. It may be none at all."
    return f"**{verdict.capitalize()}**{_better(one, verdict)}: {told}."


def _signed(amount: float) -> str:
    """`+1.2`, `−0.4`, `0`."""
    text = number(abs(amount))
    return text if text == "0" else f"{'+' if amount > 0 else '−'}{text}"


def _span(least: str | None, most: str | None) -> str:
    if least is None and most is None:
        return "not known"
    if least is None or most is None:
        return f"{least} or more" if most is None else f"up to {most}"
    return f"{least} to {most}"


def _warnings(one: Cell, other: Cell) -> list[str]:
    told = []
    first, second = sorted((one.row, other.row), key=lambda row: row["period_start_on"])
    is_same_scope = first["scope"] == second["scope"]
    # Both intervals hold what they share; taken as independent they are too wide, never too narrow.
    wider = "what is in both makes the interval wider than it need be."
    if is_same_scope and second["period_start_on"] <= first["period_end_on"]:
        told.append(f"Their days overlap: {wider}")
    elif is_same_scope and one.kpi.left_at:
        told.append(f"What stayed is counted twice: {wider}")
    for cell in (one, other):
        if sentences.flags(cell.row):
            told.append(f"{_named(cell)}: {'; '.join(sentences.flags(cell.row))}.")
    return told


def _named(cell: Cell) -> str:
    row = cell.row
    when = period(row["period_kind"], row["period_start_on"], row["period_end_on"])
    return f"{cell.who}, {when}"


def difference_of(one: Cell, other: Cell) -> tuple[float | None, float | None]:
    """The interval of value − value, from both cells' own intervals; an open end is None."""
    ends = [
        float("nan") if cell.row[name] is None else cell.row[name]
        for cell in (one, other)
        for name in ("value", "low", "high")
    ]
    low, high = (float(end) for end in difference(*ends))
    return None if isnan(low) else low, None if isnan(high) else high


def verdict_of(low: float | None, high: float | None) -> str:
    """Surely lower or higher where the interval leaves out 0, else it cannot be told."""
    if high is not None and high < 0:
        return LOWER
    return HIGHER if low is not None and low > 0 else CANNOT_TELL


def _better(one: Cell, verdict: str) -> str:
    direction = one.kpi.row["direction"]
    if direction not in ("lower", "higher"):
        return ""
    return ", which is better" if verdict == f"surely {direction}" else ", which is worse"
