"""The dashboard's pages and their order; `streamlit run app/streamlit_app.py`."""

import gc
from pathlib import Path

import streamlit as st

IMAGES = Path(__file__).parent / "images"

st.set_page_config(
    page_title="Plumbline",
    page_icon=(IMAGES / "mark.svg").read_text(encoding="utf-8"),
    layout="wide",
    initial_sidebar_state="collapsed",
)
st.logo((IMAGES / "logo.svg").read_text(encoding="utf-8"), size="large")

BRIEF = st.Page(
    "app_pages/brief.py",
    title="Brief",
    icon=":material/flag:",
    help="Are we serving whom we chose? Verdicts per promise and segment, and what is news.",
    default=True,
)
QUESTIONS = [
    st.Page(
        "app_pages/whom_we_serve.py",
        title="Whom do we serve?",
        icon=":material/balance:",
        help="What counts for each segment, how well it is kept, what goes with satisfaction.",
    ),
    st.Page(
        "app_pages/speed_and_stability.py",
        title="Does speed cost stability?",
        icon=":material/speed:",
        help="Customers between flexibility and stability, and what tests of them say.",
    ),
    st.Page(
        "app_pages/what_to_stop.py",
        title="What should we stop?",
        icon=":material/do_not_disturb_on:",
        help="What each offering costs, and which level of service for each serves best.",
    ),
    st.Page(
        "app_pages/staffing.py",
        title="Staffing",
        icon=":material/support_agent:",
        help="One more engineer, or a dedicated lane? Real tickets and CI runs, replayed.",
    ),
    st.Page(
        "app_pages/room_to_move.py",
        title="Who has room to move?",
        icon=":material/savings:",
        help="Error budgets: what may still fail, who could ship faster, who should hold.",
    ),
]
NUMBERS = [
    st.Page(
        "app_pages/explore.py",
        title="Explore",
        icon=":material/query_stats:",
        help="Any KPI for any scope and period, with its interval and the records behind it.",
    ),
    st.Page(
        "app_pages/data_quality.py",
        title="Data quality",
        icon=":material/fact_check:",
        help="What can be believed: checks, coverage, files, quarantine, links.",
    ),
    st.Page(
        "app_pages/definitions.py",
        title="Definitions",
        icon=":material/menu_book:",
        help="Every KPI in full: clocks, exclusions, source and version.",
    ),
    st.Page(
        "app_pages/rival_definitions.py",
        title="Other tools",
        icon=":material/compare_arrows:",
        help="What DevLake, Four Keys, GitLab and others would say, and why it differs.",
    ),
]


@st.cache_resource(show_spinner=False)
def spare_what_was_loaded(page: str) -> None:
    """Once for each page: its modules are no garbage.

    Streamlit looks for garbage after every click, and looked through all libraries: 85 of 160 ms.
    """
    gc.collect()
    gc.freeze()


page = st.navigation({"": [BRIEF], "Trade-offs": QUESTIONS, "Numbers": NUMBERS}, position="top")
page.run()
spare_what_was_loaded(page.title)
