"""Does speed cost stability here? Every customer in the plane, quarter by quarter (DESIGN §5.2).

Holds the two scores, who leans where, and who is on the frontier. It describes: whether one costs
the other is a question for tests, which count only failures that are linked without a time window.
`unassigned` is nobody's choice and has no row.
"""

import dagster as dg
import polars as pl

from assets.home import Home
from assets.kpis import phrases
from assets.kpis.tables import KPI_TABLES, all_cells
from assets.tradeoffs import choices
from assets.tradeoffs.scoring import mean_score, scored, spoken, unsliced_cells

# Each axis is the mean of its measures on the scale common to all (targets with segment "").
MEASURES = pl.DataFrame(
    {
        "kpi": [
            "change_lead_time",
            "deployment_frequency",
            "change_fail_rate",
            "failed_deployment_recovery_time",
        ],
        "statistic": ["p50", "rate", "ratio", "p50"],
        "axis": ["flexibility", "flexibility", "stability", "stability"],
        "shown_as": [
            "lead_time_p50_seconds",
            "deployments_per_week",
            "change_fail_ratio",
            "recovery_p50_seconds",
        ],
    }
)
# A customer leans to one side if its score there is so much higher.
CLEAR_LEAD = 1.0
PERIOD_KIND = "quarter"
KEY = ("customer", "period_start_on")
COLUMNS = (
    "customer",
    "segment",
    "stance_declared",
    "period_start_on",
    "flexibility",
    "flexibility_low",
    "flexibility_high",
    "stability",
    "stability_low",
    "stability_high",
    "stance_observed",
    "is_on_frontier",
    *MEASURES.get_column("shown_as"),
    "verdict",
    "sentence",
)


def plane(cells: pl.DataFrame, targets: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    """Where each customer stood in each ended quarter: `KEY`, both scores, the four measures.

    `cells` are the customers' quarterly ones. A measure with nothing to measure or too few events
    is left out of its axis; one that is missing for another reason (not covered, immature, stale,
    not reached) leaves the axis unknown, because what is not known yet is not known to be good.
    """
    units = catalogue.select("unit", kpi="id")
    common = targets.filter(pl.col("segment") == "").drop("segment")
    measured = (
        cells.drop("unit")
        .rename({"scope": "customer"})
        .filter(pl.col("is_complete").any().over("customer", "period_start_on"))
        .join(MEASURES, on=["kpi", "statistic"])
        .join(units, on="kpi")
        .join(common, on=["kpi", "statistic"], how="left")
        .with_columns(is_duration=pl.col("unit") == "seconds")
    )
    values = measured.group_by(KEY).agg(
        pl.col("period_end_on").first(),
        *(
            pl.col("value").filter(pl.col("shown_as") == name).first().alias(name)
            for name in MEASURES.get_column("shown_as")
        ),
    )
    both = scored(measured, "score")
    return (
        values.join(_axis(both, "flexibility"), on=KEY, how="left")
        .join(_axis(both, "stability"), on=KEY, how="left")
        .sort(KEY)
    )


def _axis(measured: pl.DataFrame, axis: str) -> pl.DataFrame:
    """`KEY` and the mean score of one axis with its ends; no row where it is unknown."""
    measures = MEASURES.filter(pl.col("axis") == axis).height
    has_too_few = (pl.col("value_state") == "ok") & pl.col("is_low_n")
    is_out_of_date = pl.col("is_immature") | pl.col("is_stale") | ~pl.col("is_complete")
    is_left_out = (has_too_few | (pl.col("value_state") == "no_events")) & ~is_out_of_date
    return (
        measured.filter(pl.col("axis") == axis)
        .group_by(KEY)
        .agg(
            *mean_score("score", axis),
            is_known=(pl.col("score").is_not_null() | is_left_out).all() & (pl.len() == measures),
        )
        .filter("is_known")
        .drop("is_known")
    )


def with_frontier(points: pl.DataFrame) -> pl.DataFrame:
    """Adds `is_on_frontier`: no customer of the quarter is as good on both axes, better on one.

    Customers at the same point share their place. Null where a score is unknown; an unknown
    customer is compared with nobody. The scores' intervals play no part.
    """
    known = points.drop_nulls(["flexibility", "stability"])
    steps = (
        known.group_by("period_start_on", "flexibility")
        .agg(best=pl.col("stability").max())
        .sort("period_start_on", "flexibility", descending=[False, True])
        .with_columns(
            best_of_faster=pl.col("best").cum_max().shift(1).over("period_start_on").fill_null(0.0)
        )
    )
    is_best = (pl.col("stability") == pl.col("best")) & (pl.col("best") > pl.col("best_of_faster"))
    places = known.join(steps, on=["period_start_on", "flexibility"]).select(
        *KEY, is_on_frontier=is_best
    )
    return points.join(places, on=KEY, how="left", maintain_order="left")


def stance_observed() -> pl.Expr:
    """`flexibility`, `stability`, `balanced` or `unknown`, from both scores and their intervals.

    The difference has an interval of its own (half-widths as root of the sum of squares). A side
    leads if the difference is at least `CLEAR_LEAD` and its interval is on one side of 0. `unknown`
    where a score is, where the interval reaches from a clear lead of one side to one of the other,
    and where a difference that large may yet be none. All else is `balanced`.
    """
    lead = pl.col("flexibility") - pl.col("stability")
    down = _joint(
        pl.col("flexibility") - pl.col("flexibility_low"),
        pl.col("stability_high") - pl.col("stability"),
    )
    up = _joint(
        pl.col("flexibility_high") - pl.col("flexibility"),
        pl.col("stability") - pl.col("stability_low"),
    )
    is_open = ((lead - down) <= -CLEAR_LEAD) & ((lead + up) >= CLEAR_LEAD)
    return (
        pl.when(lead.is_null() | is_open)
        .then(pl.lit("unknown"))
        .when((lead >= CLEAR_LEAD) & (lead - down > 0))
        .then(pl.lit("flexibility"))
        .when((lead <= -CLEAR_LEAD) & (lead + up < 0))
        .then(pl.lit("stability"))
        .when(lead.abs() >= CLEAR_LEAD)
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("balanced"))
        .alias("stance_observed")
    )


def _joint(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    return (one.pow(2) + other.pow(2)).sqrt()


def flexibility_stability(points: pl.DataFrame, stances: pl.DataFrame) -> pl.DataFrame:
    """The path of every customer in the plane: `points` with stance, verdict and sentence.

    `stances` says who each customer was at the end of each quarter (`choices.stances`).
    """
    who = stances.rename({"on": "period_end_on", "stance": "stance_declared"})
    is_as_declared = pl.col("stance_observed") == pl.col("stance_declared")
    return (
        with_frontier(points.join(who, on=["customer", "period_end_on"], maintain_order="left"))
        .with_columns(stance_observed())
        .with_columns(
            verdict=pl.when(pl.col("stance_observed") == "unknown")
            .then(pl.lit("unknown"))
            .when(is_as_declared)
            .then(pl.lit("as_declared"))
            .otherwise(pl.lit("otherwise"))
        )
        .with_columns(sentence=_sentence())
        .select(COLUMNS)
    )


def _sentence() -> pl.Expr:
    leans = {
        "flexibility": "It leans to flexibility",
        "stability": "It leans to stability",
        "balanced": "It is balanced",
        "unknown": "Which way it leans cannot be told",
    }
    place = (
        pl.when(pl.col("is_on_frontier").is_null())
        .then(pl.lit(""))
        .when("is_on_frontier")
        .then(pl.lit(" No other customer beats it on both."))
        .otherwise(pl.lit(" Another customer is as good on both and better on one."))
    )
    declared = (
        pl.when(pl.col("verdict") == "as_declared")
        .then(pl.lit(", as declared."))
        .otherwise(pl.format("; declared: {}.", "stance_declared"))
    )
    return pl.format(
        "{}, {}: {}, {}. {}{}{}",
        "name",
        phrases.quarter(pl.col("period_start_on")),
        *(
            pl.format("{} {}", pl.lit(axis), spoken(axis).fill_null("not known"))
            for axis in ("flexibility", "stability")
        ),
        pl.col("stance_observed").replace_strict(leans, return_dtype=pl.String),
        declared,
        place,
    )


@dg.asset(ins={table: dg.AssetIn(table) for table in KPI_TABLES})
def tradeoff_flexibility_stability(
    home: Home, kpi_catalogue: pl.LazyFrame, **kpi_tables: pl.LazyFrame
) -> pl.DataFrame:
    """Where each customer stood between flexibility and stability, quarter by quarter."""
    configuration, on = home.configuration, choices.as_of_on(home)
    catalogue = kpi_catalogue.collect()
    targets = choices.fitting_targets(choices.targets(configuration, on), catalogue)
    kpis = MEASURES.get_column("kpi")
    cells = unsliced_cells(all_cells(kpi_tables), kpis, ("customer",), (PERIOD_KIND,))
    points = plane(cells, targets, catalogue)
    days = points.select("customer", on="period_end_on")
    return flexibility_stability(points, choices.stances(configuration, days))
