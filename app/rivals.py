"""Rows behind the page of other tools' definitions: what each would say, and why it differs.

Reads `tradeoff_rival_definitions` and adds names, words and readable columns.
"""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from app.cells import Row, name_of
from app.edition import Edition, key_of
from app.rival_chart import beside
from app.theme import Palette, specification
from app.words import NOT_KNOWN, SPACE, counted, interval, listed, period, quantity, unit_for

TABLE = "tradeoff_rival_definitions"
METRICS = {
    "lead_time": "Lead time",
    "deployment_frequency": "Deployment frequency",
    "change_fail_rate": "Change fail rate",
    "recovery_time": "Recovery time",
}
EFFECTS = {
    "same_rule": "counts as we do",
    "other_start": "starts the clock elsewhere",
    "other_stop": "stops the clock elsewhere",
    "per_commit": "counts commits",
    "per_deployment": "averages deployments",
    "mean": "takes the mean",
    "lower_median": "takes the lower median",
    "median_of_medians": "takes a median of medians",
    "open_left_out": "leaves open ones out",
    "open_as_fastest": "takes open ones for the fastest",
    "whole_hours": "cuts to whole hours",
    "floor_division": "cuts after the division",
    "days_counted": "counts days, not deployments",
    "replicas_counted": "counts each replica",
    "staging_counted": "counts staging",
    "unlinked_counted": "counts every incident",
    "unlinked_dropped": "drops unlinked incidents",
    "counted_repeatedly": "counts one failure several times",
    "no_window": "links without a window",
    "other_services_blamed": "blames other services",
    "incidents_ignored": "sees no incidents",
    "empty_is_zero": "shows nothing as 0",
    "nothing_measured": "nothing to measure",
}
OUR_NAMES = {
    "change_lead_time": "change lead time",
    "deployment_frequency": "deployment frequency",
    "change_fail_rate": "change fail rate",
    "failed_deployment_recovery_time": "failed deployment recovery time",
    "time_to_restore": "time to restore",
}
OUR_UNITS = {"change_fail_rate": "ratio", "deployment_frequency": "per_week"}
DAYS = "days_per_week"


def scopes(edition: Edition) -> dict[str, str]:
    """The scopes of the table by `kind:scope`, with their names; the organisation first."""
    found = edition.table(TABLE).select("scope_kind", "scope").unique().sort("scope_kind", "scope")
    return {f"{kind}:{scope}": name_of(edition, kind, scope) for kind, scope in found.rows()}


def quarters(edition: Edition) -> dict[date, str]:
    """The quarters of the table, the newest first."""
    starts = edition.table(TABLE)["period_start_on"].unique().sort(descending=True).to_list()
    return {start: period("quarter", start, start) for start in starts}


def chosen(edition: Edition, scope: str, quarter: date) -> pl.DataFrame:
    """The rows of one scope (`kind:scope`) and quarter."""
    kind, _, name = scope.partition(":")
    return edition.table(TABLE).filter(scope_kind=kind, scope=name, period_start_on=quarter)


def summary(rows: pl.DataFrame, who: str, when: str) -> tuple[str, str]:
    """How many of their numbers our intervals exclude, and which are furthest off."""
    compared = rows.drop_nulls("is_outside")
    outside = compared.filter("is_outside").height
    if not compared.height:
        return f"Of {who} in {when} there is nothing to compare.", ""
    headline = f"{outside} of {counted(compared.height, 'number')} lie outside our intervals."
    ranges = [
        f"{METRICS[metric].lower()} from {theirs(low)} to {theirs(high)}"
        for metric in METRICS
        for low, high in [_ends(rows.filter(metric=metric))]
        if low is not None and high is not None
    ]
    of_days = rows.drop_nulls("value").filter(unit=DAYS).height
    days = f" {counted(of_days, 'number')} of days with a deployment cannot be set beside them."
    told = f"From the same records of {who} in {when}, the tools get {listed(ranges)}."
    return headline, told + (days if of_days else "")


def _ends(rows: pl.DataFrame) -> tuple[Row | None, Row | None]:
    """The lowest and the highest of their numbers in one unit."""
    alike = rows.drop_nulls("value").filter(pl.col("unit") != DAYS).sort("value").to_dicts()
    return (alike[0], alike[-1]) if alike else (None, None)


def theirs(row: Row) -> str:
    """Their number in words."""
    return quantity(row["value"], row["unit"].replace(DAYS, "days a week"))


def ours(row: Row) -> str:
    """Our number in words, with its interval."""
    unit = OUR_UNITS.get(row["ours_kpi"], "seconds")
    if row["ours_value"] is None:
        return NOT_KNOWN
    around = interval(row["ours_low"], row["ours_high"], row["ours_value"], unit)
    return f"{quantity(row['ours_value'], unit)} ({around})"


def place(row: Row) -> str:
    """Whether theirs lies within our interval, by symbol and word."""
    if row["is_outside"] is None:
        return ":gray-badge[? not comparable]"
    return ":orange-badge[◆ outside]" if row["is_outside"] else ":green-badge[● within]"


def difference(row: Row) -> str:
    """`+34 %`, or a dash where there is nothing to compare."""
    if row["difference_ratio"] is None:
        return NOT_KNOWN
    percent = round(row["difference_ratio"] * 100)
    sign = "+" if percent > 0 else "−" if percent < 0 else "±"
    return f"{sign}{abs(percent)}{SPACE}%"


def cards(rows: pl.DataFrame) -> list[tuple[str, str]]:
    """Per tool what it says beside what we say, and why they differ, in Markdown."""
    return [
        (
            f"**{row['tool']}** :gray[:small[{row['version']}]]  \n"
            f"{theirs(row)} :small[{difference(row)}]",
            f"{place(row)} {EFFECTS.get(row['effect'], row['effect'])}  \n:small[{_why(row)} "
            f"{OUR_NAMES[row['ours_kpi']].capitalize()}, as we define it: {ours(row)}.]",
        )
        for row in rows.to_dicts()
    ]


def _why(row: Row) -> str:
    """The reason alone: both numbers stand in the columns before."""
    reason = str(row["sentence"]).partition(". ")[2]
    return reason or str(row["sentence"])


@st.cache_resource(max_entries=200, show_spinner=False, hash_funcs={Edition: key_of})
def picture(
    edition: Edition, scope: str, quarter: date, metric: str, colors: Palette
) -> dict[str, Any]:
    """One metric's picture as a Vega-Lite specification, written once."""
    rows = chosen(edition, scope, quarter).filter(metric=metric)
    unit = OUR_UNITS.get(rows["ours_kpi"][0], "seconds") if rows.height else "seconds"
    middle = rows.select(pl.concat_list("value", "ours_value").explode().median()).item()
    spoken = unit_for(middle, unit)
    names = pl.format("{}, {}", "tool", "version")
    drawn = rows.with_columns(
        label=names,
        theirs=pl.Series([theirs(row) for row in rows.to_dicts()], dtype=pl.String),
        ours=pl.Series([ours(row) for row in rows.to_dicts()], dtype=pl.String),
        **{
            name: pl.col(name) / spoken.divisor
            for name in ("value", "ours_value", "ours_low", "ours_high")
        },
    )
    return specification(lambda: beside(drawn, spoken.suffix.strip() or "a week", colors))


def sources(edition: Edition) -> pl.DataFrame:
    """Where each rule is written."""
    rules = edition.table(TABLE).select("tool", "version", "metric", "source").unique()
    return rules.sort("tool", "version", "metric").select(
        pl.col("tool").alias("Tool"),
        pl.col("version").alias("Version"),
        pl.col("metric").replace(METRICS).alias("Metric"),
        pl.col("source").alias("Written in"),
    )


def assumptions(edition: Edition) -> pl.DataFrame:
    """What stands for what their rules ask for and our records do not hold."""
    return (
        edition.table("tradeoff_assumptions")
        .filter(tradeoff=TABLE)
        .select(
            pl.col("assumption").str.to_titlecase().alias("Theirs"),
            pl.col("value").alias("Here"),
            pl.col("source").alias("From"),
        )
    )
