"""Is the newest month news? Signals against a frozen baseline."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy import stats

from assets.configuration import Configuration
from assets.kpis.signals import COLUMNS, ended_months, looked_at, scope_names, signals

HOUR = 3_600.0
# 20 months that vary by about a tenth, in an order without trend.
USUAL = [1.0, 1.1, 0.9, 1.05, 0.95, 1.0, 0.9, 1.1, 1.0, 0.97] * 2
KPIS = {
    "change_lead_time": ("Change lead time", "p50", "seconds", "lower", "lead_seconds"),
    "csat": ("CSAT", "ratio", "ratio", "higher", None),
    "deployment_frequency": ("Deployment frequency", "rate", "per_week", "higher", None),
    "open_change_age": ("Open change age", "p50", "seconds", "neutral", "age_seconds"),
}


@pytest.fixture
def catalogue():
    keys = ("name", "headline_statistic", "unit", "direction", "duration")
    rows = [{"id": kpi, **dict(zip(keys, about, strict=True))} for kpi, about in KPIS.items()]
    chart = pl.col("headline_statistic").replace({"p50": "log", "ratio": "p", "rate": "u"})
    return pl.DataFrame(rows).with_columns(is_headline=True, chart=chart, periods=["month"])


def test_what_has_no_months_is_not_judged_by_them(catalogue, scopes):
    quarterly = catalogue.with_columns(periods=["quarter"])
    assert looked_at(quarterly, scopes).is_empty()


@pytest.fixture
def scopes():
    segments = [
        {"id": "core", "name": "Core"},
        {"id": "core", "name": "Core product", "valid_from": date(2025, 1, 1)},
    ]
    return scope_names(
        Configuration.model_validate(
            {"organisation": {"name": "Example Ltd"}, "segments": segments}
        )
    )


def months(kpi, values, *, scope="organisation", n=200, **last):
    """One monthly cell per value, from July 2024 on; `last` changes the newest one."""
    _, statistic, unit, _, _ = KPIS[kpi]
    starts = pl.date_range(
        date(2024, 7, 1),
        pl.date(2024, 7, 1).dt.offset_by(f"{len(values) - 1}mo"),
        "1mo",
        eager=True,
    )
    frame = pl.DataFrame({"period_start_on": starts, "value": values}).with_columns(
        pl.col("value").cast(pl.Float64),
        period_end_on=pl.col("period_start_on").dt.month_end(),
        kpi=pl.lit(kpi),
        statistic=pl.lit(statistic),
        slice_kind=pl.lit(""),
        scope_kind=pl.lit("organisation" if scope == "organisation" else "segment"),
        scope=pl.lit(scope),
        period_kind=pl.lit("month"),
        value_state=pl.lit("ok"),
        unit=pl.lit(unit),
        low=pl.col("value") * 0.9,
        high=pl.col("value") * 1.1,
        n=pl.lit(n, dtype=pl.UInt32),
        is_complete=True,
        is_low_n=False,
        is_immature=False,
        is_stale=False,
    )
    is_last = pl.col("period_start_on") == starts.max()
    return frame.with_columns(
        pl.when(is_last).then(pl.lit(to)).otherwise(pl.col(name)).alias(name)
        for name, to in last.items()
    )


def signals_of(cells, catalogue, scopes):
    series = looked_at(catalogue, scopes)
    return signals(ended_months(pl.concat(cells).lazy(), series), series)


def the(found, kpi, scope="organisation"):
    return found.row(by_predicate=(pl.col("kpi") == kpi) & (pl.col("scope") == scope), named=True)


def test_a_duration_is_judged_on_the_log_scale_against_its_first_20_months(catalogue, scopes):
    hours = [*USUAL, 9.0, 9.0, 0.2]
    cells = [months("change_lead_time", [at * HOUR for at in hours])]
    row = the(signals_of(cells, catalogue, scopes), "change_lead_time")
    logs = np.log(np.array(USUAL) * HOUR)
    reach = 2.66 * np.abs(np.diff(logs)).mean()
    assert row["n_baseline"] == 20
    assert row["baseline_center"] == pytest.approx(np.exp(logs.mean()))
    assert row["baseline_low"] == pytest.approx(np.exp(logs.mean() - reach), rel=1e-3)
    assert row["baseline_high"] == pytest.approx(np.exp(logs.mean() + reach), rel=1e-3)
    assert row["previous_value"] == 9.0 * HOUR
    assert row["period_start_on"] == date(2026, 5, 1)
    assert row["signal"] == "better"
    assert row["change_low"] < 0.2 * HOUR - row["baseline_center"] < row["change_high"] < 0


@pytest.mark.parametrize(("share", "signal"), [(0.1, "worse"), (0.95, "better"), (0.52, "noise")])
def test_a_ratio_is_better_when_more_of_it_is_better(catalogue, scopes, share, signal):
    found = signals_of([months("csat", [*(0.5 * at for at in USUAL), share])], catalogue, scopes)
    assert the(found, "csat")["signal"] == signal


def test_a_rate_is_judged_with_the_spread_of_its_counts(catalogue, scopes):
    usual = [10 * at for at in USUAL]
    found = signals_of([months("deployment_frequency", [*usual, 1.0])], catalogue, scopes)
    row = the(found, "deployment_frequency")
    assert row["signal"] == "worse"
    assert 0 <= row["baseline_low"] < row["baseline_center"] < row["baseline_high"]
    assert row["sentence"].startswith(
        "Deployment frequency, Example Ltd, March 2026: 1 a week (0.9–1.1, n 200), beyond what "
        "its first 20 months"
    )


def test_with_19_months_it_is_too_early_and_the_sentence_counts_them(catalogue, scopes):
    cells = [months("change_lead_time", [at * HOUR for at in [*USUAL[:19], 50.0]])]
    row = the(signals_of(cells, catalogue, scopes), "change_lead_time")
    assert row["signal"] == "too_early"
    assert row["n_baseline"] == 19
    assert row["baseline_low"] is None
    assert row["sentence"] == (
        "Change lead time, Example Ltd, February 2026: too early to tell, limits need 20 complete "
        "months before it, 19 are known."
    )


@pytest.mark.parametrize(
    ("flag", "why"),
    [
        ({"is_low_n": True}, "too few events in the month"),
        ({"is_stale": True}, "a source is late or incomplete"),
        ({"value_state": "no_events", "value": None}, "nothing happened that could be measured"),
    ],
)
def test_a_newest_month_that_is_not_certain_is_not_judged(catalogue, scopes, flag, why):
    cells = [months("csat", [*(0.8 * at for at in USUAL), 0.1], **flag)]
    row = the(signals_of(cells, catalogue, scopes), "csat")
    assert row["signal"] == "too_early"
    assert row["sentence"].endswith(f"too early to tell, {why}.")


@pytest.mark.parametrize("flag", [{"is_immature": True}, {"is_complete": False}])
def test_a_month_that_is_not_over_or_not_mature_gives_way_to_the_one_before(
    catalogue, scopes, flag
):
    values = [*(0.8 * at for at in USUAL), 0.8, 0.1]
    row = the(signals_of([months("csat", values, **flag)], catalogue, scopes), "csat")
    assert row["period_start_on"] == date(2026, 3, 1)
    assert row["signal"] == "noise"


def test_months_that_come_after_the_baseline_do_not_move_it(catalogue, scopes):
    few = signals_of([months("csat", [*(0.8 * at for at in USUAL), 0.5])], catalogue, scopes)
    more = [*(0.8 * at for at in USUAL), 0.1, 0.2, 0.9, 0.5]
    many = signals_of([months("csat", more)], catalogue, scopes)
    limits = ("baseline_center", "baseline_low", "baseline_high", "n_baseline", "signal")
    assert [the(few, "csat")[name] for name in limits] == [
        the(many, "csat")[name] for name in limits
    ]


def test_a_baseline_that_does_not_vary_gives_no_limits(catalogue, scopes):
    row = the(signals_of([months("csat", [1.0] * 20 + [0.5])], catalogue, scopes), "csat")
    assert row["signal"] == "too_early"
    assert "do not vary" in row["sentence"]


def test_every_headline_with_a_better_side_has_a_row_for_the_organisation_and_each_segment(
    catalogue, scopes
):
    found = signals_of([months("csat", [0.8], scope="unassigned")], catalogue, scopes)
    assert dict(found.schema) == {name: kind() for name, kind in COLUMNS.items()}
    assert found.select("kpi", "scope").rows() == [
        (kpi, scope)
        for kpi in ("change_lead_time", "csat", "deployment_frequency")
        for scope in ("organisation", "core")
    ]
    assert found.get_column("sentence").to_list()[1] == (
        "Change lead time, Core product: too early to tell, no month is complete yet."
    )


def test_q_values_are_those_of_all_series_together(catalogue, scopes):
    cells = [
        months("csat", [*(0.8 * at for at in USUAL), 0.7]),
        months("csat", [*(0.8 * at for at in USUAL), 0.4], scope="core"),
        months("deployment_frequency", [*(10 * at for at in USUAL), 9.0]),
        months("change_lead_time", [at * HOUR for at in [*USUAL, 1.3]]),
    ]
    found = signals_of(cells, catalogue, scopes).drop_nulls("p_value")
    expected = stats.false_discovery_control(found.get_column("p_value").to_numpy())
    assert found.get_column("q_value").to_list() == pytest.approx(list(expected))


def test_in_random_months_without_change_hardly_anything_is_called_a_signal(catalogue, scopes):
    rng = np.random.default_rng(7)
    cells = [
        months(kpi, draw, scope=scope)
        for scope in ("organisation", "core")
        for kpi, draw in (
            ("change_lead_time", HOUR * rng.lognormal(0, 0.3, 24)),
            ("csat", rng.binomial(200, 0.8, 24) / 200),
            ("deployment_frequency", rng.poisson(40, 24) / 4.4),
        )
    ]
    found = signals_of(cells, catalogue, scopes)
    assert set(found.get_column("signal")) == {"noise"}
    assert found.get_column("sentence").str.ends_with("noise.").all()
