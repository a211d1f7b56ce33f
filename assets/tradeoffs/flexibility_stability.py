"""Does speed cost stability here? Every customer in the plane, quarter by quarter (DESIGN §5.2).

Holds the two scores and who is on the frontier; who leans where is in `stance`. It describes:
whether one costs the other is a question for tests, which count only failures that are linked
without a time window. `unassigned` is nobody's choice and has no row.
"""

import dagster as dg
import polars as pl

from assets.home import Home
from assets.kpis import phrases
from assets.kpis.tables import KPI_TABLES, all_cells
from assets.tradeoffs import choices
from assets.tradeoffs.scoring import doubt, mean_score, scored, unsliced_cells
from assets.tradeoffs.stance import with_stance
from assets.tradeoffs.stance_sentences import sentence

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
    "is_on_frontier",
    *MEASURES.get_column("shown_as"),
    "n_releases",
    "lead",
    "lead_low",
    "lead_high",
    "n_quarters",
    "stance_observed",
    "verdict",
    "sentence",
)


def plane(cells: pl.DataFrame, targets: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    """Where each customer stood in each ended quarter: `KEY`, both scores, the four measures.

    `cells` are the customers' quarterly ones. A measure of few events counts by its interval, which
    is wide then. One with nothing to measure is left out of its axis; one that is missing for
    another reason (not covered, immature, stale, not reached) leaves the axis unknown, because what
    is not known yet is not known to be good. `doubts` says which, and why.
    """
    units = catalogue.select("unit", "name", kpi="id")
    common = targets.filter(pl.col("segment") == "").drop("segment")
    measured = (
        cells.drop("unit")
        .rename({"scope": "customer"})
        .filter(pl.col("is_complete").any().over("customer", "period_start_on"))
        .join(MEASURES, on=["kpi", "statistic"])
        .join(units, on="kpi")
        .join(common, on=["kpi", "statistic"], how="left")
        # Without those of few events the axis would say only that there were few failures.
        .with_columns(is_duration=pl.col("unit") == "seconds", is_low_n=pl.lit(False))
    )
    values = measured.group_by(KEY).agg(
        pl.col("period_end_on").first(),
        *(
            pl.col("value").filter(pl.col("shown_as") == name).first().alias(name)
            for name in MEASURES.get_column("shown_as")
        ),
        n_releases=pl.col("n").filter(pl.col("kpi") == "deployment_frequency").first(),
        doubts=pl.format("{}: {}", phrases.inside(pl.col("name")), doubt())
        .filter(~_is_left_out())
        .str.join("; "),
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
    return (
        measured.filter(pl.col("axis") == axis)
        .group_by(KEY)
        .agg(
            *mean_score("score", axis),
            is_known=(pl.col("score").is_not_null() | _is_left_out()).all()
            & (pl.len() == measures),
        )
        .filter("is_known")
        .drop("is_known")
    )


def _is_left_out() -> pl.Expr:
    is_out_of_date = pl.col("is_immature") | pl.col("is_stale") | ~pl.col("is_complete")
    return (pl.col("value_state") == "no_events") & ~is_out_of_date


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


def flexibility_stability(points: pl.DataFrame, stances: pl.DataFrame) -> pl.DataFrame:
    """The path of every customer in the plane: `points` with stance, verdict and sentence.

    `stances` says who each customer was at the end of each quarter (`choices.stances`).
    """
    who = stances.rename({"on": "period_end_on", "stance": "stance_declared"})
    named = points.join(who, on=["customer", "period_end_on"], maintain_order="left")
    return with_stance(with_frontier(named)).with_columns(sentence=sentence()).select(COLUMNS)


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
