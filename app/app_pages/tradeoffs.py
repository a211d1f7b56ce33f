"""Trade-offs: what counts against how well we do it, and flexibility against stability."""

import polars as pl
import streamlit as st

from app.assumptions import assumptions
from app.briefing import attribute_rows
from app.cells import name_of
from app.choices import (
    fit,
    kpi_table,
    map_rows,
    map_spec,
    path_rows,
    paths,
    period_of,
    plane_sentence,
    plane_spec,
)
from app.page import begin
from app.rows import stacked
from app.theme import palette
from app.verdicts import PATHS
from app.words import listed

CARD_WIDTH = 360
MOST_LIT = 4

edition = begin("Where do our promises collide?", "Trade-offs between promises and customers.")
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
with st.grid(min(max(len(segments), 1), 3), min_column_width=CARD_WIDTH):
    for segment in segments:
        with st.container(border=True):
            title, figure = fit(edition, segment)
            st.markdown(f"**{title}**")
            picture = map_spec(edition, segment, colors)
            st.vega_lite_chart(picture, alt=f"Attribute map of {label(segment)}")
            st.caption(figure)

if segments:
    chosen = st.segmented_control(
        "Segment in words",
        segments,
        default=segments[0],
        format_func=label,
        key="segment",
        bind="query-params",
        required=True,
    )
    stacked(map_rows(rows.filter(pl.col("segment") == chosen)))
    with st.expander("The KPIs and targets behind these scores"):
        st.dataframe(kpi_table(edition, str(chosen)), hide_index=True, alt="KPIs behind the scores")

st.subheader("Flexibility against stability", anchor=False)
places = paths(edition, (), colors)
customers = dict(places.select("customer", "name").unique(maintain_order=True).rows())
elsewhere = places.filter("is_newest", pl.col("verdict") == "otherwise")["customer"].to_list()
lit = st.multiselect(
    "Show the path of",
    list(customers),
    default=elsewhere[:MOST_LIT] or list(customers)[:1],
    format_func=lambda one: customers.get(one, one),
    key="customers",
    bind="query-params",
    max_selections=len(colors.series),
    help="The others stand there by their number in the list below.",
)
st.markdown(f"**{plane_sentence(places)}**")
if places["flexibility"].count():
    picture = plane_spec(edition, tuple(lit), colors)
    st.vega_lite_chart(picture, alt="Customers between flexibility and stability")
nowhere = places.filter("is_newest", pl.col("flexibility").is_null())["name"].to_list()
st.caption(
    "Bars: 95 % intervals. Dashed: the frontier, beyond which nobody was better at both. "
    + " ".join(f"{mark.shape.capitalize()}: {mark.word.lower()}." for mark in PATHS.values())
    + " Numbers are those of the list below; point at a place for its name."
    + (f" Place not known: {listed(nowhere)}." if nowhere else "")
)
stacked(path_rows(edition, places))

st.subheader("What these answers assume", anchor=False)
for answer, table in assumptions(edition).items():
    with st.expander(answer):
        st.table(table, border="horizontal", hide_index=True, alt=f"Assumptions: {answer}")
