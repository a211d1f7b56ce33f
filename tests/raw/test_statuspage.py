"""Incidents of a status page."""

import pytest

from assets.configuration import Configuration, Organisation, Service
from assets.raw.statuspage import SYSTEM


def incident(**changes):
    return {
        "id": "s1",
        "status": "resolved",
        "impact": "major",
        "created_at": "2026-03-02T08:05:00Z",
        "started_at": "2026-03-02T08:00:00Z",
        "monitoring_at": "2026-03-02T08:40:00Z",
        "resolved_at": "2026-03-02T09:00:00Z",
        "updated_at": "2026-03-02T09:00:00Z",
        "shortlink": "https://stspg.io/s1",
        "incident_updates": [],
        "components": [{"name": "Checkout API"}],
    } | changes


def only(mapped, *incidents, settings=None):
    given = () if settings is None else (settings,)
    [row] = mapped(SYSTEM, "incidents", *given, incidents=incidents)
    return row


def test_an_incident_begins_when_the_page_says_it_started(mapped):
    row = only(mapped, incident())
    assert (row["opened_at"], row["mitigated_at"], row["resolved_at"]) == (
        "2026-03-02T08:00:00Z",
        "2026-03-02T08:40:00Z",
        "2026-03-02T09:00:00Z",
    )
    assert (row["severity"], row["service"]) == ("major", "Checkout API")
    assert only(mapped, incident(started_at=None))["opened_at"] == "2026-03-02T08:05:00Z"


@pytest.mark.parametrize(
    ("word", "expected", "is_ended"),
    [
        ("investigating", "open", False),
        ("identified", "acknowledged", False),
        ("monitoring", "mitigated", False),
        ("resolved", "resolved", True),
        ("postmortem", "resolved", True),
        ("melted", "melted", False),
    ],
)
def test_the_words_of_the_page_are_translated(mapped, word, expected, is_ended):
    row = only(mapped, incident(status=word))
    assert row["status"] == expected
    assert (row["resolved_at"] is not None) == is_ended
    assert row["has_postmortem"] == (True if word == "postmortem" else None)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "completed"},
        {"impact": "maintenance"},
        {"scheduled_for": "2026-03-02T08:00:00Z"},
    ],
)
def test_announced_maintenance_is_no_incident(mapped, changes):
    assert only(mapped, incident(**changes))["reject"] == "scheduled_maintenance"
    assert only(mapped, incident())["reject"] is None


def test_the_posts_tell_when_the_record_itself_does_not(mapped):
    posts = [
        {"status": "resolved", "display_at": "2026-03-02T09:10:00Z"},
        {"status": "monitoring", "display_at": "2026-03-02T08:45:00Z"},
        {"status": "monitoring", "display_at": "2026-03-02T08:35:00Z"},
    ]
    row = only(mapped, incident(monitoring_at=None, resolved_at=None, incident_updates=posts))
    assert (row["mitigated_at"], row["resolved_at"]) == (
        "2026-03-02T08:35:00Z",
        "2026-03-02T09:10:00Z",
    )


def test_of_several_components_only_a_single_configured_one_speaks_for_the_incident(mapped):
    several = incident(components=[{"name": "Checkout API"}, {"name": "Website"}])
    assert only(mapped, several)["service"] is None
    service = Service(id="checkout-api", name="Checkout API")
    settings = Configuration(organisation=Organisation(name="Example"), services=(service,))
    assert only(mapped, several, settings=settings)["service"] == "checkout-api"
    both = (service, Service(id="Website", name="The website"))
    settings = Configuration(organisation=Organisation(name="Example"), services=both)
    assert only(mapped, several, settings=settings)["service"] is None


def test_an_incident_without_components_has_no_service(mapped):
    assert only(mapped, incident(components=[]))["service"] is None


@pytest.mark.realdata
def test_recorded_incidents_are_not_corrected(mapped, recorded):
    rows = mapped(SYSTEM, "incidents", incidents=recorded("faros_statuspage/incidents.json"))
    assert {
        row["incident_id"]: (row["status"], row["opened_at"], row["resolved_at"]) for row in rows
    } == {
        "mm4x7m368bzv": ("resolved", "2021-11-09T14:54:02.442Z", "2021-11-10T15:56:37.080Z"),
        "zyrnzw0h585r": ("acknowledged", "2021-11-10T15:55:38.322Z", None),
        "12zwlm6q5twt": ("resolved", "2021-11-09T14:36:17.706Z", "2021-11-08T14:52:17.878Z"),
    }
