"""Does a customer lean where it said? A verdict where the whole interval of its lead says so."""

import math
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.tradeoffs.stance import with_stance

QUARTERS = [date(2025, month, 1) for month in (1, 4, 7, 10)] + [date(2026, 1, 1)]
STANCES = ("flexibility", "balanced", "stability")
tenths = st.integers(10, 50).map(lambda ten: ten / 10)
# A score and how far its interval reaches down and up.
scores = st.tuples(tenths, st.integers(0, 20), st.integers(0, 20)).map(
    lambda drawn: (drawn[0], drawn[0] - drawn[1] / 10, drawn[0] + drawn[2] / 10)
)
years = st.lists(st.none() | st.tuples(scores, scores), min_size=1, max_size=5)


def points(rows, declared):
    """One customer, a row per quarter: `None`, or both scores with their ends."""
    names = [
        f"{axis}{end}" for axis in ("flexibility", "stability") for end in ("", "_low", "_high")
    ]
    frame = pl.DataFrame(
        [(None,) * 6 if row is None else (*row[0], *row[1]) for row in rows],
        schema=dict.fromkeys(names, pl.Float64),
        orient="row",
    )
    stances = [declared] * len(rows) if isinstance(declared, str) else declared
    return frame.with_columns(
        pl.Series("period_start_on", QUARTERS[: len(rows)]),
        pl.Series("stance_declared", stances),
        customer=pl.lit("ledger"),
    )


def stance_of(lead):
    """What a lead means, in plain words."""
    if lead >= 1:
        return "flexibility"
    return "stability" if lead <= -1 else "balanced"


def readings(rows):
    """Every lead between the ends of the year's mean, a hundredth apart; none without a place."""
    if rows[-1] is None:
        return []
    known = [row for row in rows[-4:] if row is not None]
    lead = sum(fast[0] - stable[0] for fast, stable in known) / len(known)
    down = sum((f[0] - f[1]) ** 2 + (s[2] - s[0]) ** 2 for f, s in known)
    up = sum((f[2] - f[0]) ** 2 + (s[0] - s[1]) ** 2 for f, s in known)
    low, high = lead - math.sqrt(down) / len(known), lead + math.sqrt(up) / len(known)
    low, high = max(low, -4.0), min(high, 4.0)
    return [low + (high - low) * step / 400 for step in range(401)]


@given(years, st.sampled_from(STANCES))
def test_a_verdict_is_given_where_every_lead_of_the_interval_gives_it(rows, declared):
    found = with_stance(points(rows, declared)).row(-1, named=True)
    meant = {stance_of(round(lead, 9)) for lead in readings(rows)}
    # A lead that just touches a border may be read either way.
    if any(abs(abs(end) - 1) < 1e-6 for end in (found["lead_low"] or 0, found["lead_high"] or 0)):
        return
    verdict = "unknown"
    if meant == {declared}:
        verdict = "as_declared"
    elif meant and declared not in meant:
        verdict = "otherwise"
    assert found["verdict"] == verdict
    assert found["stance_observed"] == (meant.pop() if len(meant) == 1 else "unknown")


def surely(lead):
    """A quarter whose lead is known almost for certain."""
    fast, stable = 3.0 + lead / 2, 3.0 - lead / 2
    return (fast, fast - 0.1, fast + 0.1), (stable, stable - 0.1, stable + 0.1)


def test_a_wide_interval_is_no_verdict_and_four_of_them_may_be_one():
    wide = ((4.0, 3.9, 4.1), (2.3, 1.5, 3.4))
    found = with_stance(points([wide] * 4, "flexibility"))
    assert found["verdict"].to_list() == ["unknown"] * 2 + ["as_declared"] * 2
    assert found["n_quarters"].to_list() == [1, 2, 3, 4]


def test_the_year_ends_with_the_quarter_and_holds_no_other_stance():
    rows = [surely(-2), surely(2), surely(2), surely(2), surely(2)]
    assert with_stance(points(rows, "flexibility"))["lead"][-1] == pytest.approx(2)
    moved = with_stance(points(rows[:2], ["stability", "flexibility"]))
    assert moved.select("lead", "n_quarters").rows() == [(-2, 1), (2, 1)]


def test_it_can_be_sure_that_a_customer_is_not_where_it_said_without_knowing_where_it_is():
    found = with_stance(points([((3.5, 3.0, 4.5), (3.0, 2.5, 3.5))], "stability"))
    assert found.select("stance_observed", "verdict").row(0) == ("unknown", "otherwise")


def test_a_quarter_without_a_place_has_no_verdict():
    found = with_stance(points([surely(2), None], "flexibility"))
    assert found.select("lead", "verdict").row(1) == (None, "unknown")
