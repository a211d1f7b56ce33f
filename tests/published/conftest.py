"""A small warehouse, as the stages left of `published` leave it, and how to publish it."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from assets.published.contents import Source, contents
from assets.published.evidence import evidence_of
from assets.published.manifest import About, Manifest
from assets.published.publishing import publish
from assets.published.quality import checks_of
from assets.warehouse import Warehouse

AS_OF = datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
PERIODS = [
    ("month", date(2026, 5, 1), date(2026, 5, 31)),
    ("month", date(2026, 6, 1), date(2026, 6, 30)),
    ("quarter", date(2026, 4, 1), date(2026, 6, 30)),
    ("week", date(2026, 6, 1), date(2026, 6, 7)),
    ("trailing_28d", date(2026, 6, 3), date(2026, 6, 30)),
]
KPIS = {  # id: (promise, statistic, unit, value)
    "change_lead_time": ("flexibility", "p50", "seconds", 172_800.0),
    "deployment_frequency": ("flexibility", "rate", "per_week", 3.0),
    "first_response_time": ("support", "p50", "seconds", 7_200.0),
    "csat": ("support", "ratio", "ratio", 0.9),
}
SCOPES = [("organisation", "organisation"), ("segment", "startup"), ("customer", "unassigned")]


def cells(promise: str) -> pl.DataFrame:
    rows = [
        {
            "kpi": kpi,
            "statistic": statistic,
            "slice_kind": "",
            "slice": "",
            "promise": promise,
            "scope_kind": scope_kind,
            "scope": scope,
            "period_kind": period_kind,
            "period_start_on": start,
            "period_end_on": end,
            "value_state": "ok",
            "value": value,
            "unit": unit,
            "low": value * 0.8,
            "high": value * 1.1,
            "n": 40,
            "n_open": 2,
            "n_excluded": 1,
            "is_complete": True,
            "is_low_n": kpi == "csat",
            "is_immature": False,
            "is_stale": kpi == "csat",
            "definition_version": 1,
            "as_of": AS_OF,
        }
        for kpi, (of_promise, statistic, unit, value) in KPIS.items()
        if of_promise == promise
        for scope_kind, scope in SCOPES
        for period_kind, start, end in PERIODS
    ]
    types = dict.fromkeys(["n", "n_open", "n_excluded"], pl.UInt32)
    return pl.DataFrame(rows, schema_overrides={**types, "as_of": pl.Datetime("us", "UTC")})


def catalogue() -> pl.DataFrame:
    facts = {
        "change_lead_time": ("fact_change_lead_time", "merged_at", "lead_time"),
        "deployment_frequency": ("fact_change_lead_time", "merged_at", None),
        "first_response_time": ("fact_tickets", "created_at", "first_response_business"),
        "csat": ("fact_ticket_ratings", "entered_at", None),
    }
    rows = [
        {
            "id": kpi,
            "name": kpi.replace("_", " ").capitalize(),
            "promise": promise,
            "unit": unit,
            "direction": "lower",
            "statistics": [statistic],
            "headline_statistic": statistic,
            "is_headline": kpi != "deployment_frequency",
            "fact": facts[kpi][0],
            "entered_at": facts[kpi][1],
            "duration": facts[kpi][2],
            "exposure": "fact_customer_activity" if kpi == "deployment_frequency" else None,
            "exclusions": [{"column": "is_bot", "sentence": "made by a bot"}],
            "definition": f"What {kpi} means, in a sentence.",
            "version": 1,
        }
        for kpi, (promise, statistic, unit, _) in KPIS.items()
    ]
    return pl.DataFrame(rows)


def instants(*days: tuple[int, int]) -> pl.Series:
    values = [datetime(2026, month, day, 12, tzinfo=UTC) for month, day in days]
    return pl.Series(values, dtype=pl.Datetime("us", "UTC"))


def reference(**columns: list[str | None]) -> pl.DataFrame:
    """Reference rows that hold from the beginning."""
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(
        valid_from=date(1970, 1, 1)
    )


def facts() -> dict[str, pl.DataFrame]:
    changes = pl.DataFrame(
        {
            "event_id": ["c1", "c2", "c3"],
            "merged_at": instants((5, 4), (6, 2), (6, 9)),
            "is_merged": [True, True, False],
            "link_rule": ["merge_order", None, None],
        }
    )
    ratings = pl.DataFrame(
        {
            "event_id": ["r1"],
            "entered_at": instants((6, 3)),
            "is_answered": [True],
            "is_good": [False],
            "score": [1.0],
        }
    )
    sets = pl.DataFrame({"scope_set": [1], "scope_kind": ["segment"], "scope": ["startup"]})
    incidents = pl.DataFrame({"link_rule": ["explicit"], "is_duplicate": [False]})
    failures = pl.DataFrame({"event_id": ["d1"], "link_rule": ["explicit"]})
    return {
        "fact_change_lead_time": changes,
        "fact_ticket_ratings": ratings,
        "fact_tickets": pl.DataFrame({"event_id": ["t1"], "created_at": instants((6, 3))}),
        "fact_customer_activity": pl.DataFrame({"scope": ["startup"], "customers": [2]}),
        "fact_scope_sets": sets,
        "fact_failed_deployments": failures,
        "fact_incidents": incidents,
    }


def conformed() -> dict[str, pl.DataFrame]:
    quarantine = {
        "source": ["zendesk"],
        "entity": ["tickets"],
        "record_key": ["7"],
        "rule": ["unknown_status"],
        "detail": ["status 'waiting for ann@example.com'"],
        "payload": ['{"subject": "the secret of Ann"}'],
        "first_seen_at": instants((6, 1)),
    }
    fates = {"source": ["zendesk"], "feed": ["tickets"], "fate": ["conformed"], "records": [9]}
    coverage = {"source": ["zendesk"], "entity": ["tickets"], "scope": [""], "is_complete": [True]}
    return {
        "conformed_segments": reference(
            id=["startup"], name=["Start-up-like"], stance=["balanced"]
        ),
        "conformed_customers": reference(
            id=["checkout"], name=["Checkout"], segment=["startup"], stance=[None]
        ),
        "conformed_services": reference(id=["api"], name=["API"]),
        "conformed_offerings": reference(id=["ci"], name=["CI"]),
        "conformed_quarantine": pl.DataFrame(quarantine),
        "conformed_record_fates": pl.DataFrame(fates),
        "conformed_source_coverage": pl.DataFrame(coverage),
    }


def answers() -> dict[str, pl.DataFrame]:
    row = {
        "segment": "startup",
        "promise": "flexibility",
        "importance_stated": 5.0,
        "performance": 3.4,
        "performance_low": 3.1,
        "performance_high": 3.8,
        "position": 3.0,
        "verdict": "serves",
        "period_kind": "quarter",
        "period_start_on": date(2026, 4, 1),
        "period_end_on": date(2026, 6, 30),
        "sentence": "Flexibility counts, and is served.",
    }
    return {"tradeoff_attribute_map": pl.DataFrame([row])}


def checks(run: str = "run-1") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "table": ["conformed_tickets"],
            "check": ["unique"],
            "is_ok": [True],
            "severity": ["error"],
            "observed": ["0"],
            "expected": ["0"],
            "sentence": ["ticket_id is unique."],
            "run_id": [run],
            "at": instants((7, 1)),
        }
    )


def ledger() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "path": ["inbox/zendesk/tickets/1.ndjson"],
            "status": ["unreadable"],
            "problem": ["line 3 ends in the middle"],
            "read_at": instants((7, 1)),
        }
    )


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse with all that an edition needs."""
    warehouse = Warehouse(tmp_path_factory.mktemp("filled") / "warehouse.duckdb")
    kpis = {f"kpi_{promise}": cells(promise) for promise in ("flexibility", "support")}
    tables = {"kpi_catalogue": catalogue(), **kpis, **facts(), **conformed(), **answers()}
    for name, frame in tables.items():
        warehouse.replace(name, frame)
    warehouse.append({"check_results": checks(), "raw_files": ledger()})
    return warehouse.path.parent


@pytest.fixture
def store(tmp_path: Path, filled: Path) -> Iterator[Warehouse]:
    """A copy of the filled warehouse for one test."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    with warehouse.connect():
        yield warehouse


@pytest.fixture
def about() -> About:
    return About(AS_OF, AS_OF, "1.0+abc", "d1", "Example Ltd", True, "Europe/Berlin")


@pytest.fixture
def make(tmp_path: Path, store: Warehouse, about: About) -> Callable[..., Manifest]:
    """Publish the warehouse as it is; keyword arguments change the terms."""

    def publish_now(**terms: object) -> Manifest:
        changed = About(**{**about.__dict__, **terms})
        source = Source(store, store.tables(), changed.organisation, date(2026, 7, 1))
        found = contents(source, checks_of(source.frame("check_results"), ["run-1"]))
        return publish(tmp_path, changed, found, store, evidence_of(catalogue()))

    return publish_now
