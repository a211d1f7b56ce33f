"""What the Staffing page says: who gains, who loses, by how much, and why nothing can be said.

Sentences from replays; each number in them is one of `app.staffing`.
"""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from app.edition import Edition
from app.staffing import (
    FEWEST,
    OWN,
    SUPPORT,
    TESTED,
    Desk,
    against,
    calibration,
    changes,
    staffing_of,
)
from app.words import (
    BUSINESS_SECONDS,
    SPACE,
    counted,
    day,
    interval,
    listed,
    number,
    possessive,
    quantity,
)
from assets.methods.lane_replay import Change
from assets.methods.queue_replay import Staffing

QUANTILES = {"p50": "in the median", "p90": "for nine of ten"}
NOTHING_STATED = (
    "Nothing can be said of support yet. State in `plumbline.toml`, `[staffing] agents`, how many "
    "answer tickets at the same time; it cannot be told from the records, as any number would fit "
    "them. Tickets need `handle_minutes` and replies, and at least 30 of them in the first half of "
    "the last 26 weeks."
)
ASSUMED = (
    "- A prediction says what the *same* tickets would have met. Who is answered sooner may ask "
    "more.\n"
    "- Intervals come from drawing whole weeks again, and with them the fit. They do not hold what "
    "the model leaves out: absences, skills, hand-overs, tickets that are put aside.\n"
    "- How many engineers there are is taken as stated. A wrong number fits as well and gives "
    "another answer.\n"
    "- Who cannot be predicted is counted neither among those who gain nor among those who lose."
)
Changes = Mapping[tuple[str, str], Change]


def unit_of(desk: Desk) -> str:
    """Support is counted in business time, runners by the clock."""
    return BUSINESS_SECONDS if desk.name == SUPPORT else "seconds"


def nobody_predicted(edition: Edition, desk: Desk) -> str:
    """Why no lane of a desk gets a prediction."""
    return " ".join(why_not(edition, desk, lane) for lane in desk.lanes)


def why_not(edition: Edition, desk: Desk, lane: str) -> str:
    """Why one lane gets no prediction: what of the half that was not fitted is not alike."""
    rows = calibration(edition, desk.name).filter(pl.col("lane") == lane, pl.col("half") == TESTED)
    head = f"No prediction for {desk.lanes[lane]}: "
    for row in rows.to_dicts():
        if row["n"] < FEWEST:
            return (
                f"{head}{counted(row['n'], 'arrival')} to test the replay on, {FEWEST} are needed."
            )
        if not row["is_alike"]:
            if row["actual"] is None or row["replayed"] is None:
                return f"{head}too many are still open to say how long they wait."
            off = quantity(abs(row["differs_by"]), "ratio")
            return (
                f"{head}the replay of today gives {quantity(row['replayed'], unit_of(desk))} "
                f"{QUANTILES[row['statistic']]}, it was {quantity(row['actual'], unit_of(desk))}: "
                f"{off} off, where 20{SPACE}% are allowed."
            )
    return (
        f"{head}the replay has the right times, but others wait long in it than did, so these "
        "waits do not come from the queue."
    )


def answer(edition: Edition, desk: Desk, lane: str) -> tuple[str, list[str]]:
    """“One more, or a lane of its own?” for one lane: the short answer, and its reasons."""
    who = desk.lanes[lane]
    if lane not in desk.predicted:
        return why_not(edition, desk, lane), []
    more = replace(desk.fitted.today, servers=desk.servers + 1)
    own = staffing_of(desk, desk.servers, OWN, lane, 1, False)
    first = changes(edition, desk.name, more)
    reasons = [f"**One more engineer**: {_effect(desk, lane, first)}"]
    if own is None:
        reasons.append("With one engineer, a lane of its own would leave nobody for the others.")
        return _alone(first[lane, "p50"], who), reasons
    second = changes(edition, desk.name, own)
    reasons.append(
        f"**A lane of its own**, one of {desk.servers} engineers for {who} alone: "
        f"{_effect(desk, lane, second)}"
    )
    better = against(edition, desk, more, own, lane)
    lose = losers(desk, lane, second)
    short = _short(who, first[lane, "p50"], second[lane, "p50"], better, lose)
    return short, [*reasons, *_without_more(edition, desk, lane)]


def _without_more(edition: Edition, desk: Desk, lane: str) -> list[str]:
    """What it would do to take this lane first, if it is not first already."""
    first = staffing_of(desk, desk.servers, "first", lane, 1, False)
    if first is None or first == desk.fitted.today:
        return []
    found = changes(edition, desk.name, first)
    return [f"**Taking {desk.lanes[lane]} first**, with nobody more: {_effect(desk, lane, found)}"]


def _alone(more: Change, who: str) -> str:
    if more.is_shorter:
        return f"One more engineer would let {who} wait less."
    return f"One more engineer would change nothing for {who} that can be told."


def _short(who: str, more: Change, own: Change, better: Change, lose: list[str]) -> str:
    """Which of the two does more, and who would pay for the lane."""
    pays = f" With the lane, {listed(lose)} would wait longer." if lose else ""
    if not more.is_shorter and not own.is_shorter:
        return f"Neither would let {who} wait less by anything that can be told.{pays}"
    if not own.is_shorter:
        return f"One more engineer: a lane of its own would not help {who}.{pays}"
    if not more.is_shorter:
        return f"The lane: one more engineer would not help {who}.{pays}"
    if better.is_shorter:
        return f"One more engineer: it does more for {who} than a lane of its own.{pays}"
    if better.is_longer:
        return f"The lane does more for {who} than one more engineer.{pays}"
    return f"Both help {who}, and which of them does more cannot be told.{pays}"


def _effect(desk: Desk, lane: str, found: Changes) -> str:
    """What a staffing does for one lane, and who else feels it."""
    own = _moved(desk, lane, found[lane, "p50"], possessive(desk.lanes[lane]))
    wait = [one for one in desk.predicted if one != lane]
    lose = [one for one in wait if _is_loser(found, one)]
    gain = [one for one in wait if one not in lose and found[one, "p50"].is_shorter]
    parts = [own]
    if lose:
        parts.append(f"Longer for {listed([_by(desk, one, found) for one in lose])}.")
    if gain:
        parts.append(f"Shorter, too, for {listed([_by(desk, one, found) for one in gain])}.")
    if not lose:
        parts.append("Nobody who can be predicted would wait longer.")
    return " ".join(parts)


def _moved(desk: Desk, lane: str, median: Change, whose: str) -> str:
    unit, what = unit_of(desk), "first response" if desk.name == SUPPORT else "queue time"
    if median.is_growing:
        return f"{whose} {what} would grow without end, as more comes in than they can do."
    now = f"{quantity(median.value, unit)} in the median"
    sure = interval(median.low, median.high, median.value, unit)
    if median.difference is None or not (median.is_shorter or median.is_longer):
        return f"{whose} {what} would be {now} ({sure}), which cannot be told from today’s."
    way = "less" if median.difference < 0 else "more"
    by = quantity(abs(median.difference), unit)
    return f"{whose} {what} would be {now} ({sure}), {by} {way}."


def _by(desk: Desk, lane: str, found: Changes) -> str:
    """`Core product teams (+86 business min)`, by the statistic that changes surely."""
    for statistic, words in QUANTILES.items():
        one = found[lane, statistic]
        if one.is_growing:
            return f"{desk.lanes[lane]} (without end, as more comes in than can be done)"
        if one.difference is not None and (one.is_longer or one.is_shorter):
            sign = "+" if one.difference > 0 else "−"
            return (
                f"{desk.lanes[lane]} ({sign}{quantity(abs(one.difference), unit_of(desk))} {words})"
            )
    return desk.lanes[lane]


def _is_loser(found: Changes, lane: str) -> bool:
    return any(found[lane, statistic].is_longer for statistic in QUANTILES)


def losers(desk: Desk, lane: str | None, found: Changes) -> list[str]:
    """Names of the other lanes that surely wait longer, in the median or for nine of ten."""
    return [desk.lanes[one] for one in desk.predicted if one != lane and _is_loser(found, one)]


def in_words(desk: Desk, staffing: Staffing) -> str:
    """`3 engineers; of these 1 for Regulated teams alone`."""
    what = "engineer" if desk.name == SUPPORT else "runner"
    parts = [counted(staffing.servers, what)]
    names = [desk.lanes[lane] for lane in desk.fitted.desk.lanes]
    if staffing.own_lane is not None:
        helps = "; each side helps the other" if staffing.is_helping else ""
        parts.append(f"{staffing.reserved} of them for {names[staffing.own_lane]} alone{helps}")
    elif desk.name == SUPPORT and staffing.order is None:
        parts.append("what came first is taken first")
    elif staffing.order is not None:
        parts.append(f"{names[staffing.order[0]]} first")
    return ", ".join(parts)


def verdict(desk: Desk, staffing: Staffing, found: Changes) -> str:
    """One sentence for the chosen staffing: who waits less, who longer."""
    if staffing == desk.fitted.today:
        return f"Today: {in_words(desk, staffing)}."
    lose = losers(desk, None, found)
    gain = [
        desk.lanes[lane]
        for lane in desk.predicted
        if desk.lanes[lane] not in lose and found[lane, "p50"].is_shorter
    ]
    if not lose and not gain:
        said = "nobody’s wait would change by anything that can be told"
    else:
        parts = [f"{listed(gain)} would wait less"] if gain else []
        parts += (
            [f"{listed(lose)} longer" if gain else f"{listed(lose)} would wait longer"]
            if lose
            else []
        )
        said = ", ".join(parts)
    return f"With {in_words(desk, staffing)}: {said}."


def replayed_in_words(desk: Desk) -> str:
    """Today's staffing, and what is replayed."""
    about, order = desk.about, ", then ".join(desk.lanes.values())
    today = counted(desk.servers, "engineer")
    today += f"; taken first: {order if desk.fitted.today.order else 'what came first'}"
    return (
        f"Today: {today}. Replayed: {number(float(about['n']))} tickets from "
        f"{day(about['from_at'])} to {day(about['to_at'])}. Bands and brackets: 95{SPACE}% "
        "intervals."
    )


def fit_in_words(desk: Desk) -> str:
    """The habits that were fitted, and how they were judged."""
    best = desk.fitted.habits[0]
    return (
        f"One ticket keeps an engineer busy for **{best.effort:.2f} times** its handled minutes, "
        f"and the reply is sent when **{quantity(best.reply_share, 'ratio')}** of that is done: so "
        "it was fitted on the first half of the time. Shown is the other half, which the fit has "
        "not seen. Where the median or nine of ten are off by more than 20 %, or others wait long "
        "than did, nothing is predicted."
    )


def start_in_words(desk: Desk) -> str:
    """How many runners there are, how that is known, and how long a start takes."""
    stated = "as stated" if desk.about["is_servers_stated"] else "as many as ever ran at once"
    start = quantity(desk.fitted.habits[0].start_seconds, "seconds")
    return f"Today: {counted(desk.servers, 'runner')}, {stated}. A start takes {start}."
