"""Brief: are we serving whom we chose, what changed, what needs attention."""

import streamlit as st

from app.assumptions import of_answers
from app.briefing import (
    Promise,
    attention,
    attribute_rows,
    freshness,
    news,
    promises,
    rests_on,
    standing,
    summary,
)
from app.cells import headline_months, name_of
from app.downloads import download
from app.edition import Edition
from app.grades import grade, scored, why_not_sure
from app.links import to_explore
from app.page import begin
from app.reading import READING
from app.sparkline import sparkline
from app.trends import Trend
from app.verdicts import STANCES, VERDICTS, Mark
from app.words import SPACE, STATES, inside, listed, number, quantity, sure


def card(edition: Edition, segment: str, rows: list[Promise]) -> None:
    """One segment: a sentence, then its promises, those that count first."""
    name = name_of(edition, "segment", segment)
    st.subheader(name, anchor=False)
    st.markdown(_standing(edition, segment, rows))
    lines = []
    for heading, is_important in [("Counts most", True), ("Counts less", False)]:
        group = [
            _line(edition, promise) for promise in rows if promise.is_important == is_important
        ]
        lines += [(f":gray[{heading}]", ""), *group] if group else []
    of = rests_on(edition)
    columns = {
        f"Verdict of {of}" if of else "Verdict": [left for left, _ in lines],
        "Newest final month": [right for _, right in lines],
    }
    label = f"{name}: promises with verdict, trend and news"
    st.table(columns, border="horizontal", hide_index=True, alt=label)


def _standing(edition: Edition, segment: str, rows: list[Promise]) -> str:
    counting = [promise for promise in rows if promise.is_important]
    scopes = edition.table("scopes").filter(scope_kind="segment", scope=segment)
    stance = scopes["stance"].last() if scopes.height else None
    chosen = f" Chosen stance: {STANCES.get(str(stance), stance)}." if stance else ""
    return (standing(counting) if counting else "No promise counts most.") + chosen


def _line(edition: Edition, promise: Promise) -> tuple[str, str]:
    """A promise with its verdict and score; its trend with the newest final value and the news."""
    row, trend = promise.row, promise.trend
    stated = row["importance_stated"]
    importance = "not stated" if stated is None else f"{stated:.0f}/5"
    lines = [
        f"**{promise.name.capitalize()}** :gray[:small[{importance}]]",
        f"{promise.verdict.badge} :small[{grade(row).replace(' ', SPACE)}]",
        f":small[{scored(row)}]",
    ]
    if why_not_sure(row):
        lines.append(f":gray[:small[{why_not_sure(row)}]]")
    left = "  \n".join(lines)
    return left, _trend(edition, trend) if trend else ":gray[:small[no trend known]]"


def _trend(edition: Edition, trend: Trend) -> str:
    name = trend.kpi.name
    label = f"{name} over {len(trend.values)} months; a hollow point is not final"
    lines = [
        sparkline(trend.values, trend.finals, label),
        f":small[{inside(name)} {_newest(edition, trend)}]",
        trend.mark.badge if trend.is_news else f":gray[:small[{trend.mark.label.lower()}]]",
    ]
    if any(row["value"] is not None for row in trend.unfinished):
        months = listed([f"{row['period_start_on']:%B}" for row in trend.unfinished])
        verb = "is" if len(trend.unfinished) == 1 else "are"
        lines.append(f":gray[:small[○ {months} {verb} not final]]")
    lines += [f"{mark.badge} :small[{inside(kpi.name)}]" for kpi, mark in trend.others]
    return "  \n".join(lines)


def _newest(edition: Edition, trend: Trend) -> str:
    """The newest final value, linked to where it comes from."""
    row = trend.newest
    if row is None:
        return "has no final month yet"
    month = f"{row['period_start_on']:%b %Y}".replace(" ", SPACE)
    unit = trend.kpi.unit
    if row["value"] is None:
        said = STATES.get(row["value_state"], "not known")
        known = f"n{SPACE}{number(row['n'])}"
        if row["value_state"] == "not_reached" and row["low"] is not None:
            said, known = f"at least {quantity(row['low'], unit)}", f"fewer than half done, {known}"
    else:
        said = quantity(row["value"], unit)
        known = sure(row["low"], row["high"], row["value"], unit, row["n"])
        known += f", {number(row['n_open'])} still open" if row["n_open"] else ""
    address = to_explore(edition, trend.kpi, row)
    return f"[{said}]({address}) ({known}) in {month}"


def bullets(items: list[tuple[Mark, str]], nothing: str) -> None:
    """Marked sentences as a list, or that there are none."""
    st.markdown("\n".join(f"- {mark.badge} {text}" for mark, text in items) or nothing)


edition = begin("Are we serving whom we chose?", "The brief for leaders.")
found = promises(edition)
headline, rest = summary(edition, found)
st.subheader(headline, anchor=False)
st.markdown(rest)
st.caption(" ".join(freshness(edition)))

for start in range(0, len(found), 3):
    segments = list(found)[start : start + 3]
    for column, segment in zip(st.columns(len(segments)), segments, strict=True):
        with column.container(border=True, height="stretch"):
            card(edition, segment, found[segment])

left, right = st.columns(2, gap="large")
with left:
    st.subheader("What changed", anchor=False)
    st.caption("Single months of every headline number, against their own past.")
    bullets(news(edition), "Nothing moved beyond its usual variation.")
with right:
    st.subheader("What needs attention", anchor=False)
    quarter = rests_on(edition)
    st.caption(f"Verdicts and their numbers are of {quarter}." if quarter else "No verdict yet.")
    bullets(attention(edition, found), "No promise that counts is under-served.")

with st.container(horizontal=True):
    st.page_link("app_pages/whom_we_serve.py", label="All verdicts and their questions")
    st.page_link("app_pages/explore.py", label="Every number")
    st.page_link("app_pages/data_quality.py", label="What can be believed")

download(
    "Download verdicts, months and news as CSV",
    "brief",
    edition,
    {
        "verdicts": attribute_rows(edition),
        "months": headline_months(edition),
        "news": edition.table("kpi_signals"),
        "checks": edition.table("checks"),
    },
)

st.subheader("How sure are we, and what did we assume?", anchor=False)
with st.expander("How to read this"):
    st.markdown("\n".join(f"- {mark.badge} {mark.meaning}" for mark in VERDICTS.values()))
    st.markdown(
        "The score goes from 1 (poor) over 3 (target) to 5 (excellent); in brackets the interval "
        "that contains it with 95 % confidence. “Surely” means that the whole interval lies on one "
        "side of the target (of 2.5, where less counts), “probably” that the score does. News is a "
        "final month beyond its usual variation. A hollow point is a month that is not final: its "
        "outcomes can still come in. In brackets behind a month’s number stand its 95 % interval "
        "and n, how many events it is made of."
    )
    st.markdown(READING)
for answer, table in of_answers(edition, "tradeoff_attribute_map").items():
    with st.expander(answer):
        st.table(table, border="horizontal", hide_index=True, alt=f"Assumptions: {answer}")
