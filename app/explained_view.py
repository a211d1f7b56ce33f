"""The sections of an explanation as Streamlit shows them. What they say is `app.explained`'s."""

import polars as pl
import streamlit as st

from app.cell_table import without_formulas
from app.cells import Cell, Row
from app.edition import Edition, edition_before, key_of
from app.explained.explanation import explain
from app.explained.section import Section
from app.explained.telling import sections
from app.words import counted

MOST_RECORDS, MOST_DIFFERING = 500, 100
HEIGHT = 320
FIGURE_SPACE = "\u2007"  # as wide as a digit, and kept at the beginning of a cell


@st.cache_resource(
    max_entries=100,
    show_spinner=False,
    hash_funcs={Edition: key_of, Cell: lambda cell: cell.key},
)
def told(edition: Edition, cell: Cell, before: Edition | None) -> dict[str, Section]:
    """The sections about one cell by name, with as many records as are shown."""
    every = sections(explain(edition, cell, before), MOST_RECORDS, MOST_DIFFERING)
    return {section.name: section for section in every}


def explain_here(edition: Edition, cell: Cell) -> None:
    """Everything about one cell, in two columns where there is room."""
    parts = told(edition, cell, edition_before(edition))
    said, *reservations = parts["head"].sentences
    st.markdown(f"**{plain(said)}**")
    st.caption("  \n".join(map(plain, reservations)))
    with st.container(border=True):
        st.markdown(f"**{parts['advice'].title}**")
        st.markdown("\n".join(f"- {plain(text)}" for text in parts["advice"].sentences))
    left, right = st.columns(2, gap="large")
    with left:
        for name in ("origin", "links", "bots"):
            if name in parts:
                show(parts[name])
    with right:
        show(parts["news"])
        show(parts["since"])
    differing = parts["since"].records
    if differing is not None and differing.height:
        with st.expander("Which records made the difference to the last edition"):
            show_records(parts["since"], "records_that_differ")
    show(parts["records"])
    show_records(parts["records"], "records_of_the_cell")
    with st.expander(parts["definition"].title):
        st.markdown("  \n".join(map(plain, parts["definition"].sentences)))
        st.page_link(
            "app_pages/definitions.py",
            label="The definition in full",
            icon=":material/menu_book:",
            query_params={"kpi": cell.kpi.name, "edition": edition.id},
        )
    with st.expander("The same in a terminal"):
        st.code(command(edition, cell), language="bash", wrap_lines=True)


def command(edition: Edition, cell: Cell) -> str:
    """What to type to have the same told by `plumbline explain`."""
    row = cell.row
    words = [f"plumbline explain {cell.kpi.id} --scope {row['scope_kind']}:{row['scope']}"]
    words.append(f"--period {_period(row)} --edition {edition.id}")
    if row["statistic"] != cell.kpi.headline_statistic:
        words.append(f"--statistic {row['statistic']}")
    if row["slice"]:
        words.append(f"--slice {row['slice_kind']}:{row['slice']}")
    return " ".join(words)


def _period(row: Row) -> str:
    """`2026-05`, `2026-Q2`, `2026-W20`, `trailing-2026-05-31`."""
    kind, start = row["period_kind"], row["period_start_on"]
    if kind == "month":
        return f"{start:%Y-%m}"
    if kind == "quarter":
        return f"{start.year}-Q{(start.month + 2) // 3}"
    return f"{start:%G-W%V}" if kind == "week" else f"trailing-{row['period_end_on']}"


def show(section: Section) -> None:
    """Title, sentences and sum."""
    st.markdown(f"**{plain(section.title)}**")
    if section.sentences:
        st.markdown("  \n".join(map(plain, section.sentences)))
    if section.sums:
        figures, texts = zip(*section.sums, strict=True)
        width = max(map(len, figures))
        aligned = [one.rjust(width, FIGURE_SPACE) for one in figures]
        rows = {"Records": aligned, "What became of them": [plain(text) for text in texts]}
        st.table(
            pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String)),
            border="horizontal",
            hide_header=True,
            width="content",
            alt=section.title,
        )
    for text in section.closing:
        st.caption(plain(text))


def show_records(section: Section, key: str) -> None:
    """The records of a section as a table with links."""
    if section.records is None or not section.records.height:
        return
    names = {"entered": "Entered", "said": "What became of it", "place": "Where"}
    names |= {"event_id": "Record", "url": "Link"}
    shown = section.records.rename({"group": "How it differs", **names})
    kept = [name for name in shown.columns if (shown[name] != "").any()]
    if section.n_records > shown.height:
        st.caption(f"{shown.height} of {counted(section.n_records, 'record')} are shown.")
    st.dataframe(
        without_formulas(shown.select(kept)),
        hide_index=True,
        column_config={"Link": st.column_config.LinkColumn(display_text="Open at the source")},
        height=min(HEIGHT, 36 * (shown.height + 1) + 3),
        key=key,
        alt=section.title,
    )


def plain(text: str) -> str:
    """A text in Markdown in which nothing is markup by accident."""
    return text.replace("$", "\\$").replace("*", "\\*").replace("<", "&lt;").replace("~", "\\~")
