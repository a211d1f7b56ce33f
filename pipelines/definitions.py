"""The only Dagster definitions: the stages from left to right, their checks, and how they run."""

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import dagster as dg

from assets import conformed, facts, kpis, published, raw, tradeoffs
from assets.home import Home
from pipelines import checks, settings
from pipelines.io_managers import WarehouseIOManager
from pipelines.jobs import refresh
from pipelines.schedules import daily
from pipelines.sensors import inbox

STAGES: dict[str, ModuleType] = {
    "raw": raw,
    "conformed": conformed,
    "facts": facts,
    "kpis": kpis,
    "tradeoffs": tradeoffs,
    "published": published,
}


@dg.definitions
def plumbline() -> dg.Definitions:
    """What `dg dev` serves: the stages on the home of PLUMBLINE_HOME."""
    settings.silence_telemetry()
    return definitions_for(settings.home_folder())


def definitions_for(
    folder: Path, loggers: dict[str, dg.LoggerDefinition] | None = None
) -> dg.Definitions:
    """The stages on one home; `loggers` are those that a command listens with."""
    home = Home(path=str(folder))
    table_checks = [check for stage in STAGES.values() for check in checks.checks_of(stage)]
    return dg.Definitions(
        assets=stage_assets(),
        asset_checks=table_checks,
        jobs=[refresh],
        schedules=[daily],
        sensors=[inbox],
        # One process, because a DuckDB file has one writer; larger homes configure another.
        executor=dg.in_process_executor,
        loggers=loggers or {},
        resources={
            "home": home,
            "io_manager": WarehouseIOManager(path=str(home.warehouse)),
        },
    )


def stage_assets() -> list[dg.AssetsDefinition]:
    """All assets, grouped by stage; publishing waits for every conformed table's check."""
    by_stage = {
        stage: [
            asset
            for asset in dg.load_assets_from_package_module(package, group_name=stage)
            if isinstance(asset, dg.AssetsDefinition)
        ]
        for stage, package in STAGES.items()
    }
    conformed_keys = {key for asset in by_stage["conformed"] for key in asset.keys}
    by_stage["published"] = [
        asset.map_asset_specs(lambda spec: _after(spec, conformed_keys))
        for asset in by_stage["published"]
    ]
    return [asset for assets in by_stage.values() for asset in assets]


def _after(spec: dg.AssetSpec, keys: Iterable[dg.AssetKey]) -> dg.AssetSpec:
    """Let an asset also wait for these, as no fact needs every conformed table."""
    missing = set(keys) - {dep.asset_key for dep in spec.deps}
    return spec.merge_attributes(deps=sorted(missing))
