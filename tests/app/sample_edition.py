"""Builds a small synthetic edition in a home folder, with exactly the tables of an edition.

Run as a script (`python tests/app/sample_edition.py FOLDER`) it gives a home to look at.
"""

import hashlib
import json
import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from sample_budgets import tables as budgets
from sample_cells import (
    AS_OF,
    CUSTOMERS,
    KPIS,
    SEGMENTS,
    catalogue,
    cells,
    reconciliation,
    scopes,
    signals,
)
from sample_portfolio import portfolio
from sample_quality import evidence, quality
from sample_rivals import rivals
from sample_staffing import staffing
from sample_stages import stages

from assets.tradeoffs.derived_importance import COLUMNS as DERIVED
from assets.tradeoffs.derived_sentences import sentence as derived_sentence
from assets.tradeoffs.release_load import COLUMNS as LOAD
from assets.tradeoffs.release_load import sentence as load_sentence
from assets.tradeoffs.speed_sentences import sentence as test_sentence
from assets.tradeoffs.speed_tests import COLUMNS as TESTS

EDITION_ID = "20260701T000000Z-0a1b2c3d"
PROMISES = [
    *("flexibility", "feedback", "support", "reliability"),
    *("stability", "security", "accountability", "cost"),
]
VERDICTS = {
    "core": "serves excels_where_it_counts under_served serves serves unknown fits over_served",
    "regulated": "weak_undeclared fits serves excels_where_it_counts under_served fits fits fits",
    "startup": "excels_where_it_counts serves serves over_served fits unknown bad_on_purpose fits",
}
PERFORMANCE = {
    **{"excels_where_it_counts": 4.4, "serves": 3.4, "under_served": 2.1, "over_served": 4.3},
    **{"fits": 3.1, "bad_on_purpose": 1.6, "weak_undeclared": 1.9, "unknown": None},
}
LAST_QUARTER = 4  # just ended: nobody has a place yet
IMPORTANT = {"excels_where_it_counts", "serves", "under_served"}


def build(home: Path, segments: tuple[str, ...] = tuple(SEGMENTS), is_empty: bool = False) -> Path:
    """Writes one edition and `editions/current` into `home`; returns the edition's folder.

    `is_empty` keeps every table's columns and drops all rows, as a first run on an empty inbox.
    """
    folder = home / "editions" / EDITION_ID
    folder.mkdir(parents=True)
    frames = tables(list(segments))
    for name, frame in frames.items():
        _write(folder, name, frame.clear() if is_empty else frame)
    (folder / "manifest.json").write_text(json.dumps(_manifest(folder, frames)), "utf-8")
    (home / "editions" / "current").write_text(f"{EDITION_ID}\n", "utf-8")
    return folder


def tables(segments: list[str]) -> dict[str, pl.DataFrame]:
    """Every table of the edition by name; `evidence_*` are split by month when written."""
    values = cells(segments)
    return {
        "kpi_values": values,
        "kpi_catalogue": catalogue(),
        "kpi_reconciliation": reconciliation(values),
        "kpi_signals": signals(values),
        "kpi_stage_shares": stages(segments),
        **tradeoffs(segments),
        **portfolio(segments),
        **staffing(segments),
        "scopes": scopes(segments),
        **quality(),
        **evidence(segments),
    }


def _write(folder: Path, name: str, frame: pl.DataFrame) -> None:
    if not name.startswith("evidence_"):
        frame.write_parquet(folder / f"{name}.parquet")
        return
    (folder / name).mkdir()
    months = frame.with_columns(_m=pl.col("opened_on").dt.strftime("%Y-%m")).partition_by(
        "_m", as_dict=True, include_key=False
    )
    for (month,), part in months.items():
        part.drop("opened_on").write_parquet(folder / name / f"{month}.parquet")


def _manifest(folder: Path, frames: dict[str, pl.DataFrame]) -> dict[str, object]:
    def files(name: str) -> dict[str, str]:
        found = [*folder.glob(f"{name}.parquet"), *folder.glob(f"{name}/*.parquet")]
        return {
            str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in found
        }

    return {
        **{"id": EDITION_ID, "as_of": AS_OF.isoformat(), "made_at": "2026-07-01T02:10:00+00:00"},
        **{"code_version": "0.1.0", "configuration_digest": "f00d", "is_example": True},
        **{"organisation": "Example Ltd", "time_zone": "Europe/Berlin"},
        "tables": {n: {"rows": f.height, "files": files(n)} for n, f in frames.items()},
    }


def tradeoffs(segments: list[str]) -> dict[str, pl.DataFrame]:
    """The tradeoff_* tables."""
    rows = [
        _map_row(segment, promise, verdict)
        for segment in segments
        for promise, verdict in zip(PROMISES, VERDICTS[segment].split(), strict=True)
    ]
    fit = [
        {"segment": s, "tau_b": 0.41, "low": 0.05, "high": 0.7, "n_promises": 7}
        | {"sentence": f"{SEGMENTS[s]}: what we do well goes with what counts (τ-b 0.41)."}
        for s in segments
    ]
    assumptions = [
        {
            "tradeoff": "tradeoff_attribute_map",
            "assumption": "A promise is the mean of its headline KPIs",
        }
        | {"value": "weights 1", "source": "plumbline.toml"},
        {
            "tradeoff": "tradeoff_flexibility_stability",
            "assumption": "Scores lie between poor and excellent",
        }
        | {"value": "1–5", "source": "targets"},
        {"tradeoff": "tradeoff_error_budgets", "assumption": "hold"}
        | {"value": "nothing is left, by the account", "source": "decision 0077"},
    ]
    return {
        "tradeoff_attribute_map": pl.DataFrame(rows, infer_schema_length=None),
        "tradeoff_attribute_kpis": _attribute_kpis(segments),
        "tradeoff_strategic_fit": pl.DataFrame(fit),
        "tradeoff_strategic_fit_history": _fit_history(segments),
        "tradeoff_derived_importance": _derived(segments),
        "tradeoff_tests": _tests(),
        "tradeoff_release_load": _release_load(),
        "tradeoff_flexibility_stability": _paths(segments),
        "tradeoff_assumptions": pl.DataFrame(assumptions),
        "tradeoff_rival_definitions": rivals(),
        **budgets(),
    }


def _fit_history(segments: list[str]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"segment": s, "period_start_on": start, "tau_b": 0.3, "low": 0.1, "high": 0.5}
            | {"n_promises": 8}
            for s in segments
            for start in (date(2026, 1, 1), date(2026, 4, 1))
        ]
    )


def _derived(segments: list[str]) -> pl.DataFrame:
    """First responses matter to the core product, reopenings to nobody, the rest is not seen."""
    found = {"core": ("goes_with", -0.04), "regulated": ("no_evidence", -0.01)}
    rows = []
    for s in segments:
        verdict, slope = found.get(s, ("too_little", None))
        row = {"segment": s, "promise": "support", "driver": "first_response", "n": 300}
        row |= {"verdict": verdict, "slope": slope, "n_needed": 500}
        row |= {"low": slope and slope - 0.02, "high": slope and slope + 0.02}
        row |= {"is_log": True, "smallest_effect": 0.03, "n_customers": 6}
        rows.append(row | {"sentence": derived_sentence(row)})
        seen = {"segment": s, "promise": "security", "verdict": "not_estimable"}
        rows.append(seen | {"sentence": derived_sentence(seen)})
    return pl.DataFrame(rows, schema=DERIVED)


def _tests() -> pl.DataFrame:
    """One pair that is a trade-off, one that shows nothing, one of which nothing is known."""
    usual = {"is_factor": False, "lag_quarters": 0, "n": 90, "n_customers": 12, "sign": 1}
    rows = [
        {"speed": "release_pace", "outcome": "failed_releases", "slope": 0.03, "low": 0.01}
        | {"high": 0.05, "smallest_effect": 0.03, "q_value": 0.01, "verdict": "trade_off"},
        {"speed": "lead_time", "outcome": "failed_releases", "slope": 0.01, "low": -0.01}
        | {"high": 0.03, "smallest_effect": 0.04, "q_value": 0.6, "verdict": "no_evidence"},
        {"speed": "change_size", "outcome": "rework", "slope": None, "verdict": "no_evidence"},
    ]
    full = [usual | row for row in rows]
    return pl.DataFrame([row | {"sentence": test_sentence(row)} for row in full], schema=TESTS)


def _release_load() -> pl.DataFrame:
    """More incidents go with the releases of one service, of another too little is known."""
    usual = {"event": "incident", "n_releases": 60, "n_days_after": 120, "n_days": 365}
    rows = [
        {"service": "web", "verdict": "goes_with", "baseline": 0.02, "excess": 0.1, "low": 0.05}
        | {"high": 0.15, "q_value": 0.01, "n_events": 40},
        {"service": "ledger", "verdict": "too_little", "n_events": 3},
    ]
    full = [usual | row for row in rows]
    return pl.DataFrame([row | {"sentence": load_sentence(row)} for row in full], schema=LOAD)


def _map_row(segment: str, promise: str, verdict: str) -> dict[str, object]:
    score = PERFORMANCE[verdict]
    bounds = (None, None) if score is None else (score - 0.35, min(score + 0.4, 5.0))
    is_measured = score is not None
    is_bad = verdict == "bad_on_purpose"
    importance = 4.0 + (promise == "stability") if verdict in IMPORTANT else 2.0
    importance = None if verdict == "unknown" else importance
    return {
        **{"segment": segment, "promise": promise, "importance_stated": importance},
        **{"performance": score, "performance_low": bounds[0], "performance_high": bounds[1]},
        **{"position": score, "position_low": bounds[0], "position_high": bounds[1]},
        **{
            "verdict": verdict,
            "n_kpis": 2,
            "n_missing": 2 if score is None else 0,
            "n_uncertain": 0,
        },
        **{"is_declared_bad": is_bad, "since": date(2025, 1, 1) if is_bad else None},
        **{"why": "Speed first" if is_bad else None},
        **{"owner_role": "Head of platform" if is_bad else None},
        "period_kind": "quarter" if is_measured else None,
        "period_start_on": date(2026, 4, 1) if is_measured else None,
        "period_end_on": date(2026, 6, 30) if is_measured else None,
        "sentence": f"{promise.capitalize()} for {SEGMENTS[segment]}: {verdict}.",
        "next_question": f"What would another level of {promise} cost?" if is_measured else None,
    }


def _attribute_kpis(segments: list[str]) -> pl.DataFrame:
    rows = [
        {**{"segment": s, "promise": promise, "kpi": kpi, "statistic": statistics[0]}}
        | {**{"value": value, "low": value * 0.9, "high": value * 1.1, "unit": unit}}
        | {"value_state": "ok", "n": 120, "poor": value * 4, "target": value, "score": 3.0}
        | {"excellent": value / 2, "score_low": 2.7, "score_high": 3.3, "position": 3.1}
        | {"weight": 1.0}
        for s in segments
        for kpi, (_n, promise, unit, _d, statistics, _f, value, _e, _h) in KPIS.items()
    ]
    return pl.DataFrame(rows)


def _paths(segments: list[str]) -> pl.DataFrame:
    draw = np.random.default_rng(3)
    stance = {"core": "balanced", "regulated": "stability", "startup": "flexibility"}
    home = {"core": (3.2, 3.1), "regulated": (1.9, 4.2), "startup": (4.3, 2.4)}
    rows = []
    for customer, (name, segment) in CUSTOMERS.items():
        if segment not in segments:
            continue
        for quarter in range(5):
            x, y = (home[segment] + draw.normal(0, 0.25, 2)).clip(1, 5).tolist()
            is_hidden = customer == "claims" or quarter == LAST_QUARTER
            rows.append(
                {"customer": customer, "segment": segment, "stance_declared": stance[segment]}
                | {"flexibility": None if is_hidden else x, "stability": y}
                | {"flexibility_low": x - 0.2, "flexibility_high": x + 0.2}
                | {"stability_low": y - 0.3, "stability_high": y + 0.3}
                | {"stance_observed": stance[segment], "is_on_frontier": customer != "search"}
                | {"lead_time_p50_seconds": 90_000.0, "deployments_per_week": 3.0}
                | {"change_fail_ratio": 0.1, "recovery_p50_seconds": 4_000.0}
                | {"verdict": "otherwise" if customer == "search" else "as_declared"}
                | {"sentence": f"{name} is where it said it would be."}
            )
    frame = pl.DataFrame(rows, infer_schema_length=None)
    starts = [date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1)]
    starts.append(date(2026, 4, 1))
    return frame.with_columns(period_start_on=pl.Series(starts * (frame.height // len(starts))))


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
