"""The difference from the last edition, and which records made it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from small_edition import AS_OF, KPIS, at, release

from app.explained.restated import HOW
from pipelines.explaining.asked import Question
from pipelines.explaining.command import answer

EARLIER = AS_OF - timedelta(days=10)
WANTED = Question("change_fail_rate", "core", "2026-06")


@pytest.fixture
def difference(tmp_path, publish):
    """`difference(before, after, …)`: what differs between two editions of one cell."""

    def between(before, after, question=WANTED, **terms):
        publish(before, as_of=terms.pop("earlier", AS_OF - timedelta(hours=1)))
        publish(after, **terms)
        return answer(tmp_path, question).restated

    return between


def how(change) -> dict[str, str]:
    return dict(change.records.select("event_id", "how").iter_rows())


def releases(*rows) -> dict:
    return {"fact_deployments": list(rows)}


def test_the_first_edition_has_nothing_to_differ_from(tmp_path, publish, june):
    publish(june)
    assert answer(tmp_path, WANTED).restated is None


def test_the_last_edition_is_the_newest_that_is_older(tmp_path, publish, june):
    names = [publish(june, as_of=AS_OF - timedelta(days=days)) for days in (20, 2, 5, 0)]
    found = answer(tmp_path, WANTED)
    assert found.restated.earlier.id == names[1]
    earlier = answer(tmp_path, WANTED, names[1])
    assert earlier.restated.earlier.id == names[2]


def test_where_nothing_differs_no_record_is_told(difference, june):
    change = difference(june, june)
    assert change.records.is_empty()
    assert change.cell.row["value"] == pytest.approx(1 / 3)


def test_a_record_whose_day_was_over_came_in_late(difference):
    a, b = release("a", 3), release("b", 4)
    assert how(difference(releases(a), releases(a, b))) == {"b": "late"}


def test_a_record_of_a_day_that_was_not_over_is_new(difference):
    a, b = release("a", 3), release("b", 21)
    change = difference(releases(a), releases(a, b), earlier=at(21) + timedelta(hours=1))
    assert how(change) == {"b": "new"}


def test_a_record_that_belonged_elsewhere_has_moved(difference):
    here, there = release("a", 3), release("a", 3, scope_set=2)
    other = release("b", 4)
    assert how(difference(releases(there, other), releases(here, other))) == {"a": "moved_here"}
    assert how(difference(releases(here, other), releases(there, other))) == {"a": "moved_away"}


def test_a_record_that_is_no_longer_known_is_gone(difference):
    change = difference(releases(release("a", 3), release("b", 4)), releases(release("a", 3)))
    assert how(change) == {"b": "gone"}
    assert change.records.item(0, "url_then") == "https://example.com/b"


@pytest.mark.parametrize(
    "correction", [{"is_failed": True}, {"is_remediating": True}], ids=["numerator", "exclusion"]
)
def test_a_record_that_reads_differently_is_corrected(difference, correction):
    before, after = release("a", 3), release("a", 3, **correction)
    assert how(difference(releases(before), releases(after))) == {"a": "corrected"}


def test_a_record_that_was_too_young_has_grown(difference):
    rows = releases(release("a", 3), release("b", 20))
    assert how(difference(rows, rows, earlier=at(21) + timedelta(hours=12))) == {"b": "grown"}


def test_an_incident_that_was_open_has_ended_or_runs_on(difference):
    def incidents(seconds, exit):
        usual = {"entered_at": at(3), "severity": "low", "cause": "human"}
        ended = usual | {"event_id": "a", "restore_seconds": seconds, "restore_exit": exit}
        running = usual | {"event_id": "b", "restore_seconds": 2 * seconds, "restore_exit": 0}
        return {"fact_incidents": [ended, running]}

    wanted = Question("time_to_restore", "core", "2026-06")
    change = difference(incidents(60.0, 0), incidents(90.0, 1), question=wanted)
    assert how(change) == {"a": "ended"}
    assert change.n_older == 1


def test_a_time_that_was_corrected_is_told(difference):
    def incidents(seconds):
        row = {"event_id": "a", "entered_at": at(3), "severity": "low", "cause": "human"}
        return {"fact_incidents": [row | {"restore_seconds": seconds, "restore_exit": 1}]}

    wanted = Question("time_to_restore", "core", "2026-06")
    change = difference(incidents(60.0), incidents(90.0), question=wanted)
    assert how(change) == {"a": "corrected"}
    assert change.records.select("measured_then", "measured").row(0) == (60.0, 90.0)


def test_what_is_late_is_told_first(difference):
    a, b = release("a", 3), release("b", 4)
    change = difference(releases(a), releases(a | {"is_failed": True}, b))
    assert change.records.get_column("how").to_list() == ["late", "corrected"]
    assert HOW[0] == "late"


def test_a_cell_that_the_last_edition_did_not_have_is_not_compared(difference, june):
    change = difference(
        june, june, Question("change_fail_rate", "core", "trailing"), earlier=EARLIER
    )
    assert change.cell is None


def test_another_definition_is_read_as_it_was_then(tmp_path, publish):
    old = tuple(
        replace(kpi, exclusions=(), example=None, version=0)
        if kpi.id == "change_fail_rate"
        else kpi
        for kpi in KPIS
    )
    rows = releases(release("a", 3), release("mends", 4, is_remediating=True))
    publish(rows, as_of=AS_OF - timedelta(hours=1), kpis=old)
    publish(rows)
    change = answer(tmp_path, WANTED).restated
    assert change.cell.kpi.row["version"] == 0
    assert change.cell.row["n"] == 2
    assert how(change) == {"mends": "corrected"}
