"""Does speed cost stability here? What the tests of an edition say, in words and rows."""

import polars as pl

from app.cells import Row, name_of
from app.edition import Edition
from app.verdicts import Mark
from app.words import SPACE, counted, listed

TEN_POINTS = 0.1

TESTS = {
    "trade_off": Mark("▼", "Trade-off", "Faster goes with worse.", "orange", ""),
    "go_together": Mark("★", "Go together", "Faster goes with better.", "green", ""),
    "no_evidence": Mark("?", "No evidence", "Neither could be shown.", "gray", ""),
}
SPEEDS = {
    "lead_time": "Change lead time halves",
    "release_pace": "Twice as many planned releases",
    "change_size": "Changes half as large",
}
OUTCOMES = {
    "failed_releases": "failed releases",
    "recovery_time": "recovery time",
    "rework": "rework",
    "satisfaction": "satisfaction",
}


def verdict_sentence(edition: Edition) -> str:
    """The answer on top: what was shown, else that nothing was, and that it may be there."""
    rows = edition.table("tradeoff_tests")
    tested = rows.drop_nulls("slope")
    if not tested.height:
        return (
            "It cannot be told yet: too few quarters of too few customers are known to compare "
            "each customer with itself."
        )
    parts = [
        f"{text} ({_pairs(rows.filter(verdict=name))})"
        for name, text in (
            ("trade_off", "Faster goes with worse here"),
            ("go_together", "Faster goes with better here"),
        )
        if rows.filter(verdict=name).height
    ]
    if parts:
        return f"{'. '.join(parts)}, beyond what chance over {_tests(tested)} explains."
    return (
        f"No evidence, in {_tests(tested)}, that speed costs stability or helps it. How large an "
        "effect could have stayed unseen differs from pair to pair."
    )


def unseen(edition: Edition) -> list[str]:
    """Per outcome, the best looked at first: how large an effect may be there without a claim."""
    rows = edition.table("tradeoff_tests")
    quiet = rows.filter(verdict="no_evidence").sort("smallest_effect")
    said = []
    for (outcome,), pairs in (
        quiet.drop_nulls("smallest_effect")
        .partition_by("outcome", as_dict=True, maintain_order=True)
        .items()
    ):
        best, worst = pairs.row(0, named=True), pairs.row(-1, named=True)
        name = OUTCOMES.get(str(outcome), str(outcome)).capitalize()
        text = f"**{name}**: a change of {_effect(best)} would probably have shown ({_pair(best)})"
        if pairs.height > 1:
            text += f", at worst only one of {_effect(worst)} ({_pair(worst)})"
        said.append(f"{text}.")
    untested = rows["smallest_effect"].null_count()
    if untested:
        said.append(f"**Not compared**: {counted(untested, 'pair')}, of which too little is known.")
    return said


def _effect(row: Row) -> str:
    """`5.1 points`, `93 %`: the smallest effect that is found four times of five."""
    size = row["smallest_effect"]
    if row["is_factor"]:
        return f"{100 * (2**size - 1):.0f}{SPACE}%"
    return f"{100 * size:.{0 if size >= TEN_POINTS else 1}f} percentage points"


def _pair(row: Row) -> str:
    later = ", a quarter later" if row["lag_quarters"] else ""
    speed = str(SPEEDS.get(row["speed"], row["speed"]))
    return f"{speed.lower()}{later}"


def _tests(tested: pl.DataFrame) -> str:
    return counted(tested.height, "test")


def _pairs(rows: pl.DataFrame) -> str:
    return listed(
        [
            f"{SPEEDS.get(speed, speed).lower()} and {OUTCOMES.get(outcome, outcome)}"
            for speed, outcome in rows.select("speed", "outcome").unique(maintain_order=True).rows()
        ]
    )


def load_sentence(edition: Edition) -> str:
    """Of how many services more of which events go with releases, in words."""
    rows = edition.table("tradeoff_release_load")
    compared = rows.filter(pl.col("verdict") != "too_little")["service"].n_unique()
    more = rows.filter(pl.col("verdict") == "goes_with", pl.col("excess") > 0)
    if not compared:
        return "No service has enough releases and events to compare the days after with others."
    count, without = more["service"].n_unique(), rows["service"].n_unique() - compared
    of = f"{counted(compared, 'service')} that could be compared"
    of += f" ({without} could not)" if without else ""
    if not count:
        return f"Of {of} none shows more load soon after its releases."
    events = listed([f"{event}s" for event in more["event"].unique().sort()])
    return (
        f"In {count} of {of} more {events} go with releases: there are more in the days after one "
        "than on other days."
    )


def load_rows(edition: Edition) -> list[tuple[str, str]]:
    """Each service and kind of event that could be compared, and what it says, the surest first."""
    rows = edition.table("tradeoff_release_load").filter(pl.col("verdict") != "too_little")
    return [
        (
            f"**{name_of(edition, 'service', row['service'])}**  \n:small[{row['event']}s]",
            f":small[{row['sentence']}]",
        )
        for row in rows.sort("q_value", "service", "event").to_dicts()
    ]


def test_rows(edition: Edition) -> list[tuple[str, str]]:
    """Each pair and lag: verdict and pair, and its sentence; those that claim something first."""
    rows = edition.table("tradeoff_tests")
    order = {name: place for place, name in enumerate(TESTS)}
    ranked = rows.sort(
        pl.col("verdict").replace_strict(order, default=len(order), return_dtype=pl.Int64),
        pl.col("slope").is_null(),
        "q_value",
        maintain_order=True,
    )
    return [
        (
            f"{TESTS.get(row['verdict'], TESTS['no_evidence']).badge}  \n"
            f"**{SPEEDS.get(row['speed'], row['speed'])}** and "
            f"{OUTCOMES.get(row['outcome'], row['outcome'])}"
            f"{', a quarter later' if row['lag_quarters'] else ''}",
            f":small[{row['sentence']}]",
        )
        for row in ranked.to_dicts()
    ]
