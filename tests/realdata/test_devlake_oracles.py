"""DevLake's own test tables, reproduced row by row by our form of its two rules."""

import os
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.tradeoffs.rivals.devlake_deployments import generated, with_previous

pytestmark = pytest.mark.realdata
CHECKOUT = Path(__file__).parents[2]
PREVIOUS = "prev_success_deployment_commit_id"


@pytest.fixture(scope="session")
def oracles() -> Path:
    """The folder of DevLake's test tables; without it the test skips."""
    default = CHECKOUT.parent / "shared" / "data"
    folder = Path(os.environ.get("PLUMBLINE_REAL_DATA", default)) / "oracles"
    if not folder.is_dir():
        pytest.skip(f"DevLake's tables are not here ({folder}); set PLUMBLINE_REAL_DATA.")
    return folder


def table(file: Path) -> pl.LazyFrame:
    """A CSV file with everything as text but its instants; an empty field is null."""
    text = pl.scan_csv(file, infer_schema=False)
    instants = [name for name in ("started_date", "finished_date") if name in text.collect_schema()]
    return text.with_columns(
        pl.col(instants).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us", time_zone="UTC")
    )


def of_project(rows: pl.LazyFrame, mapping: pl.LazyFrame, project: str) -> pl.LazyFrame:
    """The rows whose scope belongs to the project."""
    scopes = mapping.filter(project_name=project, table="cicd_scopes").select("row_id")
    return rows.join(scopes, left_on="cicd_scope_id", right_on="row_id", how="semi")


def test_the_previous_successful_deployment_of_every_row_is_devlakes(oracles):
    folder = oracles / "previous_successful_deployment"
    before = table(folder / "cicd_deployment_commits_before.csv").drop(PREVIOUS)
    after = table(folder / "cicd_deployment_commits_after.csv").collect()
    mapping = table(folder / "project_mapping.csv")
    linked = with_previous(of_project(before, mapping, "project1")).select("id", PREVIOUS)
    found = before.join(linked, on="id", how="left").select(after.columns).collect()

    assert after.height == 16
    assert after.get_column(PREVIOUS).count() == 7
    assert_frame_equal(found, after, check_row_order=False)


def test_the_deployments_made_of_pipelines_and_tasks_are_devlakes(oracles):
    folder = oracles / "deployment_generation"
    pipelines = table(folder / "cicd_pipelines.csv").with_columns(
        pl.col("duration_sec").cast(pl.Int64)
    )
    expected = table(folder / "cicd_deployment_commits.csv").collect()
    found = generated(
        of_project(pipelines, table(folder / "project_mapping.csv"), "project1"),
        table(folder / "cicd_pipeline_commits.csv"),
        table(folder / "cicd_tasks.csv"),
    )

    assert expected.height == 6
    assert_frame_equal(found.select(expected.columns).collect(), expected, check_row_order=False)
