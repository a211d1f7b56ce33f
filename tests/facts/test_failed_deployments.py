"""One row per failed release: the first rule that shows it, and when it was mended."""

from datetime import timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.failed_deployments import failed_deployments
from assets.facts.failures import FIRST_THREE, LINK_RULES

SIGN = {
    "event_id": pl.String,
    "link_rule": pl.String,
    "shown_at": pl.Datetime("us", "UTC"),
    "recovered_at": pl.Datetime("us", "UTC"),
    "shown_by": pl.String,
}
sign_lists = st.lists(
    st.tuples(
        st.sampled_from(("d0", "d1", "d2")),
        st.sampled_from(LINK_RULES),
        st.integers(-5, 150),
        st.one_of(st.none(), st.integers(0, 190)),
    ),
    max_size=8,
)


@given(given_signs=sign_lists)
def test_each_failed_release_is_one_row_with_the_first_rule_that_shows_it(
    given_signs, released, at
):
    releases = released(
        *(
            {"deployment_id": f"d{i}", "created_at": at(i), "finished_at": at(10 * i)}
            for i in range(3)
        )
    )
    rows = [
        {
            "event_id": f"shop/{name}",
            "link_rule": rule,
            "shown_at": at(shown),
            "recovered_at": at(back),
            "shown_by": f"i{i}",
        }
        for i, (name, rule, shown, back) in enumerate(given_signs)
    ]
    found = failed_deployments(pl.LazyFrame(rows, schema=SIGN), releases, at(200)).collect()
    assert found.get_column("event_id").is_unique().all()
    assert set(found.get_column("event_id")) == {row["event_id"] for row in rows}
    for row in found.iter_rows(named=True):
        mine = [sign for sign in rows if sign["event_id"] == row["event_id"]]
        timely = [s for s in mine if s["shown_at"] - row["entered_at"] <= timedelta(hours=72)]
        shown = {rule: any(s["link_rule"] == rule for s in timely) for rule in LINK_RULES}
        first = min(timely or mine, key=lambda s: LINK_RULES.index(s["link_rule"]))
        assert row["link_rule"] == first["link_rule"]
        assert row["is_within_look_ahead"] == bool(timely) != row["is_late"]
        assert {rule: row[f"is_shown_by_{rule}"] for rule in LINK_RULES} == shown
        assert row["is_shown_by_first_three"] == any(shown[rule] for rule in FIRST_THREE)
        mended = min((s["recovered_at"] for s in mine if s["recovered_at"]), default=None)
        elapsed = ((mended or at(200)) - row["entered_at"]).total_seconds()
        assert row["recovery_seconds"] == max(elapsed, 0)
        assert row["recovery_exit"] == (mended is not None)
