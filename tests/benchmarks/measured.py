"""The measured process: the way from conformed tables to an edition, or the checks before it.

`python measured.py way HOME AS_OF` runs the assets of facts, kpis, tradeoffs and published through
Dagster, in this process, on the real warehouse and IO manager, as `plumbline run` does. `checks`
runs the conformed tables' checks. Prints one line of JSON: the seconds until the run began, those
of the run and of each step (by the clock, of the processors), and the most memory resident.
"""

import json
import re
import sys
import time
from io import StringIO
from pathlib import Path

import dagster as dg
import psutil

from pipelines import settings
from pipelines.definitions import definitions_for
from pipelines.progress import listening_logger

WAY = ("facts", "kpis", "tradeoffs", "published")
RUN_ID = "00000000-0000-4000-8000-000000000001"
Seconds = tuple[float, float]


def main(what: str, home: Path, as_of: str) -> None:
    """Measure and print."""
    settings.silence_telemetry()
    steps: dict[str, Seconds] = {}
    definitions = definitions_for(home, {"progress": listening_logger(_timer(steps), *_NOWHERE)})
    job = _job(what, definitions)
    config = {
        "loggers": {"progress": {}},
        "resources": {"home": {"config": {"path": str(home), "as_of": as_of}}},
    }
    start_s = time.time() - psutil.Process().create_time()
    with dg.DagsterInstance.ephemeral() as instance:
        began = _now()
        job.execute_in_process(run_config=config, instance=instance, run_id=RUN_ID)
        run = _since(began)
    groups = {a.key.to_user_string(): a.group_name for a in definitions.resolve_all_asset_specs()}
    found = {"start": start_s, "run": run, "steps": steps, "groups": groups, "peak": peak_bytes()}
    print(json.dumps(found))


def _job(what: str, definitions: dg.Definitions) -> dg.JobDefinition:
    checks = dg.AssetSelection.checks(*definitions.resolve_asset_graph().asset_check_keys)
    selection = checks if what == "checks" else dg.AssetSelection.groups(*WAY) - checks
    job = dg.define_asset_job("measured", selection=selection)
    together = dg.Definitions.merge(definitions, dg.Definitions(jobs=[job]))
    return together.resolve_job_def("measured")


_NOWHERE = (StringIO(), lambda _: None)


def _timer(steps: dict[str, Seconds]):
    """A listener to steps: called with a name when one starts, with None when it has ended."""
    running: list[tuple[str, Seconds]] = []

    def hear(step: str | None) -> None:
        if step is not None:
            running.append((step, _now()))
        elif running:
            name, began = running.pop()
            steps[name] = _since(began)

    return hear


def _now() -> Seconds:
    return time.perf_counter(), time.process_time()


def _since(began: Seconds) -> Seconds:
    clock, processors = _now()
    return clock - began[0], processors - began[1]


def peak_bytes() -> int:
    """The most memory that was resident at once since this program began.

    Not from `getrusage`, which also remembers the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    [kilobytes] = re.findall(r"^VmHWM:\s+(\d+) kB$", status, flags=re.MULTILINE)
    return int(kilobytes) * 1024


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
