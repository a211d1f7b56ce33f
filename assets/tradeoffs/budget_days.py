"""What each error budget allowed and lost, by local day.

A *budget* is one indicator of a service against its objective, or a customer's tickets against its
support objective. None is made of others: what is left of one makes up for nothing. Which records
count is said by the KPIs `error_budget_left` and `sla_attainment`; what follows from the sums is in
`assets.tradeoffs.budget_policy`.
"""

from datetime import date

import polars as pl

from assets.configuration import Configuration
from assets.kpis.definition import Kpi
from assets.kpis.known import covered_days, stale_cells
from assets.kpis.terms import Terms
from assets.tradeoffs import choices

SUPPORT = "support"
BUDGET = ("scope_kind", "scope", "budget")
DAYS = {
    **dict.fromkeys(BUDGET, pl.String),
    "day": pl.Date,
    **dict.fromkeys(("bad", "allowed", "total"), pl.Float64),
}


def of_service_levels(kpi: Kpi, fact: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """`DAYS` of every service and indicator."""
    rows = terms.measured([kpi], fact, also=("total",))[kpi.id].with_columns(
        bad=pl.col("allowed") - pl.col("budget_left")
    )
    members = rows.join(terms.scope_sets.filter(scope_kind="service"), on="scope_set")
    return _summed(members.rename({"indicator": "budget"}))


def of_tickets(
    kpi: Kpi, fact: pl.DataFrame, terms: Terms, configuration: Configuration
) -> pl.DataFrame:
    """`DAYS` of every customer with a support objective; a ticket belongs to the day it was due."""
    rows = terms.measured([kpi], fact)[kpi.id].with_columns(
        bad=pl.col(str(kpi.numerator)).not_().cast(pl.Float64)
    )
    members = rows.join(terms.scope_sets.filter(scope_kind="customer"), on="scope_set")
    days = members.select("day", customer="scope").unique()
    promised = support_objectives(configuration, days).rename({"customer": "scope"})
    allowed = members.join(promised, on=["scope", "day"]).with_columns(
        allowed=1 - pl.col("objective"), total=pl.lit(1.0), budget=pl.lit(SUPPORT)
    )
    return _summed(allowed)


def _summed(members: pl.DataFrame) -> pl.DataFrame:
    known = members.filter(pl.col("scope") != "unassigned")
    sums = known.group_by(*BUDGET, "day").agg(pl.col("bad", "allowed", "total").sum())
    return sums.select(pl.col(name).cast(dtype) for name, dtype in DAYS.items())


def support_objectives(configuration: Configuration, days: pl.DataFrame) -> pl.DataFrame:
    """`customer, day, objective`: the customer's own of that day, else that of its segment then.

    `days` holds `customer, day`. Without either there is no row.
    """
    schema = {
        "segment": pl.String,
        "customer": pl.String,
        "objective": pl.Float64,
        "valid_from": pl.Date,
    }
    rows = pl.DataFrame([row.model_dump() for row in configuration.support_objectives], schema)
    asked = days.with_columns(on="day")
    placed = choices.stances(configuration, asked.select("customer", "on"))
    where = asked.join(placed.select("customer", "on", "segment"), on=["customer", "on"])
    found = where.sort("on")
    for key in ("customer", "segment"):
        dated = rows.filter(pl.col(key) != "").select(
            key, "valid_from", pl.col("objective").alias(f"of_{key}")
        )
        found = found.join_asof(
            dated.sort("valid_from"),
            left_on="on",
            right_on="valid_from",
            by=key,
            check_sortedness=False,
        ).drop("valid_from")
    return found.select(
        "customer", "day", objective=pl.coalesce("of_customer", "of_segment")
    ).drop_nulls()


def told_days(kpi: Kpi, scopes: pl.DataFrame, terms: Terms, days: pl.DataFrame) -> pl.DataFrame:
    """`scope_kind, scope, day`: of whom and when the tables that a KPI requires tell.

    `scopes` holds `scope_kind, scope`, `days` the days asked for as `day`.
    """
    numbered = scopes.unique().sort(scopes.columns).with_row_index("scope_id")
    dated = days.with_row_index("period_id")
    told = covered_days(terms.spans, kpi.requires, numbered, dated)
    return (
        told.join(numbered, on="scope_id")
        .join(dated, on="period_id")
        .select("scope_kind", "scope", "day")
    )


def in_doubt(
    kpi: Kpi, scopes: pl.DataFrame, terms: Terms, first_on: date, last_on: date
) -> pl.DataFrame:
    """`scope_kind, scope` of which a late or incomplete source told within these days."""
    numbered = scopes.unique().sort(scopes.columns).with_row_index("scope_id")
    window = pl.DataFrame({"from_on": [first_on], "to_on": [last_on]})
    stale = stale_cells(terms.doubts(kpi, numbered), window.with_row_index("period_id"))
    return numbered.join(stale, on="scope_id", how="semi").select("scope_kind", "scope")
