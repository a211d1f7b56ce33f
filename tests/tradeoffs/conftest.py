"""Frames and a configuration that the tests of the trade-offs share; nothing is computed here."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from assets.configuration import Configuration

CELL_SCHEMA: dict[str, Any] = {
    "kpi": pl.String,
    "statistic": pl.String,
    "slice_kind": pl.String,
    "slice": pl.String,
    "promise": pl.String,
    "scope_kind": pl.String,
    "scope": pl.String,
    "period_kind": pl.String,
    "period_start_on": pl.Date,
    "period_end_on": pl.Date,
    "value_state": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.UInt32,
    "n_open": pl.UInt32,
    "n_excluded": pl.UInt32,
    "is_complete": pl.Boolean,
    "is_low_n": pl.Boolean,
    "is_immature": pl.Boolean,
    "is_stale": pl.Boolean,
    "definition_version": pl.UInt16,
    "as_of": pl.Datetime("us", "UTC"),
}
KPIS = {
    "first_response_time": ("p50", "support", "seconds", "lower", "First response time"),
    "csat": ("ratio", "support", "ratio", "higher", "CSAT"),
    "change_lead_time": ("p50", "flexibility", "seconds", "lower", "Change lead time"),
    "deployment_frequency": ("rate", "flexibility", "per_week", "higher", "Deployment frequency"),
    "change_fail_rate": ("ratio", "stability", "ratio", "lower", "Change fail rate"),
    "failed_deployment_recovery_time": (
        "p50",
        "stability",
        "seconds",
        "lower",
        "Failed deployment recovery time",
    ),
    "independent_review_rate": (
        "ratio",
        "accountability",
        "ratio",
        "higher",
        "Independent review rate",
    ),
}
CELL = {
    "slice_kind": "",
    "slice": "",
    "scope_kind": "segment",
    "scope": "regulated",
    "period_kind": "quarter",
    "period_start_on": date(2026, 4, 1),
    "period_end_on": date(2026, 6, 30),
    "value_state": "ok",
    "n": 100,
    "n_open": 0,
    "n_excluded": 0,
    "is_complete": True,
    "is_low_n": False,
    "is_immature": False,
    "is_stale": False,
    "definition_version": 1,
    "as_of": datetime(2026, 7, 1, tzinfo=UTC),
}


def _cells(*rows: dict[str, Any]) -> pl.DataFrame:
    filled = []
    for row in rows:
        statistic, promise, unit, _, _ = KPIS[row["kpi"]]
        known = {**CELL, "statistic": statistic, "promise": promise, "unit": unit, **row}
        ends = {"low": known.get("value"), "high": known.get("value")}
        filled.append({**ends, **known})
    return pl.DataFrame(filled, schema=CELL_SCHEMA)


@pytest.fixture
def cells():
    """Makes cells from what is special about each; the rest is that of a certain quarterly one."""
    return _cells


@pytest.fixture
def catalogue() -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "id": kpi,
                "name": name,
                "promise": promise,
                "unit": unit,
                "direction": direction,
                "statistics": [statistic, "p90"] if statistic == "p50" else [statistic],
                "headline_statistic": statistic,
                "is_headline": True,
                "duration": f"{kpi}_business" if kpi == "first_response_time" else None,
            }
            for kpi, (statistic, promise, unit, direction, name) in KPIS.items()
        ]
    )


@pytest.fixture
def configuration() -> Configuration:
    hour, day = 3_600, 86_400
    return Configuration.model_validate(
        {
            "organisation": {"name": "Example Ltd", "time_zone": "Europe/Berlin"},
            "segments": [
                {
                    "id": "regulated",
                    "name": "Regulated",
                    "stance": "stability",
                    "importance": {"support": 5, "stability": 5, "flexibility": 2, "cost": 3},
                },
                {
                    "id": "startup",
                    "name": "Start-up-like",
                    "stance": "flexibility",
                    "importance": {"flexibility": 5, "support": 4, "accountability": 1},
                },
            ],
            "customers": [
                {"id": "ledger", "name": "Ledger team", "segment": "regulated"},
                {"id": "checkout", "name": "Checkout team", "segment": "startup"},
            ],
            "targets": [
                _target("regulated", "first_response_time", 8 * hour, 4 * hour, hour),
                _target("regulated", "csat", 0.6, 0.8, 0.95),
                _target("startup", "first_response_time", 16 * hour, 8 * hour, 2 * hour),
                _target("startup", "independent_review_rate", 0.5, 0.8, 1.0),
                _target("", "first_response_time", 16 * hour, 4 * hour, hour),
                _target("", "change_lead_time", 7 * day, 2 * day, day),
                _target("", "deployment_frequency", 1, 5, 20),
                _target("", "change_fail_rate", 0.3, 0.15, 0.05),
                _target("", "failed_deployment_recovery_time", day, 4 * hour, hour),
            ],
            "bad_on_purpose": [
                {
                    "segment": "startup",
                    "promise": "accountability",
                    "since": date(2025, 1, 1),
                    "why": "They ship experiments.",
                    "owner_role": "Head of platform",
                }
            ],
        }
    )


def _target(segment: str, kpi: str, poor: float, target: float, excellent: float) -> dict[str, Any]:
    return {
        "segment": segment,
        "kpi": kpi,
        "statistic": KPIS[kpi][0],
        "poor": poor,
        "target": target,
        "excellent": excellent,
    }
