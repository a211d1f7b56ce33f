"""What if we staffed it differently? Tickets and CI runs replayed under another staffing."""

from dataclasses import replace

import streamlit as st

from app.assumptions import of_answers
from app.page import begin
from app.rows import stacked
from app.staffing import (
    COMING,
    FIRST,
    OWN,
    POLICIES,
    SUPPORT,
    TODAY,
    Desk,
    desk_of,
    staffing_of,
    tools,
)
from app.staffing_view import compared, like_what_happened
from app.staffing_words import (
    ASSUMED,
    NOTHING_STATED,
    answer,
    compared_in_words,
    fit_in_words,
    nobody_predicted,
    replayed_in_words,
    start_in_words,
    ways,
)
from assets.methods.queue_replay import Staffing

MOST_MORE = 4
ANSWERS = ("tradeoff_support_lanes", "tradeoff_runner_lanes")
POLICY_WORDS = {
    TODAY: "as today",
    COMING: "what came first",
    FIRST: "one segment first",
    OWN: "a lane of its own for one segment",
}

edition = begin(
    "What if we staffed it differently?",
    "One more engineer, or a dedicated lane for one segment? Real tickets, replayed.",
)
if not edition.has("tradeoff_lane_desks"):
    st.info("This edition was made before staffing was replayed. Run `plumbline run`.")
    st.stop()


def choose(desk: Desk) -> Staffing | None:
    """The sliders of the support desk."""
    left, right = st.columns(2, gap="medium")
    with left:
        agents = st.slider(
            "Engineers", 1, desk.servers + MOST_MORE, desk.servers + 1, key="agents",
            bind="query-params",
        )  # fmt: skip
    with right:
        policy = st.selectbox(
            "Taken first", POLICIES, format_func=POLICY_WORDS.__getitem__, key="policy",
            bind="query-params",
        )  # fmt: skip
    reserved, is_helping = 1, False
    if policy == OWN:
        if agents <= 1:
            st.info("With one engineer, a lane of its own would leave nobody for the others.")
            return None
        left, right = st.columns(2, gap="medium", vertical_alignment="bottom")
        with left:
            reserved = st.slider(
                "Engineers for this lane alone", 0, agents - 1, 1, key="reserved",
                bind="query-params",
            )  # fmt: skip
        with right:
            is_helping = st.toggle(
                "Each side helps the other while it has nothing to do", key="helping",
                bind="query-params",
            )  # fmt: skip
        if not reserved:
            policy = TODAY
    return staffing_of(desk, agents, policy, segment, reserved, is_helping)


support = desk_of(edition, SUPPORT)
if support is None:
    st.info(NOTHING_STATED)
else:
    st.subheader("One more engineer, or a lane of its own?", anchor=False)
    known = list(support.lanes)
    default = support.about["lane_for"] if support.about["lane_for"] in known else known[0]
    segment = st.segmented_control(
        "For whom", known, default=default, format_func=support.lanes.__getitem__, key="segment",
        bind="query-params", required=True,
    )  # fmt: skip
    segment = segment or str(default)
    st.markdown(f"**{answer(edition, support, segment)}**")
    if segment in support.predicted:
        st.caption(compared_in_words(support))
        stacked(ways(edition, support, segment))

    st.subheader("Try another staffing", anchor=False)
    if support.predicted:
        st.caption(replayed_in_words(support))
        chosen = choose(support)
        if chosen is not None:
            compared(edition, support, chosen)
    else:
        st.info(nobody_predicted(edition, support))

    st.subheader("Is the replay like what happened?", anchor=False)
    st.markdown(fit_in_words(support))
    like_what_happened(edition, support)

st.subheader("And the CI runners?", anchor=False)
names = tools(edition)
if not names:
    st.info("No tool has had enough runs with a start and an end in the last 26 weeks.")
else:
    tool = st.segmented_control(
        "Runners of", names, default=names[0], key="tool", bind="query-params", required=True
    )
    runners = desk_of(edition, str(tool or names[0]))
    if runners is not None:
        if runners.predicted:
            count = st.slider(
                "Runners", 1, runners.servers + MOST_MORE, runners.servers + 1,
                key=f"runners_{runners.name}", bind="query-params",
            )  # fmt: skip
            compared(edition, runners, replace(runners.fitted.today, servers=count))
        else:
            st.markdown(f"**{nobody_predicted(edition, runners)}**")
        st.caption(start_in_words(runners))
        with st.expander("Is the replay like what happened?"):
            like_what_happened(edition, runners)

st.subheader("How sure are we, what did we assume?", anchor=False)
st.markdown(ASSUMED)
for name, table in of_answers(edition, *ANSWERS).items():
    with st.expander(name):
        st.table(table, border="horizontal", hide_index=True, alt=f"Assumptions: {name}")
