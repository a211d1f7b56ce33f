"""What the trade-offs take for granted."""

from datetime import date

import polars as pl

from assets.configuration import Configuration
from assets.tradeoffs.assumptions import COLUMNS, configured, constants

TODAY = date(2026, 7, 1)


def test_every_trade_off_names_its_assumptions_once_with_value_and_source():
    rows = constants()
    assert tuple(rows.columns) == COLUMNS
    assert rows.select("tradeoff", "assumption").is_unique().all()
    assert set(rows.get_column("tradeoff")) == {
        "tradeoff_attribute_map",
        "tradeoff_strategic_fit",
        "tradeoff_flexibility_stability",
        "tradeoff_rival_definitions",
        "tradeoff_tests",
        "tradeoff_derived_importance",
        "tradeoff_release_load",
        "tradeoff_offerings",
        "tradeoff_portfolio",
        "tradeoff_support_lanes",
        "tradeoff_runner_lanes",
        "tradeoff_error_budgets",
    }
    assert rows.select((pl.all().str.len_chars() > 0).all()).row(0) == (True,) * 4


def test_the_borders_and_the_clear_lead_are_those_that_the_code_uses():
    values = dict(constants().select("assumption", "value").rows())
    assert values["borders where it is important"] == "3 and 4"
    assert values["borders where it is not"] == "2.5 and 4"
    assert values["clear lead"] == "1 or more"


def test_each_choice_of_the_configuration_is_a_row(configuration):
    rows = configured(configuration, TODAY)
    assert tuple(rows.columns) == COLUMNS
    assert rows.select("tradeoff", "assumption").is_unique().all()
    said = dict(rows.select("assumption", "value").rows())
    assert said["importance of support to regulated"] == "5 of 5"
    assert said["csat ratio for regulated"] == "poor 0.6, target 0.8, excellent 0.95, weight 1.0"
    assert said["change_fail_rate ratio for all segments (common scale)"].startswith("poor 0.3")
    assert said["accountability is bad on purpose for startup"] == (
        "since 2025-01-01: They ship experiments."
    )
    assert said["stance of startup unless a customer has its own"] == "flexibility"


def test_a_configuration_that_chooses_nothing_has_no_rows():
    nothing = Configuration.model_validate({"organisation": {"name": "Example Ltd"}})
    assert configured(nothing, TODAY).is_empty()
