"""From conformed rows to cells, against nested loops over the rows that went in."""

from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.kpis.catalogue import CATALOGUE

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN, AS_OF = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 20, 9, tzinfo=UTC)
DAY, LOOK_AHEAD = timedelta(hours=24), timedelta(hours=72)
KPIS = {kpi.id: kpi for kpi in CATALOGUE}
ASKED = ("change_fail_rate", "deployment_frequency", "time_to_restore", "incident_frequency")
OWNERS = {"shop": ("a",), "till": ("a", "b"), "lab": ()}
SEGMENTS = {"a": "core", "b": "young"}


@pytest.fixture(scope="module")
def all_cells(whole_way):
    """The cells of the KPIs asked for, from deployments and incidents."""

    def build(deployed, opened):
        return whole_way(
            [KPIS[kpi] for kpi in ASKED], deployed, opened, OWNERS, SEGMENTS, BEGIN, AS_OF
        )

    return build


def local(instant):
    return instant.astimezone(BERLIN).date()


def counts_for(service):
    owners = OWNERS[service]
    return {
        ("organisation", "organisation"),
        ("service", service),
        *(("customer", c) for c in owners or ("unassigned",)),
        *(("segment", SEGMENTS[c]) for c in owners),
        *([] if owners else [("segment", "unassigned")]),
    }


def in_cell(events, cell, at):
    scope = (cell["scope_kind"], cell["scope"])
    return [
        e
        for e in events
        if scope in counts_for(e["service"])
        and cell["period_start_on"] <= local(e[at]) <= cell["period_end_on"]
        and local(e[at]) < local(AS_OF)
    ]


def failed_by_loop(deployed, opened):
    """Planned production successes, and which of them needed mending within 72 hours."""
    good = [
        d for d in deployed if d["environment_kind"] == "production" and d["status"] == "success"
    ]
    planned = [d for d in good if not d["is_unplanned"]]
    failed = set()
    for incident in opened:
        if incident["caused_by_deployment_id"]:
            blamed = [d for d in good if d["deployment_id"] == incident["caused_by_deployment_id"]]
            window = LOOK_AHEAD
        else:
            before = [
                d
                for d in good
                if d["service"] == incident["service"] and d["finished_at"] < incident["opened_at"]
            ]
            blamed = (
                [max(before, key=lambda d: (d["finished_at"], d["deployment_id"]))]
                if before
                else []
            )
            window = DAY
        failed |= {
            d["deployment_id"] for d in blamed if incident["opened_at"] - d["finished_at"] <= window
        }
    for fix in good:
        before = [
            d
            for d in planned
            if d["service"] == fix["service"] and d["finished_at"] < fix["created_at"]
        ]
        if fix["is_unplanned"] and before:
            last = max(before, key=lambda d: (d["finished_at"], d["deployment_id"]))
            if fix["created_at"] - last["finished_at"] <= LOOK_AHEAD:
                failed.add(last["deployment_id"])
    return planned, failed


hours = st.integers(0, int((AS_OF - BEGIN).total_seconds()) // 3600 - 10)


@st.composite
def worlds(draw):
    deployed, opened = [], []
    for i in range(draw(st.integers(0, 12))):
        begun = BEGIN + timedelta(hours=draw(hours))
        deployed.append(
            {
                "deployment_id": f"d{i:02}",
                "service": draw(st.sampled_from(list(OWNERS))),
                "environment": "x",
                "environment_kind": draw(st.sampled_from(("production", "production", "staging"))),
                "status": draw(st.sampled_from(("success", "success", "failure", "cancelled"))),
                "created_at": begun,
                "finished_at": begun + timedelta(hours=draw(st.integers(0, 4))),
                "is_unplanned": draw(st.sampled_from((False, False, True))),
            }
        )
    for i in range(draw(st.integers(0, 8))):
        begun = BEGIN + timedelta(hours=draw(hours))
        caused = draw(st.sampled_from([None, None, *(d["deployment_id"] for d in deployed)]))
        opened.append(
            {
                "incident_id": f"i{i}",
                "service": draw(st.sampled_from(list(OWNERS))),
                "opened_at": begun,
                "status": "resolved",
                "resolved_at": begun + timedelta(minutes=draw(st.integers(0, 500))),
                "caused_by_deployment_id": caused,
            }
        )
    return deployed, opened


@given(world=worlds())
def test_cells_are_those_of_nested_loops_over_what_went_in(world, all_cells):
    deployed, opened = world
    planned, failed = failed_by_loop(deployed, opened)
    planned = [d for d in planned if d["finished_at"] <= AS_OF - LOOK_AHEAD]
    good = [
        d for d in deployed if d["environment_kind"] == "production" and d["status"] == "success"
    ]
    for cell in all_cells(deployed, opened).filter(slice_kind="").iter_rows(named=True):
        first, last = (
            max(cell["period_start_on"], local(BEGIN)),
            min(cell["period_end_on"], local(AS_OF) - timedelta(days=1)),
        )
        weeks = max((last - first).days + 1, 0) / 7
        if cell["kpi"] == "change_fail_rate":
            members = in_cell(planned, cell, "finished_at")
            hits = sum(d["deployment_id"] in failed for d in members)
            expected = hits / len(members) if members else None
            assert cell["value"] is None or 0 <= cell["value"] <= 1
        elif cell["kpi"] == "time_to_restore":
            members = in_cell(opened, cell, "opened_at")
            took = sorted((i["resolved_at"] - i["opened_at"]).total_seconds() for i in members)
            if cell["statistic"] == "p90":
                continue
            expected = median(took) if took else None
        else:
            is_deployed = cell["kpi"] == "deployment_frequency"
            members = in_cell(
                good if is_deployed else opened, cell, "finished_at" if is_deployed else "opened_at"
            )
            expected = len(members) / weeks if weeks else None
        assert cell["n"] == len(members)
        assert cell["value"] == (None if expected is None else pytest.approx(expected, abs=1e-9))


def test_change_fail_rate_is_at_most_100_percent_two_incidents_on_one_release_are_one_failure(
    all_cells,
):
    release = {
        "deployment_id": "d",
        "service": "shop",
        "environment": "x",
        "environment_kind": "production",
        "status": "success",
        "created_at": BEGIN,
        "finished_at": BEGIN + timedelta(hours=1),
    }
    opened = [
        {
            "incident_id": f"i{i}",
            "service": "shop",
            "opened_at": BEGIN + timedelta(hours=2 + i),
            "status": "open",
        }
        for i in range(3)
    ]
    found = all_cells([release], opened).filter(
        kpi="change_fail_rate", period_kind="month", slice_kind=""
    )
    january = found.filter(scope_kind="organisation", period_start_on=date(2026, 1, 1)).row(
        0, named=True
    )
    assert (january["value"], january["n"]) == (1.0, 1)


def test_a_month_is_cut_at_local_midnight(all_cells):
    late = datetime.combine(date(2026, 2, 1), time(0, 30), BERLIN).astimezone(UTC)
    opened = [{"incident_id": "i", "service": "shop", "opened_at": late, "status": "open"}]
    found = all_cells([], opened).filter(
        kpi="incident_frequency", scope_kind="organisation", slice_kind=""
    )
    months = dict(found.filter(period_kind="month").select("period_start_on", "n").iter_rows())
    assert months == {date(2026, 1, 1): 0, date(2026, 2, 1): 1, date(2026, 3, 1): 0}
