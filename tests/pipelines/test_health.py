"""What `plumbline check` finds on a home after runs, or before the first."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from assets.raw.newest import AS_OF
from assets.warehouse import Warehouse
from pipelines import health
from pipelines.health import Finding, examine
from pipelines.run import Ending
from pipelines.summary import summarise

TERMS = '[organisation]\nname = "Example Ltd"\n'
FROZEN = TERMS + "as_of = 2026-07-01T00:00:00Z\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "plumbline.toml").write_text(TERMS, encoding="utf-8")
    return tmp_path


def _of(home: Path, about: str) -> list[Finding]:
    return [finding for finding in examine(home) if finding.about == about]


def _heard(home: Path, heard_at: datetime, is_asked: bool = False) -> None:
    coverage = {"source": ["desk"], "to_at": [heard_at], "is_complete": [True]}
    store = Warehouse(home / "warehouse.duckdb")
    store.replace("conformed_source_coverage", pl.DataFrame(coverage))
    store.replace(AS_OF, pl.DataFrame({"as_of": [heard_at], "is_asked": [is_asked]}))


def test_a_source_not_heard_of_for_72_hours_is_late(home: Path):
    _heard(home, datetime.now(UTC) - timedelta(days=5))

    [finding] = _of(home, "source desk")

    assert not finding.is_ok
    assert "last heard of 5.0 days before" in finding.found
    assert "late: more than 72 hours" in finding.found


def test_where_the_clock_is_frozen_no_source_is_late(home: Path):
    (home / "plumbline.toml").write_text(FROZEN, encoding="utf-8")
    _heard(home, datetime(2026, 6, 1, tzinfo=UTC))

    [finding] = _of(home, "source desk")

    assert finding.is_ok
    assert "30.0 days" in finding.found


def test_after_a_run_that_looked_back_the_lag_is_unknown(home: Path):
    _heard(home, datetime(2026, 1, 1, tzinfo=UTC), is_asked=True)

    [finding] = _of(home, "lag")

    assert "looked back to 2026-01-01 00:00 UTC" in finding.found
    assert not _of(home, "source desk")


def test_how_the_last_run_ended_is_told(home: Path):
    summarise(home, Ending("this", ("It failed.",)), datetime(2026, 7, 1, tzinfo=UTC))

    assert _of(home, "last run") == [
        Finding("last run", "failed, begun 2026-07-01 00:00 UTC: It failed.", is_ok=False)
    ]


def test_a_disk_that_is_almost_full_is_named(home: Path, monkeypatch: pytest.MonkeyPatch):
    assert not _of(home, "disk")
    monkeypatch.setattr(health, "ENOUGH_DISK_BYTES", 10**18)
    [finding] = _of(home, "disk")
    assert not finding.is_ok


def test_a_folder_with_a_slip_in_its_name_is_told_what_may_be_meant(home: Path):
    stray = home / "inbox" / "github" / "workflow_run" / "a.ndjson"
    stray.parent.mkdir(parents=True)
    stray.write_text("{}", encoding="utf-8")

    [finding] = _of(home, "inbox")

    assert "Did you mean workflow_runs? github has:" in finding.found


def test_an_objective_of_an_indicator_that_nobody_tells_of_is_named(home: Path):
    stated = [("shop", "availabilty"), ("shop", "availability"), ("till", "latency")]
    rows = "".join(
        f'[[objectives]]\nservice = "{service}"\nindicator = "{indicator}"\nobjective = 0.99\n'
        for service, indicator in stated
    )
    services = "".join(f'[[services]]\nid = "{name}"\nname = "x"\n' for name in ("shop", "till"))
    (home / "plumbline.toml").write_text(TERMS + services + rows, encoding="utf-8")
    assert _of(home, "[[objectives]]") == []

    told = pl.DataFrame({"service": ["shop", "shop"], "indicator": ["latency", "availability"]})
    Warehouse(home / "warehouse.duckdb").replace("fact_service_levels", told)

    assert [(finding.found, finding.is_ok) for finding in _of(home, "[[objectives]]")] == [
        (
            "monitoring tells of no indicator 'availabilty' of 'shop'. "
            "Its indicators: availability, latency.",
            False,
        ),
        ("monitoring tells of no indicator 'latency' of 'till'. Nothing is told of it.", False),
    ]
