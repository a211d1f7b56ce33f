"""The part of the page about offerings where a plan is kept, and where it meets what happened."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from app.cells import name_of
from app.edition import Edition, home
from app.portfolio import LEVELS, Choice, Offered
from app.portfolio_table import with_ends
from app.portfolio_words import LEVEL_WORDS, PLAN_WORDS, share
from app.saved_plans import PlanError, SavedPlan, save, saved
from app.words import NOT_KNOWN, day, listed, number
from assets.methods.portfolio import Integers


def keep(
    edition: Edition, given: Offered, choice: Choice, found: Mapping[str, Integers], which: str
) -> None:
    """A name and a button, which keep one of the plans."""
    with st.form("keep", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name", placeholder="Budget 2027", max_chars=60, key="plan_name")
        is_kept = st.form_submit_button(f"Keep “{PLAN_WORDS[which]}”", disabled=which not in found)
    if not is_kept:
        return
    levels = found[which]
    hours = given.portfolio.hours[range(len(levels)), levels]
    plan = SavedPlan(
        name=name.strip(),
        saved_on=datetime.now(ZoneInfo(edition.time_zone)).date(),
        edition=edition.id,
        capacity=choice.capacity,
        levels={o: LEVELS[level] for o, level in zip(given.offerings, levels, strict=True)},
        hours=dict(zip(given.offerings, map(float, hours), strict=True)),
        served=dict(
            zip(given.segments, map(float, given.portfolio.served_of(levels)), strict=True)
        ),
    )
    try:
        save(home(), plan)
    except PlanError as error:
        st.warning(str(error))
    else:
        st.success(f"Kept as “{plan.name}”.")


def what_became_of(edition: Edition, given: Offered) -> None:
    """A plan that was kept beside the edition that is shown; nothing before the first one."""
    try:
        kept = saved(home())
    except PlanError as error:
        st.warning(str(error))
        return
    if not kept:
        return
    plan = kept[str(st.selectbox("Plan", list(kept), key="plan", bind="query-params"))]
    st.markdown(f"**{in_short(edition, given, plan)}**")
    table = offerings_then_and_now(edition, plan)
    st.dataframe(table, hide_index=True, alt="The plan beside what happened, offering by offering")
    st.download_button(
        "Download the plan as CSV",
        table.write_csv(),
        f"plan_{plan.edition}_{edition.id}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def in_short(edition: Edition, given: Offered, plan: SavedPlan) -> str:
    """What of a plan is so now: levels, hours, and how well each segment is served."""
    head = f"“{plan.name}” was kept on {day(plan.saved_on)}"
    if plan.edition == edition.id:
        return f"{head} from the edition that is shown: nothing can have come of it yet."
    if plan.edition > edition.id:
        return (
            f"{head} from a newer edition than the one that is shown: choose that or a later one."
        )
    now = dict(edition.table("tradeoff_offerings").select("offering", "level").rows())
    same = sum(now.get(offering) == level for offering, level in plan.levels.items())
    served = dict(zip(given.segments, given.portfolio.served_of(given.today), strict=True))
    segments = [
        f"{name_of(edition, 'segment', segment)} {share(meant)} meant, "
        + (f"{share(served[segment])} now" if segment in served else "not known now")
        for segment, meant in plan.served.items()
    ]
    return (
        f"{head}. Since then {same} of {len(plan.levels)} offerings have the level that was meant; "
        f"{number(sum(plan.hours.values()))} hours a week were meant, "
        f"{number(given.hours_today)} are taken. Served: {listed(segments)}."
    )


def offerings_then_and_now(edition: Edition, plan: SavedPlan) -> pl.DataFrame:
    """A row per offering of the plan: its level and hours as meant, and as they are now."""
    facts = {row["offering"]: row for row in edition.table("tradeoff_offerings").to_dicts()}
    rows = []
    for offering, meant in plan.levels.items():
        now = facts.get(offering)
        hours = with_ends(now, "hours_per_week", "hours", "count") if now else NOT_KNOWN
        rows.append(
            {
                "Offering": name_of(edition, "offering", offering),
                "Level meant": LEVEL_WORDS[meant],
                "Level now": LEVEL_WORDS[now["level"]] if now else NOT_KNOWN,
                "Hours a week meant": number(plan.hours[offering]),
                "Hours a week now": hours,
            }
        )
    return pl.DataFrame(rows)
