"""Which span of which source is known."""

from datetime import UTC, date, datetime

import polars as pl

from assets.configuration import Configuration, Coverage, Organisation
from assets.conformed import source_coverage
from assets.conformed.source_coverage import (
    COLUMNS,
    configured_coverage,
    derived_coverage,
    overridden,
    spans_of,
    unread_entities,
)
from assets.raw.newest import heard_of
from assets.schema import INSTANT

MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5))
NOTHING_HEARD = pl.DataFrame(schema={"source": pl.String, "heard_at": INSTANT})
ALL_READ = pl.DataFrame(schema=dict.fromkeys(("source", "entity", "reason"), pl.String))


def incidents(*rows):
    schema = {"source": pl.String, "opened_at": INSTANT, "updated_at": INSTANT}
    return pl.LazyFrame(list(rows), schema=schema, orient="row")


def coverage(**values):
    row = {"source": "ci", "entity": "incidents", "scope": "", "from_at": MARCH, "to_at": MAY}
    return pl.DataFrame([row | {"is_complete": True} | values], schema=COLUMNS)


def test_a_source_is_known_from_its_first_entry_until_it_was_last_heard_of():
    spans = spans_of(incidents(("ci", MARCH, MARCH), ("ci", APRIL, None)), "incidents").collect()
    derived = derived_coverage(spans, NOTHING_HEARD, ALL_READ)
    assert derived.select("from_at", "to_at", "is_complete").rows() == [(MARCH, APRIL, True)]


def test_what_any_feed_of_a_source_tells_shows_that_it_was_alive():
    spans = spans_of(incidents(("ci", MARCH, MARCH)), "incidents").collect()
    heard = pl.DataFrame({"source": ["ci"], "heard_at": [MAY]}, schema=NOTHING_HEARD.schema)
    assert derived_coverage(spans, heard, ALL_READ)["to_at"].to_list() == [MAY]


def test_weeks_of_effort_are_spans_too():
    effort = pl.LazyFrame(
        {"source": ["ci"], "week_on": [date(2026, 3, 2)], "updated_at": [None]},
        schema_overrides={"updated_at": INSTANT},
    )
    spans = spans_of(effort, "effort").collect()
    assert spans["from_at"].to_list() == [datetime(2026, 3, 2, tzinfo=UTC)]


def test_configuration_replaces_what_was_delivered_which_replaces_what_is_derived():
    derived, delivered = coverage(), coverage(reason="delivered")
    other = coverage(entity="tickets")
    configuration = Configuration(
        organisation=Organisation(name="Example"),
        coverage=(
            Coverage.model_validate(
                {"source": "ci", "entity": "incidents", "from": APRIL, "to": MAY}
            ),
        ),
    )
    known = overridden([pl.concat([derived, other]), delivered, configured_coverage(configuration)])
    assert known.select("entity", "from_at").rows() == [("incidents", APRIL), ("tickets", MARCH)]


def test_spans_for_one_scope_stand_beside_those_for_all():
    known = overridden([coverage(), coverage(scope="service:api", is_complete=False)])
    assert known.select("scope", "is_complete").rows() == [("", True), ("service:api", False)]


def test_a_source_that_delivered_less_than_it_announced_is_incomplete():
    known = overridden(
        [coverage(announced=10, received=9), coverage(entity="tickets", announced=3)]
    )
    assert known.select("entity", "is_complete", "reason").rows() == [
        ("incidents", False, "fewer records arrived than were announced"),
        ("tickets", True, None),
    ]


def test_an_unreadable_file_makes_incomplete_what_it_may_have_told_and_nothing_else(site):
    incident = {"incident_id": "1", "opened_at": "2026-03-01", "status": "open"}
    site.put("canonical/incidents/a.ndjson", [incident])
    (site.folder / "inbox/canonical/incidents/b.ndjson.gz").write_bytes(b"broken")
    site.run()
    unread = unread_entities(site.home())
    assert unread.rows() == [("canonical", "incidents", "1 files could not be read")]


def test_a_delivered_span_without_a_scope_is_for_all(site):
    span = {"source": "ci", "entity": "incidents", "from_at": "2026-03-01", "to_at": "2026-05-01"}
    site.put("canonical/source_coverage/a.ndjson", [span | {"is_complete": True}])
    [delivered] = site.run(source_coverage.ENTITY)
    assert delivered.rows.select("source", "scope", "to_at").rows() == [("ci", "", MAY)]


def test_a_source_was_last_heard_of_when_any_of_its_records_changed(site):
    ticket = {"ticket_id": "1", "created_at": "2026-03-01", "status": "open"}
    site.put("canonical/tickets/a.ndjson", [ticket | {"updated_at": "2026-05-01"}])
    site.run()
    assert heard_of(site.home()).rows() == [("canonical", MAY)]
