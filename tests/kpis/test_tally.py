"""What adds up is counted for all KPIs of a fact at once, and says of each what it says alone."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.kpis.cells import cells
from assets.kpis.definition import Exclusion, Slice
from assets.kpis.reconciliation import reconciliation
from assets.kpis.terms import Terms

AS_OF = datetime(2026, 4, 15, 13, 30, tzinfo=UTC)
records = st.lists(
    st.fixed_dictionaries(
        {
            "scope_set": st.integers(1, 4),
            "entered_at": st.integers(0, 104 * 24).map(
                lambda h: AS_OF - timedelta(days=104) + timedelta(hours=h)
            ),
            "c_seconds": st.integers(0, 9).map(float),
            "c_exit": st.sampled_from((0, 1)),
            "is_member": st.sampled_from((True, False, None)),
            "is_hit": st.sampled_from((True, False, None)),
            "is_out": st.sampled_from((True, False, None)),
            "kind": st.sampled_from(("k", "l", None)),
        }
    ),
    max_size=20,
)


@pytest.fixture(scope="session")
def of_one_fact(kpi):
    """KPIs that ask different things of the same records."""
    out = (Exclusion("is_out", "It is out."),)
    by_kind = (Slice("kind", column="kind"),)
    by_hit = (Slice("hit", numerators={"hit": "is_hit"}),)
    return [
        kpi(("p50", "p90"), id="a", clock="c", slices=by_kind),
        kpi(("ratio",), id="b", numerator="is_hit", exclusions=out, slices=by_kind),
        kpi(("ratio",), id="c", numerator="is_hit", members=(), clusters=("kind",)),
        kpi(("rate",), id="d", look_ahead_hours=72, slices=by_kind),
        kpi(("ratio",), id="e", numerator="is_out", members=("is_hit",), slices=by_hit),
    ]


@given(rows=records)
@settings(max_examples=8)
def test_kpis_counted_together_have_the_cells_and_fates_that_they_have_alone(
    rows, of_one_fact, fact, terms, told_all_along
):
    world, facts = terms(AS_OF, told_all_along), {"f": fact(rows)}
    for made in (cells, reconciliation):
        together = made(of_one_fact, facts, world)
        for definition in of_one_fact:
            alone = made([definition], facts, world)
            assert_frame_equal(together.filter(kpi=definition.id), alone)


def test_a_fact_is_passed_over_as_often_whatever_the_number_of_kpis(
    kpi, fact, terms, told_all_along, monkeypatch
):
    passes = Counter()
    dated = Terms.dated

    def counted(self, definition, rows):
        passes[definition.fact] += 1
        return dated(self, definition, rows)

    monkeypatch.setattr(Terms, "dated", counted)
    world, facts = terms(AS_OF, told_all_along), {"f": fact([])}
    for n in (1, 9):
        rates = [kpi(("rate",), id=f"a{i}") for i in range(n)]
        ratios = [kpi(("ratio",), id=f"b{i}", numerator="is_hit") for i in range(n)]
        durations = [kpi(("p50", "p90"), id=f"c{i}", clock="c") for i in range(n)]
        for made, most in ((cells, 2), (reconciliation, 1)):
            passes.clear()
            made([*rates, *ratios, *durations], facts, world)
            assert passes == {"f": most}
