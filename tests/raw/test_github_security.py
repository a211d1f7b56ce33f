"""Dependabot's and code scanning's alerts."""

import pytest

from assets.raw.github import SYSTEM

PAGE = "https://github.com/acme/shop/security"


def dependabot(number=12, **changes):
    return {
        "number": number,
        "state": "open",
        "html_url": f"{PAGE}/dependabot/{number}",
        "security_advisory": {"ghsa_id": "GHSA-xxxx", "severity": "critical"},
        "security_vulnerability": {"severity": "high", "package": {"name": "parser"}},
        "created_at": "2026-03-02T08:00:00Z",
        "updated_at": "2026-03-05T08:00:00Z",
        "fixed_at": None,
        "dismissed_at": None,
        "auto_dismissed_at": None,
    } | changes


def scanned(number=3, **changes):
    return {
        "number": number,
        "state": "open",
        "html_url": f"{PAGE}/code-scanning/{number}",
        "rule": {"id": "js/injection", "severity": "error", "security_severity_level": "medium"},
        "created_at": "2026-03-02T08:00:00Z",
        "updated_at": "2026-03-05T08:00:00Z",
        "fixed_at": None,
        "dismissed_at": None,
    } | changes


def only(mapped, **feeds):
    [row] = mapped(SYSTEM, "security_findings", **feeds)
    return row


def test_an_alert_is_a_finding_of_its_repository(mapped):
    row = only(mapped, dependabot_alerts=[dependabot()])
    assert (row["finding_id"], row["repo"]) == ("acme/shop#dependabot/12", "acme/shop")
    assert (row["severity"], row["status"], row["opened_at"]) == (
        "high",
        "open",
        "2026-03-02T08:00:00Z",
    )
    assert row["url"] == f"{PAGE}/dependabot/12"
    assert row["reject"] is None


@pytest.mark.parametrize("state", ["dismissed", "auto_dismissed"])
def test_what_was_dismissed_by_whomever_was_not_fixed(mapped, state):
    at = {f"{state}_at": "2026-03-05T08:00:00Z"}
    row = only(mapped, dependabot_alerts=[dependabot(state=state, **at)])
    assert (row["status"], row["dismissed_at"], row["fixed_at"]) == (
        "dismissed",
        "2026-03-05T08:00:00Z",
        None,
    )


def test_of_two_versions_of_one_instant_the_fixed_one_is_the_newest(mapped):
    fixed = dependabot(state="fixed", fixed_at="2026-03-05T08:00:00Z")
    row = only(mapped, dependabot_alerts=[fixed, dependabot()])
    assert (row["status"], row["fixed_at"]) == ("fixed", "2026-03-05T08:00:00Z")


def test_code_scanning_counts_where_its_rule_is_about_security(mapped):
    rows = mapped(
        SYSTEM,
        "security_findings",
        code_scanning_alerts=[
            scanned(3),
            scanned(4, rule={"id": "js/unused", "severity": "warning"}),
        ],
    )
    assert [(row["finding_id"], row["severity"], row["reject"]) for row in rows] == [
        ("acme/shop#code_scanning/3", "medium", None),
        ("acme/shop#code_scanning/4", None, "not_about_security"),
    ]


def test_an_alert_of_an_organisation_names_its_repository(mapped):
    alert = dependabot(repository={"full_name": "acme/till"})
    assert only(mapped, dependabot_alerts=[alert])["repo"] == "acme/till"
