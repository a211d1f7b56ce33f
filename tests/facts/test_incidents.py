"""Incidents: restored, acknowledged, linked."""

import polars as pl
import pytest

from assets.facts.incidents import incidents

HOUR = 3600.0


@pytest.fixture(scope="session")
def fact(conformed, at):
    def build(*rows, links=()):
        schema = {"link_rule": pl.String, "shown_by": pl.String}
        linked = pl.LazyFrame(list(links), schema=schema, orient="row")
        found = incidents(conformed("incidents", *rows), linked, at(100)).collect()
        assert found.get_column("event_id").is_unique().all()
        return {row["event_id"].removeprefix("s/"): row for row in found.iter_rows(named=True)}

    return build


def test_restored_is_mitigated_else_resolved_else_still_open(fact, at):
    rows = fact(
        {"incident_id": "m", "opened_at": at(0), "mitigated_at": at(2), "resolved_at": at(9)},
        {"incident_id": "r", "opened_at": at(0), "resolved_at": at(9)},
        {"incident_id": "o", "opened_at": at(0)},
    )
    found = {n: (r["restore_seconds"] / HOUR, r["restore_exit"]) for n, r in rows.items()}
    assert found == {"m": (2, 1), "r": (9, 1), "o": (100, 0)}


def test_an_incident_restored_before_anybody_acknowledged_it_left_by_another_exit(fact, at):
    rows = fact(
        {"incident_id": "never", "opened_at": at(0), "resolved_at": at(3)},
        {
            "incident_id": "after",
            "opened_at": at(0),
            "resolved_at": at(3),
            "acknowledged_at": at(5),
        },
        {
            "incident_id": "before",
            "opened_at": at(0),
            "resolved_at": at(3),
            "acknowledged_at": at(1),
        },
    )
    found = {n: (r["acknowledge_seconds"] / HOUR, r["acknowledge_exit"]) for n, r in rows.items()}
    assert found == {"never": (3, 2), "after": (3, 2), "before": (1, 1)}


def test_an_incident_that_no_rule_links_is_unlinked_and_a_duplicate_is_kept_as_one(fact, at):
    rows = fact(
        {"incident_id": "a", "opened_at": at(0)},
        {"incident_id": "b", "opened_at": at(0), "duplicate_of": "a"},
        links=[("explicit", "a"), ("explicit", "a"), ("rollback", "shop/d")],
    )
    assert (rows["a"]["is_unlinked"], rows["a"]["is_duplicate"]) == (False, False)
    assert (rows["b"]["is_unlinked"], rows["b"]["is_duplicate"]) == (True, True)
