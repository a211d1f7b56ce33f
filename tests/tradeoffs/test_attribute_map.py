"""Whom do we serve? Verdicts, and the map from cells and choices."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.tradeoffs.attribute_map import KPI_COLUMNS, MAP_COLUMNS, VERDICTS, answered, verdict

TODAY = date(2026, 7, 1)
HOUR, DAY = 3_600.0, 86_400.0
COLUMNS = (
    "importance_stated",
    "performance",
    "performance_low",
    "performance_high",
    "is_declared_bad",
)
on_scale = st.floats(1, 5)


def verdict_of(importance, performance, low=None, high=None, is_declared=False):
    low, high = (performance if end is None else end for end in (low, high))
    row = [(importance, performance, low, high, is_declared)]
    kinds = [*[pl.Float64] * 4, pl.Boolean]
    frame = pl.DataFrame(row, schema=dict(zip(COLUMNS, kinds, strict=True)), orient="row")
    return frame.with_columns(n_uncertain=pl.lit(0)).select(verdict()).item()


@pytest.mark.parametrize(
    ("importance", "performance", "is_declared", "expected"),
    [
        (4, 4.0, False, "excels_where_it_counts"),
        (5, 3.99, False, "serves"),
        (4, 3.0, False, "serves"),
        (4, 2.99, False, "under_served"),
        (4, 2.99, True, "under_served"),
        (3.99, 4.0, False, "over_served"),
        (1, 3.99, True, "fits"),
        (1, 2.5, False, "fits"),
        (1, 2.49, True, "bad_on_purpose"),
        (1, 2.49, False, "weak_undeclared"),
    ],
)
def test_each_class_begins_at_its_border(importance, performance, is_declared, expected):
    assert verdict_of(importance, performance, is_declared=is_declared) == expected


@pytest.mark.parametrize(
    ("importance", "low", "high", "expected"),
    [
        (5, 2.9, 3.9, "serves"),
        (5, 3.0, 4.5, "serves"),
        (5, 2.9, 4.0, "unknown"),
        (2, 2.6, 4.5, "fits"),
        (2, 2.4, 3.9, "fits"),
        (2, 2.4, 4.0, "unknown"),
    ],
)
def test_an_interval_that_crosses_both_borders_of_its_branch_makes_the_verdict_unknown(
    importance, low, high, expected
):
    assert verdict_of(importance, 3.5, low, high) == expected


@given(
    importance=st.none() | on_scale,
    ends=st.none() | st.tuples(on_scale, on_scale, on_scale),
    is_declared=st.booleans(),
)
def test_the_verdict_is_exactly_one_of_the_words_and_unknown_without_numbers(
    importance, ends, is_declared
):
    low, performance, high = sorted(ends) if ends else (None, None, None)
    found = verdict_of(importance, performance, low, high, is_declared)
    assert found in VERDICTS
    if importance is None or ends is None:
        assert found == "unknown"


def both(configuration, catalogue, *frames):
    cells = pl.concat(frames).lazy()
    rows, scores = answered(configuration, TODAY, cells, catalogue.lazy())
    return rows, scores.select(KPI_COLUMNS)


def the(frame, segment, promise):
    wanted = (pl.col("segment") == segment) & (pl.col("promise") == promise)
    return frame.row(by_predicate=wanted, named=True)


@pytest.fixture
def quarter(cells):
    """The organisation's cells make the second quarter of 2026 the one that counts."""
    return cells(
        {"kpi": "csat", "value": 0.8, "scope_kind": "organisation", "scope": "organisation"}
    )


def test_a_slow_first_response_under_serves_who_needs_support(
    cells, catalogue, configuration, quarter
):
    measured = cells(
        {
            "kpi": "first_response_time",
            "value": 6.1 * HOUR,
            "low": 5.2 * HOUR,
            "high": 7.3 * HOUR,
        },
        {"kpi": "csat", "value": 0.7, "low": 0.68, "high": 0.72},
    )
    rows, scores = both(configuration, catalogue, quarter, measured)
    row = the(rows, "regulated", "support")
    assert row["verdict"] == "under_served"
    assert (row["n_kpis"], row["n_missing"]) == (2, 0)
    assert row["position"] == pytest.approx(2.391, abs=1e-3)
    assert row["sentence"] == (
        "For Regulated, support matters (5 of 5) and scores 1.9 of 5 (1.6–2.1): under-served. "
        "First response time was 6.1 business hours in the median (5.2–7.3, n 100), "
        "target 4 business hours."
    )
    assert row["next_question"] == (
        "For Regulated, what holds first response time back, and what would give way for it?"
    )
    behind = scores.filter(segment="regulated", promise="support", kpi="first_response_time")
    assert behind.select("poor", "target", "excellent").row(0) == (8 * HOUR, 4 * HOUR, HOUR)
    assert behind.get_column("score").item() < 3 < 5


def test_a_weakness_that_is_declared_names_since_when_and_who_decided(
    cells, catalogue, configuration, quarter
):
    measured = cells({"kpi": "independent_review_rate", "value": 0.4, "scope": "startup"})
    rows, _ = both(configuration, catalogue, quarter, measured)
    row = the(rows, "startup", "accountability")
    assert row["verdict"] == "bad_on_purpose"
    assert row["is_declared_bad"]
    assert row["next_question"] is None
    assert row["sentence"] == (
        "For Start-up-like, accountability matters little (1 of 5) and scores 1.0 of 5 (1.0–1.0): "
        "bad on purpose since 1 January 2025, decided by Head of platform. Independent review rate "
        "was 40 % (40–40, n 100), target 80 %."
    )


def test_a_weakness_that_is_not_declared_asks_whether_it_is_meant(
    cells, catalogue, configuration, quarter
):
    undeclared = configuration.model_copy(update={"bad_on_purpose": ()})
    measured = cells({"kpi": "independent_review_rate", "value": 0.4, "scope": "startup"})
    row = the(both(undeclared, catalogue, quarter, measured)[0], "startup", "accountability")
    assert row["verdict"] == "weak_undeclared"
    assert row["next_question"].startswith("Is accountability meant to be weak for Start-up-like?")
    assert "independent review rate" in row["next_question"]


def test_a_measure_with_a_value_that_is_not_certain_makes_the_verdict_unknown(
    cells, catalogue, configuration, quarter
):
    measured = cells(
        {"kpi": "first_response_time", "value": 1 * HOUR, "is_stale": True},
        {"kpi": "csat", "value": 0.97},
    )
    rows, scores = both(configuration, catalogue, quarter, measured)
    row = the(rows, "regulated", "support")
    assert (row["verdict"], row["n_kpis"], row["n_missing"]) == ("unknown", 2, 1)
    assert row["n_uncertain"] == 1
    assert "unknown, as one of its measures is not sure enough" in row["sentence"]
    assert row["missing"] == "first response time (a source is late or incomplete)"
    assert row["sentence"].endswith(f" Not counted: {row['missing']}.")
    stale = scores.filter(segment="regulated", kpi="first_response_time").row(0, named=True)
    assert stale["value"] == HOUR
    assert stale["score"] is None


def test_too_few_events_are_named_with_their_number(cells, catalogue, configuration, quarter):
    measured = cells(
        {"kpi": "first_response_time", "value": HOUR, "is_low_n": True, "n": 9},
        {"kpi": "csat", "value": 0.97},
    )
    row = the(both(configuration, catalogue, quarter, measured)[0], "regulated", "support")
    assert row["missing"] == "first response time (too few events, n 9)"


def test_value_interval_and_target_are_said_in_one_unit(cells, catalogue, configuration, quarter):
    value = {"value": 100 * 60.0, "low": 90 * 60.0, "high": 3 * HOUR}
    measured = cells({"kpi": "first_response_time", **value})
    row = the(both(configuration, catalogue, quarter, measured)[0], "regulated", "support")
    assert (
        "100 business min in the median (90–180, n 100), target 240 business min" in row["sentence"]
    )


def test_a_measure_without_data_is_missing_and_the_rest_is_judged(
    cells, catalogue, configuration, quarter
):
    measured = cells({"kpi": "csat", "value": 0.97})
    row = the(both(configuration, catalogue, quarter, measured)[0], "regulated", "support")
    assert (row["verdict"], row["n_kpis"]) == ("excels_where_it_counts", 2)
    assert (row["n_missing"], row["n_uncertain"]) == (1, 0)


@pytest.mark.parametrize(
    ("promise", "why"),
    [
        (
            "support",
            "nothing counts in the newest complete period: CSAT (no source tells about it), first "
            "response time (no source tells about it).",
        ),
        ("stability", "no target of this segment is set for it in plumbline.toml."),
        ("cost", "no headline KPI measures it yet."),
    ],
)
def test_what_cannot_be_scored_is_unknown_and_says_why(
    catalogue, configuration, quarter, promise, why
):
    row = the(both(configuration, catalogue, quarter)[0], "regulated", promise)
    assert row["verdict"] == "unknown"
    assert row["performance"] is None
    assert row["sentence"].endswith(f"and cannot be scored: {why}")


def test_the_map_has_every_segment_and_promise_once_in_the_agreed_columns(
    catalogue, configuration, quarter
):
    rows, scores = both(configuration, catalogue, quarter)
    assert tuple(rows.columns) == MAP_COLUMNS
    assert rows.height == 2 * 8 == rows.select("segment", "promise").unique().height
    assert rows.get_column("sentence").null_count() == 0
    assert scores.select("segment", "kpi", "statistic").is_unique().all()


def test_a_target_for_another_statistic_is_scored_on_that_statistic(
    cells, catalogue, configuration, quarter
):
    target = next(row for row in configuration.targets if row.kpi == "first_response_time")
    at_p90 = target.model_copy(update={"statistic": "p90"})
    others = tuple(row for row in configuration.targets if row is not target)
    changed = configuration.model_copy(update={"targets": (*others, at_p90)})
    measured = cells(
        {"kpi": "first_response_time", "value": 1 * HOUR},
        {"kpi": "first_response_time", "statistic": "p90", "value": 8 * HOUR},
    )
    rows, scores = both(changed, catalogue, quarter, measured)
    found = scores.filter(segment="regulated", kpi="first_response_time").sort("statistic")
    assert found.select("statistic", "score", "position").rows() == [
        ("p50", None, 5.0),
        ("p90", 1.0, None),
    ]
    assert the(rows, "regulated", "support")["n_missing"] == 1
