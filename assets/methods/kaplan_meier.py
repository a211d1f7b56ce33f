"""Durations with open ends: quantiles, curves and restricted times, for many groups at once.

Kaplan-Meier by default; with `competing` the Aalen-Johansen curve, in which an exit of kind 2
ends a member's chance for good. Without it such an exit is a censoring. Not here: which rows
belong to a cohort, and what an exit is (`facts` and the KPI catalogue say).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from assets.methods.distributions import Floats, normal_quantile, tail
from assets.methods.risk_table import Integers, RiskTable, risk_table

# Products of 1 M factors are off by at most 1e-10, and steps of a curve of 1 M members are 1e-6.
SAME_HEIGHT = 1e-9


@dataclass(frozen=True)
class _Curve:
    """Share without the event after each row of the risk table, its variance and its band.

    The band is NaN where nothing supports it: below a curve that has fallen to 0.
    """

    table: RiskTable
    share: Floats
    variance: Floats
    low: Floats
    high: Floats
    outside: float


def quantiles(
    group: ArrayLike,
    seconds: ArrayLike,
    exit: ArrayLike,
    probabilities: Sequence[float],
    level: float = 0.95,
    competing: bool = False,
) -> pl.DataFrame:
    """Time by which a share of a group's members had the event, with its interval.

    One row per group (ascending) and probability: `group, probability, value, low, high` (in the
    unit of `seconds`), `n, n_open, state`. Groups are integers; `exit` is 0 still open, 1
    happened, 2 competing. State `not_reached`: the curve has not fallen that far, value and high
    are null, low is the lower bound. A curve that equals 1 - q on a stretch gives the stretch's
    midpoint, as R's `survfit` does; a stretch that nothing ends reaches to the last time seen, and
    high is null there. The interval holds the times at which the pointwise Greenwood band on the
    log-log scale covers 1 - q (Brookmeyer and Crowley 1982); null where it is not supported.
    """
    table = risk_table(group, seconds, exit)
    curve = _estimate(table, level, competing)
    return pl.concat([_quantile(curve, float(q)) for q in probabilities]).sort(
        "group", "probability", maintain_order=True
    )


def curve(
    seconds: ArrayLike,
    exit: ArrayLike,
    level: float = 0.95,
    competing: bool = False,
) -> pl.DataFrame:
    """Share of one group still without the event at each time, for charts.

    Rows from 0 on: `seconds, value, low, high, at_risk, events`; a value holds until the next
    row. Empty without members. Where the curve is 0, low is 0 and high may be null.
    """
    members = np.zeros(len(np.asarray(seconds)), dtype=np.int64)
    table = risk_table(members, seconds, exit)
    found = _estimate(table, level, competing)
    rows = pl.DataFrame(
        {
            "seconds": table.seconds,
            "value": found.share,
            "low": np.where(found.share == 0, 0.0, found.low),
            "high": found.high,
            "at_risk": table.at_risk.astype(np.int64),
            "events": table.events.astype(np.int64),
        }
    ).with_columns(pl.col("low", "high").fill_nan(None))
    if rows.is_empty() or table.seconds[0] <= 0:
        return rows
    start = {"seconds": 0.0, "value": 1.0, "low": 1.0, "high": 1.0, "events": 0}
    start["at_risk"] = int(table.at_risk[0])
    return pl.concat([pl.DataFrame([start], schema=rows.schema), rows])


def restricted_times(
    group: ArrayLike, seconds: ArrayLike, exit: ArrayLike, horizon: float
) -> Floats:
    """What each member adds to its group's mean time within the first `horizon` seconds.

    For a member whose end is known that is about its own time; who is still open stands for how
    long such members go on. Their mean over a group is the area under its Kaplan-Meier curve,
    which ends with the last time seen (Efron 1967), and the sum of squares around it, by n
    squared, is Greenwood's variance of that area. So what is known of means (of sums of stages,
    of their shares, of clusters) holds for times with open ends. All `seconds` must be finite.
    Pseudo-values by the infinitesimal jackknife, as `pseudo` of R's `survival` has them.
    """
    if not horizon > 0:
        raise ValueError(f"horizon is {horizon}, it must be a positive number of seconds")
    table = risk_table(group, seconds, exit)
    share, _ = _greenwood(table)
    begins = np.clip(table.seconds, 0, horizon)
    until = np.append(begins[1:], 0)
    until[table.last] = begins[table.last]
    so_far = table.running(np.add, share * (until - begins))
    mean = begins[table.first] + so_far[table.last]
    remaining = so_far[table.last][table.owner] - table.before(so_far, 0.0)
    stay = table.at_risk - table.events
    # A member holds the curve up at every event that it lives to see; its own lets it fall.
    held_up = table.running(np.add, remaining * _ratio(table.events, table.at_risk * stay))
    let_fall = _ratio(remaining, stay)
    order = np.lexsort((np.asarray(seconds), np.asarray(group)))
    row = np.repeat(np.arange(len(table.owner)), _leaving(table))
    owner, has_happened = table.owner[row], np.asarray(exit)[order] == 1
    times = np.empty(len(order))
    times[order] = mean[owner] + table.n[owner] * (held_up[row] - has_happened * let_fall[row])
    return times


def _leaving(table: RiskTable) -> Integers:
    """How many members each row of a risk table is about."""
    after = np.append(table.at_risk[1:], 0)
    after[table.last] = 0
    leaving: Integers = (table.at_risk - after).astype(np.int64)
    return leaving


def _estimate(table: RiskTable, level: float, competing: bool) -> _Curve:
    share, variance = _aalen_johansen(table) if competing else _greenwood(table)
    outside = tail(level)
    is_between = (share > 0) & (share < 1)
    low, high = log_log_band(np.where(is_between, share, 0.5), variance, level)
    # Where everybody at risk leaves at once Greenwood has no width; the exact binomial bound of
    # that last risk set takes its place.
    is_last = (share == 0) & (table.events == table.at_risk) & (table.events > 0)
    last = 1 - outside ** (1 / np.maximum(table.at_risk, 1))
    at_ends = np.where(share == 1, 1.0, np.nan)
    return _Curve(
        table=table,
        share=share,
        variance=variance,
        low=np.where(is_between, low, at_ends),
        high=np.where(is_between, high, np.where(is_last, last, at_ends)),
        outside=outside,
    )


def log_log_band(share: Floats, variance: Floats, level: float) -> tuple[Floats, Floats]:
    """Pointwise band of a curve on the log-log scale, as (low, high), for shares within 0..1."""
    depth = -np.log(share)
    half = np.exp(normal_quantile(level) * np.sqrt(variance) / (share * depth))
    return np.exp(-depth * half), np.exp(-depth / half)


def _greenwood(table: RiskTable) -> tuple[Floats, Floats]:
    stays = 1 - _ratio(table.events, table.at_risk)
    share = table.running(np.multiply, stays)
    jumps = _ratio(table.events, table.at_risk * (table.at_risk - table.events))
    return share, share**2 * table.running(np.add, jumps)


def _aalen_johansen(table: RiskTable) -> tuple[Floats, Floats]:
    """1 - cumulative incidence of exit 1, and its variance (Marubini and Valsecchi 1995, 10.12).

    The squares of (incidence now - incidence then) are multiplied out into running sums.
    """
    n, d = table.at_risk, table.events
    leaving = d + table.competing
    everybody = table.running(np.multiply, 1 - _ratio(leaving, n))
    before = table.before(everybody, 1.0)
    incidence = table.running(np.add, before * _ratio(d, n))
    jumps, mixed = _ratio(leaving, n * (n - leaving)), before * _ratio(d, n * n)
    own = before**2 * _ratio(d * (n - d), n**3)
    variance = (
        incidence**2 * table.running(np.add, jumps)
        - 2 * incidence * table.running(np.add, incidence * jumps + mixed)
        + table.running(np.add, incidence**2 * jumps + own + 2 * incidence * mixed)
    )
    share = 1 - incidence
    share = np.where(share < 1e-12, 0.0, share)
    return share, np.maximum(variance, 0)


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Part by whole, and 0 where there is no whole: such a row moves nothing any more."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _quantile(curve: _Curve, q: float) -> pl.DataFrame:
    if not 0 < q < 1:
        raise ValueError(f"probability is {q}, it must lie between 0 and 1, such as 0.5")
    table, height = curve.table, 1 - q
    row, is_reached = table.first_where(curve.share <= height + SAME_HEIGHT)
    after, goes_on = table.first_where(curve.share < height - SAME_HEIGHT)
    stretch_end = np.where(goes_on, table.seconds[after], table.seconds[table.last])
    is_level = np.abs(curve.share[row] - height) <= SAME_HEIGHT
    begin = table.seconds[row]
    value = np.where(is_level, (begin + stretch_end) / 2, begin)
    high_row, has_high = table.first_where(curve.high <= height)
    return _frame(
        table,
        value=np.where(is_reached, value, np.nan),
        low=_lower_end(curve, height, np.where(is_reached, row, table.last)),
        high=np.where(is_reached & has_high, table.seconds[high_row], np.nan),
        q=q,
    )


def _lower_end(curve: _Curve, height: float, until: Integers) -> Floats:
    """Where the lower band crosses; else the last time that enough members lived to see.

    The band cannot cross while nobody has left, or when all leave at once. Then n members at
    risk just before a time bound the curve there by (a/2)^(1/n) times the band so far.
    """
    table = curve.table
    crossing, has_crossed = table.first_where(curve.low <= height)
    seen = curve.outside ** (1 / np.maximum(table.at_risk, 1))
    is_sure = table.before(np.nan_to_num(curve.low), 1.0) * seen >= height
    sure, is_known = table.last_where(is_sure & (np.arange(len(seen)) <= until[table.owner]))
    bound = np.where(is_known, table.seconds[sure], np.nan)
    return np.where(has_crossed, table.seconds[crossing], bound)


def _frame(table: RiskTable, value: Floats, low: Floats, high: Floats, q: float) -> pl.DataFrame:
    probability = np.full(len(value), q)
    columns = {"group": table.groups, "probability": probability}
    columns |= {"value": value, "low": low, "high": high}
    is_reached = pl.col("value").is_not_null()
    return (
        pl.DataFrame(columns)
        .with_columns(pl.col("value", "low", "high").fill_nan(None))
        .with_columns(
            pl.Series("n", table.n, dtype=pl.UInt32),
            pl.Series("n_open", table.n_open, dtype=pl.UInt32),
            pl.when(is_reached).then(pl.lit("ok")).otherwise(pl.lit("not_reached")).alias("state"),
        )
    )
