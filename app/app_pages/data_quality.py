"""Data quality: checks, coverage, files, quarantine, unassigned, links, fates of records."""

import streamlit as st

from app import quality
from app.cell_table import without_formulas
from app.coverage_chart import timeline
from app.page import begin
from app.theme import palette, specification
from app.words import instant

COUNT = st.column_config.NumberColumn(format="localized")

edition = begin("What can we believe?", "The quality of the data behind every number.")
headline, rest = quality.summary(edition)
st.subheader(headline, anchor=False)
st.markdown(rest)
checks = quality.checks(edition)
with st.expander("All checks", expanded=quality.has_failed(edition)):
    st.dataframe(
        checks,
        hide_index=True,
        column_config={"In words": st.column_config.TextColumn(width="large")},
        alt="Checks of this edition, failed ones first",
    )

st.subheader("What the sources tell about", anchor=False)
coverage = quality.coverage(edition)
if coverage.height:
    colors = palette()
    picture = specification(lambda: timeline(coverage, edition.as_of, colors))
    st.vega_lite_chart(picture, alt="Coverage per source")
    st.caption(
        "Bar: the span that is known. Dashed: incomplete. Line: "
        f"{instant(edition.as_of, edition.time_zone)}, up to which the numbers count. Before and "
        "after a bar nothing is known, which is not the same as nothing having happened."
    )
else:
    st.caption(
        "No source tells about anything yet. Put files into the inbox, then `plumbline run`."
    )
st.markdown("\n".join(f"- {line}" for line in quality.coverage_sentences(coverage)))

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Unassigned", anchor=False)
    nobody = quality.unassigned(edition)
    st.markdown(quality.unassigned_sentence(nobody))
    st.table(
        quality.unassigned_table(nobody),
        border="horizontal",
        hide_index=True,
        alt="Unassigned share per KPI",
    )
with right:
    st.subheader("Links by rule", anchor=False)
    st.markdown("By which rule all records of different sources were joined, of all periods.")
    st.table(quality.links(edition), border="horizontal", hide_index=True, alt="Links by rule")

st.subheader("Quarantine", anchor=False)
st.markdown("Records that broke a rule. They wait here with their reason, and are tried again.")
st.dataframe(
    without_formulas(quality.quarantine(edition)), hide_index=True, alt="Quarantine by rule"
)

st.subheader("Where every record went", anchor=False)
fates = quality.fates(edition)
st.dataframe(
    fates,
    hide_index=True,
    column_config=dict.fromkeys(fates.columns[2:], COUNT),
    alt="Fates of records per source and feed",
)

st.subheader("Files", anchor=False)
st.dataframe(
    without_formulas(quality.files(edition)),
    hide_index=True,
    column_config={"Size": st.column_config.NumberColumn(format="bytes"), "Lines": COUNT},
    alt="Files read, those with a problem first",
)
