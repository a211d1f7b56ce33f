"""The catalogue is complete: every definition has its texts and names columns that exist."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from assets.configuration import Configuration, Organisation
from assets.facts.change_lead_time import change_lead_time
from assets.facts.change_links import first_cuts, shipped
from assets.facts.changes import changes as all_changes
from assets.facts.commit_checks import LOOK_AHEAD, commit_checks
from assets.facts.customer_activity import customer_activity
from assets.facts.deployments import deployments
from assets.facts.effort import effort, pieces
from assets.facts.failed_deployments import failed_deployments
from assets.facts.failures import LINK_RULES, signs
from assets.facts.incidents import incidents, restored
from assets.facts.interrupts import interrupts
from assets.facts.pipeline_runs import pipeline_runs
from assets.facts.red_spells import GIVEN_UP_AFTER, red_spells
from assets.facts.release_contents import release_contents
from assets.facts.releases import releases
from assets.facts.security_findings import security_findings
from assets.facts.served_hours import served_hours
from assets.facts.service_days import service_days
from assets.facts.service_levels import ended, objectives_of, service_levels
from assets.facts.ticket_cost import ticket_cost
from assets.facts.ticket_history import open_spells
from assets.facts.ticket_ratings import ticket_ratings
from assets.facts.ticket_spells import ticket_spells
from assets.facts.tickets import tickets
from assets.kpis.catalogue import CATALOGUE, SCHEMA, as_frame
from assets.kpis.definition import ALL_PERIODS, ALL_SCOPES, SCOPE_COLUMNS
from assets.kpis.non_response import BY_NO_ANSWER
from assets.schema import SHAPES

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
IDS = [kpi.id for kpi in CATALOGUE]
each = pytest.mark.parametrize("kpi", CATALOGUE, ids=IDS)


def table(entity):
    schema = {**SHAPES[entity].table, "scope_set": pl.UInt32}
    return pl.LazyFrame(schema=schema)


def empty_facts():
    """The facts as the functions beside their assets make them from empty tables."""
    day = timedelta(days=1)
    configuration = Configuration(organisation=Organisation(name="x"))
    offerings = pl.LazyFrame(
        schema={"id": pl.String, "tools": pl.List(pl.String), "valid_from": pl.Date}
    )
    commits = table("commits")
    changes = all_changes(table("changes"), commits)
    released = releases(table("deployments"))
    pairs = pl.LazyFrame(schema={"event_id": pl.String, "reverted_event_id": pl.String})
    whole = table("incidents").with_columns(restored_at=restored())
    shown = signs(released, whole, pairs, day, day)
    failed = failed_deployments(shown, released, AS_OF)
    calendars = pl.LazyFrame(schema={"scope_set": pl.UInt32, "calendar": pl.String})
    located = table("ticket_ratings").drop("scope_set")
    asked = tickets(
        table("tickets"), table("ticket_events"), calendars, offerings, configuration, AS_OF
    )
    return {
        "fact_change_lead_time": change_lead_time(
            changes,
            shipped(changes, commits, released, table("deployment_changes")),
            first_cuts(changes, commits, released),
            [],
            AS_OF,
        ),
        "fact_commit_checks": commit_checks(table("pipeline_runs"), offerings),
        "fact_deployments": deployments(released, shown, failed, released.select("event_id")),
        "fact_failed_deployments": failed,
        "fact_incidents": incidents(table("incidents"), shown, AS_OF),
        "fact_red_spells": red_spells(table("pipeline_runs"), offerings, AS_OF),
        "fact_release_contents": release_contents(
            released, changes, commits, table("deployment_changes")
        ),
        "fact_security_findings": security_findings(table("security_findings"), {}, AS_OF),
        "fact_service_days": service_days(
            pl.LazyFrame(schema={"service": pl.String, "valid_from": pl.Date}),
            table("incidents"),
            table("source_coverage").select("scope", "from_at", "to_at"),
            AS_OF,
            "UTC",
        ),
        "fact_service_levels": service_levels(
            ended(table("service_levels")), objectives_of(configuration), "UTC"
        ),
        "fact_pipeline_runs": pipeline_runs(table("pipeline_runs"), offerings, AS_OF),
        "fact_tickets": asked,
        "fact_ticket_ratings": ticket_ratings(located, table("tickets")),
        "fact_interrupts": interrupts(
            incidents(table("incidents"), shown, AS_OF), empty("scope_sets"), configuration
        ),
        **facts_of_cost(asked.lazy()),
    }


SMALL = {
    "scope_sets": {"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String},
    "customers": {"id": pl.String, "segment": pl.String, "valid_from": pl.Date},
    "seen": {"scope_set": pl.UInt32, "on": pl.Date},
    "asked": {"customer": pl.String, "offering": pl.String, "on": pl.Date},
    "set_of_customer": {
        "customer": pl.String,
        "entered_at": pl.Datetime("us", "UTC"),
        "scope_set": pl.UInt32,
    },
}


def empty(name):
    return pl.LazyFrame(schema=SMALL[name])


def facts_of_cost(asked):
    """Effort and what is made of it, and of the tickets `asked`."""
    worked = effort(pieces(table("effort"), "UTC"))
    spells = open_spells(table("tickets").collect(), table("ticket_events"))
    return {
        "fact_ticket_spells": ticket_spells(asked, spells),
        "fact_customer_activity": customer_activity(
            empty("seen"), empty("scope_sets"), empty("customers"), AS_OF.date()
        ),
        "fact_effort": worked,
        "fact_served_hours": served_hours(
            worked, empty("asked"), empty("scope_sets"), empty("set_of_customer")
        ),
        "fact_ticket_cost": ticket_cost(worked, asked),
    }


@pytest.fixture(scope="module")
def columns():
    return {name: dict(frame.lazy().collect_schema()) for name, frame in empty_facts().items()}


@each
def test_every_definition_has_all_its_texts(kpi):
    texts = [kpi.name, kpi.definition, kpi.null_means, kpi.definition_source, kpi.changelog]
    if kpi.clock:
        texts += [kpi.clock_start, kpi.clock_stop]
    texts += [exclusion.sentence for exclusion in kpi.exclusions]
    assert all(text and text == text.strip() for text in texts)
    sentences = [kpi.definition, kpi.null_means, *(e.sentence for e in kpi.exclusions)]
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in sentences)


@each
def test_every_column_that_a_definition_names_is_in_its_fact(kpi, columns):
    fact = columns[kpi.fact]
    flags = [*kpi.members, *(e.column for e in kpi.exclusions)]
    flags += [kpi.numerator] if kpi.numerator and not kpi.denominator else []
    flags += [name for cut in kpi.slices for name in cut.numerators.values()]
    assert {name: fact.get(name) for name in flags} == dict.fromkeys(flags, pl.Boolean())
    assert fact[kpi.entered_at] == pl.Datetime("us", "UTC")
    assert kpi.left_at is None or fact[kpi.left_at] == pl.Datetime("us", "UTC")
    sums = [kpi.amount, kpi.denominator, kpi.numerator if kpi.denominator else None]
    assert all(fact[name].is_numeric() for name in sums if name)
    if kpi.exposure:
        given = {"scope_kind": pl.String(), "scope": pl.String(), "on": pl.Date()}
        assert given.items() <= columns[kpi.exposure].items()
        assert columns[kpi.exposure]["customers"].is_numeric()
    if kpi.clock:
        assert fact[f"{kpi.clock}_seconds"] == pl.Float64()
        assert fact[f"{kpi.clock}_exit"] == pl.Int8()
    words = [cut.column for cut in kpi.slices if cut.column] + list(kpi.clusters)
    words += [kind for kind in SCOPE_COLUMNS if kind in kpi.scopes]
    assert {name: fact.get(name) for name in words} == dict.fromkeys(words, pl.String())


@each
def test_a_definition_measures_in_one_way(kpi):
    ways = [kpi.clock, kpi.amount, kpi.numerator]
    assert sum(way is not None for way in ways) <= 1
    if kpi.clock or (kpi.is_stock and kpi.statistics != ("count",)):
        expected, units = ("p50", "p90"), {"seconds"}
    elif kpi.numerator:
        expected, units = ("ratio",), {"ratio"} if kpi.is_share else {"ratio", "hours_per_ticket"}
    elif kpi.is_stock:
        expected, units = ("count",), {"findings"}
    elif kpi.amount and kpi.has_quantiles:
        expected, units = ("p50", "p90"), {"lines"}
    elif kpi.exposure:
        expected, units = ("rate",), {"tickets_per_customer_week", "hours_per_customer_week"}
    else:
        expected, units = ("rate",), {"hours_per_week"} if kpi.amount else {"per_week"}
    assert kpi.statistics == expected
    assert kpi.unit in units
    assert kpi.is_share or kpi.denominator
    assert not (kpi.is_stock and (kpi.clock or kpi.look_ahead_hours))
    assert set(kpi.requires) <= set(SHAPES)
    assert set(kpi.scopes) <= {*ALL_SCOPES, *SCOPE_COLUMNS}
    assert set(kpi.periods) <= set(ALL_PERIODS)


@each
def test_private_kpis_have_nested_scopes_and_periods_only(kpi):
    if kpi.is_private:
        assert set(kpi.scopes) <= {"organisation", "segment", "customer"}
        assert set(kpi.periods) <= {"month", "quarter"}
        assert all(cut == BY_NO_ANSWER for cut in kpi.slices)  # made of what is shown


def test_every_link_rule_stands_beside_the_change_fail_rate():
    kpi = next(kpi for kpi in CATALOGUE if kpi.id == "change_fail_rate")
    assert {*LINK_RULES, "first_three", "placebo"} == set(kpi.slices[0].numerators)
    assert kpi.look_ahead_hours == 72


def test_definitions_say_the_times_that_their_facts_use():
    kpis = {kpi.id: kpi for kpi in CATALOGUE}
    assert timedelta(hours=kpis["ci_flake_rate"].look_ahead_hours) == LOOK_AHEAD
    assert f"within {LOOK_AHEAD // timedelta(hours=1)} hours" in kpis["ci_flake_rate"].definition
    assert f"for {GIVEN_UP_AFTER.days} days" in kpis["ci_red_time"].definition


def test_ids_are_unique_and_the_table_holds_them_in_order():
    assert len(set(IDS)) == len(IDS)
    frame = as_frame()
    assert frame.get_column("id").to_list() == IDS
    assert frame.schema == pl.Schema(SCHEMA)


def test_every_promise_has_a_headline():
    assert {kpi.promise for kpi in CATALOGUE if kpi.is_headline} == {
        kpi.promise for kpi in CATALOGUE
    }
