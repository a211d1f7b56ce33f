"""Rows behind the Trade-offs page: a segment's map in words, and the customers' paths.

Reads `tradeoff_*` tables and adds names, symbols and readable columns.
"""

from collections.abc import Collection
from typing import Any

import polars as pl
import streamlit as st

from app.briefing import attribute_rows
from app.cells import Row, catalogue, name_of
from app.edition import Edition, key_of
from app.theme import Palette, specification
from app.tradeoff_charts import attribute_map, plane
from app.verdicts import PATHS, STANCES, verdict
from app.words import day, interval, period, quantity, score, spaced

PATH_COLUMNS = ("customer", "segment", "stance_declared", "stance_observed", "verdict", "sentence")


def map_table(rows: pl.DataFrame) -> dict[str, list[str]]:
    """One segment's map as the columns of a table in Markdown."""
    lines = rows.to_dicts()
    return {
        "Promise, importance": [
            f"**{row['promise'].capitalize()}** :gray[:small[{_stated(row)}]]" for row in lines
        ],
        "Verdict, performance": [
            f"{verdict(row['verdict']).badge}  \n:small[{_performance(row)}]" for row in lines
        ],
        "In words": [_in_words(row) for row in lines],
    }


def _stated(row: Row) -> str:
    stated = row["importance_stated"]
    return "not stated" if stated is None else f"{stated:.0f}/5"


def _performance(row: Row) -> str:
    return score(row["performance"], row["performance_low"], row["performance_high"])


def _in_words(row: Row) -> str:
    parts = [str(row["sentence"])]
    if row["is_declared_bad"]:
        since = row["since"]
        when = f" since {since:%B %Y}" if since else ""
        parts.append(f"Chosen{when} by: {row['owner_role']}. Why: {row['why']}.")
    if row["next_question"]:
        parts.append(f"*{row['next_question']}*")
    return " ".join(parts)


@st.cache_resource(max_entries=100, show_spinner=False, hash_funcs={Edition: key_of})
def map_spec(edition: Edition, segment: str, colors: Palette) -> dict[str, Any]:
    """One segment's map as a Vega-Lite specification, written once."""
    rows = attribute_rows(edition).filter(pl.col("segment") == segment)
    return specification(lambda: attribute_map(rows, colors))


@st.cache_resource(max_entries=100, show_spinner=False, hash_funcs={Edition: key_of})
def plane_spec(edition: Edition, lit: tuple[str, ...], colors: Palette) -> dict[str, Any]:
    """The plane as a Vega-Lite specification, with the paths of the customers in `lit`."""
    return specification(lambda: plane(paths(edition, lit, colors), lit, colors))


def kpi_table(edition: Edition, segment: str) -> pl.DataFrame:
    """The KPIs behind one segment's map, values and targets in words."""
    kpis = catalogue(edition)
    rows = edition.table("tradeoff_attribute_kpis").filter(pl.col("segment") == segment)
    lines = []
    for row in rows.to_dicts():
        kpi = kpis.get(row["kpi"])
        unit = kpi.unit if kpi else row["unit"]
        lines.append(
            {
                "Promise": row["promise"].capitalize(),
                "KPI": kpi.name if kpi else row["kpi"],
                "Statistic": row["statistic"],
                "Value": quantity(row["value"], unit),
                "Interval": interval(row["low"], row["high"], row["value"], unit),
                "n": row["n"],
                "Poor": quantity(row["poor"], unit),
                "Target": quantity(row["target"], unit),
                "Excellent": quantity(row["excellent"], unit),
                "Score": score(row["score"], row["score_low"], row["score_high"]),
                "Weight": row["weight"],
            }
        )
    return pl.DataFrame(lines, infer_schema_length=None)


def paths(edition: Edition, lit: Collection[str], colors: Palette) -> pl.DataFrame:
    """Every customer and quarter up to the newest that has places, with name, colour and shape.

    Of a quarter that has just ended nothing is known yet: its outcomes can still come in. The
    customers in `lit` have a colour each; shapes tell verdicts.
    """
    rows = edition.table("tradeoff_flexibility_stability").sort("customer", "period_start_on")
    settled = rows.drop_nulls(["flexibility", "stability"])["period_start_on"]
    kept = rows.filter(pl.col("period_start_on") <= settled.max()) if settled.len() else rows
    marks = [PATHS.get(name, PATHS["unknown"]) for name in kept["verdict"]]
    colored = dict(zip(lit, colors.series, strict=False))
    return kept.with_columns(
        pl.Series("name", [name_of(edition, "customer", c) for c in kept["customer"]], pl.String),
        pl.Series("color", [colored.get(c, colors.gray) for c in kept["customer"]], pl.String),
        pl.Series("shape", [mark.shape for mark in marks], pl.String),
        pl.Series("quarter", [period("quarter", s, s) for s in kept["period_start_on"]], pl.String),
        is_newest=pl.col("period_start_on") == pl.col("period_start_on").max(),
    )


def path_table(edition: Edition, rows: pl.DataFrame) -> dict[str, list[str]]:
    """The newest place of every customer as the columns of a table in Markdown."""
    newest = rows.filter("is_newest").select("name", *PATH_COLUMNS).to_dicts()
    return {
        "Customer": [
            f"**{row['name']}**  \n:small[{name_of(edition, 'segment', row['segment'])}]"
            for row in newest
        ],
        "Verdict": [PATHS.get(row["verdict"], PATHS["unknown"]).badge for row in newest],
        "Declared → observed": [
            f"{_stance(row['stance_declared'])} → {_stance(row['stance_observed'])}"
            for row in newest
        ],
        "In words": [row["sentence"] or "" for row in newest],
    }


def _stance(name: str | None) -> str:
    return STANCES.get(name or "", name or "not known")


def plane_sentence(rows: pl.DataFrame) -> str:
    """The plane's title: how many customers stand where they said they would."""
    newest = rows.filter("is_newest")
    if not newest.height:
        return "No customer has a known place between flexibility and stability yet."
    declared = (newest["verdict"] == "as_declared").sum()
    judged = (newest["verdict"] != "unknown").sum()
    quarter = newest["quarter"][0]
    if not judged:
        return f"Of no customer could it be told in {quarter} where it stands."
    return f"{declared} of {judged} customers stood where they said they would in {quarter}."


def map_sentence(edition: Edition, segment: str) -> str:
    """What the segment's fit between importance and performance is, from the edition."""
    fit = edition.table("tradeoff_strategic_fit").filter(pl.col("segment") == segment)
    if fit.height and fit["sentence"][0]:
        return str(fit["sentence"][0])
    return "Too few promises have both an importance and a verdict to judge the fit."


def period_of(rows: pl.DataFrame) -> str:
    """The period that the map is about."""
    known = rows.drop_nulls("period_end_on").sort("period_end_on")
    if not known.height:
        return "no complete period yet"
    kind, start, end = known.select("period_kind", "period_start_on", "period_end_on").row(-1)
    return f"{period(kind, start, end)} (to {day(end)})"


def assumptions(edition: Edition) -> pl.DataFrame:
    """What the answers of this page assume, and where each assumption comes from."""
    return edition.table("tradeoff_assumptions").select(
        pl.col("tradeoff")
        .str.strip_prefix("tradeoff_")
        .map_elements(spaced, pl.String)
        .alias("Answer"),
        pl.col("assumption").alias("Assumes"),
        pl.col("value").cast(pl.String).alias("Value"),
        pl.col("source").alias("From"),
    )
