"""What the commands of `pipelines.cli` do, and what they show while they do it."""

import os
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from assets.errors import EditionError, UsageError
from pipelines import settings

if TYPE_CHECKING:
    from assets.configuration import Configuration

PORTS_TRIED = 50


def demo(home: Path | None, is_served: bool, port: int, is_verbose: bool) -> None:
    """Write the example company, run, and open the dashboard if asked to."""
    from assets.run_lock import RunLock
    from pipelines.example.home import write

    folder = settings.home_folder(home)
    _refuse_foreign_home(folder)
    with RunLock(folder).held("plumbline demo"):
        with Console(stderr=True).status("Writing the example company …"):
            write(folder)
        if run(folder, as_of=None, only=None, is_verbose=is_verbose) == 1:
            raise EditionError(
                f"The example was not published. The log is in {folder / 'dagster'}."
            )
    if is_served:
        dashboard(folder, port)
    else:
        Console().print(f"See it: plumbline dashboard --home {folder}", soft_wrap=True)


def _refuse_foreign_home(folder: Path) -> None:
    """Do not write an example into somebody's own data."""
    from assets.configuration import load

    settled = folder / "plumbline.toml"
    if settled.exists() and not load(settled).organisation.is_example:
        raise UsageError(
            f"{folder} is a home of its own, not an example. Name another: plumbline demo --home."
        )


def run(home: Path | None, as_of: str | None, only: str | None, is_verbose: bool) -> int:
    """Refresh a home with a progress bar and a closing table; returns the exit code."""
    settings.silence_telemetry()
    from assets.configuration import load
    from assets.home import parse_instant
    from assets.run_lock import RunLock
    from pipelines.run import Terms
    from pipelines.run import run as refresh
    from pipelines.summary import as_table, summarise

    console = Console(file=sys.stdout)  # the terminal itself, which the run keeps libraries from
    folder = settings.home_folder(home)
    configuration = load(folder / "plumbline.toml")
    if as_of is not None:
        as_of = parse_instant(as_of).isoformat()
    if only is not None:
        _refuse_unknown_source(only, configuration)
    began_at = datetime.now(UTC).replace(microsecond=0)
    with RunLock(folder).held("plumbline run"), _progress(console) as progress:
        speak = console.out if is_verbose else _silent
        ending = refresh(Terms(folder, as_of, only), lambda n: _bar(progress, n), speak)
        summary = summarise(folder, ending, began_at)
    console.print(as_table(summary, folder))
    for warning in summary.warnings:
        console.print(warning, style="yellow", markup=False, highlight=False, soft_wrap=True)
    for problem in summary.problems:
        console.print(problem, style="red", markup=False, highlight=False, soft_wrap=True)
    return summary.exit_code


def _refuse_unknown_source(only: str, configuration: "Configuration") -> None:
    from assets.raw.systems import systems

    names = sorted(system.name for system in systems(configuration))
    if only not in names:
        raise UsageError(f"--only {only}: there is no such source. Allowed: {', '.join(names)}.")


def _silent(_message: str) -> None:
    """Say nothing: the log has it."""


def _progress(console: Console) -> Progress:
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    return Progress(*columns, console=console, transient=True)


def _bar(progress: Progress, n_steps: int) -> Callable[[str | None], None]:
    task = progress.add_task("", total=n_steps)

    def heard(step: str | None) -> None:
        if step is None:
            progress.advance(task)
        else:
            progress.update(task, description=step)

    return heard


def dashboard(home: Path | None, port: int) -> None:
    """Become the app's server on the home's editions: a signal to this process stops it."""
    import app

    folder = settings.home_folder(home)
    if not (folder / "editions" / "current").exists():
        raise EditionError(
            f"{folder} has no edition yet. Publish one: plumbline run --home {folder}"
        )
    port = _free_port(port)
    script = Path(app.__path__[0]) / "streamlit_app.py"
    options = {
        "server.port": port,
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
        "server.fileWatcherType": "none",
        "logger.level": "error",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    Console().print(f"Dashboard: http://localhost:{port}   (stop with Ctrl+C)")
    environment = {**os.environ, **settings.NO_TELEMETRY, "PLUMBLINE_HOME": str(folder)}
    command = [sys.executable, "-m", "streamlit", "run", str(script), *flags]
    sys.stdout.flush()
    os.chdir(script.parent)
    # Streamlit's own greeting says less and asks for more than the line above.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    os.execve(sys.executable, command, environment)


def _free_port(first: int) -> int:
    """The first port from here on that nobody listens on."""
    for port in range(first, first + PORTS_TRIED):
        with socket.socket() as probe:
            if probe.connect_ex(("localhost", port)) != 0:
                return port
    raise UsageError(
        f"Ports {first} to {first + PORTS_TRIED - 1} are in use. Name another: --port."
    )


def export(
    home: Path | None, period: str, format: str, out: Path | None, edition: str | None
) -> None:
    """Write a period's tables and say where they are."""
    from assets.published import exports

    folder = settings.home_folder(home)
    for path in exports.export(folder, period, format, out or folder / "exports", edition):
        Console().print(str(path), soft_wrap=True, highlight=False, markup=False)


def check(home: Path | None) -> int:
    """Show what is found on a home; returns 1 if anything is not in order."""
    from pipelines.health import examine

    findings = examine(settings.home_folder(home))
    table = Table("", "", Column(overflow="fold"), show_header=False)
    for finding in findings:
        mark = "[green]in order" if finding.is_ok else "[red]look at it"
        table.add_row(mark, escape(finding.about), escape(finding.found))
    Console().print(table)
    return 0 if all(finding.is_ok for finding in findings) else 1


def kpis(wanted: str | None) -> None:
    """List the catalogue, or show one entry in full."""
    from assets.kpis.catalogue import CATALOGUE
    from assets.kpis.handbook import entry, unit_of

    known = {kpi.id: kpi for kpi in CATALOGUE}
    if wanted is None:
        table = Table(Column("ID", no_wrap=True), "Name", "Unit", Column("Better", no_wrap=True))
        for promise, group in groupby(CATALOGUE, lambda kpi: kpi.promise):
            table.add_section()
            table.add_row(f"[bold]{promise}[/bold]")
            for kpi in group:
                table.add_row(kpi.id, kpi.name, unit_of(kpi).partition(",")[0], kpi.direction)
    elif wanted in known:
        table = Table.grid(Column(style="bold", no_wrap=True), Column(max_width=80), padding=(0, 2))
        for label, text in entry(known[wanted]).items():
            table.add_row(label, escape(text))
    else:
        raise UsageError(f"There is no KPI {wanted!r}. Known: {', '.join(sorted(known))}.")
    Console().print(table)
