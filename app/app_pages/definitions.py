"""Definitions: the searchable catalogue, and one KPI in full."""

import streamlit as st

from app.cells import catalogue
from app.definitions import in_full, matching, overview
from app.page import begin
from app.reading import READING
from app.selection import NO_KPI
from app.words import counted

edition = begin("What does each number mean?", "Definitions of every KPI of this edition.")
kpis = catalogue(edition)
if not kpis:
    st.info(NO_KPI)
    st.stop()
text = st.text_input(
    "Search",
    type="search",
    live=True,
    placeholder="lead time, support, reviewed …",
    key="search",
    bind="query-params",
)
found = matching(kpis, text)
if not found:
    st.markdown(f"No definition holds “{text}”. {counted(len(kpis), 'KPI')} are defined.")
    st.stop()

chosen = st.selectbox(
    f"{counted(len(found), 'KPI')} of {len(kpis)}",
    list(found),
    format_func=lambda one: kpis[one].name,
    key="kpi",
    bind="query-params",
)
kpi = kpis[chosen]
with st.container(border=True):
    st.subheader(kpi.name, anchor=False)
    st.markdown(kpi.row["definition"])
    st.table(in_full(kpi), border="horizontal", alt=f"Definition of {kpi.name}")
    st.page_link(
        "app_pages/explore.py",
        label=f"Explore {kpi.name}",
        icon=":material/query_stats:",
        query_params={"kpi": kpi.name, "edition": edition.id},
    )

with st.expander("How to read the numbers"):
    st.markdown(READING)

st.subheader("All that match" if text else "All KPIs", anchor=False)
st.dataframe(overview(found), hide_index=True, alt="KPIs of the catalogue")
