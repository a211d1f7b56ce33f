"""Does speed cost stability here? Customers between the two, and what tests of them say."""

import polars as pl
import streamlit as st

from app.assumptions import of_answers
from app.choices import path_rows, paths, plane_sentence, plane_spec
from app.downloads import download
from app.page import begin
from app.rows import stacked
from app.speed import load_rows, load_sentence, test_rows, unseen, verdict_sentence
from app.stages import exported
from app.stages_view import show
from app.theme import palette
from app.verdicts import PATHS
from app.words import listed

MOST_LIT = 4

edition = begin(
    "Does speed cost stability here?", "Customers between flexibility and stability, and tests."
)
colors = palette()
st.markdown(f"**{verdict_sentence(edition)}**")
st.markdown("\n".join(f"- {text}" for text in unseen(edition)))

st.subheader("Who stands where", anchor=False)
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
    "Places are of one quarter, with 95 % intervals as bars; verdicts rest on a year, as one "
    "quarter has too few failures. Dashed: the frontier, beyond which nobody was better at both. "
    + " ".join(f"{mark.shape.capitalize()}: {mark.word.lower()}." for mark in PATHS.values())
    + " Numbers are those of the list below; point at a place for its name."
    + (f" Place not known: {listed(nowhere)}." if nowhere else "")
)
stacked(path_rows(edition, places))

st.subheader("What the tests say", anchor=False)
st.caption(
    "Each customer is compared with itself, quarter by quarter, after what all have in common is "
    "taken off. The pairs were declared before looking, and all are judged together."
)
with st.expander("Every pair, with its interval and what would have shown"):
    stacked(test_rows(edition))
st.subheader("Load after releases", anchor=False)
st.markdown(f"**{load_sentence(edition)}**")
st.caption(
    "About the days after a release, where the tests above are about releasing more often. It goes "
    "with releases; whether they cause it, or a busy week brings both, this cannot tell."
)
loads = load_rows(edition)
if loads:
    with st.expander("Every service that could be compared"):
        stacked(loads)
show(edition)
download(
    "Download places, tests, load and stages as CSV",
    "speed-and-stability",
    edition,
    {
        "places": edition.table("tradeoff_flexibility_stability"),
        "tests": edition.table("tradeoff_tests"),
        "load": edition.table("tradeoff_release_load"),
        **exported(edition),
    },
)

st.subheader("How sure are we, and what did we assume?", anchor=False)
for answer, table in of_answers(
    edition, "tradeoff_tests", "tradeoff_flexibility_stability", "tradeoff_release_load"
).items():
    with st.expander(answer):
        st.table(table, border="horizontal", hide_index=True, alt=f"Assumptions: {answer}")
