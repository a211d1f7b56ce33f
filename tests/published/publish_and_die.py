"""Publishes a home again and again, and dies at each file operation in turn.

Run as `python publish_and_die.py HOME COPIES all|few`: an attempt that nothing stops leaves
`COPIES/whole`; one that dies at a step leaves `COPIES/<step>`, and the same home after another run
`COPIES/<step>-again`. Few are the renames and links and what follows them. Forks before polars and
DuckDB have started threads, which is why this is a process of its own and not a test.
"""

import os
import shutil
import signal
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from assets.published.contents import Source, contents
from assets.published.evidence import evidence_of
from assets.published.manifest import About
from assets.published.publishing import publish
from assets.published.quality import checks_of
from assets.warehouse import Warehouse

ABOUT = About(
    datetime(2026, 7, 1, tzinfo=UTC), datetime.now(UTC), "1", "d", "Example Ltd", True, "UTC"
)


def publish_home(home: Path) -> None:
    store = Warehouse(home / "warehouse.duckdb")
    source = Source(store, store.tables(), "Example Ltd", date(2026, 7, 1))
    checks = checks_of(source.frame("check_results"), ["run-1"])
    evidence = evidence_of(source.frame("kpi_catalogue"))
    publish(home, ABOUT, contents(source, checks), store, evidence)


def attempt(home: Path, step: int | None, log: Path) -> None:
    """Publish in a child that dies before its file operation number `step`; logs the operations."""
    child = os.fork()
    if child == 0:
        seen: list[str] = []

        def count(event: str, arguments: tuple) -> None:
            if event.startswith(("os.", "open", "shutil.")) and "editions" in str(arguments):
                if len(seen) == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                seen.append(event)

        sys.addaudithook(count)
        publish_home(home)
        log.write_text("\n".join(seen))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) != (step is not None):
        sys.exit(f"step {step} ended with {status}")


def main(home: Path, copies: Path, which: str) -> None:
    log = copies / "operations"
    attempt(Path(shutil.copytree(home, copies / "whole")), None, log)
    operations = log.read_text().split()
    turns = {i for i, event in enumerate(operations) if event in ("os.rename", "os.link")}
    few = sorted(turns | {i + 1 for i in turns if i + 1 < len(operations)})
    for step in range(len(operations)) if which == "all" else few:
        dead = Path(shutil.copytree(home, copies / str(step)))
        attempt(dead, step, log)
        attempt(Path(shutil.copytree(dead, copies / f"{step}-again")), None, log)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
