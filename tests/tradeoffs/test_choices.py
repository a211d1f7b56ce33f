"""What `plumbline.toml` states, on one day."""

from datetime import date

import polars as pl
import pytest

from assets.configuration import Configuration
from assets.errors import ConfigurationError
from assets.tradeoffs import choices

TODAY = date(2026, 7, 1)


def configured(**tables):
    return Configuration.model_validate({"organisation": {"name": "Example Ltd"}, **tables})


def target(**what):
    scale = {"poor": 0.6, "target": 0.8, "excellent": 0.95}
    return {"segment": "core", "kpi": "csat", "statistic": "ratio", **scale, **what}


def test_the_newest_row_that_is_valid_on_the_day_wins():
    rows = [
        {"id": "core", "name": "Old", "valid_from": date(2024, 1, 1), "importance": {"support": 2}},
        {"id": "core", "name": "New", "valid_from": date(2026, 7, 1), "importance": {"support": 4}},
        {"id": "core", "name": "Next", "valid_from": date(2026, 7, 2), "stance": "stability"},
    ]
    configuration = configured(segments=rows)
    assert choices.segments(configuration, TODAY).rows() == [("core", "New", "balanced")]
    stated = choices.importance(configuration, TODAY).drop_nulls()
    assert stated.rows() == [("core", "support", 4.0)]
    assert choices.segments(configuration, date(2023, 1, 1)).is_empty()


def test_all_eight_promises_are_asked_about_even_if_nothing_is_stated():
    configuration = configured(segments=[{"id": "core", "name": "Core"}])
    asked = choices.importance(configuration, TODAY)
    assert set(asked.get_column("promise")) == set(choices.PROMISES)
    assert asked.get_column("importance_stated").null_count() == 8


def test_a_customer_has_its_own_stance_or_its_segments_as_it_was_on_that_day():
    configuration = configured(
        segments=[
            {"id": "core", "name": "Core", "stance": "stability"},
            {
                "id": "core",
                "name": "Core",
                "stance": "flexibility",
                "valid_from": date(2026, 1, 1),
            },
        ],
        customers=[
            {"id": "own", "name": "Own", "segment": "core", "stance": "balanced"},
            {"id": "theirs", "name": "Theirs", "segment": "core"},
            {"id": "later", "name": "Later", "segment": "core", "valid_from": date(2026, 2, 1)},
        ],
    )
    days = pl.DataFrame(
        [(name, day) for name in ("own", "theirs", "later") for day in (date(2025, 12, 31), TODAY)],
        schema={"customer": pl.String, "on": pl.Date},
        orient="row",
    )
    found = choices.stances(configuration, days).select("customer", "on", "stance")
    assert sorted(found.rows()) == [
        ("later", TODAY, "flexibility"),
        ("own", date(2025, 12, 31), "balanced"),
        ("own", TODAY, "balanced"),
        ("theirs", date(2025, 12, 31), "stability"),
        ("theirs", TODAY, "flexibility"),
    ]


def test_what_is_declared_bad_from_tomorrow_is_not_declared_today():
    row = {"segment": "core", "promise": "cost", "why": "Growth first.", "owner_role": "CTO"}
    segments = [{"id": "core", "name": "Core"}]
    today = configured(segments=segments, bad_on_purpose=[{**row, "since": TODAY}])
    tomorrow = configured(segments=segments, bad_on_purpose=[{**row, "since": date(2026, 7, 2)}])
    assert choices.declared_bad(today, TODAY).height == 1
    assert choices.declared_bad(tomorrow, TODAY).is_empty()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"kpi": "csta"}, "is not a KPI"),
        ({"statistic": "p90"}, "is not among the KPI's statistics"),
        ({"poor": 0.9, "target": 0.5, "excellent": 0.1}, "more is better"),
        (
            {"kpi": "change_fail_rate", "poor": 0.1, "target": 0.2, "excellent": 0.3},
            "less is better",
        ),
        (
            {
                "kpi": "change_lead_time",
                "statistic": "p50",
                "poor": 9,
                "target": 5,
                "excellent": 0,
            },
            "a duration of 0 s or less",
        ),
    ],
)
def test_a_target_that_no_kpi_can_be_held_against_is_refused_by_name(catalogue, wrong, says):
    configuration = configured(segments=[{"id": "core", "name": "Core"}], targets=[target(**wrong)])
    with pytest.raises(ConfigurationError, match=says):
        choices.fitting_targets(choices.targets(configuration, TODAY), catalogue)


def test_targets_that_fit_pass_as_they_are(catalogue):
    configuration = configured(segments=[{"id": "core", "name": "Core"}], targets=[target()])
    targets = choices.targets(configuration, TODAY)
    assert choices.fitting_targets(targets, catalogue).equals(targets)
