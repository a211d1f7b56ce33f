"""One run in this process: its steps are told, its failures explained, its log kept."""

from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from assets.errors import ContractError, WarehouseError
from assets.home import Home
from pipelines import run as run_module
from pipelines.io_managers import WarehouseIOManager
from pipelines.progress import Listener
from pipelines.run import LOG, OUTPUT, Ending, Terms, run


@dg.asset
def conformed_things() -> pl.DataFrame:
    print("what a library prints")
    return pl.DataFrame({"id": ["a"]})


@dg.asset
def conformed_broken(home: Home) -> pl.DataFrame:
    raise ContractError("3 of 5 rows of conformed_broken have no id. Correct the source.")


@dg.asset
def conformed_bug() -> pl.DataFrame:
    raise ZeroDivisionError("division by zero")


@dg.asset
def fact_broken(conformed_broken: pl.LazyFrame) -> pl.LazyFrame:
    return conformed_broken


@dg.asset_check(asset="conformed_things", blocking=True)
def things_are_many() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, description="1 row is too few.")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    text = '[organisation]\nname = "Example Ltd"\n'
    (tmp_path / "plumbline.toml").write_text(text, encoding="utf-8")
    return tmp_path


def _run(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    *assets: dg.AssetsDefinition,
    checks: Sequence[dg.AssetChecksDefinition] = (),
) -> tuple[Ending, list[str | int | None]]:
    def definitions_for(folder: Path, loggers: dict[str, dg.LoggerDefinition]) -> dg.Definitions:
        manager = WarehouseIOManager(path=str(folder / "warehouse.duckdb"))
        return dg.Definitions(
            assets=assets,
            asset_checks=checks,
            jobs=[dg.define_asset_job("refresh")],
            loggers=loggers,
            resources={"home": Home(path=str(folder)), "io_manager": manager},
        )

    monkeypatch.setattr(run_module, "definitions_for", definitions_for)
    heard: list[str | int | None] = []

    def begin(steps: int) -> Listener:
        heard.append(steps)
        return heard.append

    return run(Terms(home), begin), heard


def test_each_step_is_heard_of_when_it_begins_and_ends(home: Path, monkeypatch: pytest.MonkeyPatch):
    ending, heard = _run(home, monkeypatch, conformed_things)

    assert ending.problems == ()
    assert heard == [1, "conformed_things", None]


def test_a_failure_is_its_own_sentence_and_what_suffered_from_it_is_silent(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    ending, heard = _run(home, monkeypatch, conformed_broken, fact_broken)

    assert ending.problems == (
        "conformed_broken: 3 of 5 rows of conformed_broken have no id. Correct the source.",
    )
    assert heard == [2, "conformed_broken", None]


def test_a_check_that_blocks_is_told_in_its_own_words(home: Path, monkeypatch: pytest.MonkeyPatch):
    ending, _ = _run(home, monkeypatch, conformed_things, checks=[things_are_many])

    assert ending.problems == ("1 row is too few.",)


def test_an_unforeseen_error_has_its_name(home: Path, monkeypatch: pytest.MonkeyPatch):
    ending, _ = _run(home, monkeypatch, conformed_bug)

    assert ending.problems == ("conformed_bug: ZeroDivisionError: division by zero",)


def test_the_log_and_what_libraries_print_are_kept_in_the_home(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    _run(home, monkeypatch, conformed_things)

    assert "conformed_things" in (home / LOG).read_text(encoding="utf-8")
    assert (home / OUTPUT).read_text(encoding="utf-8") == "what a library prints\n"
    assert capfd.readouterr() == ("", "")


def test_a_home_that_cannot_be_written_is_a_sentence_before_anything_begins(tmp_path: Path):
    (tmp_path / "dagster").write_text("a file where the folder should be")
    with pytest.raises(WarehouseError, match="cannot be written"):
        run(Terms(tmp_path), lambda n: lambda step: None)
