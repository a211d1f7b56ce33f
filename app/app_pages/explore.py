"""Explore: any KPI, scope and period; interval, gaps and their reasons; the records behind."""

import streamlit as st

from app import curve, sentences
from app.cell_table import columns, readable, without_formulas
from app.cells import KEPT_COLUMNS, Cell, name_of
from app.charts import axis_title, is_cut, over_time, prepared
from app.compared import compared, other_to_compare
from app.explained_view import explain_here
from app.page import begin
from app.selection import select
from app.theme import palette, specification
from app.words import counted

edition = begin("What do the numbers say?", "Explore any KPI, for anyone, over any time.")
chosen = select(edition)
if chosen is None:
    st.stop()
if not chosen.series.scopes:
    st.caption("Choose at least one scope.")
    st.stop()
if not chosen.cells.height:
    st.info("There is no cell between these dates. Choose other dates or another kind of period.")
    st.stop()

kpi, wanted, cells = chosen.kpi, chosen.series, chosen.cells
scope_names = {scope: name_of(edition, wanted.scope_kind, scope) for scope in wanted.scopes}
shown = prepared(cells, kpi, scope_names)
newest = cells.filter("is_complete").group_by("scope", maintain_order=True).last().to_dicts()
newest = newest or cells.group_by("scope", maintain_order=True).last().to_dicts()
facts = [sentences.cell(row, kpi, wanted.statistic, scope_names[row["scope"]]) for row in newest]

st.subheader(facts[0], anchor=False)
st.markdown("  \n".join(facts[1:]))
colors = palette()
picture = specification(lambda: over_time(shown, axis_title(cells, kpi), colors))
st.vega_lite_chart(picture, alt=f"{kpi.name} over time. {facts[0]}")
st.caption(
    "Band: 95 % interval. Hollow point: with a flag. Cross at the bottom: no value. "
    + ("Intervals wider than the picture are cut. " if is_cut(shown) else "")
    + " ".join(sentences.gaps(cells.to_dicts()))
)

table = readable(shown, kpi)
ordered = shown.sort("period_start_on", "name", descending=[True, False]).to_dicts()
options = [f"{row['scope']}@{row['period_start_on']}" for row in ordered]
labels = {
    option: f"{row['name']} · {row['period']}" for option, row in zip(options, ordered, strict=True)
}


def explain_selected() -> None:
    """Lets a click on a row of the table choose the cell that is explained."""
    rows = st.session_state["cells_table"].selection.rows
    if rows and rows[0] < len(options):
        st.session_state["cell"] = options[rows[0]]


left, right = st.columns([4, 1], vertical_alignment="bottom")
left.subheader("The cells", anchor=False)
right.download_button(
    "Download CSV",
    without_formulas(table).write_csv().encode(),
    file_name=f"{kpi.id}_{wanted.statistic}_{wanted.period_kind}_{edition.id}.csv",
    mime="text/csv",
    icon=":material/download:",
    width="stretch",
)
st.dataframe(
    table,
    hide_index=True,
    column_config=columns(table),
    height=300,
    on_select=explain_selected,
    selection_mode="single-row",
    key="cells_table",
    alt="Cells with interval and n",
)

st.subheader("Where one number comes from", anchor=False)
option = st.selectbox(
    "Cell",
    options,
    index=next((i for i, row in enumerate(ordered) if row["is_complete"]), 0),
    format_func=lambda one: labels.get(one, one),
    key="cell",
    bind="query-params",
    help="Choose here, or click a row of the table.",
)
rows = dict(zip(options, ordered, strict=True))


def cell_of(one: str) -> Cell:
    """The cell of an option, with its scope's name."""
    row = {name: rows[one][name] for name in KEPT_COLUMNS}
    return Cell(kpi, row, scope_names[row["scope"]])


explain_here(edition, cell_of(option))

left_open, word = curve.still_open(edition, cell_of(option)), curve.waiting(cell_of(option))
if left_open.height:
    st.subheader("How long does it take?", anchor=False)
    st.markdown(f"**{labels[option]}.** {curve.sentence(left_open, kpi.unit, word)}")
    drawn = specification(lambda: curve.picture(left_open, kpi.unit, word, colors))
    st.vega_lite_chart(drawn, alt=f"Share {word} after each time. {labels[option]}")
    st.caption(
        f"Of {counted(rows[option]['n'], 'record')}, with the 95 % interval of each time as band, "
        "until one in fifty is left or it falls no more."
    )

st.subheader("Does it differ from another?", anchor=False)
default = other_to_compare(ordered, rows[option])
against = st.selectbox(
    "Compare with",
    options,
    index=options.index(f"{default['scope']}@{default['period_start_on']}") if default else None,
    format_func=lambda one: labels.get(one, one),
    key="against",
    bind="query-params",
    help="Another period or scope of the table above, of the same KPI.",
)
if against in rows:
    st.markdown("  \n".join(compared(cell_of(option), cell_of(against))))
    st.caption(
        "Of twenty pairs that are alike, one seems to differ by chance: choose what to compare "
        "before you look."
    )
