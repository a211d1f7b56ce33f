"""What the Brief says: per segment the promises with verdict, trend and news; the paragraph on top.

Reads the edition's trade-offs, signals and checks and turns them into rows and sentences.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from app.cells import Kpi, Row, catalogue, headline_months, name_of
from app.edition import Edition
from app.verdicts import FAILED_CHECK, IMPORTANT_FROM, KEPT, NO_SIGNAL, SIGNALS, Mark, verdict
from app.words import counted, inside, listed, period, score

NEWS = ("worse", "better")
TREND_MONTHS = 12


@dataclass(frozen=True)
class Trend:
    """A headline KPI behind a promise: newest cell, values (None where unknown), what is news."""

    kpi: Kpi
    newest: Row
    values: tuple[float | None, ...]
    signal: str

    @property
    def is_news(self) -> bool:
        """Whether its newest month is beyond the usual variation."""
        return self.signal in NEWS

    @property
    def mark(self) -> Mark:
        """How its signal is shown."""
        return SIGNALS.get(self.signal, NO_SIGNAL)


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
        return (self.row["importance_stated"] or 0.0) >= IMPORTANT_FROM


def attribute_rows(edition: Edition) -> pl.DataFrame:
    """The attribute map by segment, the most important promises first."""
    rows = edition.table("tradeoff_attribute_map")
    is_unknown = pl.col("performance").is_null()
    order = ["segment", "importance_stated", is_unknown, "promise"]
    return rows.sort(order, descending=[False, True, False, False], nulls_last=True)


def promises(edition: Edition) -> dict[str, list[Promise]]:
    """Segment → its promises, the most important first."""
    trends = _trends(edition)
    found: dict[str, list[Promise]] = {}
    for row in attribute_rows(edition).to_dicts():
        key = (row["segment"], row["promise"])
        promise = Promise(
            segment=row["segment"],
            name=row["promise"],
            row=row,
            verdict=verdict(row["verdict"]),
            trend=trends.get(key),
        )
        found.setdefault(row["segment"], []).append(promise)
    return found


def _trends(edition: Edition) -> dict[tuple[str, str], Trend]:
    """(segment, promise) → the trend of the headline KPI with the loudest news, else the first.

    News and trend are of one KPI, so that the picture shows what the word says.
    """
    kpis, months = catalogue(edition), headline_months(edition)
    signals = _signals(edition)
    order = list(kpis)
    candidates: dict[tuple[str, str], list[Trend]] = {}
    for (kpi, segment), cells in months.partition_by(["kpi", "scope"], as_dict=True).items():
        newest = cells.tail(TREND_MONTHS)
        if newest["value"].count():
            entry = kpis[str(kpi)]
            signal = signals.get((entry.id, str(segment)), "too_early")
            values = tuple(newest["value"].to_list())
            trend = Trend(entry, newest.row(-1, named=True), values, signal)
            candidates.setdefault((str(segment), entry.promise), []).append(trend)
    return {
        key: min(found, key=lambda one: (not one.is_news, order.index(one.kpi.id)))
        for key, found in candidates.items()
    }


def _signals(edition: Edition) -> dict[tuple[str, str], str]:
    """(KPI, segment) → what its newest month is: better, worse, noise, or too early to tell."""
    signals = edition.table("kpi_signals").filter(pl.col("scope_kind") == "segment")
    return {(kpi, one): name for kpi, one, name in signals.select("kpi", "scope", "signal").rows()}


def how_sure(row: Row) -> str:
    """The score with its interval, and how many of the promise's KPIs could not be counted."""
    if not row["n_kpis"]:
        return "no headline KPI yet"
    missing = f"{row['n_missing']} of {row['n_kpis']} KPIs missing" if row["n_missing"] else ""
    if row["performance"] is None:
        return missing or "no score"
    sure = score(row["performance"], row["performance_low"], row["performance_high"])
    return f"{sure}, {missing}" if missing else sure


def summary(edition: Edition, found: dict[str, list[Promise]]) -> tuple[str, str]:
    """The paragraph on top: how many promises that count are kept; where not, and what is news."""
    everything = [promise for promises in found.values() for promise in promises]
    counting = [promise for promise in everything if promise.is_important]
    if not counting:
        return (
            "No verdict is possible yet.",
            "No segment has a promise with a stated importance of 4 or more. State importance and "
            "targets in `plumbline.toml`, then run `plumbline run`.",
        )
    kept = [promise for promise in counting if promise.row["verdict"] in KEPT]
    missed = [promise for promise in counting if promise.row["verdict"] == "under_served"]
    unknown = [promise for promise in counting if promise.row["verdict"] == "unknown"]
    parts = []
    if missed:
        parts.append(f"Under-served: {listed([_place(edition, one) for one in missed])}.")
    if unknown:
        parts.append(f"Not known: {listed([_place(edition, one) for one in unknown])}.")
    headline = f"We keep {len(kept)} of the {counted(len(counting), 'promise')} that count."
    return headline, " ".join([*parts, _elsewhere(everything), _news(edition)])


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


def freshness(edition: Edition) -> list[str]:
    """How fresh and how sure: newest complete month, late sources, failed checks, as sentences."""
    months = headline_months(edition)
    verdicts = edition.table("tradeoff_attribute_map").drop_nulls("period_end_on")
    parts = []
    if verdicts.height:
        names = ["period_kind", "period_start_on", "period_end_on"]
        rest_on = period(*verdicts.sort("period_end_on").select(names).row(-1))
        parts.append(f"Verdicts rest on {rest_on}, the newest that is complete and mature.")
    if months.height:
        last = months["period_start_on"].max()
        if isinstance(last, date):
            parts.append(f"Trends and news run to {last:%B %Y}.")
        newest = months.filter(pl.col("period_start_on") == last)
        late = sorted({catalogue(edition)[k].name for k in newest.filter("is_stale")["kpi"]})
        if late:
            parts.append(f"A late source touches {listed([inside(name) for name in late])}.")
    checks = edition.table("checks")
    failed = checks.filter(~pl.col("is_ok")).height
    parts.append(f"{checks.height - failed} of {counted(checks.height, 'check')} passed.")
    return parts
