"""What `plumbline check` looks at: configuration, inbox, disk, the last run, quarantine, lag."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from assets.configuration import Configuration, load
from assets.errors import PlumblineError
from assets.home import Home
from assets.warehouse import Warehouse
from pipelines import summary

ENOUGH_DISK_BYTES = 10**9


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
    dated = (configuration.segments, configuration.customers, configuration.services)
    segments, customers, services = (len({row.id for row in rows}) for rows in dated)
    yield Finding(
        "configuration",
        f"{segments} segments, {customers} customers, {services} services, "
        f"{len(configuration.files)} mapped files",
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
    n_files = 0
    for feed in feeds:
        files = inbox.delivered(home, feed)
        n_files += len(files)
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
    strangers = ledger.unclaimed(home, feeds)
    for place in strangers:
        yield Finding("inbox", ledger.why_unclaimed(home, place, feeds), is_ok=False)
    known = ledger.known_files(home) if home.warehouse.exists() else pl.DataFrame()
    if not n_files and not strangers and known.is_empty():
        yield Finding("inbox", summary.NOTHING_DELIVERED, is_ok=False)
    if not known.is_empty():
        for problem in summary.file_problems(known.filter(pl.col("status") == "unreadable")):
            yield Finding("refused file", problem, is_ok=False)


def _disk(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    if free < ENOUGH_DISK_BYTES:
        found = f"{free / 1e6:,.0f} MB are free under {folder}. Free some: a run needs 1 GB."
        yield Finding("disk", found, is_ok=False)


def _last_run(folder: Path) -> Iterator[Finding]:
    """How the last `plumbline run` ended, if one did."""
    path = folder / summary.LAST_RUN
    if not path.exists():
        return
    last = json.loads(path.read_text(encoding="utf-8"))
    began_at = datetime.fromisoformat(last["began_at"])
    n_more = len(last["why"]) - 1
    why = f": {last['why'][0]}" if last["why"] else ""
    why += f" And {n_more} more." if n_more > 0 else ""
    found = f"{last['outcome']}, begun {began_at:%F %H:%M} UTC{why}"
    yield Finding("last run", found, is_ok=not last["why"])


def _quarantine(folder: Path) -> Iterator[Finding]:
    if (folder / "warehouse.duckdb").exists():
        for words, records in summary.quarantined_lines(summary.quarantine_of(folder)):
            yield Finding("quarantine", f"{records} of {words}")


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
    home = Home(path=str(folder))
    looked_back = _looked_back(store)
    if looked_back is not None:
        found = (
            f"unknown: the last run looked back to {looked_back:%F %H:%M} UTC (--as-of), so its "
            "tables do not tell the state of the sources. Run without it: plumbline run."
        )
        yield Finding("lag", found)
        return
    sources = (
        store.read(table)
        .group_by("source")
        .agg(pl.col("to_at").max(), pl.col("is_complete").all())
        .sort("source")
        .collect()
    )
    is_frozen = home.configuration.organisation.as_of is not None
    for source, heard_at, is_complete in sources.iter_rows():
        yield _lag_of(source, heard_at, is_complete, home.as_of_instant, is_frozen)


def _lag_of(
    source: str, heard_at: datetime, is_complete: bool, now: datetime, is_frozen: bool
) -> Finding:
    from assets.facts.told_scopes import ON_TIME

    lag = now - heard_at
    is_late = lag > ON_TIME and not is_frozen
    limit_hours = ON_TIME.total_seconds() / 3600
    state = "complete" if is_complete else "incomplete: it delivered less than it announced"
    late = f"late: more than {limit_hours:.0f} hours; " if is_late else ""
    days = lag.total_seconds() / 86_400
    found = f"last heard of {days:,.1f} days before {now:%F %H:%M} UTC; {late}{state}"
    return Finding(f"source {source}", found, is_complete and not is_late)


def _objectives(folder: Path) -> Iterator[Finding]:
    """Objectives that no record meets, which a slip in an indicator's name makes of them."""
    store, table = Warehouse(folder / "warehouse.duckdb"), "fact_service_levels"
    stated = load(folder / "plumbline.toml").objectives
    if not stated or not store.path.exists() or not store.has(table):
        return
    told = store.read(table).select("service", "indicator").unique().collect()
    pairs = set(told.rows())
    for service, indicator in dict.fromkeys((row.service, row.indicator) for row in stated):
        if (service, indicator) not in pairs:
            names = sorted(told.filter(service=service).get_column("indicator"))
            known = f"Its indicators: {', '.join(names)}" if names else "Nothing is told of it"
            found = f"monitoring tells of no indicator {indicator!r} of {service!r}. {known}."
            yield Finding("[[objectives]]", found, is_ok=False)


def _looked_back(store: Warehouse) -> datetime | None:
    """The instant that the last run was asked to look back to, if it was."""
    from assets.raw.newest import AS_OF

    if not store.has(AS_OF):
        return None
    [(as_of, is_asked)] = store.read(AS_OF).collect().rows()
    return as_of if is_asked else None


PARTS: dict[str, Callable[[Path], Iterator[Finding]]] = {
    "configuration": _configuration,
    "inbox": _inbox,
    "disk": _disk,
    "warehouse": _warehouse,
    "last run": _last_run,
    "quarantine": _quarantine,
    "lag": _lag,
    "objectives": _objectives,
}
