"""Is it news? The newest month of each headline KPI against its own first 20 months.

Holds `kpi_signals`: which month is judged, which count as baseline, what is called a signal, and
its sentence. The charts are in `limits`. KPIs without a better direction have no row, nor has what
belongs to no segment.
"""

import dagster as dg
import polars as pl

from assets.configuration import Configuration
from assets.home import Home
from assets.kpis import phrases
from assets.kpis.limits import N_BASELINE, judged
from assets.kpis.tables import KPI_TABLES, all_cells

# At most one in twenty of the signals shown may be chance.
FALSE_DISCOVERY_RATE = 0.05
SERIES = ("kpi", "statistic", "scope_kind", "scope")
COLUMNS = {
    **dict.fromkeys((*SERIES, "period_kind"), pl.String),
    "period_start_on": pl.Date,
    **dict.fromkeys(("value", "low", "high"), pl.Float64),
    "n": pl.UInt32,
    **dict.fromkeys(
        ("previous_value", "baseline_center", "baseline_low", "baseline_high"), pl.Float64
    ),
    "n_baseline": pl.UInt32,
    "signal": pl.String,
    **dict.fromkeys(("p_value", "q_value", "change_low", "change_high"), pl.Float64),
    "sentence": pl.String,
}
WHY_NOT_JUDGED = {
    "no_events": "nothing happened that could be measured",
    "not_covered": "no source tells about it",
    "not_reached": "too many are still open",
    "withheld": "too few answers to be shown",
}


def scope_names(configuration: Configuration) -> pl.DataFrame:
    """The scopes that have signals: `scope_kind, scope, scope_name`; a segment's newest name."""
    dated = sorted(configuration.segments, key=lambda segment: segment.valid_from)
    named = {segment.id: segment.name for segment in dated}
    return pl.DataFrame(
        {
            "scope_kind": ["organisation", *["segment"] * len(named)],
            "scope": ["organisation", *named],
            "scope_name": [configuration.organisation.name, *named.values()],
        }
    )


def looked_at(catalogue: pl.DataFrame, scopes: pl.DataFrame) -> pl.DataFrame:
    """One row per series: each headline statistic of months with a better direction, by scope."""
    has_months = pl.col("periods").list.contains("month")
    return (
        catalogue.filter("is_headline", pl.col("direction") != "neutral", has_months)
        .select(
            "name",
            "direction",
            "unit",
            "duration",
            "chart",
            kpi="id",
            statistic="headline_statistic",
        )
        .join(scopes, how="cross")
        .sort(SERIES)
        .with_row_index("series")
        .with_columns(
            period_kind=pl.lit("month"),
            spoken_unit=phrases.spoken_unit(pl.col("unit"), pl.col("duration")),
        )
    )


def ended_months(cells: pl.LazyFrame, series: pl.DataFrame) -> pl.DataFrame:
    """The complete and mature months of all series, with `is_certain`: without any other flag."""
    is_flagged = pl.any_horizontal("is_low_n", "is_stale")
    return (
        cells.filter(
            pl.col("period_kind") == "month",
            pl.col("slice_kind") == "",
            pl.col("is_complete") & ~pl.col("is_immature"),
        )
        .drop("unit", "period_kind")
        .join(series.lazy(), on=SERIES)
        .with_columns(is_certain=(pl.col("value_state") == "ok") & ~is_flagged)
        .collect()
    )


def signals(months: pl.DataFrame, series: pl.DataFrame) -> pl.DataFrame:
    """One row per series: its newest ended month, judged.

    The baseline are the first `N_BASELINE` certain months before the newest one, and stay so. A
    month is a signal if it lies outside the baseline's limits and, with all series looked at
    together, its false-discovery rate is at most `FALSE_DISCOVERY_RATE`.
    """
    is_newest = pl.col("period_start_on") == pl.col("period_start_on").max().over("series")
    newest, before = months.filter(is_newest), months.filter(~is_newest)
    baseline = before.filter("is_certain")
    unseen = series.join(months, on="series", how="anti")
    rows = pl.concat(
        [
            judged(baseline, newest.filter("is_certain")),
            newest.filter(~pl.col("is_certain")),
            unseen.with_columns(value_state=pl.lit("not_covered")),
        ],
        how="diagonal",
    )
    month_before = before.select(
        "series",
        period_start_on=pl.col("period_start_on").dt.offset_by("1mo"),
        previous_value="value",
    )
    return (
        rows.join(baseline.group_by("series").agg(n_months=pl.len()), on="series", how="left")
        .join(month_before, on=["series", "period_start_on"], how="left")
        .with_columns(
            n_baseline=pl.col("n_months").fill_null(0).clip(upper_bound=N_BASELINE), signal=signal()
        )
        .with_columns(sentence=_sentence())
        .sort("series")
        .select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
    )


def signal() -> pl.Expr:
    """`too_early` without limits, else `better`, `worse` or `noise`."""
    is_lower = pl.col("value") < pl.col("baseline_center")
    is_better = is_lower == (pl.col("direction") == "lower")
    return (
        pl.when(pl.col("q_value").is_null())
        .then(pl.lit("too_early"))
        .when(~_is_outside() | (pl.col("q_value") > FALSE_DISCOVERY_RATE))
        .then(pl.lit("noise"))
        .when(is_better)
        .then(pl.lit("better"))
        .otherwise(pl.lit("worse"))
    )


def _is_outside() -> pl.Expr:
    is_below = pl.col("value") < pl.col("baseline_low")
    return is_below | (pl.col("value") > pl.col("baseline_high"))


def _sentence() -> pl.Expr:
    unit, at = pl.col("spoken_unit"), pl.col("value")
    value = pl.format(
        "{}{} ({})",
        phrases.amount(at, unit),
        phrases.statistic(pl.col("statistic")),
        phrases.evidence(pl.col("low"), pl.col("high"), at, unit, pl.col("n")),
    )
    limits = phrases.interval(pl.col("baseline_low"), pl.col("baseline_high"), at, unit)
    usual = pl.format("what its first {} months vary by ({})", "n_baseline", limits)
    found = (
        pl.when(pl.col("signal") == "too_early")
        .then(_why_too_early())
        .when(pl.col("signal") != "noise")
        .then(pl.format("{}, beyond {}: {}.", value, usual, "signal"))
        .when(_is_outside())
        .then(
            pl.format("{}, beyond {}; among so many KPIs that may be chance: noise.", value, usual)
        )
        .otherwise(pl.format("{}, within {}: noise.", value, usual))
    )
    month = phrases.month(pl.col("period_start_on"))
    when = pl.when(month.is_null()).then(pl.lit("")).otherwise(pl.format(", {}", month))
    return pl.format("{}, {}{}: {}", "name", "scope_name", when, found)


def _why_too_early() -> pl.Expr:
    state = pl.col("value_state")
    why = (
        pl.when(pl.col("period_start_on").is_null())
        .then(pl.lit("no month is complete yet"))
        .when(state != "ok")
        .then(state.replace_strict(WHY_NOT_JUDGED, default=None, return_dtype=pl.String))
        .when("is_low_n")
        .then(pl.lit("too few events in the month"))
        .when("is_stale")
        .then(pl.lit("a source is late or incomplete"))
        .when(pl.col("n_baseline") < N_BASELINE)
        .then(
            pl.format(
                "limits need {} complete months before it, {} are known",
                pl.lit(N_BASELINE),
                "n_baseline",
            )
        )
        .otherwise(pl.lit("the months before do not vary, so that there are no limits"))
    )
    return pl.format("too early to tell, {}.", why)


@dg.asset(ins={table: dg.AssetIn(table) for table in KPI_TABLES})
def kpi_signals(
    home: Home, kpi_catalogue: pl.LazyFrame, **kpi_tables: pl.LazyFrame
) -> pl.DataFrame:
    """The newest month of each headline KPI, for the organisation and its segments: is it news?"""
    series = looked_at(kpi_catalogue.collect(), scope_names(home.configuration))
    return signals(ended_months(all_cells(kpi_tables), series), series)
