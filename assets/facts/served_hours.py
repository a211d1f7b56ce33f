"""`fact_served_hours`: the hours of `fact_effort`, each attributed to whom they served.

The rule stands beside each row: `named` (the record names its customer), `by_tickets` (shared
hours, split by the customers' tickets for the offering in the 28 days up to the end of the piece),
`unassigned` (nobody had any). Nothing is lost: the rows add up to the effort.
"""

import dagster as dg
import polars as pl

from assets.facts.ownership import identified
from assets.facts.scope_sets import UNASSIGNED, with_scope_set
from assets.home import Home

TICKET_DAYS = 28


def served_hours(
    effort: pl.LazyFrame,
    tickets: pl.LazyFrame,
    scope_sets: pl.LazyFrame,
    set_of_customer: pl.LazyFrame,
) -> pl.LazyFrame:
    """One row per piece of effort and customer that it is attributed to, with `attribution_rule`.

    `tickets` has `customer, offering, on`; `set_of_customer` gives the `scope_set` of each
    `customer` at each `entered_at` of the effort.
    """
    nobody = scope_sets.filter(
        pl.col("scope_kind") == "customer", pl.col("scope") == UNASSIGNED
    ).select("scope_set")
    shared = effort.join(nobody.unique(), on="scope_set", how="semi")
    named = effort.join(nobody.unique(), on="scope_set", how="anti")
    cohort = ["offering", "entered_at", "to_on"]
    shares = _shares(shared.select(cohort).unique(), tickets).join(
        set_of_customer, on=["customer", "entered_at"]
    )
    split = shared.drop("scope_set").join(
        shares.select(*cohort, "customer", "scope_set", "share"), on=cohort
    )
    rest = shared.join(shares.select(cohort).unique(), on=cohort, how="anti")
    rules = ((named, "named"), (split, "by_tickets"), (rest, UNASSIGNED))
    return pl.concat(
        [rows.with_columns(attribution_rule=pl.lit(rule)) for rows, rule in rules], how="diagonal"
    ).select(
        pl.concat_str("event_id", pl.format("/{}", "customer").fill_null("")),
        "source",
        "url",
        "scope_set",
        "offering",
        "entered_at",
        "kind",
        "attribution_rule",
        hours=pl.col("hours") * pl.col("share").fill_null(1.0),
    )


def _shares(wanted: pl.LazyFrame, tickets: pl.LazyFrame) -> pl.LazyFrame:
    """`offering, entered_at, to_on, customer, share`: of all tickets in the days up to `to_on`.

    Running counts by customer and offering, read at both ends of the span.
    """
    whose = ["offering", "customer"]
    running = (
        tickets.group_by(*whose, "on")
        .agg(n=pl.len().cast(pl.Int64))
        .sort("on")
        .with_columns(n=pl.col("n").cum_sum().over(whose))
    )
    grid = wanted.join(running.select(whose).unique(), on="offering").with_columns(
        before_on=pl.col("to_on") - pl.duration(days=TICKET_DAYS)
    )
    for at, name in (("to_on", "until"), ("before_on", "before")):
        grid = grid.sort(at).join_asof(
            running.rename({"n": name}).sort("on"),
            left_on=at,
            right_on="on",
            by=whose,
            check_sortedness=False,
        ).drop("on", strict=False)  # fmt: skip
    n = pl.col("until").fill_null(0) - pl.col("before").fill_null(0)
    return (
        grid.with_columns(n=n)
        .filter(pl.col("n") > 0)
        .select(
            "offering",
            "entered_at",
            "to_on",
            "customer",
            share=pl.col("n") / pl.col("n").sum().over("offering", "entered_at", "to_on"),
        )
    )


def tickets_of_customers(
    tickets: pl.LazyFrame, scope_sets: pl.LazyFrame, zone: str
) -> pl.LazyFrame:
    """`customer, offering, on` of every ticket that is one, once per customer it counts for."""
    customers = scope_sets.filter(
        pl.col("scope_kind") == "customer", pl.col("scope") != UNASSIGNED
    ).select("scope_set", customer="scope")
    return (
        tickets.filter(~pl.col("is_spam") & ~pl.col("is_deleted") & ~pl.col("is_merged"))
        .drop_nulls("offering")
        .select(
            "scope_set", "offering", on=pl.col("entered_at").dt.convert_time_zone(zone).dt.date()
        )
        .join(customers.unique(), on="scope_set")
        .drop("scope_set")
    )


@dg.asset
def fact_served_hours(
    home: Home,
    fact_effort: pl.LazyFrame,
    fact_tickets: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
    conformed_customers: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
) -> pl.LazyFrame:
    """Hours of work by whom they served, and by which rule that is known."""
    zone = home.configuration.organisation.time_zone
    customers = conformed_customers.select(customer="id").unique()
    instants = fact_effort.select("entered_at").unique()
    set_of_customer = with_scope_set(
        identified(customers.join(instants, how="cross"), conformed_services, conformed_ownership),
        "entered_at",
        fact_scope_sets,
    )
    sets = fact_scope_sets.select("scope_set", "scope_kind", "scope").unique()
    tickets = tickets_of_customers(fact_tickets, sets, zone)
    return served_hours(fact_effort, tickets, sets, set_of_customer)
