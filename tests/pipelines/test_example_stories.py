"""The stories of the example, told by the delivered payloads in plain Python."""

import math
import statistics
import tomllib
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pytest
import statsmodels.api as sm

BERLIN = ZoneInfo("Europe/Berlin")
SEGMENTS = ("startup", "core", "regulated")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class SupportHours:
    """Business time of the calendars in the configuration, day by day."""

    def __init__(self, rows):
        self.calendars = {row["id"]: row for row in rows["calendars"]}
        self.off = holidays.country_holidays("DE", subdiv="BE", years=range(2024, 2028))

    def hours_on(self, calendar, day):
        row = self.calendars[calendar]
        changed = {other["on"]: other["hours"] for other in row["exceptions"]}
        if day in changed:
            return changed[day]
        return [] if day in self.off else row["weekly"].get(WEEKDAYS[day.weekday()], [])

    def between(self, calendar, start, stop):
        day, passed = start.astimezone(BERLIN).date(), 0.0
        while day <= stop.astimezone(BERLIN).date():
            for hours in self.hours_on(calendar, day):
                opens, closes = (
                    datetime.combine(day, time.fromisoformat(text), BERLIN).astimezone(UTC)
                    for text in hours.split("-")
                )
                passed += max(0.0, (min(closes, stop) - max(opens, start)).total_seconds())
            day += timedelta(days=1)
        return passed


@pytest.fixture(scope="module")
def answers(example_home, delivered):
    """Per ticket of a team: segment, quarter, business seconds to the first human reply, rating."""
    rows = tomllib.loads((example_home / "plumbline.toml").read_text())
    calendar_of = {row["id"]: row["calendar"] for row in rows["segments"]}
    dated = defaultdict(list)
    for row in rows["customers"]:
        dated[row["name"]].append((row["valid_from"], row["segment"]))
    team_of = {row["id"]: row["name"] for row in delivered("zendesk", "organizations")}
    agents = {
        row["id"]
        for row in delivered("zendesk", "users")
        if row["role"] == "agent" and not row["name"].endswith("-bot")
    }
    replied = {}
    for audit in delivered("zendesk", "ticket_audits"):
        says = any(event["type"] == "Comment" and event["public"] for event in audit["events"])
        if says and audit["author_id"] in agents:
            at = replied.get(audit["ticket_id"], audit["created_at"])
            replied[audit["ticket_id"]] = min(at, audit["created_at"])
    ratings = {
        row["ticket_id"]: row["score"] == "good"
        for row in delivered("zendesk", "satisfaction_ratings")
        if row["score"] in ("good", "bad")
    }
    support = SupportHours(rows)
    found = {}
    for ticket in delivered("zendesk", "tickets"):
        if ticket.get("organization_id") is None or "spam" in ticket["tags"]:
            continue
        created = datetime.fromisoformat(ticket["created_at"])
        on = created.astimezone(BERLIN).date()
        segment = max(row for row in dated[team_of[ticket["organization_id"]]] if row[0] <= on)[1]
        reply = replied.get(ticket["id"])
        took = math.inf
        if reply:
            took = support.between(calendar_of[segment], created, datetime.fromisoformat(reply))
        start = f"{on.year}-{3 * ((on.month - 1) // 3) + 1:02}-01"
        found[ticket["id"]] = (segment, start, took, ratings.get(ticket["id"]))
    return list(found.values())


@pytest.mark.parametrize("segment", SEGMENTS)
def test_first_response_is_what_was_planted(segment, answers, example_truths):
    spans = defaultdict(list)
    for of, start, took, _ in answers:
        if of == segment:
            spans[start].append(took)
    found = {start: statistics.median(values) for start, values in spans.items()}
    # instants are written in whole seconds
    truth = example_truths[f"first_response_time.{segment}"]["realised"]
    assert found == pytest.approx(truth, abs=1)


def test_satisfaction_falls_with_slower_answers_as_planted(answers, example_truths):
    rated = [(took, good) for _, _, took, good in answers if good is not None and took > 0]
    hours = np.log(np.maximum(60, [took for took, _ in rated])) - np.log(3600)
    fit = sm.Logit([good for _, good in rated], sm.add_constant(hours)).fit(disp=0)
    truth = example_truths["satisfaction_falls_with_first_response"]
    assert fit.params[1] == pytest.approx(truth["realised"]["slope"], abs=0.03)
    assert abs(fit.params[1] - truth["theoretical"]["slope"]) < 2 * fit.bse[1]
    assert fit.params[0] == pytest.approx(truth["theoretical"]["intercept"], abs=2 * fit.bse[0])
    assert fit.params[1] + 3 * fit.bse[1] < 0


def test_each_theory_lies_near_what_was_drawn(example_truths):
    compared = 0
    for truth in example_truths.values():
        if truth.get("period_kind") == "quarter" and truth["kpi"] != "ci_queue_time":
            theory = truth.get("theoretical", truth["realised"])
            # A quarter in which most is still open has no median yet; a story has no theory of
            # quarters, but one of before and after.
            quarters = [q for q in truth["realised"] if q in theory]
            if not quarters:
                continue
            ratios = [truth["realised"][q] / theory[q] for q in quarters]
            assert math.exp(statistics.mean(map(math.log, ratios))) == pytest.approx(1, abs=0.2)
            compared += 1
    assert compared >= 30


def test_one_offering_costs_a_fifth_and_serves_a_twentieth(delivered, example_truths):
    effort = [r for r in delivered("canonical", "effort") if r["kind"] == "support"]
    effort = list({(r["offering"], r.get("customer"), r["week_on"]): r for r in effort}.values())
    hours = sum(r["hours"] for r in effort if r["hours"] > 0)
    its = sum(r["hours"] for r in effort if r["offering"] == "legacy-jenkins")
    assert its / hours == pytest.approx(0.2, abs=0.01)
    realised = example_truths["offering_that_costs_more_than_it_serves"]["realised"]
    assert realised["share_of_support_hours"] == pytest.approx(its / hours)
    assert realised["share_of_runs"] == pytest.approx(0.05, abs=0.002)


def test_speed_costs_stability_in_one_segment_only(example_truths):
    fits = {name: example_truths[f"speed_costs_stability.{name}"]["realised"] for name in SEGMENTS}
    z = {name: fit["log_odds_per_pace"] / fit["error"] for name, fit in fits.items()}
    assert z["core"] > 4
    assert abs(z["startup"]) < 2
    assert abs(z["regulated"]) < 2


def test_browser_tests_flake_and_queues_double(example_truths):
    flakes = example_truths["flaky_tool"]["realised"]
    assert flakes["browser-grid"] == pytest.approx(0.12, abs=0.01)
    assert flakes["github-actions"] == pytest.approx(0.01, abs=0.003)
    for tool in ("github-actions", "browser-grid"):
        waits = example_truths[f"queue_time_doubles.{tool}"]["realised"]
        assert waits["after"] / waits["before"] == pytest.approx(2, rel=0.05)
