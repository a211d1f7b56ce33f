"""Coverage: nothing happened is not the same as nobody told us; lateness stays where it is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.kpis.cells import cells_of

BERLIN = ZoneInfo("Europe/Berlin")
AS_OF = datetime(2026, 5, 20, 12, tzinfo=UTC)
JANUARY, MAY = datetime(2025, 12, 31, 23, tzinfo=UTC), datetime(2026, 5, 19, tzinfo=UTC)


def midnight(days):
    """Local midnight, so many days after New Year."""
    return datetime.combine(date(2026, 1, 1) + timedelta(days=days), time(), BERLIN).astimezone(UTC)


def on(month, day=1):
    return datetime(2026, month, day, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def months(kpi, fact, terms):
    """The monthly cells of a rate KPI that requires tickets, by (scope, month)."""

    def build(coverage, told=(), rows=(), requires=("tickets",), statistics=("rate",), **other):
        definition = kpi(statistics, requires=requires, **other)
        world = terms(AS_OF, coverage, told=told)
        found = cells_of(definition, fact(list(rows)), world).filter(period_kind="month")
        return {
            (row["scope"], row["period_start_on"].month): row for row in found.iter_rows(named=True)
        }

    return build


def test_a_covered_month_without_incidents_is_0_with_its_interval_an_uncovered_one_is_null_and_a_gap(  # noqa: E501
    months,
):
    coverage = [
        ("s", "tickets", "", JANUARY, datetime(2026, 2, 28, 23, tzinfo=UTC), True),
        ("s", "tickets", "", datetime(2026, 3, 31, 22, tzinfo=UTC), AS_OF, True),
    ]
    found = months(coverage, rows=[{"scope_set": 1, "entered_at": on(1)}])
    february, march = found["organisation", 2], found["organisation", 3]
    assert (february["value_state"], february["value"], february["low"]) == ("ok", 0.0, 0.0)
    assert february["high"] == pytest.approx(3.688879454113936 / 4)
    assert (march["value_state"], march["value"], march["high"]) == ("not_covered", None, None)
    assert found["organisation", 4]["value"] == 0.0


def test_a_duration_of_a_covered_month_without_events_is_null_and_says_so(months):
    coverage = [("s", "tickets", "", JANUARY, AS_OF, True)]
    rows = [{"scope_set": 1, "entered_at": on(1), "c_seconds": 1.0, "c_exit": 1}]
    found = months(coverage, rows=rows, statistics=("p50",), clock="c")
    assert found["organisation", 2]["value_state"] == "no_events"
    assert found["organisation", 2]["value"] is None


@pytest.mark.parametrize(
    ("statistic", "measured", "expected"),
    [
        ("rate", {}, 2 / (17 / 7)),
        ("p50", {"clock": "c"}, 6.0),
        ("ratio", {"numerator": "is_hit"}, 0.5),
    ],
)
def test_what_entered_before_its_sources_begin_to_tell_is_left_out(
    months, statistic, measured, expected
):
    # Of incidents opened before 15 January only those are known that were still open then.
    coverage = [
        ("desk", "tickets", "", midnight(14), AS_OF, True),
        ("github", "changes", "", JANUARY, AS_OF, True),
    ]
    rows = [
        {"scope_set": 1, "entered_at": midnight(day), "c_seconds": s, "c_exit": 1, "is_hit": hit}
        for day, s, hit in ((-20, 9e6, True), (13, 9e6, True), (14, 5.0, False), (20, 7.0, True))
    ]
    found = months(coverage, rows=rows, statistics=(statistic,), **measured)
    january = found["organisation", 1]
    assert january["value"] == pytest.approx(expected)
    assert (january["n"], january["n_excluded"]) == (2, 1)
    assert not january["is_complete"]


def test_a_month_of_which_no_source_tells_has_no_number_even_where_a_record_is_known(months):
    coverage = [
        ("desk", "tickets", "", JANUARY, datetime(2026, 2, 28, 23, tzinfo=UTC), True),
        ("desk", "tickets", "", datetime(2026, 3, 31, 22, tzinfo=UTC), AS_OF, True),
    ]
    rows = [{"scope_set": 1, "entered_at": on(3), "c_seconds": 9e6, "c_exit": 0}]
    march = months(coverage, rows=rows, statistics=("p50",), clock="c")["organisation", 3]
    assert (march["value_state"], march["value"], march["low"]) == ("not_covered", None, None)


def test_a_day_is_covered_only_if_every_required_table_is_told_of(months):
    coverage = [
        ("s", "tickets", "", JANUARY, AS_OF, True),
        ("z", "incidents", "", datetime(2026, 2, 9, 23, tzinfo=UTC), AS_OF, True),
    ]
    found = months(
        coverage,
        requires=("tickets", "incidents"),
        rows=[{"scope_set": 1, "entered_at": on(2, 20)}],
    )
    assert found["organisation", 1]["value_state"] == "not_covered"
    assert found["organisation", 2]["value"] == pytest.approx(1 / 19 * 7)
    assert not found["organisation", 2]["is_complete"]
    assert found["organisation", 3]["is_complete"]


def test_a_span_of_one_customer_covers_that_customer_and_the_organisation(months):
    coverage = [
        ("s", "tickets", "customer:a", JANUARY, AS_OF, True),
        ("s", "tickets", "", datetime(2026, 3, 31, 22, tzinfo=UTC), AS_OF, True),
    ]
    found = months(coverage, rows=[{"scope_set": n, "entered_at": on(4)} for n in (1, 2)])
    states = {
        scope: found[scope, 1]["value_state"] for scope in ("a", "organisation", "b", "quiet")
    }
    assert states == {"a": "ok", "organisation": "ok", "b": "not_covered", "quiet": "not_covered"}
    assert {found[scope, 4]["value_state"] for scope in states} == {"ok"}


def test_a_span_that_ends_at_local_midnight_does_not_reach_into_the_next_day(months):
    end = datetime(2026, 2, 28, 23, tzinfo=UTC)
    found = months(
        [("s", "tickets", "", JANUARY, end, True)], rows=[{"scope_set": 1, "entered_at": on(1)}]
    )
    assert found["organisation", 2]["is_complete"]
    assert found["organisation", 3]["value_state"] == "not_covered"


def test_coverage_that_begins_today_covers_no_day_yet(months):
    found = months([("s", "tickets", "", AS_OF, AS_OF, True)])
    assert found == {}


def test_without_any_coverage_there_are_no_cells(months):
    assert months([], rows=[{"scope_set": 1, "entered_at": on(1)}]) == {}


def test_a_late_source_makes_stale_only_the_cells_it_touches(months):
    coverage = [
        ("on time", "tickets", "", JANUARY, MAY, True),
        ("late", "tickets", "", JANUARY, on(3, 15), True),
        ("late elsewhere", "deployments", "", JANUARY, on(3, 15), True),
    ]
    told = [("tickets", "on time", 1), ("tickets", "late", 2), ("deployments", "late elsewhere", 1)]
    rows = [{"scope_set": n, "entered_at": on(1)} for n in (1, 2)]
    found = months(coverage, told, rows)
    stale = {key for key, row in found.items() if row["is_stale"]}
    assert stale == {(s, m) for s in ("organisation", "lab", "b", "till") for m in (3, 4, 5)}
    assert {found["a", m]["value_state"] for m in range(1, 6)} == {"ok"}


def test_a_late_source_of_incidents_makes_the_change_fail_rate_of_its_services_stale(months):
    coverage = [
        ("github", "deployments", "", JANUARY, MAY, True),
        ("pager", "incidents", "", JANUARY, on(4, 10), True),
        ("other pager", "incidents", "", JANUARY, MAY, True),
    ]
    told = [
        ("deployments", "github", 1),
        ("deployments", "github", 2),
        ("incidents", "pager", 1),
        ("incidents", "other pager", 2),
    ]
    rows = [{"scope_set": n, "entered_at": on(m)} for n in (1, 2) for m in (1, 4)]
    found = months(
        coverage,
        told,
        rows,
        requires=("deployments", "incidents"),
        statistics=("ratio",),
        numerator="is_hit",
    )
    stale = {key for key, row in found.items() if row["is_stale"]}
    assert {("shop", 4), ("shop", 5), ("a", 4), ("organisation", 4)} <= stale
    assert not {("shop", 3), ("till", 4), ("b", 4), ("quiet", 4)} & stale


def test_a_span_that_ended_is_not_late_where_a_later_one_goes_on(months):
    coverage = [
        ("s", "tickets", "", JANUARY, on(2, 5), True),
        ("s", "tickets", "", on(3, 5), MAY, True),
    ]
    found = months(coverage, [("tickets", "s", 1)], [{"scope_set": 1, "entered_at": on(1)}])
    assert not any(row["is_stale"] for row in found.values())
    assert not found["organisation", 2]["is_complete"]


def test_an_incomplete_span_makes_stale_its_own_time_and_scope_only(months):
    coverage = [
        ("s", "tickets", "", JANUARY, MAY, True),
        ("s", "tickets", "customer:b", on(2, 3), on(2, 5), False),
    ]
    told = [("tickets", "s", number) for number in (1, 2, 3)]
    rows = [{"scope_set": n, "entered_at": on(1)} for n in (1, 2, 3)]
    stale = {key for key, row in months(coverage, told, rows).items() if row["is_stale"]}
    assert ("b", 2) in stale
    assert ("organisation", 2) in stale
    assert {month for _, month in stale} == {2}
    assert ("quiet", 2) not in stale


spans = st.tuples(
    st.sampled_from(("tickets", "incidents")),
    st.sampled_from(("", "", "customer:a", "service:till")),
    st.integers(0, 130),
    st.integers(0, 60),
)


@given(given_spans=st.lists(spans, min_size=1, max_size=5))
def test_covered_days_are_those_of_a_loop_over_days(given_spans, months):
    coverage = [
        (
            f"s{i}",
            entity,
            scope,
            midnight(d),
            midnight(d + n + 1),
            True,
        )
        for i, (entity, scope, d, n) in enumerate(given_spans)
    ]
    rows = [{"scope_set": n, "entered_at": on(1)} for n in (1, 2)]
    found = months(coverage, rows=rows, requires=("tickets", "incidents"))
    first, last = date(2026, 1, 1), date(2026, 5, 19)
    for (scope, month), row in found.items():
        text = f"{row['scope_kind']}:{scope}"
        covered = 0
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if day.month != month:
                continue
            told = set()
            for entity, where, begin, length in given_spans:
                end = begin + length
                has_ended = midnight(end + 1) < AS_OF - timedelta(hours=72)
                inside = begin <= offset and (offset <= end or not has_ended)
                if inside and (where in ("", text) or scope == "organisation"):
                    told.add(entity)
            covered += told == {"tickets", "incidents"}
        assert (row["value"] is None) == (covered == 0)
        if covered:
            assert row["value"] == pytest.approx(row["n"] / covered * 7)
