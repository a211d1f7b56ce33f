"""Durations with open ends: quantiles, curves and restricted means, for many groups at once.

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
    entry: ArrayLike | None = None,
    level: float = 0.95,
    competing: bool = False,
) -> pl.DataFrame:
    """Time by which a share of a group's members had the event, with its interval.

    One row per group (ascending) and probability: `group, probability, value, low, high` (in the
    unit of `seconds`), `n, n_open, state`. Groups are integers; `exit` is 0 still open, 1
    happened, 2 competing; `entry` is the delayed entry, NaN or 0 for none (see `risk_table`).
    State `not_reached`: the curve has not fallen that far, value and high are null, low is the
    lower bound. A curve that equals 1 - q on a stretch gives the stretch's midpoint, as R's
    `survfit` does; a stretch that nothing ends reaches to the last time seen, and high is null
    there. The interval holds the times at which the pointwise Greenwood band on the
    log-log scale covers 1 - q (Brookmeyer and Crowley 1982); null where it is not supported.
    """
    table = risk_table(group, seconds, exit, entry)
    curve = _estimate(table, level, competing)
    return pl.concat([_quantile(curve, float(q)) for q in probabilities]).sort(
        "group", "probability", maintain_order=True
    )


def curve(
    seconds: ArrayLike,
    exit: ArrayLike,
    entry: ArrayLike | None = None,
    level: float = 0.95,
    competing: bool = False,
) -> pl.DataFrame:
    """Share of one group still without the event at each time, for charts.

    Rows from 0 on: `seconds, value, low, high, at_risk, events`; a value holds until the next
    row. Empty without members. Where the curve is 0, low is 0 and high may be null.
    """
    members = np.zeros(len(np.asarray(seconds)), dtype=np.int64)
    table = risk_table(members, seconds, exit, entry)
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


def restricted_mean(
    group: ArrayLike,
    seconds: ArrayLike,
    exit: ArrayLike,
    horizon: float,
    entry: ArrayLike | None = None,
    level: float = 0.95,
) -> pl.DataFrame:
    """Mean time within the first `horizon` seconds: the area under the Kaplan-Meier curve.

    Rows as `quantiles` gives them, without `probability`. Unlike quantiles, restricted means of
    stages add up. State `not_reached`: the group has not been followed to the horizon, so value
    and high are null and low is what it has come to so far. Interval: normal, within 0..horizon.
    Source: Klein and Moeschberger 2003, section 4.5.
    """
    if not horizon > 0:
        raise ValueError(f"horizon is {horizon}, it must be a positive number of seconds")
    table = risk_table(group, seconds, exit, entry)
    found = _estimate(table, level, competing=False)
    begins = np.clip(table.seconds, 0, horizon)
    until = np.append(begins[1:], horizon)
    is_reached = (table.seconds[table.last] >= horizon) | (found.share[table.last] == 0)
    until[table.last] = np.where(is_reached, horizon, begins[table.last])
    # The last stretch of a followed group runs to the horizon at the height of its last row.
    steps = found.share * (until - begins)
    so_far = table.running(np.add, steps)
    mean = begins[table.first] + so_far[table.last]
    remaining = (so_far[table.last])[table.owner] - table.before(so_far, 0.0)
    jumps = _ratio(table.events, table.at_risk * (table.at_risk - table.events))
    total = table.running(np.add, remaining**2 * jumps)[table.last]
    half = normal_quantile(level) * np.sqrt(total)
    high = np.where(is_reached, np.minimum(mean + half, horizon), np.nan)
    value = np.where(is_reached, mean, np.nan)
    return _frame(table, value, np.maximum(mean - half, 0), high)


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


def _frame(
    table: RiskTable, value: Floats, low: Floats, high: Floats, q: float | None = None
) -> pl.DataFrame:
    probability = {} if q is None else {"probability": np.full(len(value), q)}
    columns = {"group": table.groups, **probability, "value": value, "low": low, "high": high}
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
