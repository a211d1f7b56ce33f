"""What the organisation chose, as `plumbline.toml` states it, on one day.

Segments, customers and their stance, importance, targets and what is bad on purpose, as frames.
Holds no number that was measured. A choice counts from its `valid_from` on; the newest one wins.
"""

from collections.abc import Sequence
from datetime import date
from typing import get_args
from zoneinfo import ZoneInfo

import polars as pl
from pydantic import BaseModel

from assets.configuration import Configuration, Promise
from assets.errors import ConfigurationError
from assets.home import Home

PROMISES: tuple[str, ...] = get_args(Promise)
TARGET_KEY = ("segment", "kpi", "statistic")


def as_of_on(home: Home) -> date:
    """The run's day, local to the organisation: the choices of that day answer its questions."""
    zone = ZoneInfo(home.configuration.organisation.time_zone)
    return home.as_of_instant.astimezone(zone).date()


def segments(configuration: Configuration, on: date) -> pl.DataFrame:
    """One row per segment: `segment, name, stance`."""
    return _newest(_segment_rows(configuration), ("segment",), on)


def customers(configuration: Configuration) -> pl.DataFrame:
    """Every dated row of every customer: `customer, name, segment, stance, valid_from`."""
    schema = {"id": pl.String, "name": pl.String, "segment": pl.String, "stance": pl.String}
    rows = _frame(configuration.customers, {**schema, "valid_from": pl.Date})
    return rows.rename({"id": "customer"})


def stances(configuration: Configuration, days: pl.DataFrame) -> pl.DataFrame:
    """Who each customer was on each day: `customer, on` gain `name, segment, stance`.

    `days` holds `customer, on`. The stance is the customer's own, else that of its segment, as
    both stood on that day, so that a later change of mind does not rewrite the path. Customers
    that did not exist yet have no row.
    """
    theirs = _standing(days, customers(configuration), "customer")
    segment_stance = _segment_rows(configuration).select(
        "segment", "valid_from", segment_stance="stance"
    )
    ours = _standing(theirs.drop("valid_from"), segment_stance, "segment")
    return ours.select(
        "customer", "on", "name", "segment", stance=pl.coalesce("stance", "segment_stance")
    )


def offerings(configuration: Configuration, on: date) -> pl.DataFrame:
    """One row per offering, in the order of the file; `lowest` is never to stop a mandated one."""
    texts = dict.fromkeys(("id", "name", "level", "lowest"), pl.String)
    schema = {**texts, "is_mandated": pl.Boolean, "valid_from": pl.Date}
    schema |= dict.fromkeys(("one_off_hours", "served"), pl.Float64)
    rows = _frame(configuration.offerings, schema).rename({"id": "offering"})
    order = {name: place for place, name in enumerate(rows["offering"].unique(maintain_order=True))}
    is_kept = pl.col("is_mandated") & (pl.col("lowest") == "stop")
    return (
        _newest(rows, ("offering",), on)
        .sort(pl.col("offering").replace_strict(order, return_dtype=pl.Int64))
        .with_columns(lowest=pl.when(is_kept).then(pl.lit("best_effort")).otherwise("lowest"))
    )


def importance(configuration: Configuration, on: date) -> pl.DataFrame:
    """One row per segment and promise, all eight: `segment, promise, importance_stated` or null."""
    stated = [
        {"segment": row.id, "valid_from": row.valid_from, **row.importance}
        for row in configuration.segments
    ]
    schema = {"segment": pl.String, "valid_from": pl.Date, **dict.fromkeys(PROMISES, pl.Float64)}
    return (
        _newest(pl.DataFrame(stated, schema=schema), ("segment",), on)
        .unpivot(PROMISES, index="segment", variable_name="promise", value_name="importance_stated")
        .sort("segment", "promise")
    )


def declared_bad(configuration: Configuration, on: date) -> pl.DataFrame:
    """What is bad on purpose by that day: `segment, promise, since, why, owner_role`."""
    columns = ("segment", "promise", "why", "owner_role")
    schema = {**dict.fromkeys(columns, pl.String), "since": pl.Date}
    rows = _frame(configuration.bad_on_purpose, schema)
    return rows.filter(pl.col("since") <= on)


def targets(configuration: Configuration, on: date) -> pl.DataFrame:
    """The targets of that day: `segment, kpi, statistic, poor, target, excellent, weight`."""
    numbers = dict.fromkeys(("poor", "target", "excellent", "weight"), pl.Float64)
    schema = {**dict.fromkeys(TARGET_KEY, pl.String), **numbers, "valid_from": pl.Date}
    return _newest(_frame(configuration.targets, schema), TARGET_KEY, on)


def fitting_targets(targets: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    """`targets` as they are, if the catalogue's KPIs can be judged by all of them.

    Raises ConfigurationError for a KPI or statistic that is not in the catalogue, for a scale that
    runs against the KPI's direction, and for a duration of 0 (it has no place on a log scale).
    """
    known = catalogue.select("unit", "direction", "statistics", kpi="id")
    joined = targets.join(known, on="kpi", how="left", maintain_order="left")
    is_rising = pl.col("excellent") > pl.col("poor")
    mistakes = {
        "is not a KPI. `plumbline kpis` lists them": pl.col("unit").is_null(),
        "is not among the KPI's statistics": ~pl.col("statistics").list.contains(
            pl.col("statistic")
        ),
        "calls the worse end excellent: less is better": is_rising
        & (pl.col("direction") == "lower"),
        "calls the worse end excellent: more is better": ~is_rising
        & (pl.col("direction") == "higher"),
        "has a duration of 0 s or less. Allowed: more": (pl.col("unit") == "seconds")
        & (pl.min_horizontal("poor", "excellent") <= 0),
    }
    for says, is_wrong in mistakes.items():
        wrong = joined.filter(is_wrong)
        if wrong.height:
            segment, kpi, statistic = wrong.select(TARGET_KEY).row(0)
            raise ConfigurationError(
                f"plumbline.toml: [[targets]] segment = {segment!r}, kpi = {kpi!r}, "
                f"statistic = {statistic!r} {says}."
            )
    return targets


def _segment_rows(configuration: Configuration) -> pl.DataFrame:
    schema = {"id": pl.String, "name": pl.String, "stance": pl.String, "valid_from": pl.Date}
    return _frame(configuration.segments, schema).rename({"id": "segment"})


def _frame(rows: Sequence[BaseModel], schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.DataFrame([row.model_dump(include=set(schema)) for row in rows], schema=schema)


def _newest(rows: pl.DataFrame, key: Sequence[str], on: date) -> pl.DataFrame:
    """Per key the row that is valid on that day."""
    valid = rows.filter(pl.col("valid_from") <= on).sort(*key, "valid_from")
    return valid.unique(key, keep="last", maintain_order=True).drop("valid_from")


def _standing(days: pl.DataFrame, dated: pl.DataFrame, key: str) -> pl.DataFrame:
    """Per customer and day the dated row, found by `key`, that stood then."""
    return (
        days.join(dated, on=key)
        .filter(pl.col("valid_from") <= pl.col("on"))
        .sort("valid_from")
        .unique(["customer", "on"], keep="last", maintain_order=True)
    )
