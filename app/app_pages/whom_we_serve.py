"""Whom do we serve? What counts for each segment, how it is kept, what goes with satisfaction."""

import polars as pl
import streamlit as st

from app.assumptions import of_answers
from app.briefing import attribute_rows
from app.cells import name_of
from app.choices import fit, kpi_table, map_rows, map_spec, period_of
from app.downloads import download
from app.importance import fit_history, paragraph, questions, stated_and_derived
from app.page import begin
from app.rows import stacked
from app.theme import palette

CARD_WIDTH = 360

edition = begin("Whom do we serve?", "What counts for each segment, and how well it is kept.")
colors = palette()
rows = attribute_rows(edition)
segments = rows["segment"].unique(maintain_order=True).to_list()


def label(segment: str) -> str:
    """A segment's name."""
    return name_of(edition, "segment", segment)


st.subheader("Are we good at what counts?", anchor=False)
st.caption(
    f"Per segment, in {period_of(rows)}: promises by stated importance (in brackets), against "
    "performance on the segment's own targets. Bar: 95 % interval. Tick: place on the scale that "
    "is common to all segments. Dashed: the target."
)
if not segments:
    st.info("No segment has targets and cells yet. State targets in `plumbline.toml`.")
    st.stop()
with st.grid(min(len(segments), 3), min_column_width=CARD_WIDTH):
    for segment in segments:
        with st.container(border=True):
            title, figure = fit(edition, segment)
            st.markdown(f"**{title}**")
            picture = map_spec(edition, segment, colors)
            st.vega_lite_chart(picture, alt=f"Attribute map of {label(segment)}")
            st.caption(figure)

chosen = str(
    st.segmented_control(
        "Segment in words",
        segments,
        default=segments[0],
        format_func=label,
        key="segment",
        bind="query-params",
        required=True,
    )
)
st.markdown(paragraph(edition, chosen))
asked = questions(edition, chosen)
if asked:
    st.markdown("Ask next:\n\n" + "\n".join(f"- {one}" for one in asked))
stacked(map_rows(rows.filter(pl.col("segment") == chosen)))
with st.expander("The KPIs and targets behind these scores"):
    st.dataframe(kpi_table(edition, chosen), hide_index=True, alt="KPIs behind the scores")

st.subheader("Does it count as much as they say?", anchor=False)
st.caption(
    "Stated importance is what was declared; derived is what goes with the answers to satisfaction "
    "surveys, of all months that are known. It goes with them, which is not to say that it causes "
    "them. Nobody else can reckon it again, as single answers are never shown."
)
stacked(stated_and_derived(edition, chosen))
download(
    "Download the map and what goes with satisfaction as CSV",
    f"whom-we-serve-{chosen}",
    edition,
    {
        "map": rows.filter(pl.col("segment") == chosen),
        "kpis": edition.table("tradeoff_attribute_kpis").filter(segment=chosen),
        "satisfaction": edition.table("tradeoff_derived_importance").filter(segment=chosen),
        "fit": edition.table("tradeoff_strategic_fit_history").filter(segment=chosen),
    },
)

st.subheader("How sure are we, and what did we assume?", anchor=False)
history = fit_history(edition, chosen)
with st.expander("Was what matters more served better, in earlier quarters?"):
    st.caption("By today’s choices of what matters.")
    if history["Quarter"]:
        st.table(history, border="horizontal", hide_index=True, alt="Strategic fit by quarter")
    else:
        st.markdown("Of no earlier quarter the fit is known.")
for answer, table in of_answers(
    edition,
    "tradeoff_attribute_map",
    "tradeoff_strategic_fit",
    "tradeoff_derived_importance",
).items():
    with st.expander(answer):
        st.table(table, border="horizontal", hide_index=True, alt=f"Assumptions: {answer}")
