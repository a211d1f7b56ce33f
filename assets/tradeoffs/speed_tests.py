"""Does speed cost stability here? Tests of pairs that were declared beforehand (DESIGN §5.2).

Each customer is compared with itself from quarter to quarter, after what all had in common is taken
off; a customer that moved to another segment is another one from then on. Failures are those that
the first three link rules show, because chance links of the service window grow with the pace. Not
here: who stands where (`flexibility_stability`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg
import numpy as np
import polars as pl

from assets.configuration import Configuration
from assets.home import Home
from assets.kpis.tables import KPI_TABLES, all_cells
from assets.methods.panel import Fit, critical_t, fit, step_down, webb_weights
from assets.tradeoffs import choices
from assets.tradeoffs.speed_sentences import sentence

PERIOD_KIND = "quarter"
LAGS = (0, 1)  # quarters from the speed to its outcome
# Odds of any claim at all, over all tests together, where nothing is. The step-down is a little
# liberal with a dozen customers: at 4 % no more than 5 % of simulated worlds get a claim.
ALPHA = 0.04
DRAWS, SEED = 1_999, 20_260_701
Z_80 = 0.8416  # an effect of the smallest size is found four times of five
KEY = ("customer", "period_start_on")


@dataclass(frozen=True)
class Measure:
    """One side of a pair: a cell of each customer and quarter, on the scale it is compared on.

    `is_log`: the change is said as a factor. `sign` is 1 where more means faster (of a speed) or
    worse (of an outcome). `use_n`: not the value but the number of members counts.
    """

    id: str
    kpi: str
    statistic: str
    sign: int
    slice: str = ""
    is_log: bool = False
    use_n: bool = False


# The pace counts planned releases: those that mend a failure are no speed.
SPEEDS = (
    Measure("lead_time", "change_lead_time", "p50", -1, is_log=True),
    Measure("release_pace", "change_fail_rate", "ratio", 1, is_log=True, use_n=True),
    Measure("change_size", "change_size", "p50", -1, is_log=True),
)
OUTCOMES = (
    Measure("failed_releases", "change_fail_rate", "ratio", 1, slice="first_three"),
    Measure("recovery_time", "failed_deployment_recovery_time", "p50", 1, is_log=True),
    Measure("rework", "deployment_rework_rate", "ratio", 1),
    Measure("satisfaction", "csat", "ratio", -1),
)
COLUMNS: dict[str, Any] = {
    **dict.fromkeys(("speed", "outcome"), pl.String),
    "lag_quarters": pl.Int64,
    **dict.fromkeys(("slope", "low", "high", "smallest_effect", "p_value", "q_value"), pl.Float64),
    "is_factor": pl.Boolean,
    "n": pl.UInt32,
    "n_customers": pl.UInt32,
    "verdict": pl.String,
    "sentence": pl.String,
}


def side(cells: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    """`KEY, value, n` of one measure: the log to base 2 where factors are compared."""
    value = pl.col("n").cast(pl.Float64) if measure.use_n else pl.col("value")
    found = cells.filter(
        kpi=measure.kpi, statistic=measure.statistic, slice=measure.slice
    ).with_columns(value=value)
    if measure.is_log:
        found = found.filter(pl.col("value") > 0).with_columns(pl.col("value").log(2))
    return found.select(*KEY, "value", pl.col("n").cast(pl.Float64))


def certain_cells(cells: pl.LazyFrame) -> pl.DataFrame:
    """The quarters of all customers that can be compared: known, ended, mature, not stale.

    Few events are no reason to leave a quarter out: rows are weighted by them.
    """
    kpis = {measure.kpi for measure in (*SPEEDS, *OUTCOMES)}
    return (
        cells.filter(
            pl.col("kpi").is_in(sorted(kpis)),
            pl.col("scope_kind") == "customer",
            pl.col("scope") != "unassigned",
            pl.col("period_kind") == PERIOD_KIND,
            pl.col("value_state") == "ok",
            pl.col("is_complete") & ~pl.col("is_immature") & ~pl.col("is_stale"),
        )
        .rename({"scope": "customer"})
        .collect()
    )


def paired(
    cells: pl.DataFrame, speed: Measure, outcome: Measure, lag: int, units: pl.DataFrame
) -> pl.DataFrame:
    """One row per customer and quarter of the outcome: `x`, `y`, `weight`, `customer`, `unit`."""
    earlier = pl.col("period_start_on").dt.offset_by(f"{3 * lag}mo")
    x = side(cells, speed).select("customer", earlier, x=speed.sign * pl.col("value"))
    y = side(cells, outcome).select(*KEY, y="value", weight="n")
    return y.join(x, on=KEY).join(units, on=KEY, how="left").sort(KEY)


def units_of(cells: pl.DataFrame, configuration: Configuration) -> pl.DataFrame:
    """`KEY, unit`: each customer in each segment that it belonged to at a quarter's end."""
    days = cells.select("customer", "period_start_on", on="period_end_on").unique()
    known = choices.stances(configuration, days.select("customer", "on").unique())
    segment = pl.col("segment").fill_null("")
    return (
        days.join(known, on=["customer", "on"], how="left")
        .select(*KEY, unit=pl.struct("customer", segment).rank("dense").cast(pl.Int64) - 1)
        .unique()
    )


def fits(
    cells: pl.DataFrame, units: pl.DataFrame
) -> Iterator[tuple[Mapping[str, Any], Fit | None]]:
    """Every declared pair with its fit; None where too little is known."""
    names = cells.get_column("customer").unique().sort()
    codes = pl.DataFrame({"customer": names}).with_row_index("code")
    for speed in SPEEDS:
        for outcome in OUTCOMES:
            for lag in LAGS:
                rows = paired(cells, speed, outcome, lag, units).join(codes, on="customer")
                quarter = rows.get_column("period_start_on").rank("dense")
                y, x, weight, code, unit = (
                    rows.get_column(name).to_numpy()
                    for name in ("y", "x", "weight", "code", "unit")
                )
                found = fit(y, x, code, quarter.to_numpy() - 1, weight, unit)
                about = {
                    "speed": speed.id,
                    "outcome": outcome.id,
                    "lag_quarters": lag,
                    "is_factor": outcome.is_log,
                    "sign": outcome.sign,
                    "n": rows.height,
                    "n_customers": rows.get_column("customer").n_unique(),
                }
                yield about, found


def speed_tests(cells: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """One row per pair and lag, in `COLUMNS`.

    `slope` is what the outcome moves by when the customer is twice as fast (half the lead time,
    twice the planned releases, half the size): a difference of shares, or with `is_factor` the log
    to base 2 of a factor. `q_value` allows for all tests together.
    """
    pairs = list(fits(cells, units))
    known = [found for _, found in pairs if found]
    weights = webb_weights(DRAWS, max(cells.get_column("customer").n_unique(), 1), SEED)
    drawn = [found.drawn(weights) for found in known]
    judged = zip(drawn, step_down(known, drawn), strict=True)
    reach = critical_t(drawn, 1 - ALPHA) + Z_80 if known else np.nan
    rows = []
    for about, found in pairs:
        row = dict(about)
        if found:
            worlds, together = next(judged)
            low, high = (end if np.isfinite(end) else None for end in found.interval(worlds))
            row |= {
                "slope": found.slope,
                "low": low,
                "high": high,
                "smallest_effect": reach * found.error,
                "p_value": found.p_value(worlds),
                "q_value": float(together),
                "n": found.n,
                "n_customers": len(found.clusters),
            }
        row["verdict"] = verdict(row)
        rows.append(row | {"sentence": sentence(row)})
    return pl.DataFrame([{name: row.get(name) for name in COLUMNS} for row in rows], schema=COLUMNS)


def verdict(row: Mapping[str, Any]) -> str:
    """`trade_off`: faster goes with worse; `go_together`: with better; else `no_evidence`."""
    if row.get("q_value") is None or row["q_value"] > ALPHA:
        return "no_evidence"
    return "trade_off" if row["slope"] * row["sign"] > 0 else "go_together"


@dg.asset(ins={table: dg.AssetIn(table) for table in KPI_TABLES})
def tradeoff_tests(home: Home, **kpi_tables: pl.LazyFrame) -> pl.DataFrame:
    """Whether customers that got faster got less stable: every declared pair, tested."""
    cells = certain_cells(all_cells(kpi_tables))
    return speed_tests(cells, units_of(cells, home.configuration))
