"""Other tools: the same records under their definitions, beside ours, and why they differ."""

import polars as pl
import streamlit as st

from app import rivals
from app.page import begin
from app.rows import stacked
from app.theme import palette

edition = begin("What would other tools say?", "The same records under other tools' definitions.")
if not edition.has(rivals.TABLE):
    st.info("This edition was made before other tools were compared. Run `plumbline run`.")
    st.stop()
scopes, quarters = rivals.scopes(edition), rivals.quarters(edition)
if not scopes:
    st.info("No quarter has ended yet of which there are numbers to compare.")
    st.stop()

left, right = st.columns([3, 1], vertical_alignment="bottom")
with left:
    scope = st.segmented_control(
        "For",
        list(scopes),
        default=next(iter(scopes)),
        format_func=lambda one: scopes.get(one, one),
        key="scope",
        bind="query-params",
        required=True,
    )
with right:
    quarter = st.selectbox(
        "Quarter",
        list(quarters),
        format_func=lambda one: quarters.get(one, str(one)),
        key="quarter",
        bind="query-params",
        help="Outcomes of the newest quarter can still come in.",
    )
rows = rivals.chosen(edition, str(scope), quarter)
headline, rest = rivals.summary(rows, scopes[str(scope)], quarters[quarter])
st.subheader(headline, anchor=False)
st.markdown(rest)
st.caption(
    "No tool miscounts: each answers another question. Bar: our 95 % interval. Tick: our value. "
    "Circle: theirs, within our interval. Diamond: theirs, outside it."
)

colors = palette()
for metric, name in rivals.METRICS.items():
    of_metric = rows.filter(pl.col("metric") == metric)
    if not of_metric.height:
        continue
    st.subheader(name, anchor=False)
    picture = rivals.picture(edition, str(scope), quarter, metric, colors)
    st.vega_lite_chart(picture, alt=f"{name} by tool, beside ours")
    stacked(rivals.cards(of_metric))

with st.expander("Where each rule is written"):
    st.dataframe(rivals.sources(edition), hide_index=True, alt="Sources of the rules")
with st.expander("What stands for what our records do not hold"):
    st.dataframe(rivals.assumptions(edition), hide_index=True, alt="Assumptions")
