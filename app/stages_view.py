"""Where does the time go? The part of a page: sentence, bars, table."""

import streamlit as st

from app import stages
from app.edition import Edition
from app.stages_chart import stacked_bars
from app.theme import palette, specification


def show(edition: Edition) -> None:
    """How the way from first commit to production divides among its stages, for each scope."""
    st.subheader("Where does the time go?", anchor=False)
    if not edition.has(stages.TABLE):
        st.info("This edition was made before stages were compared. Run `plumbline run`.")
        return
    quarters = stages.quarters(edition)
    if not quarters:
        st.info("No change is known yet.")
        return
    left, right = st.columns(2, vertical_alignment="bottom")
    level = left.segmented_control(
        "Changes of",
        list(stages.LEVELS),
        default="segment",
        format_func=lambda one: stages.LEVELS[one],
        key="stages_of",
        bind="query-params",
        required=True,
    )
    quarter = right.selectbox(
        "Merged in",
        list(quarters),
        index=list(quarters).index(stages.told_quarter(edition)),
        format_func=lambda one: quarters.get(one, one),
        key="stages_in",
        bind="query-params",
    )
    ways = stages.ways(edition, str(level), str(quarter))
    said = stages.sentence(ways[0])
    st.markdown(f"**{said}**")
    bars = stages.bars(ways)
    if bars.height:
        picture = specification(lambda: stacked_bars(bars, palette()))
        st.vega_lite_chart(picture, alt=f"Stages of a change, by scope. {said}")
    st.caption(
        "Means of changes merged in the quarter. One that is not deployed yet counts as long as "
        "such changes wait; in each stage a change counts with 30 days at most. In brackets: 95 % "
        "intervals."
    )
    st.dataframe(
        stages.table(ways),
        hide_index=True,
        column_config={"Whose changes": st.column_config.TextColumn(pinned=True)},
        alt="Shares of stages with intervals",
    )
