"""The asset: what it waits for, and what a run's checks let through."""

from uuid import NAMESPACE_URL, uuid5

import dagster as dg
import polars as pl
import pytest

from assets.errors import EditionError
from assets.home import Home
from assets.published import manifest, retention
from assets.published.edition import code_version, published_edition, upstream_tables

RUN, OTHER_RUN = (str(uuid5(NAMESPACE_URL, name)) for name in ("run", "other run"))
CONFIGURATION = """
[organisation]
name = "Example Ltd"
time_zone = "Europe/Berlin"
is_example = true
as_of = 2026-07-01T06:30:00Z
"""


@pytest.fixture
def materialise(tmp_path, store):
    """Run the asset alone, in a run of that id, on the filled warehouse."""
    (tmp_path / "plumbline.toml").write_text(CONFIGURATION)
    for table in upstream_tables():
        if table.startswith("kpi_") and not store.has(table):
            store.replace(table, store.read("kpi_support").collect().head(0))
        elif table.startswith("tradeoff_") and not store.has(table):
            store.replace(table, pl.DataFrame({"sentence": ["So it is."]}))
    results = store.read("check_results").collect()
    store.replace("check_results", results.with_columns(run_id=pl.lit(RUN)))
    definitions = dg.Definitions(
        assets=[published_edition],
        jobs=[dg.define_asset_job("publish", [published_edition])],
        resources={"home": Home(path=str(tmp_path))},
    )

    def run(run_id: str = RUN) -> dg.ExecuteInProcessResult:
        return definitions.resolve_job_def("publish").execute_in_process(run_id=run_id)

    return run


def test_everything_right_of_conformed_comes_before_the_edition():
    tables = upstream_tables()
    assert {"kpi_catalogue", "kpi_flexibility", "tradeoff_attribute_map"} < set(tables)
    assert {"fact_scope_sets", "conformed_quarantine", "raw_files"} < set(tables)
    assert {key.to_user_string() for key in published_edition.dependency_keys} == set(tables)


def test_a_run_publishes_what_the_warehouse_holds(tmp_path, materialise):
    [made] = materialise().asset_materializations_for_node("published_edition")
    current = manifest.current_id(tmp_path / "editions")
    edition = manifest.verify(tmp_path / "editions" / current)
    assert made.metadata["edition"].value == current
    assert edition.about.organisation == "Example Ltd"
    assert edition.about.is_example
    assert edition.about.code_version == code_version()
    assert edition.tables["kpi_values"].rows == 60
    assert edition.tables["checks"].rows == 1
    assert {f"tradeoff_{name}" for name in ("attribute_map", "strategic_fit")} <= set(
        edition.tables
    )


def test_a_run_whose_checks_failed_publishes_nothing(tmp_path, materialise, store):
    failed = store.read("check_results").collect().with_columns(is_ok=pl.lit(False))
    store.replace("check_results", failed)
    with pytest.raises(EditionError, match="unique of conformed_tickets"):
        materialise()
    assert not (tmp_path / "editions").exists()


def test_the_checks_of_another_run_do_not_count(tmp_path, materialise):
    with pytest.raises(EditionError, match=f"Run {OTHER_RUN} has no check results"):
        materialise(OTHER_RUN)
    assert not (tmp_path / "editions").exists()


def test_a_warehouse_without_any_check_publishes_nothing(materialise, store):
    store.file("check_results").unlink()
    with pytest.raises(EditionError, match="has no check results"):
        materialise()


def test_old_editions_that_cannot_be_removed_do_not_undo_the_new_one(
    tmp_path, materialise, monkeypatch
):
    def refuse(_):
        raise PermissionError("editions/20200101T000000Z-00000000")

    monkeypatch.setattr(retention, "remove_old", refuse)
    assert materialise().success
    assert manifest.current_id(tmp_path / "editions") is not None
