"""The asset `published_edition`: what leaders see, made whole or not at all.

Holds what the edition depends on and how it is told the terms of its run; the making itself is in
`assets.published.publishing`. The exports read editions and are no assets.
"""

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import polars as pl

from assets import facts, kpis, tradeoffs
from assets.errors import EditionError
from assets.home import Home
from assets.published import retention
from assets.published.contents import TAKEN, Source, contents
from assets.published.evidence import evidence_of
from assets.published.manifest import About
from assets.published.publishing import publish
from assets.published.quality import checks_of
from assets.raw.people import people_of

CHECK_RESULTS = "check_results"


def upstream_tables() -> list[str]:
    """All tables of facts, kpis and tradeoffs, and what an edition takes from the stages before."""
    found = {
        key.to_user_string()
        for package in (facts, kpis, tradeoffs)
        for asset in dg.load_assets_from_package_module(package)
        if isinstance(asset, dg.AssetsDefinition)
        for key in asset.keys
    }
    return sorted(found.union(TAKEN))


@dg.asset(deps=upstream_tables())
def published_edition(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult[None]:
    """An immutable, complete, checked edition of everything left of here, made `current`."""
    store, about = home.store, about_of(home)
    checks = _checks_of(context.run, home)
    tables = [key.to_user_string() for key in context.assets_def.dependency_keys]
    on = about.as_of.astimezone(ZoneInfo(about.time_zone)).date()
    source = Source(store, tables, about.organisation, on, people_of(home))
    evidence = evidence_of(source.frame("kpi_catalogue"))
    made = publish(home.folder, about, contents(source, checks), store, evidence)
    try:
        removed = retention.remove_old(home.folder)
    except OSError as error:  # the edition is out, so this is no reason to fail
        removed = []
        context.log.warning(f"Old editions could not be removed: {error}. Remove them by hand.")
    return dg.MaterializeResult(
        metadata={
            "edition": made.id,
            "folder": dg.MetadataValue.path(home.editions / made.id),
            "dagster/row_count": sum(table.rows for table in made.tables.values()),
            "removed": removed,
            "warnings": checks.filter(~checks["is_ok"]).height,
        }
    )


def _checks_of(run: dg.DagsterRun, home: Home) -> pl.DataFrame:
    """What the checks of this run said, and those of the run that it takes up again."""
    if not home.store.has(CHECK_RESULTS):
        raise EditionError(
            f"{home.folder} has no check results, so nothing says that its tables are sound. "
            "No edition was published; run everything: plumbline run."
        )
    runs = {run.run_id, run.root_run_id or run.run_id, run.parent_run_id or run.run_id}
    return checks_of(home.store.read(CHECK_RESULTS).collect(), runs)


def about_of(home: Home) -> About:
    """The terms of the home's run, as its edition tells them."""
    configuration = home.configuration
    return About(
        as_of=home.as_of_instant,
        made_at=home.now,
        code_version=code_version(),
        configuration_digest=configuration.digest,
        organisation=configuration.organisation.name,
        is_example=configuration.organisation.is_example,
        time_zone=configuration.organisation.time_zone,
    )


def code_version() -> str:
    """The installed version and a digest of the code that makes the assets."""
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    try:
        installed = version("plumbline")
    except PackageNotFoundError:
        installed = "0"
    return f"{installed}+{digest.hexdigest()[:8]}"
