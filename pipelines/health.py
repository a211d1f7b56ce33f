"""What `plumbline check` looks at before a run: configuration, inbox, warehouse, lag."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.configuration import Configuration, load
from assets.errors import PlumblineError
from assets.home import Home
from assets.warehouse import Warehouse


@dataclass(frozen=True)
class Finding:
    """One line of the check: what was looked at, what was found, whether that is in order."""

    about: str
    found: str
    is_ok: bool = True


def examine(folder: Path) -> list[Finding]:
    """All findings on a home; a mistake in one part does not hide the others."""
    findings: list[Finding] = []
    for about, part in PARTS.items():
        try:
            findings += part(folder)
        except PlumblineError as error:
            if all(finding.found != str(error) for finding in findings):
                findings.append(Finding(about, str(error), is_ok=False))
    return findings


def _configuration(folder: Path) -> Iterator[Finding]:
    configuration = load(folder / "plumbline.toml")
    yield Finding(
        "configuration",
        f"{len(configuration.segments)} segments, {len(configuration.customers)} customers, "
        f"{len(configuration.services)} services, {len(configuration.files)} mapped files",
    )
    yield from _unknown_kpis(configuration)


def _unknown_kpis(configuration: Configuration) -> Iterator[Finding]:
    from assets.kpis.catalogue import CATALOGUE

    known = {kpi.id: kpi for kpi in CATALOGUE}
    for target in configuration.targets:
        kpi = known.get(target.kpi)
        if kpi is None:
            found = f"there is no KPI {target.kpi!r}. See plumbline kpis."
        elif target.statistic not in kpi.statistics:
            allowed = ", ".join(kpi.statistics)
            found = f"{target.kpi} has no {target.statistic!r}. Allowed: {allowed}."
        else:
            continue
        yield Finding("[[targets]]", found, is_ok=False)


def _inbox(folder: Path) -> Iterator[Finding]:
    from assets.raw import inbox, ledger, systems

    home = Home(path=str(folder))
    feeds = [f for system in systems.systems(home.configuration) for f in system.feeds]
    for feed in feeds:
        files = inbox.delivered(home, feed)
        if files:
            size = sum(file.size_bytes for file in files) / 1e6
            yield Finding(
                f"inbox {feed.system}/{feed.entity}", f"{len(files):,} files, {size:,.1f} MB"
            )
        elif feed.foreign is not None:
            yield Finding(
                f"[[files]] {feed.system}/{feed.entity}",
                f"no file matches {feed.foreign.pattern}. Deliver one, or correct the path.",
                is_ok=False,
            )
    for place in ledger.unclaimed(home, feeds):
        yield Finding("inbox", f"no source reads {place.relative_to(folder)}", is_ok=False)


def _warehouse(folder: Path) -> Iterator[Finding]:
    path = folder / "warehouse.duckdb"
    if not path.exists():
        yield Finding("warehouse", "not there yet; the first run makes it")
        return
    yield Finding("warehouse", f"{len(Warehouse(path).tables())} tables")


def _lag(folder: Path) -> Iterator[Finding]:
    """How long ago each source was last heard of, and whether it delivered all it announced."""
    store, table = Warehouse(folder / "warehouse.duckdb"), "conformed_source_coverage"
    if not store.path.exists() or not store.has(table):
        return
    now = Home(path=str(folder)).as_of_instant
    sources = (
        store.read(table)
        .group_by("source")
        .agg(pl.col("to_at").max(), pl.col("is_complete").all())
        .sort("source")
        .collect()
    )
    for source, heard_at, is_complete in sources.iter_rows():
        hours = (now - heard_at).total_seconds() / 3600
        state = "complete" if is_complete else "incomplete: it delivered less than it announced"
        found = f"last heard of {hours:,.0f} hours before {now:%F %H:%M} UTC; {state}"
        yield Finding(f"source {source}", found, is_complete)


PARTS: dict[str, Callable[[Path], Iterator[Finding]]] = {
    "configuration": _configuration,
    "inbox": _inbox,
    "warehouse": _warehouse,
    "lag": _lag,
}
