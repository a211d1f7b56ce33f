"""What one row goes through, on frames written inline."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.configuration import Configuration, Organisation
from assets.conformed.conform import Given, conform
from assets.conformed.effort import ENTITY as EFFORT
from assets.conformed.entity import Entity
from assets.conformed.pipeline_runs import ENTITY as RUNS
from assets.conformed.tickets import ENTITY as TICKETS
from assets.errors import ContractError
from assets.schema import INSTANT

SEEN = datetime(2026, 7, 1, tzinfo=UTC)
LATER_VERSIONS = {
    "source": pl.String,
    "feed": pl.String,
    "record_key": pl.String,
    "version_ingested_at": INSTANT,
}
CONFIGURATION = Configuration(organisation=Organisation(name="Example"))


def run(key: str, **values: object) -> dict[str, object]:
    return {
        "run_id": key,
        "repo": "a/b",
        "workflow": "ci",
        "queued_at": "2026-03-01T10:00:00Z",
        "status": "success",
        "source_id": key,
        "feed": "runs",
        "record_key": key,
        "ingested_at": SEEN,
        **values,
    }


def given(*rows: dict[str, object], system: str = "ci") -> Given:
    frame = pl.DataFrame(
        list(rows), schema_overrides={"ingested_at": INSTANT}, infer_schema_length=None
    )
    return Given(system, frame.lazy())


def judged(*sources: Given, entity: Entity = RUNS, as_of: datetime = SEEN, later=()):
    late = pl.LazyFrame(list(later), schema=LATER_VERSIONS, orient="row")
    return conform(entity, sources, CONFIGURATION, as_of, late)


def rules(result) -> dict[str, str]:
    return dict(result.left_out.sort("record_key").select("record_key", "rule").rows())


def test_texts_become_the_types_of_the_table():
    table = judged(
        given(
            run(
                "1",
                attempt="2",
                started_at="2026-03-01 12:30:00.123456789+02:00",
                finished_at="2026-03-01T11:00:00Z",
            )
        )
    ).rows
    assert table.schema == RUNS.schema
    assert table["attempt"].to_list() == [2]
    assert table["started_at"].to_list() == [datetime(2026, 3, 1, 10, 30, 0, 123456, tzinfo=UTC)]


def test_columns_that_a_map_does_not_give_are_unknown_and_not_zero():
    table = judged(given(run("1"))).rows
    assert table.select("attempt", "started_at", "url", "updated_at").row(0) == (None,) * 4


def test_a_map_with_a_column_that_the_table_lacks_is_refused_by_name():
    with pytest.raises(ContractError, match="pipeline_runs the columns colour"):
        judged(given(run("1", colour="red")))


@pytest.mark.parametrize(
    ("values", "rule", "detail"),
    [
        ({"queued_at": "yesterday"}, "unreadable_queued_at", "yesterday"),
        ({"attempt": "two"}, "unreadable_attempt", "two"),
        ({"attempt": "2.5"}, "unreadable_attempt", "2.5"),
        ({"repo": None}, "missing_repo", ""),
        ({"queued_at": "0001-01-01T00:00:00Z"}, "missing_queued_at", ""),
        ({"source_id": None}, "missing_source_id", ""),
        ({"status": "exploded"}, "unknown_status", "status=exploded"),
        ({"queued_at": "2027-03-01T10:00:00Z"}, "future_queued_at", None),
        ({"reject": "no_run_at_all"}, "no_run_at_all", ""),
    ],
)
def test_a_row_is_quarantined_by_the_first_rule_it_breaks(values, rule, detail):
    as_of = datetime(2030, 1, 1, tzinfo=UTC)
    result = judged(given(run("good"), run("bad", **values)), as_of=as_of)
    assert rules(result) == {"bad": rule}
    assert result.rows["run_id"].to_list() == ["good"]
    assert detail is None or result.left_out["detail"].to_list() == [detail]


def test_impossible_order_is_quarantined_with_both_values_and_not_repaired():
    bad = run("1", started_at="2026-03-01T11:00:00Z", finished_at="2026-03-01T10:30:00Z")
    [(rule, detail)] = judged(given(bad)).left_out.select("rule", "detail").rows()
    assert rule == "finished_before_started"
    assert "started_at=2026-03-01 11:00" in detail
    assert "finished_at=2026-03-01 10:30" in detail


def test_stamps_that_mean_not_yet_become_null():
    table = judged(given(run("1", finished_at="0001-01-01T00:00:00Z"))).rows
    assert table["finished_at"].to_list() == [None]


def test_a_plan_may_lie_in_the_future():
    ticket = {
        "ticket_id": "1",
        "created_at": "2026-03-01T00:00:00Z",
        "status": "open",
        "due_at": "2027-01-01T00:00:00Z",
        "source_id": "1",
        "ingested_at": SEEN,
        "feed": "tickets",
        "record_key": "1",
    }
    result = judged(given(ticket), entity=TICKETS)
    assert result.left_out.is_empty()
    assert result.rows["due_at"].to_list() == [datetime(2027, 1, 1, tzinfo=UTC)]


def test_an_end_that_a_later_version_tells_of_lies_not_in_the_future():
    first_seen = datetime(2026, 3, 1, 12, tzinfo=UTC)
    row = run("1", finished_at="2026-03-20T10:00:00Z", ingested_at=first_seen)
    assert rules(judged(given(row))) == {"1": "future_finished_at"}
    told_at = datetime(2026, 3, 20, 11, tzinfo=UTC)
    assert rules(judged(given(row), later=[("ci", "runs", "1", told_at)])) == {}


def test_a_clock_may_be_wrong_by_a_day():
    row = run("1", finished_at=(SEEN + timedelta(hours=23)).isoformat())
    assert judged(given(row), as_of=SEEN + timedelta(days=2)).left_out.is_empty()


def test_of_two_records_with_one_source_id_the_one_updated_last_stays():
    early, late = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    rows = [
        run("1", source_id="x", updated_at=early, workflow="early"),
        run("2", source_id="x", updated_at=late, workflow="late"),
    ]
    for order in (rows, rows[::-1]):
        result = judged(given(*order))
        assert result.rows["workflow"].to_list() == ["late"]
        assert rules(result) == {"1": "duplicate_source_id"}


def test_of_two_records_with_one_key_the_one_updated_last_stays():
    rows = [
        run("1", source_id="x", updated_at=datetime(2026, 3, 2, tzinfo=UTC)),
        run("1", source_id="y", record_key="y", updated_at=datetime(2026, 3, 3, tzinfo=UTC)),
    ]
    assert rules(judged(given(*rows))) == {"1": "duplicate_key"}


def test_the_same_id_in_two_sources_is_no_duplicate():
    result = judged(given(run("1"), system="a"), given(run("1"), system="b"))
    assert result.rows["source"].to_list() == ["a", "b"]


def test_a_row_that_names_its_source_keeps_it():
    result = judged(given(run("1", source="jenkins"), run("2", source=None), system="canonical"))
    assert sorted(result.rows["source"].to_list()) == ["canonical", "jenkins"]


def test_an_as_of_takes_back_what_happened_later():
    row = run("1", started_at="2026-03-01T10:05:00Z", finished_at="2026-03-01T10:30:00Z")

    def at(minute: int) -> tuple[object, ...]:
        as_of = datetime(2026, 3, 1, 10, minute, tzinfo=UTC)
        return (
            judged(given(row), as_of=as_of)
            .rows.select("status", "started_at", "finished_at")
            .row(0)
        )

    started, finished = (datetime(2026, 3, 1, 10, minute, tzinfo=UTC) for minute in (5, 30))
    assert at(30) == ("success", started, finished)
    assert at(29) == ("running", started, None)
    assert at(4) == ("queued", None, None)


def test_a_row_that_begins_after_the_as_of_is_masked_even_if_it_breaks_a_rule():
    result = judged(given(run("1", status="exploded")), as_of=datetime(2026, 2, 1, tzinfo=UTC))
    assert result.rows.is_empty()
    assert result.left_out.select("fate", "rule").rows() == [("masked", "begins_later")]


def test_a_week_of_effort_begins_on_its_day():
    row = {
        "offering": "ci",
        "week_on": "2026-03-02",
        "hours": "7.5",
        "source_id": "1",
        "ingested_at": SEEN,
        "feed": "effort",
        "record_key": "1",
    }
    assert judged(given(row), entity=EFFORT).rows["week_on"].to_list() == [date(2026, 3, 2)]
    early = judged(given(row), entity=EFFORT, as_of=datetime(2026, 3, 1, tzinfo=UTC))
    assert early.rows.is_empty()


def test_the_table_does_not_depend_on_the_order_of_rows():
    rows = [run(str(number)) for number in range(5)]
    assert_frame_equal(judged(given(*rows)).rows, judged(given(*rows[::-1])).rows)
