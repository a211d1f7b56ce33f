"""Parts of the Staffing page that support and runners share: waits compared, replays judged."""

from functools import partial

import streamlit as st

from app.edition import Edition
from app.staffing import SUPPORT, Desk, changes, curves, happened, tested
from app.staffing_chart import answered_within
from app.staffing_table import calibration_table, waits_table
from app.staffing_words import verdict, why_not
from app.theme import palette, specification
from assets.methods.queue_replay import Staffing

CARD_WIDTH = 340
MOST_CARDS_IN_A_ROW = 3
COMPARED = {"today": "Today", "chosen": "As chosen"}
JUDGED = {"happened": "Happened", "replayed": "Replayed"}


def what_is_waited_for(desk: Desk) -> str:
    """What stands below a picture of waits."""
    return "first response within, business time" if desk.name == SUPPORT else "started within"


def cards(edition: Edition, desk: Desk, staffing: Staffing) -> None:
    """One picture per lane that can be predicted: today, and as chosen."""
    what, colors = what_is_waited_for(desk), palette()
    shown = [lane for lane in desk.lanes if lane in desk.predicted]
    with st.grid(min(len(shown), MOST_CARDS_IN_A_ROW), min_column_width=CARD_WIDTH):
        for lane in shown:
            with st.container(border=True):
                st.markdown(f"**{desk.lanes[lane]}**")
                frame = curves(edition, desk.name, staffing, lane)
                draw = partial(answered_within, frame, COMPARED, what, colors)
                picture = specification(draw)
                st.vega_lite_chart(picture, alt=f"Share of {desk.lanes[lane]} {what}")


def compared(edition: Edition, desk: Desk, staffing: Staffing) -> None:
    """Sentence, pictures, table and download of a staffing against today's."""
    st.markdown(f"**{verdict(desk, staffing, changes(edition, desk.name, staffing))}**")
    cards(edition, desk, staffing)
    table = waits_table(edition, desk, staffing)
    st.dataframe(table, hide_index=True, alt="Waits today and as chosen, with intervals")
    st.download_button(
        "Download CSV",
        table.write_csv().encode(),
        file_name=f"staffing_{desk.name}_{edition.id}.csv",
        mime="text/csv",
        icon=":material/download:",
        key=f"download_{desk.name}",
    )


def like_what_happened(edition: Edition, desk: Desk) -> None:
    """The calibration of a desk: side by side, in numbers and as curves."""
    what, colors = what_is_waited_for(desk), palette()
    shown = {lane: happened(edition, desk.name, lane) for lane in tested(edition, desk)}
    with st.grid(min(max(len(shown), 1), MOST_CARDS_IN_A_ROW), min_column_width=CARD_WIDTH):
        for lane, frame in shown.items():
            with st.container(border=True):
                st.markdown(f"**{desk.lanes[lane]}**")
                picture = specification(partial(answered_within, frame, JUDGED, what, colors))
                st.vega_lite_chart(picture, alt=f"Replayed and actual waits of {desk.lanes[lane]}")
    st.dataframe(
        calibration_table(edition, desk), hide_index=True, alt="Replayed against actual waits"
    )
    st.markdown(
        " ".join(why_not(edition, desk, one) for one in desk.lanes if one not in desk.predicted)
    )
