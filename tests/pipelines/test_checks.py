"""Each table's expectations are one check, which blocks what is right of the table."""

from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import dagster as dg
import polars as pl
import pytest

from assets.home import Home
from pipelines import checks
from pipelines.io_managers import WarehouseIOManager


@dg.asset
def conformed_things() -> pl.DataFrame:
    return pl.DataFrame({"id": ["a", "a"]})


@dg.asset
def fact_things(conformed_things: pl.LazyFrame) -> pl.LazyFrame:
    return conformed_things


def _unique(severity: str) -> dict[str, object]:
    kwargs = {"column": "id"}
    return {"type": "expect_column_values_to_be_unique", "kwargs": kwargs, "severity": severity}


def _module(expectations: object, *assets: dg.AssetsDefinition) -> ModuleType:
    module = ModuleType("assets.conformed.things")
    module.EXPECTATIONS = expectations
    for position, asset in enumerate(assets):
        setattr(module, f"asset_{position}", asset)
    return module


@pytest.fixture
def home(tmp_path: Path) -> Home:
    text = '[organisation]\nname = "Example Ltd"\n'
    (tmp_path / "plumbline.toml").write_text(text, encoding="utf-8")
    return Home(path=str(tmp_path))


def _run(
    home: Home, monkeypatch: pytest.MonkeyPatch, severity: str
) -> tuple[dg.ExecuteInProcessResult, pl.DataFrame]:
    module = _module((_unique(severity),), conformed_things)
    monkeypatch.setattr(checks, "_modules", lambda _package: [module])
    definitions = dg.Definitions(
        assets=[conformed_things, fact_things],
        asset_checks=checks.checks_of(module),
        resources={"home": home, "io_manager": WarehouseIOManager(path=str(home.warehouse))},
        jobs=[dg.define_asset_job("all")],
    )
    job = definitions.resolve_job_def("all")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
    return result, home.store.read(checks.CHECK_RESULTS).collect()


def test_an_error_blocks_what_is_right_of_the_table(home: Home, monkeypatch: pytest.MonkeyPatch):
    result, results = _run(home, monkeypatch, "error")

    assert not result.success
    assert not home.store.has("fact_things")
    assert results.select("table", "check", "is_ok", "severity").rows() == [
        ("conformed_things", "expect_column_values_to_be_unique(id)", False, "error")
    ]
    assert results["run_id"].to_list() == [result.run_id]


def test_a_warning_blocks_nothing_and_is_kept(home: Home, monkeypatch: pytest.MonkeyPatch):
    result, results = _run(home, monkeypatch, "warning")

    assert result.success
    assert home.store.has("fact_things")
    assert results["severity"].to_list() == ["warning"]
    [evaluation] = result.get_asset_check_evaluations()
    assert not evaluation.passed
    assert evaluation.severity == dg.AssetCheckSeverity.WARN


def test_expectations_of_several_tables_must_say_of_which(monkeypatch: pytest.MonkeyPatch):
    ambiguous = _module((_unique("error"),), conformed_things, fact_things)
    monkeypatch.setattr(checks, "_modules", lambda _package: [ambiguous])
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="as a mapping by table"):
        checks.checks_of(ambiguous)

    said = _module({"fact_things": (_unique("error"),)}, conformed_things, fact_things)
    monkeypatch.setattr(checks, "_modules", lambda _package: [said])
    [check] = checks.checks_of(said)
    assert [key.asset_key for key in check.check_keys] == [dg.AssetKey("fact_things")]


def test_of_a_long_table_the_rows_seen_last_are_checked():
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in (3, 1, 2)]
    seen = pl.LazyFrame({"id": ["c", "a", "b"], "ingested_at": days})

    assert sorted(checks.newest_rows(seen, most=2).collect()["id"]) == ["b", "c"]
    assert checks.newest_rows(seen.drop("ingested_at"), most=1).collect()["id"].to_list() == ["b"]
    assert checks.newest_rows(seen, most=3).collect().height == 3
