"""What should we stop doing? A level of service for every offering, under a capacity."""

from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from app.assumptions import of_answers
from app.cells import name_of
from app.edition import home
from app.page import begin
from app.portfolio import (
    BEST,
    EVENLY,
    LEVEL_WORDS,
    LEVELS,
    OWN,
    PLAN_WORDS,
    Choice,
    answer,
    flipped,
    mediocre_below,
    mediocre_sentence,
    offered,
    offering_table,
    outcome_ends,
    outcome_table,
    plans,
    sureness,
)
from app.portfolio_chart import capacity_curve
from app.saved_plans import PlanError, SavedPlan, save, saved, what_became
from app.theme import palette, specification
from app.words import NOT_KNOWN, number

WELL_SERVED = 0.8
OWN_LEVELS = ("stop", "best_effort", "standard", "excellent")
CURVES = {BEST: PLAN_WORDS[BEST], EVENLY: "Cut evenly, nothing stopped"}

edition = begin(
    "What should we stop doing?",
    "Offerings of the team, what they cost, and which level of service for each serves best.",
)
given = offered(edition)
if given is None:
    st.info(
        "Nothing can be said yet: no offering has hours and users in the last 13 weeks. Deliver "
        "`effort` with its `offering`, and state `[[offerings]]` in `plumbline.toml`."
    )
    st.stop()


def offering_name(offering: str) -> str:
    """An offering's name."""
    return name_of(edition, "offering", offering)


def segment_name(segment: str) -> str:
    """A segment's name."""
    return name_of(edition, "segment", segment)


top = st.container()
with st.expander("Capacity, what each segment counts and must get, and a plan of your own", True):
    ratio = st.slider(
        "Hours a week, as a share of today’s",
        min_value=30,
        max_value=150,
        value=min(max(round(100 * given.capacity / given.hours_today), 30), 150),
        format="%d %%",
        key="capacity",
        bind="query-params",
    )
    columns = st.columns(len(given.segments))
    weights, floors = [], []
    for column, segment, weight in zip(columns, given.segments, given.weights, strict=True):
        with column:
            weights.append(
                st.slider(
                    f"{segment_name(segment)} count", 0.0, 5.0, float(min(weight, 5.0)), 0.5,
                    key=f"weight_{segment}", bind="query-params",
                )
            )  # fmt: skip
            floors.append(
                st.slider(
                    f"{segment_name(segment)} must get", 0, 100, 0, 5, format="%d %%",
                    key=f"floor_{segment}", bind="query-params",
                )
            )  # fmt: skip
    st.caption("Your own plan begins with today’s; what you name here has another level.")
    own: dict[str, str] = {}
    for column, level in zip(st.columns(len(OWN_LEVELS)), reversed(OWN_LEVELS), strict=True):
        with column:
            chosen = st.multiselect(
                LEVEL_WORDS[level],
                given.offerings,
                format_func=offering_name,
                key=f"own_{level}",
                bind="query-params",
            )
        own |= dict.fromkeys(chosen, level)
if not any(weights):
    st.warning("Nobody counts: let at least one segment count more than 0.")
    st.stop()
choice = Choice(
    capacity=round(ratio / 100 * given.hours_today, 6),
    weights=tuple(weights),
    floors=tuple(floor / 100 for floor in floors),
    own=tuple(sorted(own.items())),
)
found = plans(edition, choice)
with top:
    st.markdown(f"**{answer(edition, given, choice, found)}**")
    outcomes = outcome_table(edition, given, found, choice.weights)
    st.dataframe(outcomes, hide_index=True, alt="How well each segment is served under each plan")
    st.caption(
        "Served: the share of a segment’s use that is served well. In brackets: points more or "
        "less than today."
    )

st.subheader("What each offering takes and gives", anchor=False)
table = offering_table(edition, given, found)
st.dataframe(table, hide_index=True, alt="Offerings with their cost, use and level in each plan")
st.caption(
    "In the order of value per hour, before any plan; in brackets the places that 95 % of the "
    "draws give it. Satisfaction is shown of at least 20 answers of three customers, in steps of "
    "5 points."
)
st.download_button(
    "Download both tables as CSV",
    "\n".join([outcomes.write_csv(), table.write_csv()]),
    f"what-to-stop-{edition.id}.csv",
    "text/csv",
    icon=":material/download:",
)

st.subheader("More and less capacity", anchor=False)
st.markdown(f"**{mediocre_sentence(*mediocre_below(edition, WELL_SERVED))}**")
curve = (
    edition.table("tradeoff_portfolio_curve")
    .select("capacity_ratio", "value", "plan")
    .unique(maintain_order=True)
    .with_columns(pl.col("plan").replace_strict(CURVES))
)
colors = palette()
picture = specification(lambda: capacity_curve(curve, list(CURVES.values()), ratio / 100, colors))
st.vega_lite_chart(picture, alt="How much of the use is served at each capacity, by plan")
st.caption(
    f"With the weights of `plumbline.toml`. Well served: from {WELL_SERVED:.0%} on. Dotted: the "
    "capacity chosen above. Toil is taken as long as an offering is there, so that a cut that "
    "spares nobody eats the hours that serve."
)

st.subheader("How sure are we, and what did we assume?", anchor=False)
left, right = st.columns(2)
with left:
    st.markdown("At the capacity of `plumbline.toml`, if hours and quality are drawn anew:")
    sure = [*outcome_ends(edition, given), *sureness(edition, given)]
    st.markdown("\n".join(f"- {one}" for one in sure))
with right:
    st.markdown("What flips it:")
    st.markdown("\n".join(f"- {one}" for one in flipped(edition)))
for name, rows in of_answers(edition, "tradeoff_portfolio", "tradeoff_offerings").items():
    with st.expander(name):
        st.table(rows, border="horizontal", hide_index=True, alt=f"Assumptions: {name}")

st.subheader("Keep a plan, and see later what became of it", anchor=False)
keep = OWN if OWN in found else BEST
with st.form("keep", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
    name = st.text_input("Name", placeholder="Budget 2027", max_chars=60, key="plan_name")
    is_kept = st.form_submit_button(f"Keep “{PLAN_WORDS[keep]}”", disabled=keep not in found)
try:
    if is_kept:
        levels = {o: LEVELS[level] for o, level in zip(given.offerings, found[keep], strict=True)}
        at = range(len(given.offerings))
        hours = given.portfolio.hours[list(at), found[keep]]
        plan = SavedPlan(
            name=name.strip(),
            saved_on=datetime.now(ZoneInfo(edition.time_zone)).date(),
            edition=edition.id,
            capacity=choice.capacity,
            levels=levels,
            hours=dict(zip(given.offerings, map(float, hours), strict=True)),
            served=dict(
                zip(given.segments, map(float, given.portfolio.served_of(found[keep])), strict=True)
            ),
        )
        save(home(), plan)
        st.success(f"Kept as “{plan.name}”.")
    kept = saved(home())
except PlanError as error:
    st.warning(str(error))
    kept = {}
if kept:
    shown = kept[st.selectbox("Plan", list(kept), key="plan", bind="query-params")]
    now = edition.table("tradeoff_offerings")
    became = what_became(
        shown,
        dict(now.select("offering", "level").rows()),
        dict(now.drop_nulls("hours_per_week").select("offering", "hours_per_week").rows()),
    )
    st.dataframe(
        pl.DataFrame(
            {
                "Offering": [offering_name(str(row["offering"])) for row in became],
                "Level meant": [LEVEL_WORDS[str(row["level_meant"])] for row in became],
                "Level now": [LEVEL_WORDS.get(str(row["level_now"]), NOT_KNOWN) for row in became],
                "Hours meant": [number(float(row["hours_meant"] or 0)) for row in became],
                "Hours now": [
                    NOT_KNOWN if row["hours_now"] is None else number(float(row["hours_now"]))
                    for row in became
                ],
            }
        ),
        hide_index=True,
        alt="The plan beside what happened",
    )
    st.caption(
        f"“{shown.name}” was kept on {shown.saved_on:%-d %B %Y} from edition {shown.edition}; "
        "“now” is the edition that is shown."
    )
