"""What cells promise, one sentence each."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.facts.ticket_ratings import ticket_ratings
from assets.kpis.catalogue import CATALOGUE
from assets.kpis.cells import cells_of
from assets.kpis.definition import Exclusion
from assets.schema import SHAPES

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = datetime(2026, 4, 15, 13, 30, tzinfo=UTC)
OUT = (Exclusion("is_out", "It is out."),)
KEY = ("statistic", "slice", "scope_kind", "scope", "period_kind", "period_start_on")
KPIS = {kpi.id: kpi for kpi in CATALOGUE}
DEPLOYED = {"service": "shop", "environment": "x", "environment_kind": "production"}

offsets = st.integers(0, int((AS_OF - BEGIN).total_seconds() // 60))
facts = st.lists(
    st.fixed_dictionaries(
        {
            "scope_set": st.sampled_from((1, 1, 2, 3, 4)),
            "entered_at": offsets.map(lambda m: BEGIN + timedelta(minutes=m)),
            "c_seconds": st.integers(0, 9).map(float),
            "c_exit": st.just(1),
            "is_hit": st.booleans(),
            "is_out": st.sampled_from((False, False, True, None)),
        }
    ),
    max_size=25,
)


def month_of(found, month, **where):
    rows = found.filter(period_kind="month", period_start_on=date(2026, month, 1), **where)
    return rows.filter(scope_kind="organisation", slice_kind="").row(0, named=True)


@pytest.fixture(scope="module")
def cells_of_kpi(whole_way):
    """The cells of one real KPI, from what was deployed and the incidents that were opened."""

    def build(kpi, deployed=(), opened=(), segments=(("a", "core"),), begin=BEGIN):
        owners = {"shop": ("a",)}
        return whole_way([KPIS[kpi]], deployed, opened, owners, dict(segments), begin, AS_OF)

    return build


def deployed(name, finished_at, **other):
    begun = finished_at - timedelta(minutes=5)
    usual = {"deployment_id": name, "status": "success", "created_at": begun}
    return DEPLOYED | usual | {"finished_at": finished_at} | other


def incident(name, opened_at, **other):
    usual = {"incident_id": name, "service": "shop", "opened_at": opened_at, "status": "open"}
    return usual | other


def test_29_deployments_in_30_days_are_6_8_a_week_not_0(cells_of_kpi):
    days = [datetime(2026, 3, day, 12, tzinfo=UTC) for day in range(2, 31)]
    told_from = datetime(2026, 3, 1, 23, tzinfo=UTC)  # 2 March in Berlin: 30 days of the month
    releases = [deployed(f"d{day:%d}", day) for day in days]
    march = month_of(cells_of_kpi("deployment_frequency", releases, begin=told_from), 3)
    assert march["n"] == 29
    assert march["value"] == pytest.approx(29 / 30 * 7)
    assert f"{march['value']:.1f}" == "6.8"


def test_the_newest_72_hours_are_in_neither_numerator_nor_denominator(cells_of_kpi):
    border = AS_OF - timedelta(hours=72)
    ends = {"old": border, "young": border + timedelta(seconds=1)}
    releases = [deployed(name, end) for name, end in ends.items()]
    opened = [
        incident(name, end + timedelta(hours=1), caused_by_deployment_id=name)
        for name, end in ends.items()
    ]
    found = cells_of_kpi("change_fail_rate", releases, opened)
    april = month_of(found, 4)
    assert (april["n"], april["value"], april["is_immature"]) == (1, 1.0, True)
    assert not month_of(found, 3)["is_immature"]
    trailing = found.filter(period_kind="trailing_28d").get_column("period_end_on").max()
    assert trailing == border.astimezone(BERLIN).date() - timedelta(days=1)


def test_the_median_of_1_and_100_is_50_5(kpi, fact, terms, told_all_along):
    rows = [
        {"scope_set": 1, "entered_at": BEGIN, "c_seconds": s, "c_exit": 1} for s in (1.0, 100.0)
    ]
    found = cells_of(kpi(("p50",), clock="c"), fact(rows), terms(AS_OF, told_all_along))
    assert month_of(found, 1)["value"] == 50.5


def test_an_open_incident_raises_the_median(cells_of_kpi):
    over = [
        incident(f"i{n}", BEGIN, status="resolved", resolved_at=BEGIN + timedelta(hours=n))
        for n in (1, 2, 3)
    ]
    found = [
        month_of(cells_of_kpi("time_to_restore", opened=rows), 1)
        for rows in (over, [*over, incident("still", BEGIN)])
    ]
    assert [cell["value"] / 3600 for cell in found] == [2.0, 2.5]
    assert [cell["n_open"] for cell in found] == [0, 1]


def test_staging_never_enters_a_production_kpi(whole_way):
    end = BEGIN + timedelta(days=3)
    kpis = [kpi for kpi in CATALOGUE if kpi.fact in ("fact_deployments", "fact_incidents")]
    assert len(kpis) > 5
    production = [
        deployed("p1", end, commit_sha="a"),
        deployed("p2", end + timedelta(days=1), commit_sha="b"),
    ]
    opened = [incident("i", end + timedelta(days=1, hours=7), caused_by_deployment_id="s1")]
    # Were they production: a failure by the incident, a rollback, a hotfix, a pipeline that failed.
    staging = [
        deployed(
            f"s{n}", end + timedelta(hours=6 * n), **DEPLOYED | {"environment_kind": kind}, **w
        )
        for n, kind, w in (
            (1, "staging", {"commit_sha": "c"}),
            (2, "staging", {"commit_sha": "a"}),
            (5, "test", {"is_unplanned": True}),
            (6, "other", {"status": "failure", "fixes_deployment_id": "p2"}),
        )
    ]
    with_staging, without = (
        whole_way(kpis, rows, opened, {"shop": ("a",)}, {"a": "core"}, BEGIN, AS_OF)
        for rows in (production + staging, production)
    )
    assert_frame_equal(with_staging, without, check_row_order=False)


def test_a_team_that_changes_segment_keeps_its_history(cells_of_kpi):
    moved_on = date(2026, 3, 1)
    found = cells_of_kpi(
        "incident_frequency",
        opened=[incident("i", datetime(2026, 2, 28, 22, 59, tzinfo=UTC))]
        + [incident(f"j{n}", datetime(2026, 2, 28, 23, n, tzinfo=UTC)) for n in (0, 1)],
        segments={"a": (("startup", date(1970, 1, 1)), ("core", moved_on))},
    ).filter(period_kind="month")
    counts = {
        (scope, start.month): n
        for scope, start, n in found.select("scope", "period_start_on", "n").rows()
        if n
    }
    everywhere = {(scope, m): m - 1 for scope in ("organisation", "shop", "a") for m in (2, 3)}
    assert counts == everywhere | {("startup", 2): 1, ("core", 3): 2}


def test_an_abandoned_change_is_no_fast_one(kpi, fact, terms, told_all_along):
    rows = [
        {"scope_set": 1, "entered_at": BEGIN, "c_seconds": s, "c_exit": e}
        for s, e in ((1.0, 2), (2.0, 1), (3.0, 1), (4.0, 2))
    ]
    definition = kpi(("p50",), clock="c", exit_without_event="competing")
    cell = month_of(cells_of(definition, fact(rows), terms(AS_OF, told_all_along)), 1)
    assert (cell["value"], cell["value_state"]) == (3.5, "ok")
    rows[1]["c_exit"] = 2
    cell = month_of(cells_of(definition, fact(rows), terms(AS_OF, told_all_along)), 1)
    assert (cell["value"], cell["value_state"]) == (None, "not_reached")


def test_one_touch_is_divided_by_solved(terms):
    kpi = KPIS["one_touch_rate"]
    flags = [*kpi.columns, *(exclusion.column for exclusion in kpi.exclusions)]
    usual = dict.fromkeys(name for name in flags if name.startswith("is_")) | {"scope_set": 1}
    usual |= dict.fromkeys(("tool", "offering"))
    # One reply each but for the last; the second is not solved yet.
    rows = [
        usual | {"is_one_touch": is_one_touch, "solved_at": solved_at}
        for is_one_touch, solved_at in ((True, BEGIN), (True, None), (True, BEGIN), (False, BEGIN))
    ]
    types = {name: pl.Boolean for name in usual if name.startswith("is_")}
    types |= {"scope_set": pl.UInt32, "tool": pl.String, "offering": pl.String}
    fact = pl.DataFrame(rows, schema=types | {"solved_at": pl.Datetime("us", "UTC")})
    told = [("s", entity, "", BEGIN - timedelta(days=1), AS_OF, True) for entity in kpi.requires]
    january = month_of(cells_of(kpi, fact, terms(AS_OF, told)), 1)
    assert (january["n"], january["value"]) == (3, pytest.approx(2 / 3))


def test_no_answers_give_null(terms):
    offered = {"source": "s", "source_id": "1", "ticket_id": "t", "offered_at": BEGIN}
    rated, asked = (
        pl.LazyFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)
        for schema, rows in (
            (SHAPES["ticket_ratings"].table, [offered | {"score": None}]),
            (SHAPES["tickets"].table | {"scope_set": pl.UInt32}, []),
        )
    )
    fact = ticket_ratings(rated, asked).with_columns(scope_set=pl.lit(1, dtype=pl.UInt32)).collect()
    world = terms(AS_OF, [("s", "ticket_ratings", "", BEGIN, AS_OF, True)])
    answered, satisfied = (
        cells_of(KPIS[name], fact, world)
        .filter(period_kind="quarter", scope_kind="organisation", slice_kind="")
        .sort("period_start_on")
        .row(0, named=True)
        for name in ("csat_response_rate", "csat")
    )
    assert (answered["value"], answered["n"]) == (0.0, 1)
    assert [satisfied[c] for c in ("value", "low", "high", "n")] == [None, None, None, 0]
    assert satisfied["value_state"] == "no_events"


@settings(max_examples=8)
@given(rows=facts)
def test_shifting_the_window_by_a_day_changes_no_cell_of_the_same_period(
    rows, kpi, fact, terms, told_all_along
):
    day = timedelta(days=1)
    earlier = [(*row[:3], row[3] - day, *row[4:]) for row in told_all_along]
    outside = [r | {"entered_at": BEGIN - day} for r in rows[:3]]
    later = [r | {"entered_at": AS_OF + timedelta(hours=12)} for r in rows[:3]]
    same = ["is_complete", "is_immature", "value_state", "value", "low", "high", "n", "n_excluded"]
    for definition in (
        kpi(("p50",), clock="c", exclusions=OUT),
        kpi(("ratio",), numerator="is_hit", exclusions=OUT, look_ahead_hours=72),
        kpi(("rate",), exclusions=OUT),
    ):
        columns = [*KEY, *same]
        one = cells_of(definition, fact(rows), terms(AS_OF, told_all_along))
        other = cells_of(definition, fact(outside + rows + later), terms(AS_OF + day, earlier))
        is_weekly = (pl.col("period_kind") != "trailing_28d") | (
            pl.col("period_end_on").dt.weekday() == 7
        )
        ripe = one.filter(pl.col("is_complete") & ~pl.col("is_immature") & is_weekly)
        ripe = ripe.select(columns)
        shared = other.select(columns).join(ripe, on=KEY, how="semi")
        assert shared.sort(KEY).equals(ripe.sort(KEY))
