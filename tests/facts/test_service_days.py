"""Service days: covered time less the union of incidents, against a count second by second."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.service_days import service_days

BERLIN = "Europe/Berlin"
FOREVER = date(1970, 1, 1)
COVERAGE = {
    "scope": pl.String,
    "from_at": pl.Datetime("us", "UTC"),
    "to_at": pl.Datetime("us", "UTC"),
}


@pytest.fixture(scope="session")
def days(conformed):
    """Rows by service and day; `covered` are (scope, from, to)."""

    def build(incidents, covered, as_of, services=(("shop", FOREVER),), zone=BERLIN):
        found = service_days(
            pl.LazyFrame(list(services), schema=["service", "valid_from"], orient="row"),
            conformed("incidents", *incidents),
            pl.LazyFrame(list(covered), schema=COVERAGE, orient="row"),
            as_of,
            zone,
        ).collect()
        assert found.get_column("event_id").is_unique().all()
        return {(row["service"], row["on"]): row for row in found.sort("event_id").rows(named=True)}

    return build


def local(*parts, zone=BERLIN):
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def everything(first, last):
    return ("", first, last)


def test_a_service_day_is_as_long_as_the_local_day_also_when_clocks_change(days):
    whole = everything(local(2026, 3, 1), local(2026, 11, 1))
    found = days([], [whole], local(2026, 11, 5))
    hours = {on: row["service_seconds"] / 3600 for (_, on), row in found.items()}
    assert hours[date(2026, 3, 29)] == 23
    assert hours[date(2026, 10, 25)] == 25
    assert hours[date(2026, 6, 1)] == 24
    assert len(hours) == (date(2026, 11, 1) - date(2026, 3, 1)).days


def test_a_day_that_begins_at_one_has_an_hour_less(days):
    zone = "America/Santiago"  # clocks go forward at midnight of 6 September 2026
    spring = everything(local(2026, 9, 5, zone=zone), local(2026, 9, 8, zone=zone))
    found = days([], [spring], local(2026, 10, 1, zone=zone), zone=zone)
    assert [row["service_seconds"] / 3600 for row in found.values()] == [24, 23, 24]


def test_incidents_of_one_service_that_overlap_count_once_and_others_not_at_all(days):
    on = date(2026, 6, 1)
    incidents = [
        {"service": "shop", "opened_at": local(2026, 6, 1, 1), "resolved_at": local(2026, 6, 1, 5)},
        {"service": "shop", "opened_at": local(2026, 6, 1, 3), "mitigated_at": local(2026, 6, 1, 6),
         "resolved_at": local(2026, 6, 1, 9)},
        {"service": "shop", "opened_at": local(2026, 6, 1, 12), "duplicate_of": "x"},
        {"service": None, "opened_at": local(2026, 6, 1, 12)},
        {"service": "till", "opened_at": local(2026, 6, 1, 23)},
    ]  # fmt: skip
    two = [("shop", FOREVER), ("till", FOREVER)]
    covered = [everything(local(2026, 6, 1), local(2026, 6, 3))]
    found = days(incidents, covered, local(2026, 6, 20), two)
    assert found["shop", on]["incident_seconds"] / 3600 == 5
    assert found["shop", on]["incident_free_seconds"] / 3600 == 19
    assert found["till", on]["incident_seconds"] / 3600 == 1
    assert found["till", on + timedelta(days=1)]["incident_free_seconds"] == 0


def test_time_of_which_nobody_tells_is_neither_free_of_incidents_nor_not(days):
    covered = [
        everything(local(2026, 6, 1, 12), local(2026, 6, 3)),
        ("service:shop", local(2026, 6, 10), local(2026, 6, 11)),
        ("service:till", local(2026, 6, 20), local(2026, 6, 21)),
    ]
    found = days([], covered, local(2026, 7, 1))
    hours = {on.day: row["service_seconds"] / 3600 for (_, on), row in found.items()}
    assert hours == {1: 12, 2: 24, 10: 24}


def test_a_source_heard_of_three_days_ago_covers_until_now(days):
    as_of = local(2026, 6, 5, 6)
    found = days([], [everything(local(2026, 6, 1), local(2026, 6, 3))], as_of)
    assert [row["service_seconds"] / 3600 for row in found.values()] == [24, 24, 24, 24, 6]


def test_a_service_has_no_days_before_it_was_there(days):
    covered = [everything(local(2026, 6, 1), local(2026, 6, 4))]
    found = days([], covered, local(2026, 7, 1), [("shop", date(2026, 6, 3))])
    assert [on for _, on in found] == [date(2026, 6, 3)]


quarters = st.integers(0, 4 * 24 * 4)  # quarters of an hour in four days around a change of clocks
spans = st.tuples(quarters, quarters).map(sorted)


@given(
    incidents=st.lists(
        st.tuples(st.sampled_from(["shop", "till"]), spans, st.booleans()), max_size=6
    ),
    covered=st.lists(st.tuples(st.sampled_from(["", "service:shop"]), spans), max_size=3),
)
def test_days_are_those_of_a_count_by_quarters_of_an_hour(days, incidents, covered):
    first = local(2026, 3, 27)
    as_of = first + timedelta(days=40)

    def at(quarter):
        return first + timedelta(minutes=15 * quarter)

    rows = [
        {"service": service, "opened_at": at(begin), "resolved_at": None if is_open else at(end)}
        for service, (begin, end), is_open in incidents
    ]
    found = days(
        rows,
        [(scope, at(begin), at(end)) for scope, (begin, end) in covered],
        as_of,
        [("shop", FOREVER), ("till", FOREVER)],
    )
    expected = {}
    for service in ("shop", "till"):
        for quarter in range(4 * 24 * 4 + 1):
            if not any(
                s in ("", f"service:{service}") and b <= quarter < e for s, (b, e) in covered
            ):
                continue
            day = (service, at(quarter).astimezone(ZoneInfo(BERLIN)).date())
            is_down = any(
                who == service and b <= quarter and (is_open or quarter < e)
                for who, (b, e), is_open in incidents
            )
            known, down = expected.get(day, (0, 0))
            expected[day] = (known + 900, down + 900 * is_down)
    assert {
        day: (row["service_seconds"], row["incident_seconds"]) for day, row in found.items()
    } == expected
