"""Rows behind the attribute map and the plane: a segment in words, and the customers' paths.

Reads `tradeoff_*` tables and adds names, symbols and readable columns.
"""

from collections.abc import Collection
from typing import Any

import polars as pl
import streamlit as st

from app.briefing import attribute_rows
from app.cells import Row, catalogue, name_of
from app.edition import Edition, key_of
from app.grades import grade, scored
from app.theme import Palette, specification
from app.tradeoff_charts import attribute_map, plane
from app.verdicts import PATHS, verdict
from app.words import MINUS, STATISTICS, counted, day, interval, period, quantity, score, unit_for

# Orders of so few promises, or an interval without a width, say little about the next quarter.
FEW_PROMISES, NO_WIDTH = 8, 0.005
PATH_COLUMNS = ("segment", "verdict", "sentence")


def map_rows(rows: pl.DataFrame) -> list[tuple[str, str]]:
    """One segment's map: per promise its name, verdict and score, and what they say in words."""
    return [
        (
            f"**{row['promise'].capitalize()}** :gray[:small[{_stated(row)}]]  \n"
            f"{verdict(row['verdict']).badge} :small[{grade(row)}  \n{scored(row)}]",
            f":small[{_in_words(row)}]",
        )
        for row in rows.to_dicts()
    ]


def _stated(row: Row) -> str:
    stated = row["importance_stated"]
    return "not stated" if stated is None else f"{stated:.0f}/5"


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
        shared = unit_for(row["value"] if row["value"] is not None else row["target"], unit)
        lines.append(
            {
                "Promise": row["promise"].capitalize(),
                "KPI": kpi.name if kpi else row["kpi"],
                "Statistic": STATISTICS.get(row["statistic"], row["statistic"]),
                "Value": quantity(row["value"], unit, shared),
                "Interval": interval(row["low"], row["high"], row["value"], unit, shared),
                "n": row["n"],
                "Poor": quantity(row["poor"], unit, shared),
                "Target": quantity(row["target"], unit, shared),
                "Excellent": quantity(row["excellent"], unit, shared),
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
        number=pl.col("customer").rank("dense"),
        is_newest=pl.col("period_start_on") == pl.col("period_start_on").max(),
    )


def path_rows(edition: Edition, rows: pl.DataFrame) -> list[tuple[str, str]]:
    """The newest place of every customer: number, name and verdict, and what they say in words."""
    newest = rows.filter("is_newest").select("number", "name", *PATH_COLUMNS).to_dicts()
    return [
        (
            f"{row['number']} **{row['name']}** "
            f":gray[:small[{name_of(edition, 'segment', row['segment'])}]]  \n"
            f"{PATHS.get(row['verdict'], PATHS['unknown']).badge}",
            f":small[{row['sentence'] or ''}]",
        )
        for row in newest
    ]


def plane_sentence(rows: pl.DataFrame) -> str:
    """The plane's title: how many customers stand where they said they would, and how many not."""
    newest = rows.filter("is_newest")
    if not newest.height:
        return "No customer has a known place between flexibility and stability yet."
    quarter, all_of_them = newest["quarter"][0], counted(newest.height, "customer")
    declared = int((newest["verdict"] == "as_declared").sum())
    otherwise = int((newest["verdict"] == "otherwise").sum())
    unknown = newest.height - declared - otherwise
    if unknown == newest.height:
        return f"Of no customer it could be told where it stood in the year to {quarter}."
    parts = [
        f"{declared} of {all_of_them} stood where they said they would in the year to {quarter}"
    ]
    parts += [f"{otherwise} stood elsewhere"] if otherwise else []
    parts += [f"of {unknown} it cannot be told"] if unknown else []
    return f"{', '.join(parts)}."


def fit(edition: Edition, segment: str) -> tuple[str, str]:
    """Whether what matters more to the segment is served better; the figure behind the words."""
    name = name_of(edition, "segment", segment)
    found = edition.table("tradeoff_strategic_fit").filter(pl.col("segment") == segment)
    row: Row = found.row(0, named=True) if found.height else {}
    if row.get("tau_b") is None:
        return (
            f"{name}: too few promises are judged to tell whether what matters more is served "
            "better.",
            "",
        )
    low, high, count = row["low"], row["high"], row["n_promises"]
    title = f"{name}: it cannot be told whether what matters more is served better."
    if low > 0:
        title = f"{name}: on the whole, what matters more is served better."
    elif high < 0:
        title = f"{name}: what matters more is not served better."
    tau, *ends = (f"{value:.2f}".replace("-", MINUS) for value in (row["tau_b"], low, high))
    figure = f"Rank correlation τ-b {tau} ({ends[0]} to {ends[1]}, n {count})."
    if high - low < NO_WIDTH or count < FEW_PROMISES:
        figure += f" The order of {counted(count, 'promise')} cannot tell more."
    return title, figure


def period_of(rows: pl.DataFrame) -> str:
    """The period that the map is about."""
    known = rows.drop_nulls("period_end_on").sort("period_end_on")
    if not known.height:
        return "no complete period yet"
    kind, start, end = known.select("period_kind", "period_start_on", "period_end_on").row(-1)
    return f"{period(kind, start, end)} (to {day(end)})"
