"""What the Staffing page says: who gains, who loses, by how much, and why nothing can be said.

Sentences from replays; each number in them is one of `app.staffing`.
"""

from collections.abc import Mapping

import polars as pl

from app.edition import Edition
from app.staffing import (
    FEWEST,
    FIRST,
    MORE,
    OWN,
    SUPPORT,
    TESTED,
    Desk,
    against,
    calibration,
    changes,
    replayed,
    ways_of,
)
from app.words import (
    BUSINESS_SECONDS,
    NOT_KNOWN,
    SPACE,
    Unit,
    counted,
    day,
    first_large,
    interval,
    listed,
    number,
    quantity,
    shared_unit,
)
from assets.methods.lane_replay import Change
from assets.methods.queue_replay import Staffing

# The cheapest first: another order costs nobody, a lane takes one engineer from the others.
WAYS = {
    FIRST: "taking {who} first with nobody more",
    OWN: "a lane of its own for {who}",
    MORE: "one more engineer",
}
NOBODY_LONGER = "Nobody who can be predicted would wait longer."
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


def unit_of(name: str) -> str:
    """A desk of support is counted in business time, runners by the clock."""
    return BUSINESS_SECONDS if name == SUPPORT else "seconds"


def spoken(edition: Edition, desk: Desk, statistic: str) -> Unit:
    """The unit in which a statistic of all lanes of a desk is said, whatever the staffing."""
    today = changes(edition, desk.name, desk.fitted.today)
    return shared_unit(
        [today[lane, statistic].value for lane in desk.predicted], unit_of(desk.name)
    )


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
            off, unit = quantity(abs(row["differs_by"]), "ratio"), unit_of(desk.name)
            shared = shared_unit([row["replayed"], row["actual"]], unit)
            return (
                f"{head}the replay of today gives {quantity(row['replayed'], unit, shared)} "
                f"{QUANTILES[row['statistic']]}, it was {quantity(row['actual'], unit, shared)}: "
                f"{off} off, where 20{SPACE}% are allowed."
            )
    return (
        f"{head}the replay has the right times, but other tickets wait long in it than those that "
        "did, so these waits do not come from the queue."
    )


def answer(edition: Edition, desk: Desk, lane: str) -> str:
    """“One more, or a lane of its own?” for one lane, in short.

    Names the cheapest way that does as much as the best one, and who would pay for it; a cheaper
    one that helps, too, is named with what it falls short by.
    """
    who = desk.lanes[lane]
    if lane not in desk.predicted:
        return why_not(edition, desk, lane)
    staffings = ways_of(desk, lane)
    found = {way: changes(edition, desk.name, one) for way, one in staffings.items()}
    helps = [way for way in staffings if found[way][lane, "p50"].is_shorter]
    if not helps:
        return f"None of these would let {who} wait less by anything that can be told."
    best, *others = _unbeaten(edition, desk, lane, helps)
    way = WAYS[best].format(who=who if others else "them")
    if others:
        like = listed([WAYS[way].format(who="them") for way in others])
        does = f"{first_large(way)} does as much for them, as far as can be told, as {like}"
    elif len(helps) > 1:
        does = f"Of these ways, {way} does most for {who}"
    else:
        does = f"Of these ways, only {way} helps {who}"
    lose = losers(desk, lane, found[best])
    said = f"{does}. {f'{listed(lose)} would wait longer.' if lose else NOBODY_LONGER}"
    if helps[0] == best:
        return said
    unit, shared = unit_of(desk.name), spoken(edition, desk, "p50")
    bare = Unit(shared.divisor, "")
    less = against(edition, desk, staffings[helps[0]], staffings[best], lane)
    cheaper = first_large(WAYS[helps[0]].format(who="them"))
    return (
        f"{said} {cheaper} helps, too: "
        f"{quantity(found[helps[0]][lane, 'p50'].value, unit, shared)} in the median instead of "
        f"{quantity(found[best][lane, 'p50'].value, unit, bare)}; difference: "
        f"{difference(less, unit, bare)}."
    )


def _unbeaten(edition: Edition, desk: Desk, lane: str, helps: list[str]) -> list[str]:
    """Of ways that help a lane, those than which no other surely does more, the cheapest first."""
    staffings = ways_of(desk, lane)
    beaten = {
        one
        for one in helps
        for other in helps
        if one != other and against(edition, desk, staffings[one], staffings[other], lane).is_longer
    }
    return [way for way in helps if way not in beaten] or helps


def ways(edition: Edition, desk: Desk, lane: str) -> list[tuple[str, str]]:
    """Per way to let a lane wait less: what it is, and what it does, all in one unit."""
    unit, shared = unit_of(desk.name), spoken(edition, desk, "p50")
    bare, staffings, n = Unit(shared.divisor, ""), ways_of(desk, lane), desk.count(lane)
    rows = []
    for way, staffing in staffings.items():
        found = changes(edition, desk.name, staffing)
        median = found[lane, "p50"]
        sure = interval(median.low, median.high, median.value, unit, bare)
        said = [
            f"**{quantity(median.value, unit, shared)}** in the median ({sure}, n {number(n)})",
            f"against today {difference(median, unit, bare)}",
        ]
        if median.is_growing:
            said = ["The wait would have no end, as more comes in than they can do"]
        elif way != MORE:
            rival = against(edition, desk, staffing, staffings[MORE], lane)
            said.append(f"against {WAYS[MORE]} {difference(rival, unit, bare)}")
        longer = _longer_for(edition, desk, lane, staffing)
        short = f"**{first_large(WAYS[way].format(who='them'))}**"
        rows.append((short, f"{'; '.join(said)}.  \n{longer}"))
    return rows


def _longer_for(edition: Edition, desk: Desk, lane: str, staffing: Staffing) -> str:
    """Who else surely waits longer, by how much in the median, or else for nine of ten."""
    unit, shared = unit_of(desk.name), spoken(edition, desk, "p50")
    bare = Unit(shared.divisor, "")
    found, load = changes(edition, desk.name, staffing), replayed(edition, desk.name, staffing).load
    there = counted(staffing.servers - staffing.reserved, "engineer")
    longer: list[str] = []
    endless: list[str] = []
    for other in desk.predicted:
        worse = [(s, found[other, s]) for s in QUANTILES if found[other, s].is_longer]
        if other == lane or not worse:
            continue
        statistic, change = worse[0]
        name = desk.lanes[other]
        if change.is_growing:
            share = quantity(float(load[desk.number(other)]), "ratio")
            endless.append(
                f"For {name} more would come in than {there} can do ({share} of their hours), so "
                "that their wait would have no end."
            )
            continue
        size = change.difference
        sure = interval(change.difference_low, change.difference_high, size, unit, bare)
        by = f"{quantity(size, unit, shared)} longer ({sure})"
        where = "" if statistic == "p50" else f" {QUANTILES[statistic]}"
        longer.append(f"{name}{'' if longer else ' would wait'} {by}{where}")
    said = [f"{listed(longer)}."] if longer else []
    return " ".join(said + endless) or NOBODY_LONGER


def difference(now: Change, unit: str, shared: Unit | None = None) -> str:
    """`21.6 business min less (12.4–28.9 business min)`, or that none can be told."""
    if now.difference is None:
        return NOT_KNOWN
    if not now.is_longer and not now.is_shorter:
        return "none that can be told"
    low, high = now.difference_low, now.difference_high
    if now.is_shorter:
        low, high = _turned(high), _turned(low)
    way = "less" if now.is_shorter else "more"
    size = abs(now.difference)
    sure = interval(low, high, size, unit, shared)
    return f"{quantity(size, unit, shared)} {way} ({sure})"


def _turned(end: float | None) -> float | None:
    return None if end is None else -end


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


def compared_in_words(desk: Desk) -> str:
    """What today's staffing and the brackets of the comparison are."""
    return (
        f"Today: with today’s staffing ({counted(desk.servers, 'engineer')}), {_weeks(desk)}, "
        "replayed like the others. Brackets: 95 % intervals, and how many tickets are replayed. "
        "Differences are of the same tickets in the same weeks, drawn together, so that what both "
        "have in common does not blur them."
    )


def _weeks(desk: Desk) -> str:
    return f"{day(desk.about['from_at'])} to {day(desk.about['to_at'])}"


def replayed_in_words(desk: Desk) -> str:
    """Today's staffing, and what is replayed."""
    about, order = desk.about, ", then ".join(desk.lanes.values())
    today = counted(desk.servers, "engineer")
    today += f"; taken first: {order if desk.fitted.today.order else 'what came first'}"
    return (
        f"Today: {today}. Replayed: {number(float(about['n']))} tickets, {_weeks(desk)}. Bands and "
        f"brackets: 95{SPACE}% intervals."
    )


def fit_in_words(desk: Desk) -> str:
    """The habits that were fitted, and how they were judged."""
    best = desk.fitted.habits[0]
    return (
        f"One ticket keeps an engineer busy for **{best.effort:.2f} times** its handled minutes, "
        f"and the reply is sent when **{quantity(best.reply_share, 'ratio')}** of that is done: so "
        "it was fitted on the first half of the time. Shown is the other half, which the fit has "
        "not seen. Where the median or nine of ten are off by more than 20 %, or other tickets "
        "wait long in the replay than those that did, nothing is predicted."
    )


def start_in_words(desk: Desk) -> str:
    """How many runners there are, how that is known, and how long a start takes."""
    stated = "as stated" if desk.about["is_servers_stated"] else "as many as ever ran at once"
    start = quantity(desk.fitted.habits[0].start_seconds, "seconds")
    return f"Today: {counted(desk.servers, 'runner')}, {stated}. A start takes {start}."
