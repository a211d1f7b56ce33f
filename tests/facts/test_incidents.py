"""Incidents: restored, acknowledged, linked."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_an_unknown_cause_is_told_of_and_a_source_without_causes_tells_none(fact):
    rows = fact(
        {"incident_id": "known", "source": "p", "cause": "human"},
        {"incident_id": "unknown", "source": "p", "cause": "unknown"},
        {"incident_id": "silent", "source": "p"},
        {"incident_id": "page", "source": "page"},
    )
    found = {n.split("/")[-1]: (r["is_cause_known"], r["is_cause_untold"]) for n, r in rows.items()}
    assert found == {
        "known": (True, False),
        "unknown": (False, False),
        "silent": (False, False),
        "page": (False, True),
    }


def test_severe_is_what_the_configuration_calls_so_whatever_its_case(fact):
    rows = fact(
        {"incident_id": "a", "severity": "Critical"},
        {"incident_id": "b", "severity": "P1"},
        {"incident_id": "c", "severity": "P3"},
        {"incident_id": "d"},
    )
    assert {n: r["is_severe"] for n, r in rows.items()} == {
        "a": True,
        "b": True,
        "c": False,
        "d": False,
    }


@given(
    told=st.lists(
        st.tuples(
            st.sampled_from("pq"), st.sampled_from([None, True, False]), st.sampled_from(["P1", ""])
        ),
        max_size=6,
    )
)
def test_silence_about_post_mortems_is_no_verdict(fact, told):
    rows = fact(
        *(
            {"incident_id": str(n), "source": source, "has_postmortem": says, "severity": severity}
            for n, (source, says, severity) in enumerate(told)
        )
    )
    for n, (source, says, _) in enumerate(told):
        of_source = [(other, severity) for s, other, severity in told if s == source]
        says_no = any(other is False for other, _ in of_source)
        says_all = all(other is not None for other, severity in of_source if severity == "P1")
        row = rows[str(n) if source == "s" else f"{source}/{n}"]
        assert row["is_postmortem_untold"] == (says is None or not (says_no or says_all))
        assert row["has_postmortem"] == (says is True)
