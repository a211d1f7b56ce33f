"""What is known of a cell before anything is measured: covered days, late and incomplete sources.

"Nothing happened" and "nobody told us" differ. A day is covered for a scope when every table that
the KPI requires has a source that tells about that day.
"""

from datetime import date, datetime

import polars as pl

from assets.facts.told_scopes import ON_TIME
from assets.kpis.periods import last_full_day, local_day

FOREVER = pl.date(9999, 12, 31)


def spans(coverage: pl.DataFrame, as_of: datetime, zone: str) -> pl.DataFrame:
    """Coverage by local day: `source, entity, scope, from_on, to_on, is_complete, is_late`.

    A source that was heard of within the last 72 hours counts as covering until now; it is late
    if nothing that new came after the span, for its scope or for all. Spans are half-open: one
    that ends at midnight does not reach into the day that begins then.
    """
    has_ended = pl.col("to_at") < as_of - ON_TIME
    of_scope = pl.col("to_at").max().over("source", "entity", "scope")
    of_all = pl.col("to_at").filter(pl.col("scope") == "").max().over("source", "entity")
    last_moment = pl.col("to_at") - pl.duration(microseconds=1)
    last_on = last_full_day(as_of, zone)
    return coverage.filter(pl.col("from_at") <= as_of).select(
        "source",
        "entity",
        "scope",
        "is_complete",
        from_on=local_day(pl.col("from_at"), zone),
        to_on=pl.when(has_ended).then(local_day(last_moment, zone)).otherwise(last_on),
        is_late=has_ended & (pl.col("to_at") == pl.max_horizontal(of_scope, of_all)),
    )


def covered_days(
    spans: pl.DataFrame, requires: tuple[str, ...], scopes: pl.DataFrame, days: pl.DataFrame
) -> pl.DataFrame:
    """`scope_id, period_id, covered_days`; a cell without covered days has no row.

    A span for one scope adds to what is known of that scope, and of the organisation.
    """
    told = (
        spans.filter(pl.col("entity").is_in(requires))
        .select("entity", "scope", day=pl.date_ranges("from_on", "to_on"))
        .explode("day")
        .unique()
    )
    everywhere = told.filter(pl.col("scope") == "").drop("scope")
    named = told.filter(pl.col("scope") != "")
    texts = scopes.select("scope_id", text=pl.format("{}:{}", "scope_kind", "scope"))
    organisation = scopes.filter(pl.col("scope_kind") == "organisation").select("scope_id")
    special = pl.concat(
        [
            named.join(texts, left_on="scope", right_on="text").select("scope_id", "entity", "day"),
            organisation.join(named.select("entity", "day"), how="cross"),
        ]
    )
    general = days_known(everywhere, requires, days).join(scopes.select("scope_id"), how="cross")
    ids = special.get_column("scope_id").unique().to_list()
    own = pl.concat(
        [
            special,
            pl.DataFrame({"scope_id": ids}, schema={"scope_id": pl.UInt32}).join(
                everywhere, how="cross"
            ),
        ]
    ).unique()
    return pl.concat(
        [
            general.filter(pl.col("scope_id").is_in(ids).not_()).select(
                "scope_id", "period_id", "covered_days"
            ),
            days_known(own, requires, days, ["scope_id"]),
        ]
    )


def known_from(spans: pl.DataFrame, requires: tuple[str, ...]) -> date | None:
    """The first local day from which on every required table has a source; None without one."""
    begins = (
        spans.filter(pl.col("entity").is_in(requires))
        .group_by("entity")
        .agg(pl.col("from_on").min())
        .get_column("from_on")
    )
    last = begins.max()
    return last if len(begins) == len(set(requires)) and isinstance(last, date) else None


def days_told(spans: pl.DataFrame, requires: tuple[str, ...]) -> pl.Series:
    """The local days about which any source tells of every required table, for whichever scope."""
    return (
        spans.filter(pl.col("entity").is_in(requires))
        .select("entity", day=pl.date_ranges("from_on", "to_on"))
        .explode("day")
        .group_by("day")
        .agg(entities=pl.col("entity").n_unique())
        .filter(pl.col("entities") == len(set(requires)))
        .get_column("day")
    )


def days_known(
    told: pl.DataFrame,
    requires: tuple[str, ...],
    days: pl.DataFrame,
    by: list[str] | None = None,
) -> pl.DataFrame:
    """Per period the number of days about which every required entity is told."""
    keys = by or []
    return (
        told.group_by([*keys, "day"])
        .agg(entities=pl.col("entity").n_unique())
        .filter(pl.col("entities") == len(set(requires)))
        .join(days, on="day")
        .group_by([*keys, "period_id"])
        .agg(covered_days=pl.len())
    )


def doubts(
    spans: pl.DataFrame, requires: tuple[str, ...], told: pl.DataFrame, scope_sets: pl.DataFrame
) -> pl.DataFrame:
    """`scope_set, tool, offering, doubt_from, doubt_to`: whom late or incomplete sources leave out.

    `told` says of whom a source ever told anything. A span for one scope touches its events only.
    """
    doubtful = spans.filter(
        pl.col("entity").is_in(requires) & (pl.col("is_late") | pl.col("is_complete").not_())
    ).select(
        "source",
        "entity",
        "scope",
        doubt_from=pl.when("is_complete").then("to_on").otherwise("from_on"),
        doubt_to=pl.when("is_late").then(FOREVER).otherwise("to_on"),
    )
    everything = told.select("scope_set", scope=pl.lit("")).unique()
    named = scope_sets.select("scope_set", scope=pl.format("{}:{}", "scope_kind", "scope"))
    return (
        told.join(doubtful, on=["source", "entity"])
        .join(pl.concat([everything, named]), on=["scope_set", "scope"], how="semi")
        .drop("source", "entity", "scope")
        .unique()
    )


def stale_cells(doubts: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """`scope_id, period_id` of the cells that any doubt (`scope_id, doubt_from, doubt_to`) hits."""
    return (
        doubts.unique()
        .join_where(
            periods,
            pl.col("to_on") >= pl.col("doubt_from"),
            pl.col("from_on") <= pl.col("doubt_to"),
        )
        .select("scope_id", "period_id")
        .unique()
    )
