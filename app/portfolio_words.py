"""What the page about offerings says: what to stop, who wins and loses, how sure that is.

Sentences from plans; each number in them is one of `app.portfolio` or of the edition.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.cells import name_of
from app.edition import Edition
from app.portfolio import (
    BEST,
    EVENLY,
    LEVELS,
    OWN,
    POINT,
    SAME,
    TODAY,
    Choice,
    Offered,
    choosing_pays_below,
)
from app.words import SPACE, first_large, inside, listed, number
from assets.methods.portfolio import GAP, Integers, Plan, difference

LEVEL_WORDS = dict(zip(LEVELS, ("Stop", "Best effort", "Standard", "Excellent"), strict=True))
PLAN_WORDS = {
    TODAY: "As today",
    EVENLY: "Cut evenly",
    SAME: "The same for all",
    BEST: "Best plan of whole levels",
    OWN: "Your own plan",
}


def answer(
    edition: Edition, given: Offered, choice: Choice, found: Mapping[str, Integers]
) -> tuple[str, list[str]]:
    """What to stop: the short answer, and what it gives, against what, for whom, and how surely."""
    hours = f"{number(choice.capacity)} hours a week"
    if BEST not in found:
        short = f"No plan fits {hours} and gives every segment what it must get."
        return short, ["Allow more hours, or ask for less."]
    best, changes = given.kept(found[BEST]), _changes(edition, given, found[BEST])
    worth, evenly = given.worth(choice.weights), given.evenly(choice.capacity)
    gain = Gain(*difference(given.served, worth, best, evenly))
    served = given.portfolio.value_of(found[BEST], choice.weights)
    named = "This plan" if gain.is_more else f"The best plan of whole levels, to {changes},"
    is_cut = choice.capacity < given.hours_today
    reasons = [
        f"{named} takes {number(given.portfolio.hours_of(found[BEST]))} of {hours} "
        f"({number(given.hours_today)} are taken today) and serves {share(served)} of what "
        "segments use, modelled from an assumed curve of what hours give, not measured.",
        _against_even(edition, gain, served, is_cut=is_cut),
    ]
    if SAME in found:
        level = LEVEL_WORDS[LEVELS[int(found[SAME].min())]].lower()
        same = Gain(*difference(given.served, worth, given.kept(found[SAME]), best))
        reasons.append(
            f"The same level for all ({level}) would serve {share(served + same.by)}: "
            f"{same.against_best}."
        )
    if OWN in found:
        own = Gain(*difference(given.served, worth, given.kept(found[OWN]), best))
        taken = given.portfolio.hours_of(found[OWN])
        fits = "" if taken <= choice.capacity else ", more than there are,"
        reasons.append(
            f"Your own plan takes {number(taken)} hours a week{fits} and would serve "
            f"{share(served + own.by)}: {own.against_best}."
        )
    reasons += [_who(edition, given, found[BEST]), _least_sure(edition, given, choice)]
    evenly_said = "cutting all offerings evenly" if is_cut else "spreading the hours evenly"
    nothing = (
        f"Stop nothing: at this capacity no plan of whole levels does better than {evenly_said}."
    )
    short = f"{first_large(changes)}." if gain.is_more else nothing
    return short, [one for one in reasons if one]


def closeness(best: Plan | None) -> str:
    """How much better than the best plan another of levels could be; empty where there is none."""
    if best is None:
        return ""
    gap = number(100 * max(best.gap, GAP))
    return f" No other plan of whole levels serves more than {gap} % better than the best one here."


@dataclass(frozen=True)
class Gain:
    """By how much more of the use one way serves than another, with the ends of the draws."""

    by: float
    low: float
    high: float

    @property
    def is_more(self) -> bool:
        """Whether it surely serves more, by what a reader should act on."""
        return self.low > 0 and self.by > POINT

    @property
    def is_told(self) -> bool:
        """Whether it is sure which of the two serves more."""
        return not self.low <= 0 <= self.high

    @property
    def said(self) -> str:
        """`19 points less (15.1–24.3)`, or that it cannot be told."""
        if self.low == self.high == 0:
            return "no difference"
        if not self.is_told:
            ends = f"{number(100 * self.low)} to {number(100 * self.high)} points"
            return f"no difference that can be told ({ends})"
        low, by, high = (
            number(100 * end) for end in sorted(map(abs, (self.low, self.by, self.high)))
        )
        return f"{by} points {'more' if self.by > 0 else 'less'} ({low}–{high})"

    @property
    def against_best(self) -> str:
        """The same, for what is compared with the best plan."""
        return f"against the best plan of whole levels, {self.said}"


def _against_even(edition: Edition, gain: Gain, served: float, *, is_cut: bool) -> str:
    """The strongest rival of a plan: hours spread so that nobody is spared and nothing stopped."""
    way = "Cutting all offerings evenly" if is_cut else "Spreading the hours evenly"
    evenly = Gain(-gain.by, -gain.high, -gain.low)
    said = f"{way} would serve {share(served - gain.by)}: {evenly.against_best}."
    if gain.is_more:
        return said
    pays = choosing_pays_below(edition)
    until = "" if pays is None else f"; it pays up to {percent(pays)} of today’s hours"
    return f"{said} Here choosing gains nothing{until}."


def _least_sure(edition: Edition, given: Offered, choice: Choice) -> str:
    """Which level of the edition's own plan is least sure; empty for another question."""
    is_asked = abs(choice.capacity / given.capacity - 1) < POINT and not any(choice.floors)
    rows = edition.table("tradeoff_portfolio_robustness").sort("same_ratio").to_dicts()
    if not is_asked or choice.weights != given.weights or not rows:
        return ""
    name = inside(name_of(edition, "offering", rows[0]["offering"]))
    return (
        f"Least sure is {name} ({LEVEL_WORDS[rows[0]['level']].lower()}): the same in "
        f"{percent(rows[0]['same_ratio'])} of the draws, at {number(given.capacity)} hours a week."
    )


def _changes(edition: Edition, given: Offered, plan: Integers) -> str:
    said = []
    verbs = ("stop", "give only best effort to", "give standard support to", "be excellent at")
    for level, verb in enumerate(verbs):
        names = [
            inside(name_of(edition, "offering", offering))
            for offering, now, then in zip(given.offerings, given.today, plan, strict=True)
            if then == level and now != then
        ]
        if names:
            said.append(f"{verb} {listed(names)}")
    return listed(said) if said else "leave all as it is today"


def _who(edition: Edition, given: Offered, plan: Integers) -> str:
    """Which segments get more and which less than today, most first."""
    kept, today = given.kept(plan), given.kept(given.today)
    found = {
        segment: Gain(*difference(given.served, use, kept, today))
        for segment, use in zip(given.segments, given.portfolio.use, strict=True)
    }
    moved = sorted(found.items(), key=lambda one: -abs(one[1].by))
    named = [
        f"{name_of(edition, 'segment', segment)} {gain.said}"
        for segment, gain in moved
        if gain.is_told and abs(gain.by) > POINT
    ]
    if not named:
        return "No segment gets noticeably more or less than today."
    return f"Under the best plan of whole levels, against today: {listed(named)}."


def sureness(edition: Edition, given: Offered) -> list[str]:
    """How sure each decision of the edition's best plan is, as sentences, the least sure first."""
    rows = edition.table("tradeoff_portfolio_robustness").sort("same_ratio").to_dicts()
    today = dict(zip(given.offerings, given.today, strict=True))
    return [
        f"**{name_of(edition, 'offering', row['offering'])}**: "
        f"{LEVEL_WORDS[row['level']].lower()}"
        f"{'' if LEVELS[today[row['offering']]] != row['level'] else ', as today'}, in "
        f"{percent(row['same_ratio'])} of {row['draws']} draws of hours and quality."
        for row in rows
        if row["offering"] in today
    ]


def outcome_ends(edition: Edition, given: Offered) -> list[str]:
    """How well each segment is served by the edition's plans, with the ends of the draws."""
    rows = edition.table("tradeoff_portfolio_outcomes")
    said = []
    for segment in given.segments:
        parts = [
            f"{PLAN_WORDS[plan].lower()} {share(row['served'])} "
            f"({number(100 * row['served_low'])}–{share(row['served_high'])})"
            for plan in PLAN_WORDS
            for row in rows.filter(segment=segment, plan=plan).to_dicts()
        ]
        said.append(f"**{name_of(edition, 'segment', segment)}** served: {', '.join(parts)}.")
    return said


def flipped(edition: Edition) -> list[str]:
    """Which changed assumption changes which decision, as sentences."""
    said = []
    rows = edition.table("tradeoff_portfolio_flips")
    for (assumption,), moved in rows.group_by("assumption", maintain_order=True):
        moves = [
            f"{inside(name_of(edition, 'offering', one['offering']))} "
            f"({LEVEL_WORDS[one['level']].lower()} → {LEVEL_WORDS[one['level_then']].lower()})"
            for one in moved.to_dicts()
            if one["offering"]
        ]
        none = "no plan fits" if moved["level_then"][0] is None else "nothing changes"
        said.append(f"If {assumption}: {listed(moves) if moves else none}.")
    return said


def mediocre_sentence(evenly: float | None, planned: float | None, well_served: float) -> str:
    """Below which hours no segment is served well, in words."""
    reached = f"no segment reaches {percent(well_served)} served"
    if evenly is None:
        return f"Cut evenly, {reached} at any capacity that was looked at."
    less = f"with less than {percent(evenly)} of today’s hours"
    if planned == evenly:
        return f"{first_large(less)} {reached}, cut evenly or planned."
    plan = "the best plan of whole levels"
    if planned is None:
        return f"Cut evenly, {reached} {less}; with {plan} at no capacity."
    return f"Cut evenly, {reached} {less}; with {plan} with less than {percent(planned)}."


def percent(ratio: float) -> str:
    """`83 %`, without a decimal: draws and steps of capacity."""
    return f"{100 * ratio:.0f}{SPACE}%"


def share(served: float) -> str:
    """`83.1 %`: how well is served, so that differences of it add up."""
    return f"{number(100 * served)}{SPACE}%"
