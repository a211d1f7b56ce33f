"""What the Brief says: per segment the promises with their verdicts; the paragraph on top; news.

Reads the edition's trade-offs, signals and checks and turns them into rows and sentences.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from app.cells import Row, catalogue, headline_months, name_of
from app.edition import Edition
from app.grades import is_important, said_of_us
from app.trends import NEWS, Trend, trends
from app.verdicts import FAILED_CHECK, SIGNALS, Mark, verdict
from app.words import counted, inside, listed, period


@dataclass(frozen=True)
class Promise:
    """One promise to one segment, as the Brief shows it."""

    segment: str
    name: str
    row: Row
    verdict: Mark
    trend: Trend | None

    @property
    def is_important(self) -> bool:
        """Whether the organisation says that it counts for this segment."""
        return is_important(self.row)


def attribute_rows(edition: Edition) -> pl.DataFrame:
    """The attribute map by segment, the most important promises first."""
    rows = edition.table("tradeoff_attribute_map")
    is_unknown = pl.col("performance").is_null()
    order = ["segment", "importance_stated", is_unknown, "promise"]
    return rows.sort(order, descending=[False, True, False, False], nulls_last=True)


def promises(edition: Edition) -> dict[str, list[Promise]]:
    """Segment → its promises, the most important first."""
    found_trends = trends(edition)
    found: dict[str, list[Promise]] = {}
    for row in attribute_rows(edition).to_dicts():
        key = (row["segment"], row["promise"])
        promise = Promise(
            segment=row["segment"],
            name=row["promise"],
            row=row,
            verdict=verdict(row["verdict"]),
            trend=found_trends.get(key),
        )
        found.setdefault(row["segment"], []).append(promise)
    return found


def summary(edition: Edition, found: dict[str, list[Promise]]) -> tuple[str, str]:
    """The paragraph on top: how many promises that count are kept and how surely; what is news."""
    everything = [promise for promises in found.values() for promise in promises]
    counting = [promise for promise in everything if promise.is_important]
    if not counting:
        return (
            "No verdict is possible yet.",
            "No segment has a promise with a stated importance of 4 or more. State importance and "
            "targets in `plumbline.toml`, then run `plumbline run`.",
        )
    missed = [promise for promise in counting if promise.row["verdict"] == "under_served"]
    unknown = [promise for promise in counting if promise.row["verdict"] == "unknown"]
    parts = []
    if missed:
        parts.append(f"Under-served: {listed([_place(edition, one) for one in missed])}.")
    if unknown:
        parts.append(f"Not known: {listed([_place(edition, one) for one in unknown])}.")
    return standing(counting), " ".join([*parts, _elsewhere(everything), _news(edition)])


def standing(counting: list[Promise]) -> str:
    """How many of the promises that count are kept, missed or unknown, and how surely."""
    said = said_of_us([promise.row for promise in counting], lambda rows: f"{len(rows)}")
    return f"Of the {counted(len(counting), 'promise')} that count, we {listed(said)}."


def _place(edition: Edition, promise: Promise) -> str:
    return f"{promise.name} for {name_of(edition, 'segment', promise.segment)}"


def _elsewhere(everything: list[Promise]) -> str:
    chosen = sum(promise.row["verdict"] == "bad_on_purpose" for promise in everything)
    drifted = sum(promise.row["verdict"] == "weak_undeclared" for promise in everything)
    over = sum(promise.row["verdict"] == "over_served" for promise in everything)
    where = f"Where less counts, {counted(chosen, 'weakness', 'weaknesses')} "
    where += f"{'is' if chosen == 1 else 'are'} chosen on purpose"
    where += f", {drifted} {'is' if drifted == 1 else 'are'} not declared"
    return where + (f", and {counted(over, 'promise')} may get more than needed." if over else ".")


def _news(edition: Edition) -> str:
    signals = edition.table("kpi_signals")["signal"]
    moved = signals.filter(signals.is_in(NEWS)).len()
    if not signals.is_in(["better", "worse", "noise"]).any():
        return "It is too early to tell news from noise."
    if not moved:
        return "No headline number moved beyond its usual variation."
    return f"{counted(moved, 'headline number')} moved beyond the usual variation."


def news(edition: Edition) -> list[tuple[Mark, str]]:
    """What changed: the sentence of each signal that is news, the worse ones first."""
    signals = edition.table("kpi_signals").filter(pl.col("signal").is_in(NEWS))
    ordered = signals.sort("signal", descending=True)
    return [(SIGNALS[s], text) for s, text in ordered.select("signal", "sentence").rows()]


def attention(edition: Edition, found: dict[str, list[Promise]]) -> list[tuple[Mark, str]]:
    """What needs a decision: under-served promises, undeclared weaknesses, failed checks."""
    urgent = [
        promise
        for name in ("under_served", "weak_undeclared")
        for promises in found.values()
        for promise in promises
        if promise.row["verdict"] == name
    ]
    failed = edition.table("checks").filter(~pl.col("is_ok"))
    return [(p.verdict, _with_question(p.row)) for p in urgent] + [
        (FAILED_CHECK, sentence) for sentence in failed["sentence"]
    ]


def _with_question(row: Row) -> str:
    question = row["next_question"]
    return f"{row['sentence']} *{question}*" if question else str(row["sentence"])


def rests_on(edition: Edition) -> str:
    """The newest period that a verdict rests on, in words; empty before the first."""
    verdicts = edition.table("tradeoff_attribute_map").drop_nulls("period_end_on")
    if not verdicts.height:
        return ""
    names = ["period_kind", "period_start_on", "period_end_on"]
    return period(*verdicts.sort("period_end_on").select(names).row(-1))


def freshness(edition: Edition) -> list[str]:
    """Which period is what, late sources and failed checks, as sentences."""
    months = headline_months(edition)
    quarter = rests_on(edition)
    parts = []
    if quarter:
        parts.append(
            f"Verdicts and scores are of {quarter}, the newest that is complete and mature: a "
            "month has too few events to judge by."
        )
    months = months.filter("is_final")
    if months.height:
        last = months["period_start_on"].max()
        if isinstance(last, date):
            parts.append(
                f"Numbers beside the trends are of the month that they name, to {last:%B %Y}: they "
                "show what moves, and change no verdict."
            )
        newest = months.filter(pl.col("period_start_on") == last)
        late = sorted({catalogue(edition)[k].name for k in newest.filter("is_stale")["kpi"]})
        if late:
            parts.append(f"A late source touches {listed([inside(name) for name in late])}.")
    checks = edition.table("checks")
    failed = checks.filter(~pl.col("is_ok")).height
    parts.append(f"{checks.height - failed} of {counted(checks.height, 'check')} passed.")
    return parts
