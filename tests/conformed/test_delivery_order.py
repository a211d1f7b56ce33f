"""Tables depend on the set of versions delivered: not on order, repetition, files or runs."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.conformed.changes import ENTITY as CHANGES
from assets.conformed.incidents import ENTITY as INCIDENTS
from assets.conformed.tickets import ENTITY as TICKETS

DAY = datetime(2026, 3, 1, tzinfo=UTC)
instants = st.integers(0, 40).map(lambda hours: (DAY + timedelta(hours=hours)).isoformat())
maybe = st.one_of(st.none(), instants)
incidents = st.fixed_dictionaries(
    {
        "incident_id": st.sampled_from(["1", "2", "3", None]),
        "opened_at": st.one_of(instants, st.just("soon")),
        "status": st.sampled_from(["open", "resolved", "on fire"]),
        "resolved_at": maybe,
        "updated_at": maybe,
        "source_id": st.sampled_from([None, None, "x"]),
        "is_deleted": st.sampled_from([None, None, None, True]),
    }
)
deliveries = st.lists(st.one_of(incidents, st.just("{broken")), max_size=10)


@st.composite
def two_ways(draw):
    """One set of versions, delivered in two orders, with repetitions, in several runs and files."""
    records = draw(deliveries)
    ways = []
    for _ in range(2):
        again = st.lists(st.sampled_from(records), max_size=3) if records else st.just([])
        lines = draw(st.permutations(records + draw(again)))
        cuts = sorted(draw(st.lists(st.integers(0, len(lines)), max_size=3)))
        parts = [lines[a:b] for a, b in zip([0, *cuts], [*cuts, len(lines)], strict=True)]
        ways.append([(part, draw(st.booleans())) for part in parts])
    return ways


def delivered(site, parts):
    """Deliver the parts, with a run after those that say so; returns table and left-out rows."""
    now = datetime(2026, 7, 1, tzinfo=UTC)
    for number, (lines, is_run_after) in enumerate(parts):
        site.put(f"canonical/incidents/{number}.ndjson", lines)
        if is_run_after:
            site.run(INCIDENTS, now=now)
    site.put("canonical/incidents/none.ndjson", [])
    [result] = site.run(INCIDENTS, now=now)
    return result


few = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
many = settings(few, max_examples=150)


def assert_that_delivery_does_not_matter(make_site, ways):
    sites = [make_site() for _ in ways]
    one, other = (delivered(site, way) for site, way in zip(sites, ways, strict=True))
    assert_frame_equal(one.rows, other.rows)
    by = ["record_key", "rule"]
    assert_frame_equal(one.left_out.sort(by), other.left_out.sort(by))
    for site, way, result in zip(sites, ways, (one, other), strict=True):
        assert_that_every_line_is_accounted_for(site.fates(), way, result)


def assert_that_every_line_is_accounted_for(fates, way, result):
    assert fates["records"].sum() == sum(len(part) for part, _ in way)
    conformed = fates.filter(pl.col("fate") == "conformed")["records"].sum()
    assert conformed == result.rows.height
    assert (fates["records"] > 0).all()


@few
@given(ways=two_ways())
def test_order_repetition_and_split_change_nothing_and_every_line_is_accounted_for(make_site, ways):
    assert_that_delivery_does_not_matter(make_site, ways)


@pytest.mark.slow
@many
@given(ways=two_ways())
def test_order_repetition_and_split_change_nothing_in_many_more_cases(make_site, ways):
    assert_that_delivery_does_not_matter(make_site, ways)


def test_a_correction_of_an_old_record_restates_it_and_nothing_else(site):
    row = {
        "incident_id": "1",
        "opened_at": "2026-03-01",
        "status": "open",
        "updated_at": "2026-03-01",
    }
    site.put("canonical/incidents/a.ndjson", [row, row | {"incident_id": "2"}])
    site.run(INCIDENTS)
    late = row | {"status": "resolved", "resolved_at": "2026-03-02", "updated_at": "2026-05-01"}
    site.put("canonical/incidents/b.ndjson", [late])
    [after] = site.run(INCIDENTS)
    assert after.rows.select("incident_id", "status").rows() == [("1", "resolved"), ("2", "open")]


def test_a_corrected_record_leaves_quarantine(site):
    bad = {"change_id": "1", "repo": "a/b", "opened_at": "2026-03-01", "lines_changed": -1}
    site.put("canonical/changes/a.ndjson", [bad | {"updated_at": "2026-03-01"}])
    [before] = site.run(CHANGES)
    assert before.left_out["rule"].to_list() == ["negative_lines_changed"]
    good = bad | {"lines_changed": 1, "updated_at": "2026-03-02"}
    site.put("canonical/changes/b.ndjson", [good])
    [after] = site.run(CHANGES)
    assert after.left_out.is_empty()
    assert after.rows["lines_changed"].to_list() == [1]


def test_a_canonical_record_is_identified_by_its_source_and_source_id_where_given(site):
    ticket = {"ticket_id": "1", "created_at": "2026-03-01", "status": "open", "source": "zendesk"}
    site.put(
        "canonical/tickets/a.json",
        [
            json.dumps(
                [
                    ticket | {"source_id": "z1", "updated_at": "2026-03-01"},
                    ticket | {"source_id": "z1", "ticket_id": "9", "updated_at": "2026-03-02"},
                    {**ticket, "source": None, "ticket_id": "5"},
                ]
            )
        ],
    )
    [result] = site.run(TICKETS)
    assert result.rows.select("source", "source_id", "ticket_id").sort("source").rows() == [
        ("canonical", "5", "5"),
        ("zendesk", "z1", "9"),
    ]
