"""What should we stop doing? A level of service for every offering, under a capacity."""

import streamlit as st

from app.assumptions import of_answers
from app.cells import name_of
from app.page import begin
from app.portfolio import BEST, LEVELS, OWN, Choice, best_of, mediocre_below, offered, plans
from app.portfolio_chart import at_capacity
from app.portfolio_table import offering_table, outcome_table
from app.portfolio_words import (
    LEVEL_WORDS,
    answer,
    closeness,
    flipped,
    mediocre_sentence,
    outcome_ends,
    sureness,
)
from app.saved_plans_view import keep, what_became_of
from app.theme import palette
from app.words import number

WELL_SERVED = 0.8

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
    for column, level in zip(st.columns(len(LEVELS)), reversed(LEVELS), strict=True):
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
hours = number(choice.capacity)
short, reasons = answer(edition, given, choice, found)
outcomes = outcome_table(edition, given, found, choice)
with top:
    st.subheader(short, anchor=False)
    st.markdown("\n".join(f"- {reason}" for reason in reasons))
    st.dataframe(outcomes, hide_index=True, alt="How well each segment is served under each plan")
    st.caption(
        "Served: the share of a segment’s use that is served well, by the model. In brackets: "
        "points more or less than today; in the text 95 % of the draws of how well users are "
        "served today, all ways judged by the same curves. A plan of whole levels stops each "
        "offering or gives it best effort, standard support or excellence."
        f"{closeness(best_of(edition, choice))}"
    )

st.subheader("What each offering takes and gives", anchor=False)
table = offering_table(edition, given, found)
st.dataframe(table, hide_index=True, alt="Offerings with their level in each plan, cost and use")
st.caption(
    f"Levels at {hours} hours a week, as chosen above. In the order of value per hour, before any "
    "plan; in brackets the places that 95 % of the draws give it. Satisfaction is shown of at "
    "least 20 answers of three customers, in steps of 5 points."
)
with st.container(horizontal=True):
    for what, shown in (("plans", outcomes), ("offerings", table)):
        st.download_button(
            f"Download the {what} as CSV",
            shown.write_csv(),
            f"what_to_stop_{what}_{edition.id}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )

st.subheader("More and less capacity", anchor=False)
st.markdown(f"**{mediocre_sentence(*mediocre_below(edition, WELL_SERVED), WELL_SERVED)}**")
picture = at_capacity(edition, ratio / 100, palette())
st.vega_lite_chart(picture, alt="How much of the use is served at each capacity, by plan")
st.caption(
    "With the weights of `plumbline.toml`, in steps of 5 % of today’s hours. Dotted: the "
    f"{hours} hours a week chosen above. Toil is taken as long as an offering is there, so that a "
    "cut that spares nobody eats the hours that serve."
)

st.subheader("How sure are we, and what did we assume?", anchor=False)
stated = f"the {number(given.capacity)} hours a week of `plumbline.toml`"
left, right = st.columns(2)
with left:
    st.markdown(f"If hours and quality are drawn anew, at {stated}:")
    sure = [*outcome_ends(edition, given), *sureness(edition, given)]
    st.markdown("\n".join(f"- {one}" for one in sure))
with right:
    st.markdown(f"What flips the best plan of whole levels at {stated}:")
    st.markdown("\n".join(f"- {one}" for one in flipped(edition)))
for name, rows in of_answers(edition, "tradeoff_portfolio", "tradeoff_offerings").items():
    with st.expander(name):
        st.table(rows, border="horizontal", hide_index=True, alt=f"Assumptions: {name}")

st.subheader("Keep a plan, and see later what became of it", anchor=False)
keep(edition, given, choice, found, OWN if OWN in found else BEST)
what_became_of(edition, given)
