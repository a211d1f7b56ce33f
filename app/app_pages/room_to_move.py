"""Error budgets: who could ship faster and who should hold, budget by budget, with its path."""

import streamlit as st

from app import budgets
from app.assumptions import of_answers
from app.page import begin
from app.rows import stacked
from app.theme import palette
from app.verdicts import BUDGETS

edition = begin("Who has room to move?", "What may still fail before a promise is broken.")
if not edition.has(budgets.TEAMS):
    st.info("This edition was made before error budgets were kept. Run `plumbline run`.")
    st.stop()

teams = budgets.teams(edition)
if teams:
    headline, reasons = budgets.summary(teams)
    st.subheader(headline, anchor=False)
    st.markdown("\n".join(f"- {reason}" for reason in reasons))
    stacked(budgets.cards(teams))
    st.download_button(
        "Download the advice as CSV",
        budgets.advice_export(edition),
        file_name=f"room_to_move_{edition.id}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
else:
    st.info("No service has an objective yet. State `[[objectives]]` in `plumbline.toml`.")

st.subheader("Every budget", anchor=False)
st.caption(
    "Of the last 28 days: what was bad, and what the objective allowed. At 1× a budget lasts just "
    "as long as it should; told for the last three days, and for the last one. "
    + " ".join(f"{mark.symbol} {mark.word}: {mark.meaning}" for mark in BUDGETS.values())
)
level = str(
    st.segmented_control(
        "Budgets of",
        list(budgets.LEVELS),
        default="service",
        format_func=lambda one: budgets.LEVELS[one],
        key="budgets_of",
        bind="query-params",
        required=True,
    )
)
rows = budgets.budgets(edition, level)
if rows:
    named = budgets.choices(rows)
    chosen = st.selectbox(
        "Path of",
        list(named),
        format_func=lambda one: named.get(one, one),
        key=f"{level}_budget",
        bind="query-params",
    )
    picture = budgets.picture(edition, level, chosen, palette())
    st.vega_lite_chart(picture, alt=f"What was left of the budget of {named[chosen]}, day by day")
    st.caption("Each point: the 28 days to that day. Diamonds below the dashed line: spent.")
    st.table(
        budgets.table(rows), border="horizontal", hide_index=True, alt="Every error budget in words"
    )
    st.download_button(
        "Download the budgets as CSV",
        budgets.export(edition, level),
        file_name=f"error_budgets_{level}_{edition.id}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
else:
    st.info("There is no budget here: no objective is stated, or nothing was counted.")

st.subheader("How sure are we, and what did we assume?", anchor=False)
st.markdown(
    "The account itself is exact: what was counted against what was allowed. The interval says "
    "what another 28 days like these would have left; it is wide where one bad day or a few "
    "tickets decide. *Surely* is said where the whole interval agrees, *probably* where only the "
    "account does. That a team could go faster is said only where all of its intervals agree."
)
for answer, table in of_answers(edition, budgets.TABLE).items():
    with st.expander(answer):
        st.table(table, border="horizontal", hide_index=True, alt=f"Assumptions: {answer}")
