"""The controls of the Explore page: from widgets to the series to show; all of it in the URL."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
import streamlit as st

from app.cells import Kpi, Series, catalogue, choices, name_of, series
from app.charts import MOST_SCOPES
from app.edition import Edition
from app.words import LEVELS, PERIOD_KINDS, STATISTICS, spaced

WHOLE = "all"
NO_KPI = "This edition defines no KPI. Run `plumbline run` to make a new one."
DEFAULT_SCOPES = 3


@dataclass(frozen=True)
class Selection:
    """What the reader chose; `cells` are those of the series within the dates."""

    kpi: Kpi
    series: Series
    cells: pl.DataFrame


def select(edition: Edition) -> Selection | None:
    """Draws the controls; None when the edition has no cells for what was chosen."""
    kpis = catalogue(edition)
    if not kpis:
        st.info(NO_KPI)
        return None
    top = st.columns([3, 2, 2], vertical_alignment="bottom")
    with top[0]:
        kpi = kpis[_kpi(kpis)]
    available = choices(edition, kpi.id)
    if not available.height:
        st.info(f"This edition holds no cells of {kpi.name}: no source tells anything about it.")
        return None
    with top[1]:
        statistic = _statistic(kpi)
    with top[2]:
        slice_kind, one = _slice(available)
    row = st.columns([3, 3], vertical_alignment="bottom")
    with row[0]:
        level = _level(available)
    with row[1]:
        period_kind = _period_kind(available)
    row = st.columns([3, 3], vertical_alignment="bottom")
    with row[0]:
        scopes = _scopes(edition, available, level)
    wanted = Series(kpi.id, statistic, level, tuple(scopes), period_kind, slice_kind, one)
    cells = series(edition, wanted)
    with row[1]:
        return Selection(kpi, wanted, _within(cells))


def _kpi(kpis: dict[str, Kpi]) -> str:
    return st.selectbox(
        "KPI",
        list(kpis),
        format_func=lambda one: kpis[one].name,
        key="kpi",
        bind="query-params",
    )


def _statistic(kpi: Kpi) -> str:
    chosen = st.segmented_control(
        "Statistic",
        kpi.statistics,
        default=kpi.headline_statistic,
        format_func=lambda one: STATISTICS.get(one, one),
        key="statistic",
        bind="query-params",
        required=True,
    )
    return str(chosen if chosen in kpi.statistics else kpi.headline_statistic)


def _slice(available: pl.DataFrame) -> tuple[str, str]:
    found = available.filter(pl.col("slice") != "").select("slice_kind", "slice").unique()
    by_id = {f"{kind}:{one}": (kind, one) for kind, one in found.sort("slice_kind", "slice").rows()}
    chosen = st.selectbox(
        "Part",
        [WHOLE, *by_id],
        format_func=lambda one: "The whole" if one == WHOLE else spaced(one.replace(":", ": ")),
        disabled=not by_id,
        key="slice",
        bind="query-params",
        help="The whole KPI, or only one severity, priority or linking rule of it.",
    )
    return by_id.get(chosen, ("", ""))


def _level(available: pl.DataFrame) -> str:
    present = set(available["scope_kind"])
    levels = [level for level in LEVELS if level in present]
    default = "segment" if "segment" in levels else levels[0]
    chosen = st.segmented_control(
        "Level",
        levels,
        default=default,
        format_func=lambda one: LEVELS[one],
        key="level",
        bind="query-params",
        required=True,
    )
    return str(chosen if chosen in levels else default)


def _scopes(edition: Edition, available: pl.DataFrame, level: str) -> list[str]:
    here = available.filter(pl.col("scope_kind") == level)["scope"].unique().to_list()
    named = sorted(here, key=lambda scope: (scope == "unassigned", name_of(edition, level, scope)))
    # One key per level, so that a link names scopes of the level that it shows.
    chosen = st.multiselect(
        f"{LEVELS[level]} to compare",
        named,
        default=named[:DEFAULT_SCOPES],
        format_func=lambda scope: name_of(edition, level, scope),
        max_selections=MOST_SCOPES,
        key=f"{level}_scopes",
        bind="query-params",
    )
    return [scope for scope in chosen if scope in here]


def _period_kind(available: pl.DataFrame) -> str:
    present = set(available["period_kind"])
    kinds = [kind for kind in PERIOD_KINDS if kind in present]
    default = "month" if "month" in kinds else kinds[0]
    chosen = st.segmented_control(
        "Periods",
        kinds,
        default=default,
        format_func=lambda one: PERIOD_KINDS[one],
        key="periods",
        bind="query-params",
        required=True,
    )
    return str(chosen if chosen in kinds else default)


def _within(cells: pl.DataFrame) -> pl.DataFrame:
    first, last = cells["period_start_on"].min(), cells["period_end_on"].max()
    if not isinstance(first, date) or not isinstance(last, date):
        return cells
    chosen = st.date_input(
        "Between",
        value=(first, last),
        min_value=first - timedelta(days=366),
        max_value=last + timedelta(days=366),
        key="between",
        bind="query-params",
        format="YYYY-MM-DD",
    )
    begin, end = chosen if isinstance(chosen, tuple) and len(chosen) == 2 else (first, last)
    return cells.filter(pl.col("period_end_on") >= begin, pl.col("period_start_on") <= end)
