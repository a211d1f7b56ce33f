"""What every page has around its content: which edition is shown, how fresh it is, the banner.

Also the page that is shown when there is no edition. Holds no numbers of a page.
"""

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from app.edition import Edition, EditionError, current_id, home, ids, open_edition
from app.words import day, instant

EDITION_KEY = "edition"
SHOWN_KEY = "shown_edition"  # kept from page to page, where the address is made anew
# Streamlit writes chosen options in white on the accent, which of the dark theme is too light for
# that; a darker one could not be read as text (contrast 4.5 to 1 is not had both ways, 2026-11).
READABLE_CHIPS = "<style>[data-tag] { background-color: #0f6b72 !important }</style>"


def begin(title: str, question: str) -> Edition:
    """Draws title, banner and edition picker; returns the edition to read.

    Stops the page with a friendly message when there is no such edition.
    """
    st.html(READABLE_CHIPS)
    st.title(title, anchor=False)
    try:
        edition = _chosen()
    except EditionError as error:
        _no_edition(error)
        st.stop()
    st.caption(f"{question} Numbers as of {instant(edition.as_of, edition.time_zone)}.")
    if edition.is_example:
        st.info(
            f"**Example data.** {edition.organisation} is invented, and so is every number here. "
            "Put your own records into a home's inbox and run `plumbline run`.",
            icon=":material/science:",
        )
    return edition


def _chosen() -> Edition:
    home_folder = home()
    newest = current_id(home_folder)
    kept = ids(home_folder)
    wanted = st.query_params.get(EDITION_KEY)
    if wanted and wanted not in kept:
        return open_edition(home_folder, wanted)
    shown = st.session_state.get(SHOWN_KEY, newest)
    with st.sidebar:
        chosen = st.selectbox(
            "Edition",
            kept,
            index=kept.index(shown) if shown in kept else 0,
            key=EDITION_KEY,
            bind="query-params",
            help="A complete, checked state of all numbers. Editions never change.",
        )
        edition = open_edition(home_folder, chosen or newest)
        st.session_state[SHOWN_KEY] = edition.id
        st.caption(
            f"Made on {day(edition.made_at.date())} by Plumbline {edition.code_version}. "
            f"Days and months are those of {edition.time_zone}."
        )
        st.caption("A link to what is shown, in this edition, whatever comes later:")
        st.code(link_to(st.context.url or "", edition), language=None, wrap_lines=True)
    return edition


def link_to(url: str, edition: Edition) -> str:
    """The address of the view with its filters and sliders, and always with its edition."""
    place = urlsplit(url)
    shown = {name: st.query_params.get_all(name) for name in st.query_params}
    kept = {**shown, EDITION_KEY: edition.id}
    return urlunsplit(place._replace(query=urlencode(kept, doseq=True), fragment=""))


def _no_edition(error: EditionError) -> None:
    st.warning(str(error), title="There is no edition to show", icon=":material/inventory_2:")
    st.markdown(
        "Plumbline shows *editions*: complete, checked states of all numbers.\n\n"
        "- To look around, make the example company: `plumbline demo`\n"
        "- With your own records in the inbox: `plumbline run`\n"
        "- For a home in another folder: `plumbline dashboard --home FOLDER`, "
        "or set `PLUMBLINE_HOME`\n"
    )
