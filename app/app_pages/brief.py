"""Brief: are we serving whom we chose, what changed, what needs attention."""

import streamlit as st

from app.briefing import Promise, attention, freshness, how_sure, news, promises, summary
from app.cells import name_of
from app.edition import Edition
from app.page import begin
from app.sparkline import sparkline
from app.verdicts import KEPT, STANCES, VERDICTS, Mark
from app.words import counted, inside, quantity


def card(edition: Edition, segment: str, rows: list[Promise]) -> None:
    """One segment: a sentence, then its promises, those that count first."""
    name = name_of(edition, "segment", segment)
    st.subheader(name, anchor=False)
    st.markdown(_standing(edition, segment, rows))
    lines = []
    for heading, is_important in [("Counts most", True), ("Counts less", False)]:
        group = [_line(promise) for promise in rows if promise.is_important == is_important]
        lines += [(f":gray[{heading}]", ""), *group] if group else []
    columns = {"Promise and verdict": [a for a, _ in lines], "Trend": [b for _, b in lines]}
    label = f"{name}: promises with verdict, trend and news"
    st.table(columns, border="horizontal", hide_index=True, hide_header=True, alt=label)


def _standing(edition: Edition, segment: str, rows: list[Promise]) -> str:
    counting = [promise for promise in rows if promise.is_important]
    kept = sum(promise.row["verdict"] in KEPT for promise in counting)
    scopes = edition.table("scopes").filter(scope_kind="segment", scope=segment)
    stance = scopes["stance"].last() if scopes.height else None
    chosen = f" Chosen stance: {STANCES.get(str(stance), stance)}." if stance else ""
    return f"{kept} of {counted(len(counting), 'promise')} that count are kept.{chosen}"


def _line(promise: Promise) -> tuple[str, str]:
    """A promise with its verdict and score; its trend with the newest value and the news."""
    row, trend = promise.row, promise.trend
    stated = row["importance_stated"]
    importance = "not stated" if stated is None else f"{stated:.0f}/5"
    verdict = f"{promise.verdict.badge}  \n:small[{how_sure(row)}]"
    left = f"**{promise.name.capitalize()}** :gray[:small[{importance}]]  \n{verdict}"
    if trend is None:
        return left, ":gray[:small[no trend known]]"
    name = trend.kpi.name
    picture = sparkline(trend.values, f"{name} over {len(trend.values)} months")
    newest = f":small[{inside(name)} {quantity(trend.newest['value'], trend.kpi.unit)}]"
    mark = trend.mark
    news = mark.badge if trend.is_news else f":gray[:small[{mark.label.lower()}]]"
    return left, f"{picture}  \n{newest}  \n{news}"


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
    bullets(news(edition), "Nothing moved beyond its usual variation.")
with right:
    st.subheader("What needs attention", anchor=False)
    bullets(attention(edition, found), "No promise that counts is under-served.")

with st.container(horizontal=True):
    st.page_link("app_pages/tradeoffs.py", label="All verdicts and their questions")
    st.page_link("app_pages/explore.py", label="Every number")
    st.page_link("app_pages/data_quality.py", label="What can be believed")

with st.expander("How to read this"):
    st.markdown("\n".join(f"- {mark.badge} {mark.meaning}" for mark in VERDICTS.values()))
    st.markdown(
        "The score goes from 1 (poor) over 3 (target) to 5 (excellent); in brackets the interval "
        "that contains it with 95 % confidence. News is a month beyond its usual variation."
    )
