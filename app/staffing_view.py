"""Parts of the Staffing page that support and runners share: waits compared, replays judged."""

from functools import partial
from typing import Any

import streamlit as st

from app.edition import Edition
from app.staffing import HASHED, SUPPORT, Desk, changes, curves, happened, tested
from app.staffing_chart import answered_within
from app.staffing_table import calibration_table, waits_table
from app.staffing_words import unit_of, verdict, why_not
from app.theme import Palette, palette, specification
from assets.methods.queue_replay import Staffing

CARD_WIDTH = 340
MOST_CARDS_IN_A_ROW = 3
COMPARED = {"today": "Today", "chosen": "As chosen"}
JUDGED = {"happened": "Happened", "replayed": "Replayed"}


def what_is_waited_for(name: str) -> str:
    """What stands below a picture of waits."""
    return "first response within" if name == SUPPORT else "started within"


@st.cache_resource(max_entries=300, show_spinner=False, hash_funcs=HASHED)
def _as_chosen(
    edition: Edition, name: str, staffing: Staffing, lane: str, colors: Palette
) -> dict[str, Any]:
    frame, what = curves(edition, name, staffing, lane), what_is_waited_for(name)
    return specification(partial(answered_within, frame, COMPARED, what, unit_of(name), colors))


@st.cache_resource(max_entries=100, show_spinner=False, hash_funcs=HASHED)
def _as_it_was(edition: Edition, name: str, lane: str, colors: Palette) -> dict[str, Any]:
    frame, what = happened(edition, name, lane), what_is_waited_for(name)
    return specification(partial(answered_within, frame, JUDGED, what, unit_of(name), colors))


def cards(desk: Desk, what: str, pictures: dict[str, dict[str, Any]]) -> None:
    """One picture per lane, side by side where there is room."""
    with st.grid(min(max(len(pictures), 1), MOST_CARDS_IN_A_ROW), min_column_width=CARD_WIDTH):
        for lane, picture in pictures.items():
            with st.container(border=True):
                st.markdown(f"**{desk.lanes[lane]}**")
                st.vega_lite_chart(picture, alt=f"{what} of {desk.lanes[lane]}")


def compared(edition: Edition, desk: Desk, staffing: Staffing) -> None:
    """Sentence, pictures, table and download of a staffing against today's."""
    st.markdown(f"**{verdict(desk, staffing, changes(edition, desk.name, staffing))}**")
    shown = [lane for lane in desk.lanes if lane in desk.predicted]
    colors = palette()
    cards(
        desk,
        f"Share {what_is_waited_for(desk.name)} each time",
        {lane: _as_chosen(edition, desk.name, staffing, lane, colors) for lane in shown},
    )
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
    colors = palette()
    shown = {lane: _as_it_was(edition, desk.name, lane, colors) for lane in tested(edition, desk)}
    cards(desk, "Replayed and actual waits", shown)
    st.dataframe(
        calibration_table(edition, desk), hide_index=True, alt="Replayed against actual waits"
    )
    st.markdown(
        " ".join(why_not(edition, desk, one) for one in desk.lanes if one not in desk.predicted)
    )
