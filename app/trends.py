"""Which KPI stands for a promise on the Brief, over which months, and what is news about it.

Of a promise that is weak the KPI that pulls it down most, as in the sentence of its verdict; else
its first headline. News about its other KPIs is kept beside it. Holds no verdict and no layout.
"""

from dataclasses import dataclass

import polars as pl

from app.cells import Kpi, Row, catalogue, headline_months
from app.edition import Edition
from app.verdicts import NO_SIGNAL, SIGNALS, WEAK, Mark

NEWS = ("worse", "better")
TREND_MONTHS = 12
BEST_SCORE = 5.0
Key = tuple[str, str]


@dataclass(frozen=True)
class Trend:
    """A headline KPI behind a promise.

    `newest` is its newest final month, which its signal judges too (None before the first);
    `values` (None where unknown) and `finals` hold the months to draw, `unfinished` the later ones
    that can still change; `others` are the promise's other KPIs with news.
    """

    kpi: Kpi
    newest: Row | None
    values: tuple[float | None, ...]
    finals: tuple[bool, ...]
    unfinished: tuple[Row, ...]
    signal: str
    others: tuple[tuple[Kpi, Mark], ...] = ()

    @property
    def is_news(self) -> bool:
        """Whether its newest final month is beyond the usual variation."""
        return self.signal in NEWS

    @property
    def mark(self) -> Mark:
        """How its signal is shown."""
        return SIGNALS.get(self.signal, NO_SIGNAL)


def trends(edition: Edition) -> dict[Key, Trend]:
    """(segment, promise) → the trend of the KPI that stands for it."""
    signals, weakest = _signals(edition), _weakest(edition)
    order = list(catalogue(edition))
    found = {}
    for key, candidates in _candidates(edition, signals).items():
        driver = weakest.get(key)
        ranked = sorted(candidates, key=lambda one: order.index(one.kpi.id))
        chosen = next((one for one in ranked if one.kpi.id == driver), ranked[0])
        others = [(one.kpi, one.mark) for one in ranked if one is not chosen and one.is_news]
        found[key] = _with_others(chosen, others)
    return found


def _with_others(trend: Trend, others: list[tuple[Kpi, Mark]]) -> Trend:
    months = (trend.newest, trend.values, trend.finals, trend.unfinished)
    return Trend(trend.kpi, *months, trend.signal, tuple(others))


def _candidates(edition: Edition, signals: dict[Key, str]) -> dict[Key, list[Trend]]:
    """Every headline KPI of a segment with a value in the months to draw."""
    kpis = catalogue(edition)
    found: dict[Key, list[Trend]] = {}
    months = headline_months(edition).partition_by(["kpi", "scope"], as_dict=True)
    for (kpi, segment), cells in months.items():
        drawn = _drawn(cells)
        if drawn["value"].count():
            entry, key = kpis[str(kpi)], (str(kpi), str(segment))
            trend = _trend(entry, cells, drawn, signals.get(key, "too_early"))
            found.setdefault((str(segment), entry.promise), []).append(trend)
    return found


def _drawn(cells: pl.DataFrame) -> pl.DataFrame:
    """The newest `TREND_MONTHS` final months, and those since that can still change."""
    final = cells.filter("is_final")["period_start_on"].tail(TREND_MONTHS)
    if not final.len():
        return cells.tail(TREND_MONTHS)
    return cells.filter(pl.col("period_start_on") >= final.min())


def _trend(kpi: Kpi, cells: pl.DataFrame, drawn: pl.DataFrame, signal: str) -> Trend:
    final = cells.filter("is_final")
    newest = final.row(-1, named=True) if final.height else None
    later = drawn.filter(pl.col("period_start_on") > newest["period_start_on"]) if newest else drawn
    values = tuple(drawn["value"].to_list())
    return Trend(kpi, newest, values, tuple(drawn["is_final"]), tuple(later.to_dicts()), signal)


def _weakest(edition: Edition) -> dict[Key, str]:
    """(segment, promise) of weak promises → the KPI with the largest weighted shortfall."""
    weak = edition.table("tradeoff_attribute_map").filter(pl.col("verdict").is_in(WEAK))
    shortfall = pl.col("weight") * (BEST_SCORE - pl.col("score"))
    scores = edition.table("tradeoff_attribute_kpis").with_columns(shortfall=shortfall)
    ordered = scores.drop_nulls("score").sort(
        "shortfall", "kpi", "statistic", descending=[True, False, False]
    )
    keys = ["segment", "promise"]
    first = ordered.unique(keys, keep="first", maintain_order=True).join(weak, on=keys, how="semi")
    return {(one, promise): kpi for one, promise, kpi in first.select(*keys, "kpi").rows()}


def _signals(edition: Edition) -> dict[Key, str]:
    """(KPI, segment) → what its newest final month is: better, worse, noise, or too early."""
    signals = edition.table("kpi_signals").filter(pl.col("scope_kind") == "segment")
    return {(kpi, one): name for kpi, one, name in signals.select("kpi", "scope", "signal").rows()}
