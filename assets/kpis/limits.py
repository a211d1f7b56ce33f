"""Many monthly series at once against the limits of their own first 20 months (DESIGN §4 rule 6).

Holds which chart a statistic is judged on, and the change since the baseline with its interval.
Which months count, and what the result is called, is `signals`' business.
"""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assets.methods.multiple_testing import benjamini_hochberg
from assets.methods.process_behaviour import Limits, laney_p, laney_u, xmr

N_BASELINE = 20
Z_95 = 1.96
DAYS_PER_WEEK = 7
# Below this a duration is as good as instant (and a change empty); it keeps logarithms finite.
SHORTEST = 1.0

Floats = NDArray[np.float64]


def judged(months: pl.DataFrame, newest: pl.DataFrame) -> pl.DataFrame:
    """`newest` with its limits, the odds of being there, and the change since the baseline.

    `newest` has one row per `series`, with `chart, period_start_on, period_end_on, value, low,
    high, n`; `months` are the months before, as many as count. Adds `baseline_center,
    baseline_low, baseline_high, p_value, q_value, change_low, change_high`, all null for a series
    with fewer than `N_BASELINE` months or with a baseline that does not vary. q-values are those of
    all rows together.
    """
    before, now = _prepared(months), _prepared(newest)
    rows = pl.concat(
        _with_limits(before, now.filter(pl.col("chart") == chart), method)
        for chart, method in CHARTS.items()
    )
    q = benjamini_hochberg(rows.get_column("p_value").fill_null(np.nan).to_numpy())
    return rows.with_columns(pl.Series("q_value", q).fill_nan(None), *_change()).drop(
        "chart", "month", "whole", "center_low", "center_high"
    )


def _prepared(cells: pl.DataFrame) -> pl.DataFrame:
    """Adds `month` (a running number) and `whole`: what a chart's value is a share of."""
    days = (pl.col("period_end_on") - pl.col("period_start_on")).dt.total_days() + 1
    is_share = pl.col("chart") == "p"
    start = pl.col("period_start_on").dt
    return cells.with_columns(
        month=start.year() * 12 + start.month().cast(pl.Int32),
        whole=pl.when(is_share).then("n").otherwise(days / DAYS_PER_WEEK).cast(pl.Float64),
    )


def _with_limits(
    months: pl.DataFrame,
    newest: pl.DataFrame,
    method: Callable[[Floats, Floats], dict[str, Floats]],
) -> pl.DataFrame:
    """`newest` of one chart with the limits of that chart."""
    rows = newest.select("series").with_row_index("row")
    mine = months.join(rows, on="series").with_columns(
        column=pl.col("month") - pl.col("month").min()
    )
    columns = 0 if mine.is_empty() else int(mine.select(pl.col("column").max()).item()) + 1
    values, wholes = (
        _grid(mine, newest, name, (newest.height, columns + 1)) for name in ("value", "whole")
    )
    is_short = (~np.isnan(values[:, :-1])).sum(axis=1) < N_BASELINE
    values[is_short] = np.nan
    found = method(values, wholes)
    return newest.with_columns(pl.Series(name, at).fill_nan(None) for name, at in found.items())


def _grid(months: pl.DataFrame, newest: pl.DataFrame, name: str, shape: tuple[int, int]) -> Floats:
    """One row per series, one column per calendar month, the judged month last; NaN is unknown."""
    grid = np.full(shape, np.nan)
    at = months.get_column("row").to_numpy(), months.get_column("column").to_numpy()
    grid[at] = months.get_column(name).to_numpy()
    grid[:, -1] = newest.get_column(name).to_numpy()
    return grid


def _log_chart(values: Floats, wholes: Floats) -> dict[str, Floats]:
    """XmR of logarithms, said in the unit again: the center is a geometric mean."""
    found = _plain_chart(np.log(np.maximum(values, SHORTEST)), wholes)
    p_value = found.pop("p_value")
    return {name: np.exp(at) for name, at in found.items()} | {"p_value": p_value}


def _plain_chart(values: Floats, _wholes: Floats) -> dict[str, Floats]:
    """XmR of the values as they are."""
    limits = xmr(values[:, :-1], N_BASELINE)
    center_error = limits.sigma / np.sqrt(N_BASELINE)
    ends = _ends(limits.center, limits.low, limits.high, center_error)
    return ends | {"p_value": limits.p_value(values[:, -1])}


def _ratio_chart(values: Floats, wholes: Floats) -> dict[str, Floats]:
    return _attribute_chart(laney_p(np.rint(values * wholes), wholes, N_BASELINE), values, wholes)


def _rate_chart(values: Floats, wholes: Floats) -> dict[str, Floats]:
    return _attribute_chart(laney_u(np.rint(values * wholes), wholes, N_BASELINE), values, wholes)


CHARTS: dict[str, Callable[[Floats, Floats], dict[str, Floats]]] = {
    "log": _log_chart,
    "p": _ratio_chart,
    "u": _rate_chart,
    "x": _plain_chart,
}


def _attribute_chart(limits: Limits, values: Floats, wholes: Floats) -> dict[str, Floats]:
    """Limits as wide as the judged month's own number of events makes them."""
    before = values[:, :-1]
    is_baseline = ~np.isnan(before) & (np.cumsum(~np.isnan(before), axis=1) <= N_BASELINE)
    weight = np.where(is_baseline, wholes[:, :-1], 0)
    total = weight.sum(axis=1)
    error = np.sqrt((np.where(is_baseline, limits.sigma[:, :-1], 0) ** 2 * weight**2).sum(axis=1))
    center_error = error / np.where(total > 0, total, np.nan)
    center, low, high = (at[:, -1] for at in (limits.center, limits.low, limits.high))
    return _ends(center, low, high, center_error) | {"p_value": limits.p_value(values)[:, -1]}


def _ends(center: Floats, low: Floats, high: Floats, center_error: Floats) -> dict[str, Floats]:
    return {
        "baseline_center": center,
        "baseline_low": low,
        "baseline_high": high,
        "center_low": center - Z_95 * center_error,
        "center_high": center + Z_95 * center_error,
    }


def _change() -> list[pl.Expr]:
    """Interval of value − center from the intervals of both (MOVER; Zou and Donner 2008).

    Works with intervals that are not symmetric; an end that is open leaves the change's end open.
    """
    value, center = pl.col("value"), pl.col("baseline_center")
    down = ((value - pl.col("low")).pow(2) + (pl.col("center_high") - center).pow(2)).sqrt()
    up = ((pl.col("high") - value).pow(2) + (center - pl.col("center_low")).pow(2)).sqrt()
    return [
        (value - center - down).alias("change_low"),
        (value - center + up).alias("change_high"),
    ]
