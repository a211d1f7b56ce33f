"""The graph of assets: which there are, that they run left to right, and that nothing is lost."""

import json
import os
from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import STAGES, definitions_for

SNAPSHOT = Path(__file__).parent / "asset_graph.json"


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return definitions_for(tmp_path_factory.mktemp("home"))


def _upstream(definitions: dg.Definitions) -> dict[str, list[str]]:
    return {
        spec.key.to_user_string(): sorted(dep.asset_key.to_user_string() for dep in spec.deps)
        for spec in definitions.resolve_all_asset_specs()
    }


def test_the_graph_is_as_it_was_agreed(definitions: dg.Definitions):
    """After a change that is meant: UPDATE_SNAPSHOT=1 make test, and review the difference."""
    graph = dict(sorted(_upstream(definitions).items()))
    if os.environ.get("UPDATE_SNAPSHOT"):
        SNAPSHOT.write_text(json.dumps(graph, indent=1) + "\n", encoding="utf-8")

    assert graph == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_asset_depends_on_its_own_stage_or_on_those_to_its_left(definitions: dg.Definitions):
    stages = list(STAGES)
    stage_of = {
        spec.key.to_user_string(): stages.index(str(spec.group_name))
        for spec in definitions.resolve_all_asset_specs()
    }

    for asset, upstream in _upstream(definitions).items():
        for other in upstream:
            assert stage_of[other] <= stage_of[asset], f"{asset} reads {other}, to its right"


def test_the_groups_are_the_stages(definitions: dg.Definitions):
    groups = {spec.group_name for spec in definitions.resolve_all_asset_specs()}

    assert groups == set(STAGES)


def test_a_table_is_named_after_its_stage(definitions: dg.Definitions):
    prefixes = {"facts": "fact_", "kpis": "kpi_", "tradeoffs": "tradeoff_"}
    for spec in definitions.resolve_all_asset_specs():
        stage = str(spec.group_name)
        assert spec.key.to_user_string().startswith(prefixes.get(stage, f"{stage}_"))


def test_an_edition_waits_for_every_check(definitions: dg.Definitions):
    upstream = _upstream(definitions)
    before: set[str] = set()
    waiting = ["published_edition"]
    while waiting:
        new = set(upstream[waiting.pop()]) - before
        before |= new
        waiting += new

    graph = definitions.resolve_asset_graph()
    checked = {key.asset_key.to_user_string() for key in graph.asset_check_keys}
    assert checked
    assert checked <= before


def test_every_check_blocks(definitions: dg.Definitions):
    for checks in definitions.asset_checks or ():
        assert all(spec.blocking for spec in checks.check_specs)


def test_everything_is_in_the_refresh_job(definitions: dg.Definitions):
    job = definitions.resolve_job_def("refresh")
    graph = definitions.resolve_asset_graph()

    assert job.asset_layer.selected_asset_keys == graph.get_all_asset_keys()
    assert len(job.nodes) >= len(graph.asset_check_keys)


def test_the_job_the_schedule_and_the_sensor_are_there(definitions: dg.Definitions):
    assert definitions.resolve_schedule_def("daily").job_name == "refresh"
    assert definitions.resolve_sensor_def("inbox").job_name == "refresh"
