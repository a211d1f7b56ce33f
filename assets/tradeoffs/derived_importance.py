"""What goes with a segment's satisfaction, beside what it says is important (DESIGN §5.1).

Two kinds of models, each of one driver at a time and within customers: of the answer to a ticket on
that ticket's own response, resolution and reopening; and of the answer on what its customer had in
the month before (feedback, red branches, failed releases). "Goes with", not "comes from": nothing
here is an experiment. Promises whose exposure no rating can see are not estimable.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg
import numpy as np
import polars as pl

from assets.home import Home
from assets.kpis.periods import local_day
from assets.kpis.tables import KPI_TABLES, all_cells
from assets.methods.distributions import Floats
from assets.methods.panel import Fit, fit, step_down, webb_weights
from assets.tradeoffs import choices
from assets.tradeoffs.derived_sentences import sentence
from assets.tradeoffs.speed_tests import ALPHA, DRAWS, Z_80

SEED = 20_260_703
FEWEST_ANSWERS = 80
# Clusters are customers; of a segment with fewer they are customers' quarters.
FEWEST_CUSTOMERS = 8
Z_95 = 1.96
# Satisfaction per doubling, and per one more: the effects that n_needed is reckoned for.
WORTH_KNOWING, WORTH_KNOWING_OF_ONE = 0.05, 0.10
GOES_WITH, NO_EVIDENCE, TOO_LITTLE, NOT_ESTIMABLE = (
    "goes_with",
    "no_evidence",
    "too_little",
    "not_estimable",
)


@dataclass(frozen=True)
class Driver:
    """What satisfaction may go with; `kpi` and `statistic` name a month of the customer.

    `is_log`: the effect is per doubling; else per one more.
    """

    id: str
    promise: str
    kpi: str = ""
    statistic: str = ""
    is_log: bool = True


OF_THE_TICKET = (
    Driver("first_response", "support"),
    Driver("resolution", "support"),
    Driver("reopened", "support", is_log=False),
)
OF_THE_MONTH_BEFORE = (
    Driver("ci_feedback_time", "feedback", "ci_feedback_time", "p50"),
    Driver("ci_red_time", "feedback", "ci_red_time", "p50"),
    Driver("failed_releases", "stability", "change_fail_rate", "ratio", is_log=False),
)
DRIVERS = (*OF_THE_TICKET, *OF_THE_MONTH_BEFORE)
COLUMNS: dict[str, Any] = {
    **dict.fromkeys(("segment", "promise", "driver", "verdict"), pl.String),
    **dict.fromkeys(("slope", "low", "high", "smallest_effect", "p_value", "q_value"), pl.Float64),
    **dict.fromkeys(("n", "n_needed", "n_customers"), pl.Int64),
    "is_log": pl.Boolean,
    "sentence": pl.String,
}


def answers(
    ratings: pl.LazyFrame, keys: pl.LazyFrame, tickets: pl.LazyFrame, sets: pl.LazyFrame, zone: str
) -> pl.DataFrame:
    """One row per answer of a known customer: `customer, segment, month, good` and the drivers.

    `keys` are the conformed ratings, which know their ticket. An answer of several customers counts
    for the first of them. Times that have not ended are unknown here.
    """
    named = [
        sets.filter(pl.col("scope_kind") == kind, pl.col("scope") != "unassigned")
        .group_by("scope_set")
        .agg(pl.col("scope").min().alias(kind))
        for kind in ("customer", "segment")
    ]
    ticket_of = keys.select(
        event_id=pl.concat_str("source", "ticket_id", "source_id", separator="/"),
        ticket=pl.concat_str("source", "ticket_id", separator="/"),
    )
    happened = [
        pl.when(pl.col(f"{clock}_exit") == 1, pl.col(f"{clock}_seconds") > 0)
        .then(pl.col(f"{clock}_seconds"))
        .log(2)
        .alias(name)
        for clock, name in (
            ("first_response_business", "first_response"),
            ("resolution_business", "resolution"),
        )
    ]
    of_ticket = tickets.select(
        *happened, ticket="event_id", reopened=pl.col("is_reopened").cast(pl.Float64)
    )
    return (
        ratings.filter("is_answered", ~pl.col("is_spam"), ~pl.col("is_verdict_unknown"))
        .join(ticket_of, on="event_id")
        .join(of_ticket, on="ticket", how="left")
        .join(named[0], on="scope_set")
        .join(named[1], on="scope_set")
        .select(
            "customer",
            "segment",
            *(driver.id for driver in OF_THE_TICKET),
            month=local_day(pl.col("entered_at"), zone).dt.truncate("1mo"),
            good=pl.col("is_good").cast(pl.Float64),
        )
        .sort("customer", "month", "good", "first_response", "resolution")
        .collect()
    )


def with_months_before(rows: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Adds what each answer's customer had in the month before; null where that is not known."""
    for driver in OF_THE_MONTH_BEFORE:
        value = pl.col("value") * pl.col("n") if driver.id == "failed_releases" else pl.col("value")
        known = cells.filter(kpi=driver.kpi, statistic=driver.statistic).select(
            customer="scope",
            month=pl.col("period_start_on").dt.offset_by("1mo"),
            value=value.log(2) if driver.is_log else value,
        )
        rows = rows.join(
            known.rename({"value": driver.id}), on=["customer", "month"], how="left",
            maintain_order="left",
        )  # fmt: skip
    return rows


def months(cells: pl.LazyFrame) -> pl.DataFrame:
    """The known months of customers that a driver is read from."""
    kpis = sorted({driver.kpi for driver in OF_THE_MONTH_BEFORE})
    return cells.filter(
        pl.col("kpi").is_in(kpis),
        pl.col("scope_kind") == "customer",
        pl.col("period_kind") == "month",
        pl.col("slice_kind") == "",
        pl.col("value_state") == "ok",
        pl.col("is_complete") & ~pl.col("is_immature") & ~pl.col("is_stale"),
    ).collect()


def fitted(rows: pl.DataFrame, driver: Driver) -> tuple[dict[str, Any], Fit | None]:
    """The slope of good answers on one driver within customers, and what it rests on."""
    known = rows.drop_nulls(driver.id).filter(pl.col(driver.id).is_finite())
    quarter = pl.col("month").dt.truncate("1q")
    by_customer = pl.col("customer").rank("dense").cast(pl.Int64) - 1
    customers = known.get_column("customer").n_unique()
    finest = by_customer if customers >= FEWEST_CUSTOMERS else pl.struct("customer", quarter)
    coded = known.select(
        "good",
        pl.col(driver.id).alias("x"),
        cluster=finest.rank("dense").cast(pl.Int64) - 1,
        period=quarter.rank("dense").cast(pl.Int64) - 1,
        unit=by_customer,
    )
    y, x, cluster, period, unit = (coded.get_column(c).to_numpy() for c in coded.columns)
    about = {"n": known.height, "n_customers": customers, "n_needed": needed(y, x, driver)}
    enough = known.height >= max(FEWEST_ANSWERS, about["n_needed"] or 0)
    return about, fit(y, x, cluster, period, np.ones(len(y)), unit) if enough else None


def needed(good: Floats, x: Floats, driver: Driver) -> int | None:
    """Answers needed to find an effect worth knowing four times of five, by how much both vary."""
    if len(good) < 2 or x.std() == 0:
        return None
    spread = max(good.std(), 0.1) / x.std()
    worth = WORTH_KNOWING if driver.is_log else WORTH_KNOWING_OF_ONE
    return int(np.ceil(((Z_95 + Z_80) * spread / worth) ** 2))


def derived_importance(rows: pl.DataFrame, segments: list[str]) -> pl.DataFrame:
    """One row per segment and driver, and per promise that is not estimable, in `COLUMNS`.

    `slope` is by how much the share of good answers differs when the driver doubles (or is one
    more). `q_value` allows for all drivers of the segment together.
    """
    found = [
        row for segment in segments for row in _of_segment(rows.filter(segment=segment), segment)
    ]
    return pl.DataFrame(
        [{name: row.get(name) for name in COLUMNS} for row in found], schema=COLUMNS
    )


def _of_segment(rows: pl.DataFrame, segment: str) -> Iterator[Mapping[str, Any]]:
    tried = [(driver, *fitted(rows, driver)) for driver in DRIVERS]
    clusters = max((int(found.clusters.max()) + 1 for *_, found in tried if found), default=1)
    weights = webb_weights(DRAWS, clusters, SEED)
    known = [found for *_, found in tried if found]
    drawn = [found.drawn(weights) for found in known]
    judged = zip(drawn, step_down(known, drawn), strict=True)
    for driver, about, found in tried:
        row = {
            "segment": segment, "promise": driver.promise, "driver": driver.id,
            "is_log": driver.is_log, **about,
        }  # fmt: skip
        if found is None:
            row["verdict"] = TOO_LITTLE
        else:
            worlds, together = next(judged)
            low, high = (end if np.isfinite(end) else None for end in found.interval(worlds))
            row |= {
                "slope": found.slope,
                "low": low,
                "high": high,
                "smallest_effect": (Z_95 + Z_80) * found.error,
                "p_value": found.p_value(worlds),
                "q_value": float(together),
                "verdict": GOES_WITH if together <= ALPHA else NO_EVIDENCE,
            }
        yield row | {"sentence": sentence(row)}
    seen = {driver.promise for driver in DRIVERS}
    for promise in choices.PROMISES:
        if promise not in seen:
            row = {"segment": segment, "promise": promise, "verdict": NOT_ESTIMABLE}
            yield row | {"sentence": sentence(row)}


@dg.asset(ins={table: dg.AssetIn(table) for table in KPI_TABLES})
def tradeoff_derived_importance(
    home: Home,
    fact_ticket_ratings: pl.LazyFrame,
    conformed_ticket_ratings: pl.LazyFrame,
    fact_tickets: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
    **kpi_tables: pl.LazyFrame,
) -> pl.DataFrame:
    """What goes with each segment's satisfaction, as far as answers can show it."""
    configuration = home.configuration
    rows = answers(
        fact_ticket_ratings,
        conformed_ticket_ratings,
        fact_tickets,
        fact_scope_sets,
        configuration.organisation.time_zone,
    )
    segments = choices.segments(configuration, choices.as_of_on(home)).get_column("segment")
    known = with_months_before(rows, months(all_cells(kpi_tables)))
    return derived_importance(known, segments.to_list())
