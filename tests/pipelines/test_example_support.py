"""Support and cost of the example, reckoned again from the delivered payloads in plain Python."""

import tomllib
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

BERLIN = ZoneInfo("Europe/Berlin")
AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
SEGMENTS = ("startup", "core", "regulated")
SOLVED = ("solved", "closed")
FORTNIGHT, FOUR_WEEKS = timedelta(days=14), timedelta(days=28)


def quarter(on):
    return date(on.year, 3 * ((on.month - 1) // 3) + 1, 1).isoformat()


def local(at):
    return at.astimezone(BERLIN).date()


def shares(cohorts):
    return {start: sum(hits) / len(hits) for start, hits in cohorts.items()}


@pytest.fixture(scope="module")
def segment_of(example_home):
    """The segment of a team on a day, by the team's id."""
    dated = defaultdict(list)
    for row in tomllib.loads((example_home / "plumbline.toml").read_text())["customers"]:
        dated[row["id"]].append((row["valid_from"], row["segment"]))
    return lambda team, on: max(row for row in dated[team] if row[0] <= on)[1]


@pytest.fixture(scope="module")
def tickets(delivered, segment_of):
    """Tickets of teams without spam: when created and due, their history and human replies."""
    team_of = {row["id"]: row["external_id"] for row in delivered("zendesk", "organizations")}
    agents = {
        row["id"]
        for row in delivered("zendesk", "users")
        if row["role"] == "agent" and not row["name"].endswith("-bot")
    }
    history, replies = defaultdict(list), Counter()
    for audit in {row["id"]: row for row in delivered("zendesk", "ticket_audits")}.values():
        at = datetime.fromisoformat(audit["created_at"])
        for event in audit["events"]:
            if event["field_name"] == "status":
                history[audit["ticket_id"]].append((at, event["value"]))
            if event["type"] == "Comment" and event["public"] and audit["author_id"] in agents:
                replies[audit["ticket_id"]] += 1
    found = []
    for row in {row["id"]: row for row in delivered("zendesk", "tickets") if "id" in row}.values():
        if row.get("organization_id") is None or "spam" in row["tags"]:
            continue
        created, team = datetime.fromisoformat(row["created_at"]), team_of[row["organization_id"]]
        [offering] = [tag[9:] for tag in row["tags"] if tag.startswith("offering_")]
        found.append(
            {
                "team": team,
                "segment": segment_of(team, local(created)),
                "offering": offering,
                "created": created,
                "due": row["due_at"] and datetime.fromisoformat(row["due_at"]),
                "history": sorted(history[row["id"]], key=lambda change: change[0]),
                "replies": replies[row["id"]],
            }
        )
    return found


@pytest.mark.parametrize("segment", SEGMENTS)
def test_tickets_are_solved_when_due_as_often_as_planted(segment, tickets, example_truths):
    cohorts = defaultdict(list)
    for ticket in tickets:
        if ticket["segment"] == segment and ticket["due"] and ticket["due"] < AS_OF:
            state = [word for at, word in ticket["history"] if at <= ticket["due"]][-1]
            cohorts[quarter(local(ticket["due"]))].append(state in SOLVED)
    truth = example_truths[f"sla_attainment.{segment}"]["realised"]
    assert shares(cohorts) == pytest.approx(truth, abs=1e-6)


@pytest.mark.parametrize("segment", SEGMENTS)
def test_tickets_are_reopened_as_often_as_planted(segment, tickets, example_truths):
    cohorts = defaultdict(list)
    for ticket in tickets:
        solved = [at for at, word in ticket["history"] if word == "solved"]
        if ticket["segment"] == segment and solved and solved[0] <= AS_OF - FORTNIGHT:
            again = [at for at, word in ticket["history"] if word == "open" and at > solved[0]]
            cohorts[quarter(local(solved[0]))].append(
                any(at - solved[0] <= FORTNIGHT for at in again)
            )
    truth = example_truths[f"reopen_rate.{segment}"]["realised"]
    assert shares(cohorts) == pytest.approx(truth, abs=1e-6)


@pytest.mark.parametrize("segment", SEGMENTS)
def test_tickets_are_solved_with_one_reply_as_often_as_planted(segment, tickets, example_truths):
    cohorts = defaultdict(list)
    for ticket in tickets:
        solved = [at for at, word in ticket["history"] if word == "solved"]
        is_solved = ticket["history"][-1][1] in SOLVED
        if ticket["segment"] == segment and is_solved:
            cohorts[quarter(local(solved[-1]))].append(ticket["replies"] == 1)
    truth = example_truths[f"one_touch_rate.{segment}"]["realised"]
    assert shares(cohorts) == pytest.approx(truth, abs=1e-6)


@pytest.fixture(scope="module")
def effort(delivered):
    """Each record of effort once, and cut into the parts of it that lie in one month."""
    keyed = {
        (row["offering"], row.get("customer"), row["kind"], row["week_on"]): row
        for row in delivered("canonical", "effort")
        if row["hours"] >= 0
    }
    for row in keyed.values():
        days = [date.fromisoformat(row["week_on"]) + timedelta(days=n) for n in range(7)]
        for month in dict.fromkeys(day.month for day in days):
            inside = [day for day in days if day.month == month]
            row.setdefault("pieces", []).append(
                (inside[0], inside[-1], row["hours"] * len(inside) / 7)
            )
    return list(keyed.values())


def test_cost_to_serve_is_that_of_a_loop_over_weeks_and_tickets(
    effort, tickets, segment_of, example_edition
):
    asked = defaultdict(Counter)
    for ticket in tickets:
        asked[ticket["offering"]][ticket["team"], local(ticket["created"])] += 1
    hours = Counter()
    for row in effort:
        for first, last, worked in row["pieces"]:
            shared = Counter()
            for (team, on), n in asked[row["offering"]].items():
                if timedelta(0) <= last - on < FOUR_WEEKS:
                    shared[team] += n
            parts = Counter({row["customer"]: 1}) if row.get("customer") else shared
            for team, n in parts.items():
                hours[segment_of(team, first), quarter(first)] += worked * n / parts.total()
    cells = pl.read_parquet(example_edition / "kpi_values.parquet").filter(
        kpi="cost_to_serve", scope_kind="segment", period_kind="quarter", slice_kind=""
    )
    teams = {(start, s): 0 for _, start in hours for s in SEGMENTS}
    for team in {ticket["team"] for ticket in tickets}:
        for start in {start for start, _ in teams}:
            teams[start, segment_of(team, date.fromisoformat(start))] += 1
    compared = 0
    for cell in cells.filter(pl.col("scope") != "unassigned").iter_rows(named=True):
        start = cell["period_start_on"].isoformat()
        weeks = ((cell["period_end_on"] - cell["period_start_on"]).days + 1) / 7
        expected = hours[cell["scope"], start] / (weeks * teams[start, cell["scope"]])
        assert cell["value"] == pytest.approx(expected)
        compared += 1
    assert compared == 24
